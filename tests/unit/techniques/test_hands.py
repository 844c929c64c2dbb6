"""Parts of a fit side by side: one thread for each core where somebody waits, one after the other else."""

import threading

import numpy as np
import pytest

from explorer.techniques import hands
from explorer.techniques.believing import Narrowed
from explorer.techniques.hands import all_cores, side_by_side


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch):
    monkeypatch.setattr(hands.os, "cpu_count", lambda: 2)


def test_all_cores_work_at_once_inside_the_block_alone():
    meeting = threading.Barrier(2, timeout=20)
    with all_cores():
        assert sorted(side_by_side([meeting.wait, meeting.wait])) == [0, 1]
    threads = side_by_side([threading.get_ident, threading.get_ident])
    assert threads == [threading.get_ident()] * 2


def test_what_comes_back_stands_in_the_order_of_the_calls_and_errors_are_raised():
    def fails():
        raise ValueError("no")

    with all_cores():
        assert side_by_side([lambda number=number: number for number in range(9)]) == [*range(9)]
        with pytest.raises(ValueError, match="no"):
            side_by_side([list, fails])
    assert side_by_side([]) == []


def test_bases_found_side_by_side_are_the_same_to_the_bit():
    rows = np.random.default_rng(0).normal(size=(150, 300)).astype(np.float32)
    calls = [lambda width=width: Narrowed.of(rows, width).basis for width in (20, 40, 60, 80)]
    alone = side_by_side(calls)
    with all_cores():
        together = side_by_side(calls)
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))
