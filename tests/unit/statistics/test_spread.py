"""The variance of a mean over seeds: closed forms, plain loops, and draws that have it."""

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from explorer.records import Outcome, State, Trial
from explorer.statistics.evidence import cells_of, gathered, judged
from explorer.statistics.spread import VALUES, resampled, spread
from tests.unit.statistics.simulated import LABELS, outcome, study


def evidence_of(found, groups=None):
    return gathered(list(cells_of(found).values()), LABELS, groups)


def test_one_seed_has_the_variance_of_a_share():
    right = np.random.default_rng(0).random(60) < 0.7
    labels = np.zeros(60, np.int64)
    labels[:1] = 1
    test = np.arange(1, 60)
    found = [judged(outcome("a", 0, right[1:], labels=labels, test=test), labels, "accuracy")]
    known = spread(gathered([found], labels, None))
    share = right[1:].mean()
    assert known.items[0] == pytest.approx(share * (1 - share) / 58)
    assert np.isnan(known.between[0])
    assert known.variance == pytest.approx(known.items)


def placements(probability, inside):
    """Return DeLong's values of both sides, each item of one held against every item of the other."""
    wins = [[(p > q) + 0.5 * (p == q) for q in probability[~inside]] for p in probability[inside]]
    return np.mean(wins, axis=1), np.mean(wins, axis=0)


def test_one_seed_has_delongs_variance_of_an_area_and_of_the_difference_of_two():
    random, labels = np.random.default_rng(0), np.repeat([0, 1], [45, 30])
    test, sides = np.arange(5, 75), []
    done = []
    for arm, skill in (("a", 0.5), ("b", 0.8)):
        probability = np.round(1 / (1 + np.exp(-random.normal(skill * (2 * labels[test] - 1)))), 2)  # with ties
        votes = np.stack([1 - probability, probability], axis=1)
        done.append([judged(Outcome(Trial(arm, 5, 0), State.DONE, 10, 5, test, votes), labels, "auroc")])
        sides.append(placements(probability, labels[test] == 1))
    evidence = gathered(done, labels, None)
    assert evidence.values[0] == pytest.approx([np.mean(each) for each, _ in sides])
    one, two = (np.cov([each[side] for each in sides]) / len(sides[0][side]) for side in (0, 1))
    wanted = one + two
    assert spread(evidence).items == pytest.approx(np.diag(wanted), rel=1e-4)
    apart = spread(evidence.combined(np.array([[1.0], [-1.0]]))).items
    assert apart == pytest.approx([wanted[0, 0] + wanted[1, 1] - 2 * wanted[0, 1]], rel=1e-4)


def test_items_that_judge_at_several_seeds_count_once():
    """The same answers at every seed on the same items are worth one seed; on other items they are worth them all."""
    random = np.random.default_rng(0)
    right = random.random(60) < 0.7
    same = [judged(outcome("a", seed, right, test=np.arange(150, 210)), LABELS, "accuracy") for seed in range(5)]
    one = spread(gathered([same[:1]], LABELS, None)).items[0]
    assert spread(gathered([same], LABELS, None)).items[0] == pytest.approx(one)
    other = [judged(outcome("a", seed, random.random(60) < 0.7, test=np.arange(60 * seed, 60 * seed + 60)), LABELS,
                    "accuracy") for seed in range(5)]  # fmt: skip
    each = [spread(gathered([[trial]], LABELS, None)).items[0] for trial in other]
    assert spread(gathered([other], LABELS, None)).items[0] == pytest.approx(np.sum(each) / 25)


def test_within_is_what_units_explain_of_the_variance_between_seeds():
    """Where items alone differ, the variance between seeds is `within` in the mean over many studies."""
    found = [spread(evidence_of(study({"a": (0.7,)}, (5,), draw=draw))) for draw in range(300)]
    between, within = (np.mean([getattr(each, name)[0] for each in found]) for name in ("between", "within"))
    assert between == pytest.approx(within, rel=0.12)
    moved = [spread(evidence_of(study({"a": (0.6,)}, (5,), draw=draw, spread=0.1))) for draw in range(300)]
    excess = np.mean([each.between[0] - each.within[0] for each in moved])
    assert excess == pytest.approx(0.01, rel=0.2)


def test_shared_training_widens_as_nadeau_and_bengio_do():
    evidence = evidence_of(study({"a": (0.7,)}, (5,), spread=0.1))
    known = spread(replace(evidence, shared=np.array([0.5])))
    assert known.factor == pytest.approx([1 / 5 + 0.25 / 0.75])


def test_without_items_the_variance_is_that_of_students_t():
    known = spread(evidence_of(study({"a": (0.7,)}, (5,), spread=0.1)))
    alone = replace(known, items=np.zeros(1), within=np.zeros(1), explained=np.zeros(1), floor=0.0)
    found = alone.variances[:, 0]
    assert len(found) == VALUES
    # The mean of 1/V is that of chi-square: its expectation is the degrees of freedom.
    assert np.mean(1 / found) == pytest.approx(1 / (known.factor * known.between)[0], rel=0.01)


def test_classes_that_all_agree_have_the_variance_of_one_answer():
    found = [judged(outcome("a", seed, np.ones(60, bool)), LABELS, "balanced_accuracy") for seed in range(3)]
    evidence = gathered([found], LABELS, None)
    met = np.unique(np.concatenate([each.rows for each in found]))
    each = np.bincount(LABELS[met])
    assert spread(evidence).variance == pytest.approx([(1 / 9 / (each + 2) ** 2).sum()])
    drawn = resampled(evidence, 20_000)[:, 0]
    assert drawn.std() == pytest.approx(np.sqrt((1 / 9 / (each + 2) ** 2).sum()), rel=0.1)


def test_a_class_that_few_units_judge_takes_its_freedom():
    """What varies is known by three items of one class, however many there are of the others."""
    test = np.r_[np.arange(100), np.arange(300, 303)]
    right = np.ones(103, bool)
    right[-1] = False
    found = [judged(outcome("a", seed, right, test=test), LABELS, "balanced_accuracy") for seed in range(3)]
    known = spread(gathered([found], LABELS, None))
    assert known.items[0] == pytest.approx(0.25 * (2 / 9) / 2 + 0.25 / 102**2)
    assert known.freedom[0] == pytest.approx(4, abs=0.05)
    alike = spread(evidence_of(study({"a": (0.7,)}, (5,), items=300)))
    assert alike.freedom[0] > 150


def test_resamples_have_mean_and_variance_and_move_together():
    found = study({"a": (0.5, 0.6), "b": (0.55, 0.7)}, budgets=(1, 5), spread=0.05, seeds=12)
    evidence = evidence_of(found)
    known, drawn = spread(evidence), resampled(evidence, 20_000)
    assert drawn.mean(axis=0) == pytest.approx(known.mean, abs=0.002)
    expected = known.items * known.freedom / (known.freedom - 2)
    expected = expected + known.variances.mean(axis=0) - replace(known, between=known.within * 0).variances.mean(axis=0)
    assert drawn.var(axis=0) == pytest.approx(expected, rel=0.1)
    # Both arms see the same items and the same luck: their difference is surer than either.
    assert (drawn[:, 1] - drawn[:, 3]).std() < drawn[:, 1].std()


def test_resamples_of_one_seed_are_those_of_its_items():
    found = study({"a": (0.7,)}, (5,), seeds=1)
    evidence = evidence_of(found)
    drawn = resampled(evidence, 20_000)[:, 0]
    rows = found[0].rows
    random, right, kinds = np.random.default_rng(3), found[0].pulls > 0, LABELS[found[0].rows]
    plain = []
    for _ in range(4000):
        recalls = [random.choice(right[kinds == kind], (kinds == kind).sum()).mean() for kind in range(3)]
        plain.append(np.mean(recalls))
    assert len(rows) == 120
    # Beside what a plain bootstrap knows, the variance itself is uncertain, and too small by one of m items of a class.
    known = spread(evidence)
    assert known.items[0] == pytest.approx(np.var(plain), rel=0.12)
    freedom = known.freedom[0]
    assert drawn.std() == pytest.approx(np.sqrt(known.items[0] * freedom / (freedom - 2)), rel=0.04)
    assert np.quantile(drawn, [0.05, 0.95]) == pytest.approx(np.quantile(plain, [0.05, 0.95]), abs=0.012)


def test_of_one_class_and_seed_they_are_scipys_bootstrap():
    labels, right = np.zeros(121, np.int64), np.random.default_rng(0).random(120) < 0.8
    labels[0] = 1
    found = [judged(outcome("a", 0, right, labels=labels, test=np.arange(1, 121)), labels, "accuracy")]
    drawn = resampled(gathered([found], labels, None), 20_000)[:, 0]
    plain = stats.bootstrap((right,), np.mean, n_resamples=9999, method="percentile", rng=np.random.default_rng(1))
    assert drawn.std() == pytest.approx(plain.standard_error, rel=0.04)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx(list(plain.confidence_interval), abs=0.008)


def test_more_seeds_of_the_same_kind():
    known = spread(evidence_of(study({"a": (0.7,)}, (5,), spread=0.05)))
    assert known.with_seeds(5).items == pytest.approx(known.items)
    assert known.with_seeds(5).factor == pytest.approx(known.factor)
    assert known.with_seeds(20).variance[0] < known.variance[0]


@pytest.mark.slow
def test_two_thousand_resamples_take_less_than_a_tenth_of_a_second():
    labels = np.arange(3334) % 10
    found = []
    for seed in range(5):
        random = np.random.default_rng(seed)
        test = np.sort(random.permutation(3334)[:1000])
        for arm in "abcdef":
            for budget in (1, 2, 5, 10, 20, 50):
                right = random.random(1000) < 0.7
                found.append(judged(outcome(arm, seed, right, budget, labels, test), labels, "balanced_accuracy"))
    cells = list(cells_of(found).values())
    times = []
    for _ in range(5):
        start = time.process_time()
        assert resampled(gathered(cells, labels, None), 2000).shape == (2000, 36)
        times.append(time.process_time() - start)
    assert min(times) < 0.1
