"""Intervals against Student's t, Wilson's and the normal distribution."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from explorer.proportions import wilson
from explorer.statistics.intervals import above, half_widths, of_shares, plain, tails
from explorer.statistics.spread import Spread

T = Spread(
    mean=np.array([0.03, -0.01]),
    items=np.zeros(2),
    between=np.array([0.0004, 0.0009]),
    within=np.zeros(2),
    factor=np.full(2, 1 / 5),
    explained=np.zeros(2),
    freedom=np.full(2, 1e6),
    floor=0.0,
    seeds=5,
)


def test_seeds_alone_give_students_t():
    deviation = np.sqrt(T.between / 5)
    assert half_widths(T) == pytest.approx(stats.t.ppf(0.975, 4) * deviation, rel=0.01)
    assert half_widths(T, 0.8) == pytest.approx(stats.t.ppf(0.9, 4) * deviation, rel=0.01)
    assert tails(T) == pytest.approx(2 * stats.t.sf(np.abs(T.mean) / deviation, 4), rel=0.03)
    assert above(T) == pytest.approx(stats.t.cdf(T.mean / deviation, 4), rel=0.01)
    assert tails(T, 0.02)[0] == pytest.approx(2 * stats.t.sf(0.01 / deviation[0], 4), rel=0.02)
    low, high = plain(T)
    assert (high + low) / 2 == pytest.approx(T.mean)


def test_many_units_give_the_normal_distribution():
    known = replace(T, items=np.array([1e-4, 4e-4]), between=np.zeros(2))
    assert half_widths(known) == pytest.approx(1.959964 * np.sqrt(known.items), rel=1e-3)
    assert tails(known) == pytest.approx(2 * stats.norm.sf(np.abs(T.mean) / np.sqrt(known.items)), rel=1e-2)


def test_the_interval_holds_what_its_tail_says():
    half = half_widths(T)
    assert tails(replace(T, mean=half)) == pytest.approx([0.05, 0.05], rel=1e-6)


@pytest.mark.parametrize("right", [25, 45, 49, 50])
def test_shares_of_one_seed_have_wilsons_interval(right):
    share = right / 50
    known = replace(
        T, mean=np.full(2, share), between=np.full(2, np.nan), seeds=1, floor=1 / 52**2,
        items=np.full(2, max(share * (1 - share) / 50, 1 / 52**2)),
    )  # fmt: skip
    low, high = of_shares(known)
    assert (low[0], high[0]) == pytest.approx(wilson(right, 50), abs=0.012)
    assert low[0] > 0
    assert high[0] <= 1
