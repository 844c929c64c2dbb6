"""Workers that runs of one file share."""

from contextlib import nullcontext

import pytest

from explorer.engine import cluster


@pytest.fixture(scope="module")
def own_workers():
    """Return a cluster of one worker process, as a run has it to itself."""
    with cluster.connected(None, 1) as workers:
        yield workers


@pytest.fixture
def shared_workers(own_workers, monkeypatch):
    """Let runs of a test take the worker of its file: for each to start one of its own takes two seconds of imports."""
    monkeypatch.setattr(cluster, "connected", lambda *_: nullcontext(own_workers))
