"""What the panel says of the time that is left."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from explorer.engine.bill import Bill
from explorer.records import State, Study, Until
from explorer.techniques.discovery import ready_arms
from explorer.ui import panel
from explorer.ui.study_read import Standing

ARMS = tuple(ready_arms()[name] for name in ("hog", "transfer"))
STUDY = Study("s", "n", "d", ARMS, budgets=(1, 2), seeds=5)


@pytest.fixture
def left(monkeypatch):
    """Return a function that tells the time left: of 20 s of quick fits, and 20 s behind a preparation of 60 s."""
    cost = Bill(20, 105.0, {"hog": 20.0, "transfer": 80.0}, 5.0, {"hog": 0.0, "transfer": 60.0})
    monkeypatch.setattr(panel.plan, "price", lambda study, dataset: cost)

    def tell(waited, *, rest=("transfer",), begun=0, done=10):
        trials = tuple(trial for trial in STUDY.trials() if trial.arm in rest)
        progress = [SimpleNamespace(trial=trial) for trial in trials[:begun]]
        store = SimpleNamespace(remaining=lambda id: trials, progress=lambda id: progress, waited=lambda id: waited)
        return panel.remaining_seconds(Standing(STUDY, State.RUNNING, done, 0, 20, done), None, store)

    return tell


def test_the_time_left_goes_down_while_something_is_prepared(left):
    assert left(0) == pytest.approx(80)
    assert left(45) == pytest.approx(35)


def test_it_never_goes_below_what_nobody_has_begun(left):
    assert left(75) == left(80) == pytest.approx(20)
    assert left(80, begun=1) == pytest.approx(18)


def test_what_is_late_is_not_over(left):
    assert left(78, begun=10) == pytest.approx(8)


def test_of_what_is_later_than_all_of_it_nobody_knows_how_long_it_takes(left):
    assert math.isinf(left(81))


def test_a_study_that_is_later_than_planned_says_so(left, monkeypatch):
    left(0)
    monkeypatch.setattr(panel, "remaining_seconds", lambda *_: math.inf)
    now, store = Standing(STUDY, State.RUNNING, 10, 0, 20, 10), SimpleNamespace(elapsed=lambda id: 90.0)
    assert panel._times(now, None, store, True) == "1 min 30 s so far, later than planned: the machine may be busy"
    until = replace(now, study=replace(STUDY, until=Until(2.0, "hog")))
    assert panel._times(until, None, store, True) == "1 min 30 s so far, at most about 30 s left"


def test_a_study_with_minutes_promises_no_more_than_is_left_of_them(left, monkeypatch):
    left(0)
    store = SimpleNamespace(elapsed=lambda id: 90.0)
    monkeypatch.setattr(panel, "remaining_seconds", lambda *_: 400.0)
    now = Standing(replace(STUDY, until=Until(2.0, "hog")), State.RUNNING, 10, 0, 20, 10)
    assert panel._times(now, None, store, True) == "1 min 30 s so far, at most about 30 s left"
    plain = replace(now, study=STUDY)
    assert panel._times(plain, None, store, True) == "1 min 30 s so far, about 7 min left"


def test_nothing_is_said_before_three_trials(left):
    assert left(0, done=2) is None
