"""Curves: means, the two-level bootstrap against a plain loop, and what is left out."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta

from explorer.records import Arm, Choice, Outcome, State, Study, Trial
from explorer.scores import scores
from explorer.statistics.curves import (
    BOUND_WORDS,
    FEW_ITEMS_WORDS,
    NO_WIDTH_WORDS,
    ONE_SEED_WORDS,
    Interval,
    curves,
    curves_of,
    interval_words,
    judged,
)

LABELS = np.repeat([0, 1, 2], [200, 100, 60])


def outcome(arm, budget, seed, skill, random):
    test = np.sort(np.random.default_rng(seed).choice(len(LABELS), 120, replace=False))
    labels = LABELS[test]
    votes = random.dirichlet(np.ones(3), len(test)) + skill * np.eye(3)[labels]
    probabilities = (votes / votes.sum(axis=1, keepdims=True)).astype(np.float32)
    return Outcome(
        Trial(arm, budget, seed), State.DONE, budget * 3, budget, test, probabilities, scores(probabilities, labels)
    )


@pytest.fixture
def study():
    arms = (Arm("a", "Arm A", Choice("majority")), Arm("b", "Arm B", Choice("hog")))
    return Study("id", "name", "toy", arms, budgets=(1, 2, 4), seeds=5)


@pytest.fixture
def outcomes(study):
    return [
        outcome(t.arm, t.budget, t.seed, 0.1 * t.budget, np.random.default_rng([t.seed, t.budget]))
        for t in study.trials()
    ]


def test_points_hold_mean_values_and_labelled_examples(study, outcomes):
    curve = curves(study, outcomes, LABELS, 3)[0]
    assert [point.budget for point in curve.points] == [1, 2, 4]
    assert [point.n_labeled for point in curve.points] == [3, 6, 12]
    for point in curve.points:
        raw = [o.scores["balanced_accuracy"] for o in outcomes if o.trial.arm == "a" and o.trial.budget == point.budget]
        assert point.values == pytest.approx(tuple(raw))
        assert point.mean == pytest.approx(np.mean(raw))
        assert point.low < point.mean < point.high
        assert not point.few_seeds


def plain_score(metric, predicted, labels):
    found = []
    for each in range(3):
        hits = np.sum((predicted == each) & (labels == each))
        whole = np.sum(labels == each)
        found.append(hits / whole if metric == "balanced_accuracy" else 2 * hits / (whole + np.sum(predicted == each)))
    return np.mean(found)


def plain_bootstrap(cell, metric, resamples, random):
    """Draw seeds, then items of each drawn seed within its classes, and score the drawn predictions."""
    means = []
    for _ in range(resamples):
        drawn = []
        for index in random.integers(0, len(cell), len(cell)):
            labels = LABELS[cell[index].test]
            rows = np.concatenate(
                [random.choice(np.flatnonzero(labels == c), (labels == c).sum()) for c in set(labels)]
            )
            drawn.append(plain_score(metric, cell[index].probabilities[rows].argmax(axis=1), labels[rows]))
        means.append(np.mean(drawn))
    return np.quantile(means, [0.025, 0.975])


@pytest.mark.parametrize("metric", ["balanced_accuracy", "macro_f1"])
def test_interval_equals_the_plain_loop(metric, study, outcomes):
    point = curves(study, outcomes, LABELS, 3, metric=metric)[0].points[1]
    cell = [each for each in outcomes if each.trial.arm == "a" and each.trial.budget == 2]
    low, high = plain_bootstrap(cell, metric, 400, np.random.default_rng(7))
    width = high - low
    assert point.low == pytest.approx(low, abs=0.15 * width)
    assert point.high == pytest.approx(high, abs=0.15 * width)


def judged_by_all(study):
    """Return outcomes of one cell: at every seed the same images judge, and mostly the same ones are mistaken."""
    test = np.arange(0, len(LABELS), 3)
    hard = np.random.default_rng(0).random(len(test))
    found = []
    for seed in range(study.seeds):
        right = hard + 0.3 * np.random.default_rng([1, seed]).random(len(test)) < 0.9
        answers = np.where(right, LABELS[test], (LABELS[test] + 1) % 3)
        probabilities = np.eye(3, dtype=np.float32)[answers]
        told = scores(probabilities, LABELS[test])
        found.append(Outcome(Trial("a", 1, seed), State.DONE, 3, 1, test, probabilities, told))
    return found


def test_images_of_a_given_test_split_are_drawn_once_for_all_seeds(study):
    cell, random, means = judged_by_all(study), np.random.default_rng(7), []
    labels, answers = LABELS[cell[0].test], [each.probabilities.argmax(axis=1) for each in cell]
    for _ in range(600):
        rows = np.concatenate([random.choice(np.flatnonzero(labels == c), (labels == c).sum()) for c in range(3)])
        drawn = random.integers(0, len(cell), len(cell))
        means.append(np.mean([plain_score("balanced_accuracy", answers[at][rows], labels[rows]) for at in drawn]))
    low, high = np.quantile(means, [0.025, 0.975])
    given = curves(study, cell, LABELS, 3, given_test=True)[0].points[0]
    assert given.low == pytest.approx(low, abs=0.15 * (high - low))
    assert given.high == pytest.approx(high, abs=0.15 * (high - low))
    anew = curves(study, cell, LABELS, 3)[0].points[0]
    assert given.mean == anew.mean
    assert given.high - given.low > 1.5 * (anew.high - anew.low)


def test_groups_widen_the_interval_when_their_items_agree(study):
    groups = np.arange(len(LABELS)) // 20
    right = np.random.default_rng(3).random(groups.max() + 1) < 0.6
    sure = []
    for trial in study.trials():
        test = np.random.default_rng(trial.seed).choice(len(LABELS), 150, replace=False)
        hit = right[groups[test]]
        predicted = np.where(hit, LABELS[test], (LABELS[test] + 1) % 3)
        probabilities = np.eye(3, dtype=np.float32)[predicted]
        sure.append(Outcome(trial, State.DONE, 3, 1, test, probabilities, scores(probabilities, LABELS[test])))
    plain = curves(study, sure, LABELS, 3)[0].points[0]
    grouped = curves(study, sure, LABELS, 3, groups=groups)[0].points[0]
    assert grouped.high - grouped.low > 1.5 * (plain.high - plain.low)


def test_failed_trials_and_unfinished_cells_leave_no_point(study, outcomes):
    failed = Outcome(Trial("b", 1, 0), State.FAILED, error="ValueError")
    found = curves(study, [failed, *outcomes[:1]], LABELS, 3)
    assert [len(curve.points) for curve in found] == [1, 0]
    assert found[0].points[0].few_seeds


def test_same_outcomes_same_numbers_in_any_order(study, outcomes):
    assert curves(study, outcomes, LABELS, 3) == curves(study, outcomes[::-1], LABELS, 3)


@pytest.mark.parametrize("metric", ["balanced_accuracy", "macro_f1", "log_loss"])
def test_trials_judged_one_by_one_give_the_same_curves(metric, study, outcomes):
    kept = [judged(each, LABELS, None, metric) for each in reversed(outcomes)]
    assert curves_of(study, kept, metric) == curves(study, outcomes, LABELS, 3, metric=metric)


def said(shown):
    """Return the words below curves of a data set without groups whose judging images are drawn."""
    return interval_words(shown, None, given_test=False)


@pytest.mark.parametrize("groups", [None, np.arange(len(LABELS)) // 4])
@pytest.mark.parametrize("given_test", [False, True])
def test_words_tell_of_groups_and_of_a_given_split_only_where_there_are_any(study, outcomes, groups, given_test):
    words = interval_words(curves(study, outcomes, LABELS, 3), groups, given_test=given_test)
    assert ("group" in words) == (groups is not None)
    assert ("split" in words) == given_test
    assert ("test share" in words) != given_test


def test_words_say_where_a_band_holds_less_or_is_missing(study, outcomes):
    whole = curves(study, outcomes, LABELS, 3)
    assert NO_WIDTH_WORDS not in said(whole)
    assert ONE_SEED_WORDS not in said(whole)
    alone = curves(study, outcomes[:2], LABELS, 3)
    assert ONE_SEED_WORDS in said(alone)
    sure = []
    for trial in study.trials():
        test = np.arange(50, 250)
        probabilities = np.eye(3, dtype=np.float32)[LABELS[test]]
        sure.append(Outcome(trial, State.DONE, 3, 1, test, probabilities, scores(probabilities, LABELS[test])))
    f1 = curves(study, sure, LABELS, 3, metric="macro_f1")
    assert f1[0].points[0].low == f1[0].points[0].high == 1
    assert f1[0].points[0].interval is Interval.NONE
    assert NO_WIDTH_WORDS in said(f1)
    assert BOUND_WORDS.format(unit="test image") not in said(f1)


@pytest.mark.parametrize(("few", "said"), [(1, True), (4, True), (5, False)])
def test_words_say_where_a_class_has_few_images_to_judge(few, said, study):
    test = np.r_[np.arange(100), np.arange(300, 300 + few)]
    random, trials = np.random.default_rng(0), []
    for trial in study.trials():
        probabilities = random.dirichlet(np.ones(3), len(test)).astype(np.float32)
        trials.append(Outcome(trial, State.DONE, 3, 1, test, probabilities, scores(probabilities, LABELS[test])))
    found = curves(study, trials, LABELS, 3)
    assert {point.fewest for curve in found for point in curve.points} == {few}
    assert (FEW_ITEMS_WORDS in interval_words(found)) == said


@pytest.mark.parametrize("groups", [None, np.arange(len(LABELS)) // 4])
@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy"])
def test_a_curve_without_a_mistake_has_a_bound_by_the_different_items_that_judged(study, metric, groups):
    sure, met = [], set()
    for trial in study.trials():
        test = np.sort(np.random.default_rng(trial.seed).choice(len(LABELS), 40, replace=False))
        probabilities = np.eye(3, dtype=np.float32)[LABELS[test]]
        met.update(test.tolist())
        sure.append(Outcome(trial, State.DONE, 3, 1, test, probabilities, scores(probabilities, LABELS[test])))
    met = np.array(sorted(met))
    units = met if groups is None else np.unique(groups[met])
    (point, *_) = curves(study, sure, LABELS, 3, groups=groups, metric=metric)[0].points
    assert (point.mean, point.high, point.one_sided, point.interval) == (1, 1, True, Interval.BOUND)
    assert point.has_width
    if metric == "accuracy":
        assert point.low == pytest.approx(beta.ppf(0.05, len(units), 1))
    else:  # in groups of one class; few units of one class weigh more than few of all
        assert 0.5 < point.low < beta.ppf(0.05, len(units), 1)
    found = curves(study, sure, LABELS, 3, groups=groups, metric=metric)
    unit, other = ("test image", "group") if groups is None else ("group", "test image")
    words = interval_words(found, groups, given_test=False)
    assert BOUND_WORDS.format(unit=unit) in words
    assert BOUND_WORDS.format(unit=other) not in words


def test_one_mistake_at_one_seed_is_resampled_as_ever(study):
    cell = []
    for seed in range(5):
        test = np.arange(seed, len(LABELS), 3)
        probabilities = np.eye(3, dtype=np.float32)[LABELS[test]]
        if seed == 0:
            probabilities[0] = np.roll(probabilities[0], 1)
        told = scores(probabilities, LABELS[test])
        cell.append(Outcome(Trial("a", 1, seed), State.DONE, 3, 1, test, probabilities, told))
    (point,) = curves(study, cell, LABELS, 3)[0].points
    assert point.interval is Interval.BOOTSTRAP
    assert point.low < point.mean < 1 == point.high


def test_an_arm_that_always_answers_the_same_has_no_interval_and_no_words_for_it(study, outcomes):
    whole = curves(study, outcomes, LABELS, 3)
    flat = replace(whole[0], points=tuple(replace(each, low=0.2, high=0.2, values=(0.2,)) for each in whole[0].points))
    assert flat.is_flat
    assert NO_WIDTH_WORDS not in said([flat, *whole])
