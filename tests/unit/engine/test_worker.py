"""Where workers keep what they prepare, and the signs that they give."""

import importlib
import os
import platform
import queue
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from explorer.engine import worker
from explorer.engine.worker import Errand, _cache
from explorer.records import Arm, Choice, Study, Trial


def errand(cache):
    return Errand("run", Study("id", "n", "toy", (Arm("a", "A", Choice("majority")),), (1,)), cache)


def test_workers_elsewhere_share_the_folder_that_their_variable_names(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    assert _cache(errand(None)) == tmp_path
    assert _cache(errand(Path("own"))) == Path("own")


def test_a_preparation_gives_a_sign_before_it_begins_and_none_begins_after_a_stop(monkeypatch, make_dataset):
    events, told = [], Trial("a", 1, 0)
    monkeypatch.setattr(worker, "_send", lambda message: events.append(tuple(message["trial"])))
    monkeypatch.setattr(worker, "prepare", lambda *_, **__: events.append("prepared"))
    wanted = errand(Path("cache"))
    assert worker.make_ready(make_dataset([0, 1]), wanted, wanted.study.arms[0], told)
    assert events == [("a", 1, 0), "prepared"]
    monkeypatch.setattr(worker, "_stopped", {wanted.run})
    assert not worker.make_ready(make_dataset([0, 1]), wanted, wanted.study.arms[0], told)
    assert events == [("a", 1, 0), "prepared"]


KEPT = """
import re
from pathlib import Path
import numpy as np
from explorer.engine.worker import give_back

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

blocks = [np.ones(1 << 17) for _ in range(200)]
last = np.ones(1 << 17)
del blocks
before = resident()
give_back()
print(before - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps what is freed by such thresholds")
def test_what_a_trial_has_freed_goes_back_to_the_system():
    thresholds = {"MALLOC_TRIM_THRESHOLD_": str(512 << 20), "MALLOC_MMAP_THRESHOLD_": str(32 << 20)}
    found = subprocess.run(
        [sys.executable, "-c", KEPT], env={**os.environ, **thresholds}, check=True, capture_output=True, text=True
    )
    assert float(found.stdout) > 150


def test_torch_is_loaded_beside_what_runs(monkeypatch):
    loaded = queue.SimpleQueue()
    monkeypatch.setattr(importlib, "import_module", lambda name: loaded.put((name, threading.current_thread())))
    worker.load_torch()
    name, thread = loaded.get(timeout=10)
    assert name == "torch"
    assert thread is not threading.current_thread()
