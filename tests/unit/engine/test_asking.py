"""What is asked of a data set before any study, and how the engine answers beside its studies."""

import json
import time

import numpy as np
import pytest

from explorer.datasets.reading import read
from explorer.engine import asking, client
from explorer.engine.asking import Answering, ask, asked, is_asked
from explorer.engine.client import engine_running, ensure_engine
from explorer.facts import known
from explorer.records import Fact, State
from explorer.suggesting import LEAST, Suggestion


@pytest.fixture
def few(workspace, tmp_path):
    """Return a saved data set of too few images to judge, which is told without a network."""
    images = np.random.default_rng(0).integers(0, 255, (20, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "few.npz", images=images, labels=np.tile([0, 1], 10))
    return read(tmp_path / "few.npz", workspace).dataset


def test_the_answer_is_found_in_a_process_of_its_own_and_kept(workspace, few, monkeypatch):
    found = asked(workspace, few.fingerprint)
    assert found.free == ()
    assert found.reasons[Fact.ORIENTATION].endswith(f"There are 14 images to look at, and it takes {LEAST}.")
    monkeypatch.setattr(asking, "_looking", None)  # no second look
    assert asked(workspace, few.fingerprint) == found == known(few.fingerprint, workspace.cache)


def test_a_look_that_fails_is_told_and_not_kept(workspace):
    found = asked(workspace, "no-such-data")
    assert found.free == ()
    assert found.judged == frozenset()
    assert "was not judged: looking at the images ended with an error" in found.reasons[Fact.POSITION]
    assert known("no-such-data", workspace.cache) is None


def test_questions_are_answered_in_turn_and_taken_away(workspace, few, wait_for):
    for name in ("no-such-data", few.fingerprint):
        ask(workspace, name)
        ask(workspace, name)
        assert is_asked(workspace, name)
    with Answering(workspace) as answering:
        assert answering.busy()
        wait_for(lambda: not answering.busy(), 60)
    assert known(few.fingerprint, workspace.cache) is not None
    assert not is_asked(workspace, few.fingerprint)
    assert not is_asked(workspace, "no-such-data")


def test_a_question_that_cannot_be_answered_does_not_keep_others_from_an_answer(workspace, few, wait_for, monkeypatch):
    looking = asking._looking

    def fails(space, name):
        if name == "0":
            raise OSError("no memory for another process")
        return looking(space, name)

    monkeypatch.setattr(asking, "_looking", fails)
    for name in ("0", few.fingerprint):
        ask(workspace, name)
    (workspace.home / "asked" / "a folder of somebody").mkdir()
    with Answering(workspace) as answering:
        wait_for(lambda: not answering.busy(), 60)
    assert known(few.fingerprint, workspace.cache) is not None
    assert not is_asked(workspace, "0")


def test_an_engine_that_ends_leaves_the_question_to_the_next_one(workspace, few, monkeypatch):
    ended = []

    class Endless:
        def is_alive(self):
            return True

        def join(self, seconds=None):
            time.sleep(seconds or 0)

        def kill(self):
            ended.append(True)

    monkeypatch.setattr(asking, "_looking", lambda *_: Endless())
    ask(workspace, few.fingerprint)
    with Answering(workspace):
        time.sleep(3 * asking.LOOK_EVERY)
    assert ended == [True]
    assert is_asked(workspace, few.fingerprint)


def test_the_engine_answers_while_a_study_runs_and_stays_until_it_has(
    workspace, few, add, store, wait_for, monkeypatch
):
    monkeypatch.setenv("EXPLORER_ENGINE_IDLE", "0.5")
    add(spy_trained={"steps": 100})
    ask(workspace, few.fingerprint)
    ensure_engine(workspace)
    process = client._started[workspace.home][1]
    try:
        wait_for(lambda: not is_asked(workspace, few.fingerprint), 120)
        assert known(few.fingerprint, workspace.cache) is not None
        assert store.state("one") is not State.DONE
        wait_for(lambda: store.state("one") is State.DONE, 120)
        assert process.wait(60) == 0
        assert not engine_running(workspace)
    finally:
        process.kill()
        process.wait()


def test_a_question_is_an_empty_file_and_the_answer_plain_json(workspace, few):
    ask(workspace, few.fingerprint)
    path = workspace.home / "asked" / few.fingerprint
    assert path.read_text() == ""
    assert isinstance(asked(workspace, few.fingerprint), Suggestion)
    assert json.loads(next(workspace.cache.glob("*.json")).read_text())["free"] == []
