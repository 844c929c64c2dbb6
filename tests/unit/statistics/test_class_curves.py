"""Curves of single classes: parts of balanced accuracy, with intervals that know how few items judge a class."""

import numpy as np
import pytest
from sklearn.metrics import recall_score

from explorer.records import Arm, Choice, Outcome, State, Study, Trial
from explorer.statistics.class_curves import class_curves
from explorer.statistics.curves import curves, curves_of
from explorer.statistics.evidence import judged

LABELS = np.repeat([0, 1, 2], [200, 100, 60])
ARMS = (Arm("a", "Arm A", Choice("majority")), Arm("b", "Arm B", Choice("hog")))
STUDY = Study("id", "name", "toy", ARMS, budgets=(1, 4), seeds=5)


def outcome(trial, rows=120):
    random = np.random.default_rng([trial.seed, trial.budget, len(trial.arm)])
    test = np.sort(np.random.default_rng(trial.seed).choice(len(LABELS), rows, replace=False))
    votes = random.dirichlet(np.ones(3), rows) + 0.2 * trial.budget * np.eye(3)[LABELS[test]] * [2, 1, 0.5]
    probabilities = (votes / votes.sum(axis=1, keepdims=True)).astype(np.float32)
    return Outcome(trial, State.DONE, 3 * trial.budget, trial.budget, test, probabilities)


@pytest.fixture
def outcomes():
    return [outcome(trial) for trial in STUDY.trials()]


def test_values_are_recalls_and_their_mean_is_balanced_accuracy(outcomes):
    found = class_curves(STUDY, outcomes, LABELS, None, 3)
    assert [[curve.arm for curve in each] for each in found] == [["a", "b"]] * 3
    for place, arm in enumerate(STUDY.arms):
        for at, budget in enumerate(STUDY.budgets):
            cell = [each for each in outcomes if (each.trial.arm, each.trial.budget) == (arm.name, budget)]
            wanted = [recall_score(LABELS[each.test], each.probabilities.argmax(axis=1), average=None) for each in cell]
            points = [each[place].points[at] for each in found]
            assert np.transpose([point.values for point in points]) == pytest.approx(np.array(wanted))
            whole = curves(STUDY, outcomes, LABELS)[place].points[at]
            assert np.mean([point.mean for point in points]) == pytest.approx(whole.mean)


def test_an_interval_is_that_of_a_test_of_the_class_alone():
    """With one seed nothing but the items of the class counts: as if they alone had judged, by accuracy."""
    one = outcome(Trial("a", 4, 0))
    for kind, (found, _) in enumerate(class_curves(STUDY, [one], LABELS, None, 3)):
        inside = LABELS[one.test] == kind
        alone = Outcome(one.trial, State.DONE, one.n_labeled, 4, one.test[inside], one.probabilities[inside])
        (wanted, _) = curves_of(STUDY, [judged(alone, LABELS, "accuracy")], "accuracy", LABELS, None)
        (point,), (other,) = found.points, wanted.points
        assert (point.mean, point.low, point.high) == pytest.approx((other.mean, other.low, other.high), abs=5e-3)


def test_a_class_that_few_images_judge_is_known_badly(outcomes):
    wide = [each[0].points[1].high - each[0].points[1].low for each in class_curves(STUDY, outcomes, LABELS, None, 3)]
    assert wide[2] > wide[0]


def test_images_of_one_group_count_together(outcomes):
    right = np.repeat(np.random.default_rng(0).random(36) < 0.6, 10)  # whole groups of ten are right, or wrong
    same = []
    for each in outcomes:
        answers = np.where(right[each.test], LABELS[each.test], (LABELS[each.test] + 1) % 3)
        same.append(Outcome(each.trial, State.DONE, 3, 1, each.test, np.eye(3, dtype=np.float32)[answers]))
    alone, grouped = (
        class_curves(STUDY, same, LABELS, groups, 3)[0][0].points[0] for groups in (None, np.arange(360) // 10)
    )
    assert grouped.high - grouped.low > 1.5 * (alone.high - alone.low)


def test_a_class_has_points_at_the_seeds_that_judge_it_and_failed_trials_none(outcomes):
    some = [each for each in outcomes if each.trial.arm == "a"]
    cut = [
        Outcome(each.trial, State.DONE, each.n_labeled, 1, each.test[keep], each.probabilities[keep])
        for each in some
        for keep in [(LABELS[each.test] != 2) | (each.trial.seed > 2)]
    ]
    cut.append(Outcome(Trial("b", 1, 0), State.FAILED, error="no"))
    first, _, last = class_curves(STUDY, cut, LABELS, None, 3)
    assert [point.seeds for point in first[0].points] == [(0, 1, 2, 3, 4)] * 2
    assert [point.seeds for point in last[0].points] == [(3, 4)] * 2
    assert all(0 <= point.low <= point.mean <= point.high <= 1 for point in last[0].points)
    assert first[1].points == ()


def test_a_class_that_nobody_judges_has_no_points(outcomes):
    assert class_curves(STUDY, outcomes, LABELS, None, 4)[3][0].points == ()
