"""Looking again and again: what each look may spend, and that a false claim is no more likely for it."""

import numpy as np
import pytest

from explorer.records import Look
from explorer.statistics.stopping import (
    SPENDING,
    at_look,
    decisive,
    left,
    levels,
    looks,
    planned,
    settled,
    standing,
    within,
)
from explorer.statistics.verdicts import compared
from tests.unit.statistics.simulated import LABELS, study


@pytest.mark.parametrize("spending", sorted(SPENDING))
def test_the_looks_spend_the_level_and_no_more(spending):
    found = levels((3, 5, 7, 10), 0.05, spending)
    assert sum(found) == pytest.approx(0.05)
    assert min(found) > 0
    assert levels((5,), 0.05, spending) == pytest.approx((0.05,))


def test_late_spending_keeps_most_for_the_end():
    assert levels((3, 5, 10), 0.05, "late")[0] < 0.001
    assert levels((3, 5, 10), 0.05, "late")[-1] > levels((3, 5, 10))[-1]


def test_looks_grow_apart_and_end_with_all_seeds():
    assert looks(10) == (3, 4, 7, 10)
    assert looks(3) == (3,)
    assert looks(2) == (2,)
    with pytest.raises(ValueError, match="two seeds"):
        looks(1)


@pytest.mark.parametrize("seeds", [(), (3, 3), (5, 3), (0, 3)])
def test_looks_must_ascend(seeds):
    with pytest.raises(ValueError, match="ascend"):
        levels(seeds)


def test_looking_at_a_walk_claims_falsely_in_one_of_twenty_at_most():
    """Sums of independent normal numbers, looked at ten times: naive looking claims far more often."""
    random, at = np.random.default_rng(0), np.arange(1, 11)
    from scipy.stats import norm

    walks = np.cumsum(random.standard_normal((4000, 10)), axis=1) / np.sqrt(at)
    p_values = 2 * norm.sf(np.abs(walks))
    assert (p_values <= 0.05).any(axis=1).mean() > 0.15
    for spending in SPENDING:
        assert (p_values <= np.array(levels(tuple(at.tolist()), 0.05, spending))).any(axis=1).mean() < 0.05


def test_settled_once_every_verdict_is_clear():
    clear = compared(study({"base": (0.5,), "up": (0.9,)}, (5,)), "base", LABELS, None, "accuracy")
    open_ = compared(study({"base": (0.5,), "up": (0.51,)}, (5,), seeds=3, items=40), "base", LABELS, None, "accuracy")
    assert settled(clear)
    assert not settled(open_)
    assert not settled([*clear, *open_])
    assert not settled([])


def test_planned_looks_have_their_seeds_and_their_part_of_the_level():
    made = planned(10, "late", 0.1)
    assert tuple(each.seeds for each in made) == looks(10)
    assert tuple(each.level for each in made) == levels(looks(10), 0.1, "late")


def test_a_study_that_must_end_may_use_what_earlier_looks_have_left():
    made = planned(10)[:2]
    assert left(made, 6) == pytest.approx(0.05 - made[0].level - made[1].level)
    assert left(made, made[1].seeds) == pytest.approx(0.05 - made[0].level), "instead of the look at as many seeds"
    assert left((), 2) == 0.05


def test_a_look_rests_on_its_own_seeds_at_its_own_level():
    done = study({"base": (0.5, 0.6), "up": (0.6, 0.7)}, (5, 10), seeds=6)
    look = Look(4, 0.01)
    first = [each for each in done if each.trial.seed < 4]
    assert within(done, 4) == first
    assert at_look(look, done, "base", LABELS, None, "accuracy") == compared(
        first, "base", LABELS, None, "accuracy", level=0.01
    )


def test_a_study_settles_with_the_whole_curves_of_its_arms():
    shares = {"base": (0.5, 0.5), "up": (0.52, 0.95), "like": (0.5, 0.51)}
    found = compared(study(shares, (5, 10), items=60), "base", LABELS, None, "accuracy")
    assert {each.budget for each in found if each.verdict == "not clear yet"} >= {5, None}
    assert {(each.arm, each.budget) for each in decisive(found)} == {("up", None), ("like", None)}
    assert standing(found) == (("up",), ("like",))
    assert not settled(found)
    assert settled([each for each in found if each.arm == "up"]), "though one of its budgets is not clear"
    assert not settled([each for each in found if each.arm == "up" and each.budget == 5])
