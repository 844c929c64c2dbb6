"""Verdicts: what is said of clear, small and unclear differences, and of how many more seeds would settle them."""

import numpy as np
import pytest

from explorer.statistics.contrasts import difference, measured
from explorer.statistics.evidence import cells_of
from explorer.statistics.intervals import tails
from explorer.statistics.multiple import counts, holm
from explorer.statistics.verdicts import Verdict, compared, told_apart
from tests.unit.statistics.simulated import LABELS, differing, judged, outcome, study

METRIC = "balanced_accuracy"


def said(found, **settings):
    return {(each.arm, each.budget): each for each in compared(found, "base", LABELS, None, METRIC, **settings)}


def test_clear_differences_help_or_hurt():
    found = said(study({"base": (0.6,) * 4, "up": (0.8,) * 4, "down": (0.4,) * 4}))
    assert {found["up", budget].verdict for budget in (1, 2, 5, 10, None)} == {Verdict.HELPS}
    assert {found["down", budget].verdict for budget in (1, 2, 5, 10, None)} == {Verdict.HURTS}
    assert found["up", 5].better > 0.99
    assert found["down", 5].better < 0.01
    assert found["up", 5].more_seeds is None
    assert found["up", 5].low > 0.1


def test_where_low_is_good_a_lower_score_helps():
    done = study({"base": (0.6,), "up": (0.8,)}, (5,), metric="log_loss")
    (found,) = compared(done, "base", LABELS, None, "log_loss")
    assert found.difference < 0
    assert found.verdict is Verdict.HELPS
    assert found.better > 0.99


def test_the_same_answers_make_no_practical_difference_if_units_are_enough():
    alike = study({"base": (0.7,), "same": (0.7,)}, (5,))
    assert said(alike, practical=0.02)["same", 5].verdict is Verdict.SAME
    assert said(alike, practical=0.001)["same", 5].verdict is Verdict.OPEN


def test_a_difference_within_the_region_is_none_however_clear():
    found = said(study({"base": (0.60,), "up": (0.66,)}, (5,), items=300, seeds=10), practical=0.2)
    assert found["up", 5].low > 0
    assert found["up", 5].verdict is Verdict.SAME


def test_one_seed_settles_nothing():
    found = said(study({"base": (0.3,), "up": (0.9,)}, (5,), seeds=1))["up", 5]
    assert (found.verdict, found.more_seeds, found.seeds) == (Verdict.OPEN, None, 1)


def test_no_interval_of_shares_goes_beyond_what_shares_can_differ_by():
    """Two seeds that differ much leave room for anything."""
    ends = {}
    for metric in ("accuracy", "log_loss"):
        right = {"base": (0.5, 0.5), "up": (0.2, 1.0)}
        answers = [(arm, seed, np.arange(40) < 40 * share) for arm, shares in right.items()
                   for seed, share in enumerate(shares)]  # fmt: skip
        done = [judged(outcome(*each), LABELS, metric) for each in answers]
        (found,) = compared(done, "base", LABELS, None, metric)
        ends[metric] = found.low, found.high
    assert ends["accuracy"] == (-1, 1)
    assert ends["log_loss"][0] < -1
    assert ends["log_loss"][1] > 1


def test_every_arm_and_budget_counts_among_the_others():
    found = said(study({"base": (0.6,) * 4, "one": (0.62, 0.64, 0.66, 0.68), "two": (0.6, 0.62, 0.6, 0.7)}))
    budgets = [each for each in found.values() if each.budget is not None]
    expected = np.minimum(2 * holm(np.array([each.p for each in budgets])), 1)
    assert [each.adjusted for each in budgets] == pytest.approx(expected)
    whole = [each for each in found.values() if each.budget is None]
    assert [each.adjusted for each in whole] == pytest.approx(np.minimum(2 * holm(np.array([e.p for e in whole])), 1))
    (alone,) = compared(study({"base": (0.6,), "one": (0.63,)}, (5,)), "base", LABELS, None, METRIC)
    assert alone.adjusted == alone.p


def test_what_is_not_clear_names_the_seeds_that_would_settle_it():
    found = said(study({"base": (0.6,), "up": (0.64,)}, (5,), seeds=3, items=60))["up", 5]
    assert found.verdict is Verdict.OPEN
    assert found.more_seeds is not None
    settled = said(study({"base": (0.6,), "up": (0.64,)}, (5,), seeds=3 + 3 * found.more_seeds, items=60))["up", 5]
    assert settled.verdict is Verdict.HELPS


def test_the_seeds_that_are_missing_are_told_for_all_that_is_compared():
    """Where so many are compared that a difference counts as none at all, too few seeds would be promised."""
    arms = {"base": (0.6,), "up": (0.66,), **{f"same {number}": (0.6,) for number in range(30)}}
    done = study(arms, (5,), seeds=4, items=100)
    found = said(done, practical=0.001)
    up = found["up", 5]
    assert up.adjusted == 1
    assert up.more_seeds is not None
    times = dict(zip(found, counts(np.array([each.p for each in found.values()])), strict=True))["up", 5]
    (measure,) = measured([difference("up", "base", 5)], cells_of(done), LABELS, None)
    assert times * tails(measure.known.with_seeds(4 + up.more_seeds))[0] <= 0.05


def test_unfinished_budgets_and_arms_are_left_out():
    done = study({"base": (0.6,) * 4, "up": (0.8,) * 4})
    some = [each for each in done if each.trial.arm == "base" or each.trial.budget == 5]
    assert set(said(some)) == {("up", 5)}
    assert compared([each for each in done if each.trial.arm == "up"], "base", LABELS, None, METRIC) == ()


def test_a_stricter_level_widens_intervals():
    done = study({"base": (0.6,), "up": (0.66,)}, (5,))
    one, other = said(done)["up", 5], said(done, level=0.01)["up", 5]
    assert other.low < one.low < one.high < other.high


def test_arms_are_told_apart_that_every_verdict_tells_apart():
    done = study({"base": (0.6,) * 4, "same": (0.6,) * 4, "up": (0.85,) * 4, "down": (0.35,) * 4})
    cells = cells_of(done)
    assert told_apart("base", 5, cells, LABELS, None, METRIC) == {"up", "down"}
    assert told_apart("up", 5, cells, LABELS, None, METRIC) == {"base", "same", "down"}
    assert told_apart("up", 5, cells, LABELS, None, METRIC, practical=0.4) == {"down"}, "too small to count"
    alone = cells_of([each for each in done if each.trial.seed == 0 or each.trial.arm == "base"])
    assert told_apart("base", 5, alone, LABELS, None, METRIC) == frozenset(), "one seed tells nothing apart"
    only = cells_of([each for each in done if each.trial.arm == "base"])
    assert told_apart("base", 5, only, LABELS, None, METRIC) == frozenset()
    assert told_apart("base", 5, {}, LABELS, None, METRIC) == frozenset()


def test_a_tie_counts_all_arms_and_the_images_that_judge():
    """Seeds that agree, as they are judged by the same images, tell nothing apart that other images would not."""
    wrong = 0
    for draw in range(30):
        done = [each for number in range(8) for each in differing(f"arm {number}", 0.6, draw, items=240)]
        wrong += len(told_apart("arm 0", 5, cells_of(done), LABELS, None, METRIC)) > 0
    assert wrong <= 5


def test_the_arm_that_came_out_best_of_many_alike_is_not_told_apart():
    """The best of twelve looks better than it is: counted among its own rivals, 8 of 60 such studies had claims."""
    wrong = 0
    for draw in range(60):
        done = [each for number in range(12) for each in differing(f"arm {number}", 0.6, draw, items=240)]
        cells = cells_of(done)
        best = max(cells, key=lambda cell: np.mean([each.value for each in cells[cell]]))[0]
        wrong += len(told_apart(best, 5, cells, LABELS, None, METRIC)) > 0
    assert wrong <= 3
