"""What takes minutes: told apart from what is quick, with progress, and ended when it is not wanted any more."""

import threading

import pytest

from explorer.engine import previewing
from explorer.engine.previewing import Reporting, is_wanted, make_one, progress, want, want_no_more
from explorer.errors import Cancelled
from explorer.previews import making
from explorer.previews.answers import Preview, Wanted, answer

WANTED = Wanted("denoise_learning", "data", {"n": 1})


@pytest.fixture
def taken(workspace):
    """Return the file of what is wanted at a place, which is being made."""
    want(workspace, WANTED, "here")
    path = workspace.home / "wanted" / "here.wanted"
    path.rename(path.with_suffix(".taken"))
    return path


def test_learning_is_long_and_showing_is_quick(workspace):
    want(workspace, WANTED, "here")
    want(workspace, Wanted("denoise", "data"), "there")
    assert [path.stem for path in previewing._left(workspace, long=True)] == ["here"]
    assert [path.stem for path in previewing._left(workspace, long=False)] == ["there"]


@pytest.mark.parametrize(
    "name", ["pseudo_label", "by_heart", "floors", "gap", "shift", "attribution", "likeness", "label_replay"]
)
def test_what_fits_trials_is_long(name):
    assert making.is_long(name)


def test_progress_is_told_now_and_then(workspace, taken):
    steps = Reporting(taken)
    steps.step(0, 0)
    assert progress(workspace, "here") is None  # nothing is known of how many there are
    steps.step(3, 10)
    steps.step(4, 10)
    assert progress(workspace, "here") == 0.3
    steps.end()
    assert progress(workspace, "here") is None


def test_what_is_not_wanted_any_more_ends_and_leaves_nothing(workspace, monkeypatch):
    begun, ended = threading.Event(), threading.Event()

    def endless(wanted, workspace, monitor, show):
        begun.set()
        while True:
            monitor.step(1, 2)
            ended.wait(0.01)

    monkeypatch.setattr(making, "made", endless)
    want(workspace, WANTED, "here")
    thread = threading.Thread(target=make_one, args=(workspace, workspace.home / "wanted" / "here.wanted"))
    thread.start()
    assert begun.wait(10)
    want_no_more(workspace, "here")
    thread.join(10)
    assert not thread.is_alive()
    assert not is_wanted(workspace, "here")
    assert answer(WANTED, workspace.cache) is None
    assert list((workspace.home / "wanted").iterdir()) == []


def test_something_else_at_its_place_ends_it(workspace, taken):
    steps = Reporting(taken)
    steps.step(1, 10)
    want(workspace, Wanted("denoise_learning", "data", {"n": 2}), "here")
    with pytest.raises(Cancelled):
        steps.step(2, 10)


def test_what_is_made_is_kept_and_its_progress_forgotten(workspace, monkeypatch):
    def quick(wanted, workspace, monitor, show):
        monitor.step(1, 2)
        return Preview(facts={"well": True})

    monkeypatch.setattr(making, "made", quick)
    want(workspace, WANTED, "here")
    make_one(workspace, workspace.home / "wanted" / "here.wanted")
    kept = answer(WANTED, workspace.cache)
    assert kept is not None
    assert kept.facts == {"well": True}
    assert list((workspace.home / "wanted").iterdir()) == []
