"""The standard study of the card: six arms, six budgets, five seeds, 1,000 images of 64 px, run as a user would."""

import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd
import psutil

from explorer.engine.cluster import cores
from tests.bench.figures import Figure
from tests.bench.studies import environment, make_images, recorded_wall

ARMS = ("baseline", "augmentation", "denoising", "transfer", "pseudo_labels", "everything")
BUDGETS = (1, 2, 5, 10, 20, 50)
SEEDS = 5
#: Budgets at which each arm has a point when its curve can be read.
READABLE = 3


def standard() -> list[Figure]:
    """Wall time of the standard study, the time until every curve can be read, and the memory of its workers."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        images = make_images(Path(name) / "images")
        options = ("--arms", ",".join(ARMS), "--per-class", ",".join(map(str, BUDGETS)), "--seeds", str(SEEDS))
        command = [sys.executable, "-m", "explorer", "run", str(images), "--out", str(out), *options]
        begin = time.perf_counter()
        with subprocess.Popen(command, env=environment(out), stderr=subprocess.DEVNULL) as process:
            with _watched(process) as peaks:
                readable = _readable(process, out, begin)
                process.wait()
            seconds = time.perf_counter() - begin
        trials = pd.read_csv(out / "trials.csv")
        wall = recorded_wall(out)
    done, fits = int((trials.state == "done").sum()), trials.fit_seconds.sum() / cores()
    whole = len(ARMS) * len(BUDGETS) * SEEDS
    return [
        Figure(
            f"standard study: {len(ARMS)} arms × {len(BUDGETS)} budgets × {SEEDS} seeds, 1,000 images of 64 px",
            "15 minutes",
            f"{seconds / 60:.1f} minutes ({done} of {whole} trials done)",
            seconds <= 900 and done == whole,
        ),
        Figure(
            f"the same, until every arm has points at {READABLE} budgets",
            "2 minutes",
            f"{readable / 60:.1f} minutes",
            readable <= 120,
        ),
        Figure(
            "wall time of the same against (sum of fit seconds / workers)",
            "1.15 ×",
            f"{wall / fits:.2f} × ({wall:.0f} s against {fits:.0f} s)",
            wall / fits <= 1.15,
        ),
        Figure("peak memory of a worker in it", "1,500 MB", f"{max(peaks) / 1e6:.0f} MB", max(peaks) < 1.5e9),
    ]


def _readable(process: "subprocess.Popen[bytes]", out: Path, begin: float) -> float:
    """Return the seconds until every arm has points at a few budgets; those of the whole study where it never has."""
    while process.poll() is None:
        points = _points(out / ".explorer" / "studies.db")
        if len(points) == len(ARMS) and min(points.values()) >= READABLE:
            break
        time.sleep(1)
    return time.perf_counter() - begin


def _points(store: Path) -> dict[str, int]:
    """Return at how many budgets each arm has a finished trial."""
    if not store.exists():
        return {}
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
        try:
            return dict(database.execute("select arm, count(distinct budget) from outcomes group by arm"))
        except sqlite3.OperationalError:  # not made yet
            return {}


@contextmanager
def _watched(process: "subprocess.Popen[bytes]") -> Iterator[list[int]]:
    """Yield a list that comes to hold the resident memory of every process of the study, seen each half second."""
    seen, over = [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            try:
                children = psutil.Process(process.pid).children(recursive=True)
                seen.extend(each.memory_info().rss for each in children)
            except psutil.Error:
                continue

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield seen
    over.set()
    thread.join()
