"""A quick preview for which nobody waits any more stops at its next step; a long one goes on."""

import os
import time

import pytest

from explorer.engine import previewing
from explorer.engine.previewing import PATIENCE, Reporting, waits, want
from explorer.errors import Cancelled
from explorer.previews.answers import Wanted


def test_a_preview_for_which_nobody_waits_is_given_up(workspace):
    want(workspace, Wanted("any", "data"), "here")
    path = workspace.home / "wanted" / "here.wanted"
    taken = path.rename(path.with_suffix(".taken"))
    long_ago = time.time() - PATIENCE - 1
    os.utime(taken, (long_ago, long_ago))
    with pytest.raises(Cancelled):
        Reporting(path, PATIENCE).step(0, 0)
    Reporting(path).step(0, 0)  # a long one, whose page may be left
    assert waits(workspace, "here")
    Reporting(path, PATIENCE).step(0, 0)
    taken.unlink()
    assert not waits(workspace, "here")


def test_to_wait_changes_nothing_of_what_was_wanted_last(workspace):
    for age, place in enumerate(("old", "new")):
        want(workspace, Wanted("any", "data", {"n": age}), place)
        os.utime(workspace.home / "wanted" / f"{place}.wanted", (age, age))
    assert waits(workspace, "old")
    assert [path.stem for path in previewing._files(workspace, ".wanted")] == ["old", "new"]
