"""The engine as a process: one per workspace, found dead and replaced, nothing lost and nothing run twice."""

import os
import signal
import sqlite3
import subprocess
import sys
import time

import psutil
import pytest

from explorer.engine import client, service
from explorer.engine.client import engine_running, ensure_engine
from explorer.records import Outcome, State


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setenv("EXPLORER_ENGINE_IDLE", "2")


@pytest.fixture
def process(workspace):
    """Return a function that gives the engine process started from here, and end it after the test."""

    def engine():
        return client._started[workspace.home][1]

    yield engine
    if workspace.home in client._started:
        engine().kill()
        engine().wait()


def test_asking_starts_nothing(workspace):
    assert not engine_running(workspace)
    assert not workspace.engine_lock.exists()
    assert not engine_running(workspace)


def test_an_engine_starts_runs_what_is_queued_and_ends_when_idle(workspace, add, store, process, wait_for):
    add(spy_fixed={})
    ensure_engine(workspace)
    first = process()
    for _ in range(3):
        ensure_engine(workspace)
    assert process() is first
    wait_for(lambda: engine_running(workspace))
    add("two", spy_fixed={})
    wait_for(lambda: store.state("two") is State.DONE, 120)
    assert store.state("one") is State.DONE
    assert len(store.outcomes("one")) == len(store.outcomes("two")) == 4
    assert first.wait(60) == 0
    assert not engine_running(workspace)
    assert "missing ScriptRunContext" not in workspace.engine_log.read_text()


def test_an_engine_that_starts_removes_what_a_crash_left_of_a_deletion(workspace, monkeypatch):
    left = workspace.datasets / ".deleted-left"
    left.mkdir()
    os.utime(left, (0, 0))
    monkeypatch.setattr(service, "_work", lambda *_: None)
    service.serve(workspace)
    assert not left.exists()


def test_a_second_engine_leaves_politely(workspace):
    script = (
        "import sys, time; from filelock import FileLock; lock = FileLock(sys.argv[1]); lock.acquire();"
        "print(1, flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(workspace.engine_lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        assert engine_running(workspace)
        second = subprocess.run(
            [sys.executable, "-m", "explorer", "engine"], capture_output=True, text=True, timeout=60, check=True
        )
        assert "Another engine holds" in second.stderr
        holder.kill()
    assert not engine_running(workspace)


def test_an_engine_killed_in_the_middle_loses_nothing_and_leaves_no_child(workspace, add, store, process, wait_for):
    study = add(spy_trained={"steps": 60}, budgets=(1, 2, 3), seeds=2)
    ensure_engine(workspace)
    wait_for(lambda: len(store.outcomes("one")) >= 2, 120)
    victim = psutil.Process(process().pid)
    children = victim.children(recursive=True)
    assert children
    os.kill(victim.pid, signal.SIGKILL)
    process().wait()
    assert store.state("one") is State.RUNNING
    assert not engine_running(workspace)
    kept = {outcome.trial for outcome in store.outcomes("one")}
    assert 2 <= len(kept) < 6
    gone, alive = psutil.wait_procs(children, timeout=20)
    assert len(gone) == len(children), alive
    ensure_engine(workspace)
    wait_for(lambda: store.state("one") is State.DONE, 120)
    assert {outcome.trial for outcome in store.outcomes("one")} == set(study.trials())
    with sqlite3.connect(workspace.store) as db:
        assert db.execute("select count(*) from outcomes").fetchone() == (6,)
    db.close()


def test_the_engine_outlives_the_process_that_started_it(workspace, add, store, wait_for):
    add(spy_trained={"steps": 30})
    script = (
        "from explorer.engine.client import ensure_engine, _started; from explorer.workspace import Workspace\n"
        "workspace = Workspace.default(); ensure_engine(workspace)\n"
        "print(_started[workspace.home][1].pid, flush=True); import time; time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", script], stdout=subprocess.PIPE) as app:
        engine = psutil.Process(int(app.stdout.readline()))
        app.kill()
    try:
        wait_for(lambda: store.state("one") is State.DONE, 120)
    finally:
        engine.kill()


def test_pages_can_ask_without_anything_heavy():
    script = (
        "import sys, explorer.engine.client, explorer.engine.bill, explorer.store.store, explorer.export.folder\n"
        "heavy = {'torch', 'timm', 'distributed', 'dask', 'albumentations', 'scipy', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_asking_is_cheap(workspace):
    engine_running(workspace)
    workspace.engine_lock.touch()
    start = time.perf_counter()
    for _ in range(100):
        assert not engine_running(workspace)
    assert time.perf_counter() - start < 1


def test_whatever_is_wrong_with_one_study_the_next_one_runs(workspace, add, store, monkeypatch):
    def damaged(*_):
        raise FileNotFoundError(2, "No such file", "inputs.npy")

    study, calls = add(spy_fixed={}), []
    monkeypatch.setattr(service.saved, "load", damaged)
    service.run_study(store, workspace, study.id, lambda: None, lambda _: None, lambda: calls.append("lost"))
    assert store.state(study.id) is State.FAILED
    assert "FileNotFoundError" in store.problem(study.id)
    assert store.problem(study.id).endswith("Open its data again, then resume it.")
    assert calls == ["lost"]


def test_trials_of_another_version_are_not_joined_by_others(workspace, add, store, monkeypatch):
    """They were drawn otherwise: arms of one seed would be judged on different images."""
    study = add(spy_fixed={}, spy_trained={})
    trial = study.trials()[0]
    older = Outcome(trial, State.DONE, versions={"numpy": "2"})
    store.start(study.id)
    store.finish(study.id, older)
    store.end(study.id, State.FAILED, "stopped")
    store.resume(study.id)
    service.run_study(store, workspace, study.id, lambda: None, lambda _: None)
    assert store.state(study.id) is State.FAILED
    assert store.problem(study.id).startswith("Another version has run 1 trial of this study")
    assert [each.trial for each in store.outcomes(study.id)] == [trial], "what is done stays readable"
