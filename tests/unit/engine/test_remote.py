"""The same study on a scheduler by address: workers that share no workspace with the engine, the same outcomes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import explorer
from explorer.engine import cluster
from explorer.engine.cluster import connected
from explorer.errors import EngineError
from explorer.records import State
from explorer.techniques.monitors import Quiet
from explorer.trial import run_trial


@pytest.fixture
def scheduler(tmp_path, wait_for):
    """Start `dask scheduler` and two `dask worker`s by hand, with a home and a temporary folder of their own."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    environment = {**os.environ, "EXPLORER_HOME": str(elsewhere / "none"), "TMPDIR": str(elsewhere)}
    environment["PYTHONPATH"] = str(Path(explorer.__file__).parents[1])
    dask = [sys.executable, "-W", "ignore", "-m", "dask"]
    file = tmp_path / "scheduler.json"
    commands = [
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--dashboard-address",
         "127.0.0.1:0", "--scheduler-file", str(file)],
        *[[*dask, "worker", "--scheduler-file", str(file), "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard",
           "--no-nanny", "--local-directory", str(elsewhere)]] * 2,
    ]  # fmt: skip
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [subprocess.Popen(commands[0], env=environment, **quiet)]
    wait_for(lambda: file.exists() and file.read_text().strip().endswith("}"), 60)
    processes += [subprocess.Popen(command, env=environment, **quiet) for command in commands[1:]]
    yield json.loads(file.read_text())["address"]
    for process in reversed(processes):
        process.kill()
    for process in processes:
        process.wait(20)


@pytest.mark.slow
def test_the_engine_finds_the_same_outcomes_on_the_scheduler_of_its_variable(
    scheduler, add, store, workspace, dataset, tmp_path
):
    study = add(spy_fixed={}, spy_trained={"steps": 2}, broken={"above": 3})
    environment = {**os.environ, "EXPLORER_SCHEDULER": scheduler, "EXPLORER_ENGINE_IDLE": "0.5"}
    command = [sys.executable, "-m", "explorer", "engine"]
    subprocess.run(command, env=environment, check=True, timeout=120, capture_output=True)
    assert store.state("one") is State.DONE, store.problem("one")
    outcomes = {outcome.trial: outcome for outcome in store.outcomes("one")}
    for trial in study.trials():
        alone = run_trial(dataset, study, trial, cache=tmp_path / "cache", monitor=Quiet())
        assert outcomes[trial].state is alone.state
        assert outcomes[trial].probabilities.tobytes() == alone.probabilities.tobytes()
    kept = list((tmp_path / "elsewhere").rglob("explorer-cache/*.npy"))
    assert kept
    assert all(any(part.startswith("worker-") for part in path.parts) for path in kept)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT", 0.5)
    with pytest.raises(EngineError, match=r"No scheduler answers at tcp://127\.0\.0\.1:9\."):
        connected("tcp://127.0.0.1:9", None).__enter__()
