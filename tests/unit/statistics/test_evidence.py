"""Evidence: which seeds and units it holds, what they pull, and how much they are worth."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.statistics.evidence import cells_of, gathered, judged
from tests.unit.statistics.simulated import LABELS, outcome, study


def cells(found):
    return list(cells_of(found).values())


def test_values_are_scores_by_seed_and_column():
    found = study({"a": (0.5, 0.6), "b": (0.6, 0.8)}, budgets=(1, 5))
    evidence = gathered(cells(found), LABELS, None)
    assert evidence.values.shape == (5, 4)
    assert evidence.seeds == (0, 1, 2, 3, 4)
    assert evidence.items == 600
    known = {(each.trial.arm, each.trial.budget, each.trial.seed): each.value for each in found}
    assert evidence.values[2].tolist() == [known[arm, budget, 2] for arm, budget in cells_of(found)]


def test_pulls_are_deviations_from_the_mean_of_the_class():
    found = study({"a": (0.7,)}, budgets=(5,), seeds=1)
    evidence = gathered(cells(found), LABELS, None)
    kinds = LABELS[found[0].rows]
    (pulls,) = (each[:, 0] for each in evidence.pulls)
    for kind in range(3):
        mine = pulls[kinds == kind]
        m = len(mine)
        right = found[0].pulls[kinds == kind] > 0
        expected = (right - right.mean()) / (3 * m) * np.sqrt(m / (m - 1))
        assert mine == pytest.approx(expected, abs=1e-6)


def test_only_seeds_that_all_cells_have_count_and_none_is_an_error():
    found = study({"a": (0.7,), "b": (0.6,)}, budgets=(5,))
    some = [each for each in found if each.trial.arm == "a" or each.trial.seed in (1, 3)]
    assert gathered(cells(some), LABELS, None).seeds == (1, 3)
    none = [each for each in found if (each.trial.arm == "a") == (each.trial.seed < 2)]
    with pytest.raises(ValueError, match="no seed"):
        gathered(cells(none), LABELS, None)


def test_cells_of_one_seed_must_be_judged_by_the_same_rows():
    one = judged(outcome("a", 0, np.ones(50, bool)), LABELS, "accuracy")
    other = judged(outcome("b", 0, np.ones(50, bool), test=np.arange(50)), LABELS, "accuracy")
    with pytest.raises(ValueError, match="different rows"):
        gathered([[one], [other]], LABELS, None)


def test_labels_in_common_that_were_counted_take_the_place_of_those_that_splits_draw():
    """The square of what is shared is how scores correlate."""
    found = study({"a": (0.7,), "b": (0.6,)}, budgets=(5,))
    drawn = gathered(cells(found), LABELS, None).shared
    counted = [replace(each, alike=0.25) if each.trial.arm == "a" else each for each in found]
    assert gathered(cells(counted), LABELS, None).shared.tolist() == [0.5, drawn[1]]
    some = [replace(each, alike=0.25) if each.trial.seed else each for each in found]
    assert gathered(cells(some), LABELS, None).shared.tolist() == drawn.tolist()
    one = outcome("a", 0, np.ones(50, bool))
    assert judged(one, LABELS, "accuracy", 0.25).alike == 0.25


def test_a_difference_has_in_common_what_the_order_brings_that_asks_for_the_same_rows():
    found = study({"a": (0.7,), "b": (0.6,)}, budgets=(5,))
    counted = [replace(each, alike=0.5 if each.trial.arm == "a" else 0.0) for each in found]
    both, evidence = np.array([[1.0], [-1.0]]), gathered(cells(counted), LABELS, None)
    shown = np.array([[0.5, 0.4], [0.7, 0.4], [0.5, 0.6], [0.7, 0.6]])  # variances of 0.01, that do not depend
    common = 0.01  # as much of the first again, which seeds do not show
    known = replace(evidence, values=shown)
    assert known.combined(both).shared ** 2 == pytest.approx([common / (common + 0.02)])
    assert known.at([0, 1]).shared ** 2 == pytest.approx([0.5, 0.0], abs=1e-9)
    steady = replace(evidence, values=shown * [0, 1])
    assert steady.combined(both).shared == pytest.approx([0], abs=1e-6), "what is the same at all seeds brings nothing"
    plain = gathered(cells(found), LABELS, None)
    assert plain.combined(both).shared == pytest.approx([plain.shared.mean()])


def test_items_of_a_group_pull_together():
    found = study({"a": (0.7,)}, budgets=(5,), seeds=2)
    groups = np.arange(len(LABELS)) // 10
    grouped = gathered(cells(found), LABELS, groups)
    alone = gathered(cells(found), LABELS, None)
    assert grouped.n_units == len(np.unique(groups[np.concatenate([each.rows for each in found])]))
    for seed, each in enumerate(found):
        mine = groups[each.rows]
        holders = np.array([len(np.unique(mine[LABELS[each.rows] == kind])) for kind in range(3)])
        sizes = np.bincount(LABELS[each.rows])
        by_item = alone.pulls[seed][:, 0] / np.sqrt(sizes / (sizes - 1))[LABELS[each.rows]]
        wanted = np.bincount(mine, by_item * np.sqrt(holders / (holders - 1))[LABELS[each.rows]])
        units = grouped.unit_of[grouped.parts[seed]]
        pulled = np.bincount(units, grouped.pulls[seed][:, 0])
        assert pulled[np.unique(units)] == pytest.approx(wanted[np.unique(mine)])


def test_items_of_no_group_are_units_of_their_own():
    found = study({"a": (0.7,)}, budgets=(5,), seeds=2)
    none, alone = (gathered(cells(found), LABELS, each) for each in (np.full(len(LABELS), -1), None))
    assert none.n_units == alone.n_units
    assert none.pulls[0] == pytest.approx(alone.pulls[0])


def test_a_class_of_one_group_is_held_against_its_mean_over_all_seeds():
    labels, groups = np.repeat([0, 1], 40), np.repeat(np.arange(4), 20)
    rights = np.random.default_rng(0).random((2, 40))
    tests = [np.r_[0:20, 40:60], np.r_[20:40, 60:80]]  # one group of each class at each seed
    done = [judged(outcome("a", s, rights[s] < (0.9, 0.4)[s], labels=labels, test=tests[s]), labels, "accuracy")
            for s in range(2)]  # fmt: skip
    evidence = gathered([done], labels, groups)
    assert all((np.abs(each) > 0.01).all() for each in evidence.pulls)


def test_combinations_add_up():
    found = study({"a": (0.5, 0.6), "b": (0.6, 0.8)}, budgets=(1, 5))
    evidence = gathered(cells(found), LABELS, None)
    both = evidence.combined(np.array([[1.0, 0.5], [0, 0.5], [-1, 0], [0, 0]]))
    assert both.values[:, 0] == pytest.approx(evidence.values[:, 0] - evidence.values[:, 2])
    assert both.pulls[3][:, 1] == pytest.approx(evidence.pulls[3][:, :2].mean(axis=1))
    assert evidence.at([2]).values[:, 0] == pytest.approx(evidence.values[:, 2])


def test_shared_training_is_what_splits_draw():
    """Of 100 rows of a class, 30 of which judge, a training of 20 rows a class meets a fifth of another's."""
    labels = np.repeat([0, 1], 100)
    done = []
    for seed in range(200):
        random = np.random.default_rng(seed)
        test = np.sort(np.concatenate([random.permutation(100)[:30], 100 + random.permutation(100)[:30]]))
        done.append(judged(outcome("a", seed, np.ones(60, bool), 20, labels, test), labels, "accuracy"))
    assert gathered([done], labels, None).shared == pytest.approx([0.2])
    groups = np.arange(200) // 10  # ten groups of each class, seven or more of which are in the pool, and all used
    assert gathered([done], labels, groups).shared == pytest.approx([1.0], abs=0.05)
    fixed = [judged(outcome("a", seed, np.ones(60, bool), 20, labels, done[0].rows), labels, "accuracy")
             for seed in range(3)]  # fmt: skip
    assert gathered([fixed], labels, None).shared == pytest.approx([20 / 70])


def test_classes_know_their_own_units():
    """Of 60 items, 50 of class 1 and 10 of class 2, each counts for half of the balanced accuracy."""
    fixed = [judged(outcome("a", seed, np.ones(60, bool), test=np.arange(250, 310)), LABELS, "balanced_accuracy")
             for seed in range(3)]  # fmt: skip
    classes = gathered([fixed], LABELS, None).classes
    assert classes.weights == pytest.approx([0, 0.5, 0.5])
    assert classes.answers == pytest.approx([0, 50, 10])
    assert classes.freedom == pytest.approx([0, 51, 11])
    assert classes.floors == pytest.approx([0, 0.25 / 52**2, 0.25 / 12**2])
    grouped = gathered([fixed], LABELS, np.arange(len(LABELS)) // 5).classes
    assert grouped.answers == pytest.approx([0, 50 / 1.4, 10 / 1.4])
    assert grouped.freedom == pytest.approx([0, 11, 3])


def test_parts_of_a_unit_are_its_items_of_one_class():
    labels, groups = np.tile([0, 1], 30), np.arange(60) // 6
    done = [judged(outcome("a", s, np.random.default_rng(s).random(24) < 0.7, labels=labels, test=np.arange(24)),
                   labels, "accuracy") for s in range(2)]  # fmt: skip
    evidence = gathered([done], labels, groups)
    assert evidence.unit_of.tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    assert evidence.class_of.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert evidence.n_units == 4


def test_units_of_equal_weight_are_worth_their_number_less_the_class_means():
    fixed = [judged(outcome("a", seed, np.ones(60, bool), test=np.arange(150, 210)), LABELS, "accuracy")
             for seed in range(3)]  # fmt: skip
    assert gathered([fixed], LABELS, None).freedom == pytest.approx(60 - 2)
    assert gathered([fixed], LABELS, np.arange(len(LABELS)) // 10).freedom == pytest.approx(6 - 2)
