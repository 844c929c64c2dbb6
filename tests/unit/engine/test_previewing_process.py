"""Previews beside the studies: asked for, made in a warm process, replaced, withdrawn, and given up where it dies."""

import os
import signal
import threading
import time

import numpy as np
import psutil
import pytest

from explorer.datasets.reading import read
from explorer.engine import client, previewing, service
from explorer.engine.client import ensure_engine
from explorer.engine.previewing import ENDED, Previewing, Reporting, is_wanted, make_all, make_one, want, want_no_more
from explorer.errors import Cancelled, StoreError
from explorer.previews import making
from explorer.previews.answers import Preview, Wanted, answer, keep


@pytest.fixture
def saved(workspace, tmp_path):
    images = np.random.default_rng(0).integers(0, 255, (20, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "few.npz", images=images, labels=np.tile([0, 1], 10))
    return read(tmp_path / "few.npz", workspace).dataset


def views_of(saved, **more):
    options = {"technique": "gentle", "settings": {}, "free": ["orientation"], "rows": [0, 1], "count": 2, "seed": 0}
    return Wanted("augment", saved.fingerprint, {**options, "blend": True, **more})


def wish(workspace, place, ending=".wanted"):
    return workspace.home / "wanted" / f"{place}{ending}"


@pytest.fixture
def doing(monkeypatch):
    """Return a function that puts a make-believe making in the place of the real one."""

    def put(make):
        monkeypatch.setattr(making, "made", make)

    return put


# ---- one wish, in this process ---------------------------------------------------------------------------------


def test_what_is_wanted_is_made_kept_and_taken_away(workspace, saved):
    wanted = views_of(saved)
    want(workspace, wanted, "one")
    assert is_wanted(workspace, "one")
    assert not is_wanted(workspace, "two")
    make_one(workspace, wish(workspace, "one"))
    assert not is_wanted(workspace, "one")
    assert answer(wanted, workspace.cache).arrays["views"].shape == (2, 2, 8, 8, 1)


def test_what_was_made_before_is_not_made_again(workspace, saved, doing):
    wanted = views_of(saved)
    keep(wanted, Preview(facts={"kept": True}), workspace.cache)
    doing(lambda *_: pytest.fail("made again"))
    want(workspace, wanted, "one")
    make_one(workspace, wish(workspace, "one"))
    assert answer(wanted, workspace.cache).facts == {"kept": True}
    assert not is_wanted(workspace, "one")


def test_a_later_wish_of_a_place_replaces_the_one_before(workspace, saved):
    first, second = views_of(saved), views_of(saved, seed=1)
    want(workspace, first, "one")
    want(workspace, second, "one")
    make_one(workspace, wish(workspace, "one"))
    assert answer(first, workspace.cache) is None
    assert answer(second, workspace.cache) is not None


def test_a_later_wish_ends_what_is_being_made_for_its_place_alone(workspace, saved, doing):
    told = []

    def made(wanted, space, monitor, show):
        want(workspace, views_of(saved, seed=7), "two")
        monitor.step(0, 0)  # another place is none of its business
        want(workspace, views_of(saved, seed=8), "one")
        monitor.step(0, 0)
        told.append("went on")
        return Preview()

    doing(made)
    want(workspace, views_of(saved), "one")
    make_one(workspace, wish(workspace, "one"))
    assert told == []
    assert answer(views_of(saved), workspace.cache) is None
    assert Wanted.of(wish(workspace, "one").read_text()) == views_of(saved, seed=8)
    assert wish(workspace, "two").exists()


def test_what_is_withdrawn_ends_and_is_not_tried_again(workspace, saved, doing):
    def made(wanted, space, monitor, show):
        monitor.step(0, 0)
        want_no_more(workspace, "one")
        monitor.step(0, 0)
        return Preview()

    doing(made)
    want(workspace, views_of(saved), "one")
    make_one(workspace, wish(workspace, "one"))
    assert not is_wanted(workspace, "one")
    assert answer(views_of(saved), workspace.cache) is None
    want(workspace, views_of(saved), "one")
    want_no_more(workspace, "one")
    assert not is_wanted(workspace, "one")
    want_no_more(workspace, "one")  # nothing to withdraw is no error


def test_superseded_goes_on_while_nothing_else_is_wanted(tmp_path):
    path = tmp_path / "one.wanted"
    path.with_suffix(".taken").touch()
    Reporting(path).step(3, 10)
    path.touch()
    with pytest.raises(Cancelled):
        Reporting(path).step(3, 10)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1]", b'{"preview": []}', b'{"a": 1}'])
def test_a_damaged_wish_is_taken_away_and_harms_nothing(workspace, content):
    want(workspace, Wanted("augment", "data"), "one")
    wish(workspace, "one").write_bytes(content)
    make_one(workspace, wish(workspace, "one"))
    assert not is_wanted(workspace, "one")


def test_a_wish_whose_options_are_wrong_is_answered_with_a_sentence(workspace, saved):
    wanted = Wanted("augment", saved.fingerprint, {"technique": "gentle"})
    want(workspace, wanted, "one")
    make_one(workspace, wish(workspace, "one"))
    assert "could not be shown" in answer(wanted, workspace.cache).problem


def test_a_place_that_cannot_be_written_is_told(workspace):
    (workspace.home / "wanted").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot be written"):
        want(workspace, Wanted("augment", "data"), "one")


def test_the_latest_wish_is_made_first(workspace, saved, doing, monkeypatch):
    made, parents = [], iter([1, 1, 1, 2])
    for age, place in enumerate(("old", "new")):
        want(workspace, views_of(saved, seed=age), place)
        os.utime(wish(workspace, place), (age, age))
    doing(lambda wanted, *_: made.append(wanted.options["seed"]) or Preview())
    monkeypatch.setattr(previewing.os, "getppid", lambda: next(parents))
    make_all(workspace.home, long=False)  # until its parent is another one
    assert made == [1, 0]


# ---- the process -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_places_are_served_by_one_process_that_stays_warm(workspace, saved, wait_for):
    first, second = views_of(saved), views_of(saved, seed=1)
    with Previewing(workspace) as served:
        assert not served.busy()
        want(workspace, first, "one")
        want(workspace, second, "two")
        assert served.busy()
        wait_for(lambda: not served.busy(), 90)
        assert answer(first, workspace.cache) is not None
        assert answer(second, workspace.cache) is not None
        process = served._makers[False]
        third = views_of(saved, seed=2)
        want(workspace, third, "one")
        start = time.monotonic()
        wait_for(lambda: answer(third, workspace.cache) is not None, 20)
        assert time.monotonic() - start < 5  # it has imported what is heavy before
        assert served._makers[False] is process
        maker = psutil.Process(process.pid)
    assert not maker.is_running()


@pytest.mark.slow
def test_what_kills_its_maker_is_told_and_not_tried_again(workspace, saved, wait_for, monkeypatch):
    wanted = views_of(saved)
    started = []
    real = previewing._maker

    def maker(space, long):
        started.append(real(space, long))
        return started[-1]

    monkeypatch.setattr(previewing, "_maker", maker)
    # Enough views to be met while they are made.
    long = views_of(saved, count=100_000)
    with Previewing(workspace) as served:
        want(workspace, long, "one")
        wait_for(lambda: wish(workspace, "one", ".taken").exists(), 60)
        os.kill(started[0].pid, signal.SIGKILL)
        started[0].join()
        want(workspace, wanted, "two")
        wait_for(lambda: answer(wanted, workspace.cache) is not None, 60)
        assert answer(long, workspace.cache).problem == ENDED
        assert not served.busy()
        assert len(started) == 2
        want(workspace, long, "one")  # somebody looks at it again: the sentence is there, and no third process
        wait_for(lambda: not served.busy(), 30)
        assert len(started) == 2
        assert started[1].is_alive()


def test_a_maker_that_ends_at_nothing_leaves_the_sentence_and_no_new_process(workspace, saved, wait_for, monkeypatch):
    """The wish alone makes the next process; once it is given up nothing does."""
    started = []

    class Dead:
        pid = 0

        def __init__(self):
            wish(workspace, "one").replace(wish(workspace, "one", ".taken"))

        def is_alive(self):
            return False

        def kill(self):
            pass

        def join(self):
            pass

    monkeypatch.setattr(previewing, "_maker", lambda *_: started.append(Dead()) or started[-1])
    want(workspace, views_of(saved), "one")
    with Previewing(workspace) as served:
        wait_for(lambda: not served.busy(), 20)
        time.sleep(5 * previewing.LOOK_EVERY)
    assert len(started) == 1
    assert answer(views_of(saved), workspace.cache).problem == ENDED


def test_a_maker_that_ends_before_it_takes_anything_is_not_started_for_ever(workspace, saved, wait_for, monkeypatch):
    started = []

    class Broken:
        def is_alive(self):
            return False

    monkeypatch.setattr(previewing, "_maker", lambda *_: started.append(Broken()) or started[-1])
    want(workspace, views_of(saved), "one")
    with Previewing(workspace) as served:
        wait_for(lambda: not served.busy(), 20)
        time.sleep(5 * previewing.LOOK_EVERY)
    assert len(started) == 1
    assert answer(views_of(saved), workspace.cache).problem == ENDED


def test_what_could_not_be_made_is_tried_again_by_the_next_engine(workspace, saved):
    missing, shown = views_of(saved), views_of(saved, seed=1)
    keep(missing, Preview(problem="Its weights are not here."), workspace.cache)
    keep(shown, Preview(facts={"n": 1}), workspace.cache)
    with Previewing(workspace):
        pass
    assert answer(missing, workspace.cache) is None
    assert answer(shown, workspace.cache).facts == {"n": 1}


def test_what_an_engine_before_was_making_is_asked_for_again_by_whoever_still_waits(workspace, saved):
    wanted = views_of(saved)
    want(workspace, wanted, "one")
    wish(workspace, "one").replace(wish(workspace, "one", ".taken"))
    with Previewing(workspace):
        pass
    assert answer(wanted, workspace.cache) is None
    assert not is_wanted(workspace, "one")


def test_what_nobody_took_waits_for_the_next_engine(workspace, saved, monkeypatch):
    monkeypatch.setattr(previewing, "_maker", lambda *_: (_ for _ in ()).throw(OSError("no room")))
    want(workspace, views_of(saved), "one")
    with Previewing(workspace) as served:
        assert served.busy()
    assert is_wanted(workspace, "one")


def test_a_folder_of_somebody_among_the_wishes_is_left_alone(workspace, saved):
    want(workspace, views_of(saved), "one")
    make_one(workspace, wish(workspace, "one"))
    for ending in (".wanted", ".taken"):
        wish(workspace, "folder", ending).mkdir()
    with Previewing(workspace) as served:
        time.sleep(3 * previewing.LOOK_EVERY)
        assert not served.busy()
        assert served._thread.is_alive()


def test_threads_end_with_the_block(workspace):
    with Previewing(workspace):
        assert any(each.name == "previewing" for each in threading.enumerate())
    assert not any(each.name == "previewing" for each in threading.enumerate())


@pytest.mark.slow
def test_an_idle_engine_stays_while_previews_are_wanted_and_then_ends(workspace, saved, wait_for, monkeypatch):
    monkeypatch.setenv("EXPLORER_ENGINE_IDLE", "0.5")
    wanted = views_of(saved)
    want(workspace, wanted, "one")
    ensure_engine(workspace)
    engine = client._started[workspace.home][1]
    try:
        # Starting a process and importing what is heavy takes longer than the engine is patient.
        wait_for(lambda: answer(wanted, workspace.cache) is not None, 120)
        assert answer(wanted, workspace.cache).problem == ""
        assert engine.wait(60) == 0
    finally:
        engine.kill()
        engine.wait()


def test_the_engine_counts_wanted_previews_as_work(workspace, saved, store, monkeypatch):
    """Without the process: the engine's loop goes on as long as something is wanted."""
    monkeypatch.setenv("EXPLORER_ENGINE_IDLE", "0")
    asked = iter([True] * 3)
    busy = []

    def working():
        busy.append(next(asked, False))
        return busy[-1]

    monkeypatch.setenv("EXPLORER_ENGINE_IDLE", str(1.5 * service.LOOK_EVERY))
    service._work(store, workspace, None, working)
    assert busy[:3] == [True] * 3
    assert len(busy) >= 4
