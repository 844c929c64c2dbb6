"""Previews: quick and long ones by processes of their own, how far they are, and how they end when not wanted."""

from types import SimpleNamespace

import numpy as np
import pytest

from explorer.datasets.reading import read
from explorer.datasets.saved import deleting
from explorer.engine import previewing
from explorer.engine.previewing import (
    Previewing,
    Reporting,
    is_made,
    is_wanted,
    make_one,
    progress,
    want,
    want_no_more,
)
from explorer.errors import Cancelled
from explorer.previews import making
from explorer.previews.answers import Preview, Wanted, answer, keep_part, part
from explorer.records import Slot
from explorer.techniques.discovery import techniques
from tests.unit.engine.conftest import TOYS

PLACE = "visitor-place"


def wish(workspace):
    return workspace.home / "wanted" / f"{PLACE}.wanted"


@pytest.fixture
def made(monkeypatch):
    """Return a function that makes a preview out of what it does, in place of all that there are."""

    def put(make, long=False):
        found = SimpleNamespace(make=make, LONG=True) if long else SimpleNamespace(make=make)
        monkeypatch.setattr(making, "_files", lambda: {"toy": found})
        monkeypatch.setattr(making, "_opened", lambda home, fingerprint: None)

    return put


def test_a_wish_is_made_and_kept_and_its_files_go(workspace, made):
    made(lambda dataset, options, at_work: Preview(facts={"twice": 2 * options["n"]}))
    wanted = Wanted("toy", "data", {"n": 4})
    want(workspace, wanted, PLACE)
    make_one(workspace, wish(workspace))
    assert answer(wanted, workspace.cache).facts == {"twice": 8}
    assert not is_wanted(workspace, PLACE)
    assert not list((workspace.home / "wanted").iterdir())


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Return a function that writes a denoiser of the user's."""
    (tmp_path / "own" / "denoising").mkdir(parents=True)
    monkeypatch.setenv("EXPLORER_TECHNIQUES", str(tmp_path / "own"))
    text = (TOYS / "denoising" / "spy_cleaner.py").read_text()

    def put(more):
        (tmp_path / "own" / "denoising" / "mine.py").write_text(f"{text}# {more}")

    return put


def test_a_changed_technique_is_not_shown_by_its_old_picture(workspace, made, mine):
    made(lambda dataset, options, at_work: Preview(facts={"code": techniques(Slot.DENOISING)["mine"].source}))

    def asked():
        wanted = Wanted("toy", "data", {"technique": "mine", "settings": {}})
        want(workspace, wanted, PLACE)
        make_one(workspace, wish(workspace))
        return wanted, answer(wanted, workspace.cache)

    mine("first")
    before, shown = asked()
    mine("second")
    assert answer(Wanted("toy", "data", before.options), workspace.cache) is None
    after, new = asked()
    assert after.key != before.key
    assert new.facts != shown.facts


def test_what_was_wanted_of_a_technique_as_it_was_is_not_made_of_what_it_is(workspace, made, mine, monkeypatch):
    monkeypatch.setattr(previewing.saved, "is_saved", lambda *_: True)
    made(lambda dataset, options, at_work: Preview(facts={"made": True}))
    mine("first")
    wanted = Wanted("toy", "data", {"technique": "mine", "settings": {}})
    mine("second")
    want(workspace, wanted, PLACE)
    make_one(workspace, wish(workspace))
    assert answer(wanted, workspace.cache).problem == previewing.CHANGED


def test_that_a_data_set_is_gone_is_not_kept_for_it_may_be_read_again(workspace, tmp_path):
    def answered(wanted):
        want(workspace, wanted, PLACE)
        make_one(workspace, wish(workspace))
        assert not is_wanted(workspace, PLACE)
        return answer(wanted, workspace.cache)

    images = np.random.default_rng(0).integers(0, 255, (20, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "few.npz", images=images, labels=np.tile([0, 1], 10))
    wanted = Wanted("sprite", read(tmp_path / "few.npz", workspace).dataset.fingerprint)
    with deleting(workspace, wanted.data):
        pass
    assert answered(wanted) is None
    read(tmp_path / "few.npz", workspace)
    assert answered(wanted).problem == ""
    odd = Wanted("no such preview", wanted.data)
    assert answered(odd).problem, "what is wrong with the wish itself is kept"


def test_a_page_can_tell_whether_it_is_being_made_right_now(workspace, made):
    seen = []

    def make(dataset, options, at_work):
        seen.append(is_made(workspace, PLACE))
        return Preview()

    made(make)
    want(workspace, Wanted("toy", "data"), PLACE)
    assert not is_made(workspace, PLACE)
    make_one(workspace, wish(workspace))
    assert seen == [True]
    assert not is_made(workspace, PLACE)


def test_how_far_it_is_can_be_read_until_it_ends(workspace, made, monkeypatch):
    monkeypatch.setattr(previewing, "REPORT_EVERY", 0.0)
    seen = []

    def make(dataset, options, at_work):
        for done in range(4):
            at_work.monitor.step(done, 4)
            seen.append(progress(workspace, PLACE))
        at_work.monitor.step(0, 0)  # says nothing of how far it is
        seen.append(progress(workspace, PLACE))
        return Preview()

    made(make)
    want(workspace, Wanted("toy", "data"), PLACE)
    make_one(workspace, wish(workspace))
    assert seen == [0.0, 0.25, 0.5, 0.75, 0.75]
    assert progress(workspace, PLACE) is None


def test_what_there_is_of_it_can_be_seen_until_it_ends(workspace, made):
    wanted, seen = Wanted("toy", "data"), []

    def make(dataset, options, at_work):
        for number in range(2):
            at_work.show(Preview(facts={"number": number}))
            seen.append(part(wanted, workspace.cache).facts["number"])
        return Preview(facts={"number": 2})

    made(make)
    want(workspace, wanted, PLACE)
    make_one(workspace, wish(workspace))
    assert seen == [0, 1]
    assert part(wanted, workspace.cache) is None
    assert answer(wanted, workspace.cache).facts == {"number": 2}


def test_what_there_is_of_it_goes_with_it(workspace, made):
    wanted = Wanted("toy", "data")

    def make(dataset, options, at_work):
        at_work.show(Preview())
        want_no_more(workspace, PLACE)
        at_work.monitor.step(1, 2)

    made(make)
    want(workspace, wanted, PLACE)
    make_one(workspace, wish(workspace))
    assert part(wanted, workspace.cache) is None
    keep_part(wanted, Preview(), workspace.cache)  # by an engine that was killed
    with Previewing(workspace):
        assert part(wanted, workspace.cache) is None


@pytest.mark.parametrize("change", ["another", "none"])
def test_it_ends_at_the_next_step_when_it_is_not_wanted_any_more(workspace, made, change):
    wanted, other, reached = Wanted("toy", "data"), Wanted("toy", "data", {"n": 1}), []

    def make(dataset, options, at_work):
        at_work.monitor.step(1, 2)
        want(workspace, other, PLACE) if change == "another" else want_no_more(workspace, PLACE)
        at_work.monitor.step(2, 2)
        reached.append("the end")
        return Preview()

    made(make)
    want(workspace, wanted, PLACE)
    make_one(workspace, wish(workspace))
    assert not reached
    assert answer(wanted, workspace.cache) is None
    assert is_wanted(workspace, PLACE) == (change == "another")
    assert progress(workspace, PLACE) is None


def test_a_wish_that_nobody_took_is_taken_back(workspace):
    want(workspace, Wanted("toy", "data"), PLACE)
    want_no_more(workspace, PLACE)
    assert not is_wanted(workspace, PLACE)
    want_no_more(workspace, PLACE)


def test_long_and_quick_wishes_are_told_apart(workspace, made):
    want(workspace, Wanted("toy", "data"), PLACE)
    made(lambda *_: Preview())
    assert [len(previewing._left(workspace, long)) for long in (False, True)] == [1, 0]
    made(lambda *_: Preview(), long=True)
    assert [len(previewing._left(workspace, long)) for long in (False, True)] == [0, 1]
    wish(workspace).write_text("nothing that can be read")
    assert [len(previewing._left(workspace, long)) for long in (False, True)] == [1, 0]


def test_a_report_needs_a_wish_that_is_being_made(tmp_path):
    taken = tmp_path / "place.taken"
    taken.touch()
    monitor = Reporting(tmp_path / "place.wanted")
    monitor.step(1, 2)
    taken.unlink()
    with pytest.raises(Cancelled):
        monitor.step(2, 2)


def test_what_an_engine_left_behind_is_forgotten_and_can_be_wanted_again(workspace, made):
    made(lambda *_: Preview())
    wanted = Wanted("toy", "data")
    want(workspace, wanted, PLACE)
    wish(workspace).rename(wish(workspace).with_suffix(".taken"))
    with Previewing(workspace) as makers:
        assert not makers.busy()
    assert not is_wanted(workspace, PLACE)
    assert answer(wanted, workspace.cache) is None


def test_what_ends_its_maker_is_not_tried_again(workspace, made):
    made(lambda *_: Preview())
    wanted = Wanted("toy", "data")
    want(workspace, wanted, PLACE)
    wish(workspace).rename(wish(workspace).with_suffix(".taken"))
    keep_part(wanted, Preview(), workspace.cache)
    Previewing(workspace)._give_up(long=False)
    assert answer(wanted, workspace.cache).problem == previewing.ENDED
    assert part(wanted, workspace.cache) is None, "where it is tried again, it begins anew"
    assert not is_wanted(workspace, PLACE)


@pytest.mark.slow
def test_a_quick_preview_does_not_wait_for_a_long_one(workspace, dataset, wait_for):
    long = Wanted("feature_neighborhoods", dataset.fingerprint, {"settings": {}, "free": [], "depth": "last"})
    quick = Wanted("sprite", dataset.fingerprint)
    want(workspace, long, "visitor-long")
    with Previewing(workspace) as makers:
        wait_for(lambda: (workspace.home / "wanted" / "visitor-long.taken").exists(), 90)
        want(workspace, quick, "visitor-quick")
        wait_for(lambda: answer(quick, workspace.cache) is not None, 60)
        assert makers.busy()
        want_no_more(workspace, "visitor-long")
        wait_for(lambda: not list((workspace.home / "wanted").iterdir()), 60)
