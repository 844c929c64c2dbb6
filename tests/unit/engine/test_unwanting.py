"""A preview that nobody wants any more stops at its next step."""

import os
import time

import pytest

from explorer.engine.previewing import PATIENCE, Superseded, is_wanted, make_one, unwant, waits, want
from explorer.errors import Cancelled
from explorer.previews import making
from explorer.previews.answers import Preview, Wanted, answer

WISH = Wanted("any", "data")


def test_what_is_not_wanted_any_more_is_not_made(workspace):
    want(workspace, WISH, "here")
    assert is_wanted(workspace, "here")
    unwant(workspace, "here")
    assert not is_wanted(workspace, "here")
    unwant(workspace, "here")  # nothing to take back


def test_what_is_being_made_is_given_up_and_not_kept(workspace, monkeypatch):
    steps = []

    def made(wanted, space, monitor):
        monitor.step(0, 0)
        steps.append("first")
        unwant(workspace, "here")
        monitor.step(0, 0)
        steps.append("second")
        return Preview()

    monkeypatch.setattr(making, "made", made)
    want(workspace, WISH, "here")
    make_one(workspace, workspace.home / "wanted" / "here.wanted")
    assert steps == ["first"]
    assert answer(WISH, workspace.cache) is None
    assert not is_wanted(workspace, "here")


def test_a_newer_wish_ends_the_older_one(workspace):
    want(workspace, WISH, "here")
    path = workspace.home / "wanted" / "here.wanted"
    path.rename(path.with_suffix(".taken"))
    Superseded(path).step(0, 0)
    want(workspace, Wanted("other", "data"), "here")
    with pytest.raises(Cancelled):
        Superseded(path).step(0, 0)


def test_a_preview_for_which_nobody_waits_is_given_up(workspace):
    want(workspace, WISH, "here")
    path = workspace.home / "wanted" / "here.wanted"
    taken = path.rename(path.with_suffix(".taken"))
    long_ago = time.time() - PATIENCE - 1
    os.utime(taken, (long_ago, long_ago))
    with pytest.raises(Cancelled):
        Superseded(path).step(0, 0)
    assert waits(workspace, "here")
    Superseded(path).step(0, 0)
    taken.unlink()
    assert not waits(workspace, "here")
