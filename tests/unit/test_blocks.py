import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from explorer.blocks import BLOCK_ROWS, mapped, once, readable, write_arrays
from explorer.records import Rows, Scaling
from explorer.techniques.monitors import QUIET


@pytest.mark.parametrize("length", [0, 3, 100, 4000, -5])
def test_named_arrays_that_were_cut_short_are_made_anew(tmp_path, length):
    path = tmp_path / "kept.npz"
    write_arrays(path, {"x": np.arange(1000)})
    assert readable(path)
    path.write_bytes(path.read_bytes()[:length])
    assert not readable(path)
    found = once(path, lambda: {"x": np.arange(3)}, QUIET)
    np.testing.assert_array_equal(found["x"], [0, 1, 2])
    assert readable(path)


class Told:
    """A monitor that remembers how many rows it was told of; 0 of 0 is a sign of life alone."""

    def __init__(self):
        self.rows = []

    def step(self, done, total):
        self.rows += [done] if total else []


def test_those_who_share_the_work_tell_how_far_all_of_it_is(tmp_path):
    inputs = Rows(np.zeros((8 * BLOCK_ROWS, 1, 1, 1), np.uint8), Scaling(0.0, 255.0, ""))

    def slow(chunk, start):
        time.sleep(0.01)
        return chunk.reshape(len(chunk), 1)

    told = Told(), Told()
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda each: mapped(inputs, slow, tmp_path / "whole.npy", each), told))
    assert all(len(each) == len(inputs) for each in found)
    assert all(each.rows == sorted(each.rows) for each in told), "it never goes backwards"
    assert all(each.rows[-1] == len(inputs) for each in told)
    middle = len(inputs) // 2
    half = [sum(rows < middle for rows in each.rows) / len(each.rows) for each in told]
    assert max(half) < 0.8, "each alone would never have come that far in half of its time"
