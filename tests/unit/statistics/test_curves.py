"""Curves: means, the intervals of their evidence, and what is left out."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.records import Arm, Choice, Outcome, State, Study, Trial
from explorer.scores import METRICS, scores
from explorer.statistics.curves import (
    FEW_SEEDS_WORDS,
    ONE_SEED_WORDS,
    curves,
    curves_of,
    interval_words,
)
from explorer.statistics.evidence import gathered, judged
from explorer.statistics.intervals import of_shares, plain
from explorer.statistics.spread import spread

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
    curve = curves(study, outcomes, LABELS)[0]
    assert [point.budget for point in curve.points] == [1, 2, 4]
    assert [point.n_labeled for point in curve.points] == [3, 6, 12]
    for point in curve.points:
        raw = [o.scores["balanced_accuracy"] for o in outcomes if o.trial.arm == "a" and o.trial.budget == point.budget]
        assert point.values == pytest.approx(tuple(raw))
        assert point.mean == pytest.approx(np.mean(raw))
        assert point.low < point.mean < point.high
        assert not point.few_seeds


def test_a_point_takes_as_long_as_the_trial_in_the_middle(study, outcomes):
    """One trial beside which the machine did something else does not move it."""
    slow = [replace(each, fit_seconds=(1.0, 2.0, 3.0, 4.0, 600.0)[each.trial.seed]) for each in outcomes]
    assert {point.seconds for curve in curves(study, slow, LABELS) for point in curve.points} == {3.0}


def test_trials_of_a_seed_share_what_was_prepared_for_them(study, outcomes):
    known = [replace(each, fit_seconds=1.0, prepare_seconds=30.0 + each.trial.seed) for each in outcomes]
    assert {point.whole for curve in curves(study, known, LABELS) for point in curve.points} == {1.0 + 32.0 / 3}
    known[0] = replace(known[0], prepare_seconds=None)
    places = {
        (curve.arm, point.budget): point.whole for curve in curves(study, known, LABELS) for point in curve.points
    }
    trial = known[0].trial
    assert [cell for cell, whole in places.items() if whole is None] == [(trial.arm, trial.budget)]


@pytest.mark.parametrize(("metric", "interval"), [("balanced_accuracy", of_shares), ("macro_f1", of_shares),
                                                  ("log_loss", plain), ("auroc", of_shares),
                                                  ("calibration_error", plain)])  # fmt: skip
def test_an_interval_is_that_of_the_evidence_of_its_cell_whatever_else_is_done(metric, interval, study, outcomes):
    some = [each for each in outcomes if (each.trial.arm, each.trial.seed) != ("b", 3)]
    cell = [judged(each, LABELS, metric) for each in some if (each.trial.arm, each.trial.budget) == ("a", 2)]
    low, high = interval(spread(gathered([cell], LABELS, None)))
    point = curves(study, some, LABELS, metric=metric)[0].points[1]
    assert (point.low, point.high) == (pytest.approx(low[0]), pytest.approx(high[0]))
    assert [len(each.seeds) for each in curves(study, some, LABELS)[1].points] == [4, 4, 4]


def answered(right, seed, test):
    """Return an outcome of arm a at one label a class, right at some of the judging images, (m,) bool."""
    answers = np.where(right, LABELS[test], (LABELS[test] + 1) % 3)
    probabilities = np.eye(3, dtype=np.float32)[answers]
    return Outcome(Trial("a", 1, seed), State.DONE, 3, 1, test, probabilities, scores(probabilities, LABELS[test]))


def test_images_that_judge_at_every_seed_count_once(study):
    """The same hard images are no smaller in the mean of many seeds; other images at each seed even out."""
    hard = np.random.default_rng(0).random(len(LABELS)) < 0.3
    same = [answered(~hard[::5], seed, np.arange(0, len(LABELS), 5)) for seed in range(5)]
    other = [answered(~hard[seed::5], seed, np.arange(seed, len(LABELS), 5)) for seed in range(5)]
    (given,), (anew,) = (curves(study, each, LABELS)[0].points for each in (same, other))
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
    plain = curves(study, sure, LABELS)[0].points[0]
    grouped = curves(study, sure, LABELS, groups)[0].points[0]
    assert grouped.high - grouped.low > 1.5 * (plain.high - plain.low)


def test_failed_trials_and_unfinished_cells_leave_no_point(study, outcomes):
    failed = Outcome(Trial("b", 1, 0), State.FAILED, error="ValueError")
    found = curves(study, [failed, *outcomes[:1]], LABELS)
    assert [len(curve.points) for curve in found] == [1, 0]
    assert found[0].points[0].few_seeds


def test_same_outcomes_same_numbers_in_any_order(study, outcomes):
    assert curves(study, outcomes, LABELS) == curves(study, outcomes[::-1], LABELS)


@pytest.mark.parametrize("metric", ["balanced_accuracy", "macro_f1", "log_loss"])
def test_trials_judged_one_by_one_give_the_same_curves(metric, study, outcomes):
    kept = [judged(each, LABELS, metric) for each in reversed(outcomes)]
    assert curves_of(study, kept, metric, LABELS, None) == curves(study, outcomes, LABELS, metric=metric)


@pytest.mark.parametrize("groups", [None, np.arange(len(LABELS)) // 4])
@pytest.mark.parametrize("given_test", [False, True])
def test_words_tell_of_groups_and_of_a_given_split_only_where_there_are_any(study, outcomes, groups, given_test):
    words = interval_words(curves(study, outcomes, LABELS), groups, given_test=given_test)
    assert ("group" in words) == (groups is not None)
    assert ("split" in words) == given_test
    assert ("test share" in words) != given_test


def test_words_say_what_the_band_of_a_score_leaves_out(study, outcomes):
    plain, wanting = (
        interval_words(curves(study, outcomes, LABELS, metric=metric), None, given_test=False)
        for metric in ("auroc", "calibration_error")
    )
    assert wanting == f"{plain} {METRICS['calibration_error'].leaves_out}"


def test_scores_that_outcomes_were_not_stored_with_give_the_same_curves(study, outcomes):
    old = [replace(each, scores={"accuracy": each.scores["accuracy"]}) for each in outcomes]
    for metric in METRICS:
        assert curves(study, old, LABELS, metric=metric) == curves(study, outcomes, LABELS, metric=metric)


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_a_class_that_judges_at_some_seeds_only_leaves_every_score_its_curve(study, metric):
    random, found = np.random.default_rng(0), []
    for seed in range(5):
        test = np.sort(random.permutation(300)[:60])
        test = np.r_[test, 300 + seed] if seed > 2 else test  # the last class judges at two seeds, by one image
        probabilities = random.dirichlet(np.ones(3), len(test)).astype(np.float32)
        found.append(Outcome(Trial("a", 1, seed), State.DONE, 3, 1, test, probabilities))
    (point,) = curves(study, found, LABELS, metric=metric)[0].points
    assert 0 <= point.low < point.mean < point.high < np.inf


def test_sure_and_right_is_no_proof_of_calibration(study):
    """Where all answers are sure and right, one more that is wrong would move the error: the band has a width."""
    outcomes = [answered(np.ones(30, bool), seed, spread_out(30, seed)) for seed in range(5)]
    (point,) = curves(study, outcomes, LABELS, metric="calibration_error")[0].points
    assert point.mean == point.low == 0
    assert 0.005 < point.high < 0.2


def test_words_say_where_a_band_rests_on_few_seeds(study, outcomes):
    whole, alone = (
        interval_words(curves(study, some, LABELS), None, given_test=False) for some in (outcomes, outcomes[:2])
    )
    assert alone == f"{whole} {FEW_SEEDS_WORDS} {ONE_SEED_WORDS}"


@pytest.mark.parametrize("groups", [None, np.arange(len(LABELS)) // 4])
@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "macro_f1", "auroc"])
def test_a_curve_without_a_mistake_is_as_sure_as_the_images_that_judged(study, metric, groups):
    few, many = (
        curves(study, [answered(np.ones(m, bool), seed, spread_out(m, seed)) for seed in range(5)], LABELS, groups,
               metric)[0].points[0]
        for m in (30, 180)
    )  # fmt: skip
    assert [few.mean, few.high, many.mean, many.high] == pytest.approx([1, 1, 1, 1])
    assert 0.7 < few.low < many.low < 1


def spread_out(m, seed):
    return np.sort(np.random.default_rng(seed).permutation(len(LABELS))[:m])


def test_one_mistake_hardly_moves_the_interval(study):
    """No jump between a curve without a mistake and one with a single one."""
    ends = []
    for wrong in (0, 1):
        cell = []
        for seed in range(5):
            test = np.arange(seed, len(LABELS), 3)
            cell.append(answered(np.arange(len(test)) >= wrong * (seed == 0), seed, test))
        (point,) = curves(study, cell, LABELS)[0].points
        ends.append(point.low)
    assert ends[0] == pytest.approx(ends[1], abs=0.01)


def test_a_class_with_one_judging_image_widens_the_band(study):
    random = np.random.default_rng(0)
    right = random.random(130) < 0.9
    rare = [answered(np.r_[right[:100], True], seed, np.r_[100 * (seed % 2) : 100 * (seed % 2) + 100, 300 + seed])
            for seed in range(5)]  # fmt: skip
    common = [answered(right, seed, np.r_[100 * (seed % 2) : 100 * (seed % 2) + 100, 300:330]) for seed in range(5)]
    (few,), (many,) = (curves(study, each, LABELS)[0].points for each in (rare, common))
    assert few.high - few.low > 2 * (many.high - many.low)


@pytest.mark.parametrize("metric", ["balanced_accuracy", "accuracy"])
def test_one_answer_to_everything_is_as_good_as_it_is_known_to_be(metric):
    """Of two classes it is right about one, whatever is judged; how often that is among all images is not known.

    What is known of another arm, here one that is all right, is the same beside it as alone.
    """
    labels = np.arange(400) % 4 // 3
    done = []
    for seed in range(3):
        test = np.sort(np.random.default_rng(seed).choice(400, 60, replace=False))
        for arm, answers in (("same", np.tile([1.0, 0.0], (60, 1))), ("right", np.eye(2)[labels[test]])):
            trial = Trial(arm, 5, seed)
            outcome = Outcome(trial, State.DONE, 10, 5, test, answers.astype(np.float32), {})
            done.append(judged(outcome, labels, metric))
    arms = tuple(Arm(name, name, Choice("majority")) for name in ("same", "right"))
    study = Study("id", "toy", "toy", arms, (5,), seeds=3)
    same, right = (curve.points[0] for curve in curves_of(study, done, metric, labels, None))
    if metric == "balanced_accuracy":
        assert (same.mean, same.low, same.high) == (0.5, 0.5, 0.5)
    else:
        assert same.high - same.low > 0.05
    (_, alone) = curves_of(study, [each for each in done if each.trial.arm == "right"], metric, labels, None)
    assert right.low == alone.points[0].low < 0.98
