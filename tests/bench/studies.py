"""Benchmarks of whole studies, run by the command line as a user would."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from tests.bench.figures import Figure

FIXED_ARMS = "majority,intensity,pixels,hog,transfer"


def make_images(folder: Path, n: int = 1000, side: int = 64, classes: int = 5) -> Path:
    """Write `n` RGB images with one sub-folder per class: stripes of a class-dependent period under noise."""
    random = np.random.default_rng(0)
    columns = np.arange(side)
    for number in range(n):
        label = number % classes
        wave = np.sin(columns * (0.3 + 0.15 * label) + random.uniform(0, 6.28))
        picture = 128 + 50 * wave[None, :, None] + random.normal(0, 40, (side, side, 3))
        path = folder / f"class {label}" / f"{number:05}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(path, compress_level=1)
    return folder


def run(images: Path | str, out: Path, *options: str) -> float:
    """Run a study by the command line into `out`; return its wall seconds, process start to process end."""
    command = [sys.executable, "-m", "explorer", "run", str(images), "--out", str(out), *options]
    start = time.perf_counter()
    subprocess.run(command, env=environment(out), check=True, capture_output=True)
    return time.perf_counter() - start


def environment(out: Path) -> dict[str, str]:
    """Return the environment of a study that shares nothing with others: its folder of data and caches is new."""
    return {**os.environ, "EXPLORER_HOME": str(out.parent / f"home-{out.name}")}


def fixed_arms() -> Figure:
    """All fixed-model arms × 6 budgets × 5 seeds on 1,000 images at 64 px."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = make_images(folder / "images")
        seconds = run(images, folder / "out", "--arms", FIXED_ARMS, "--per-class", "1,2,5,10,20,50", "--seeds", "5")
        states = pd.read_csv(folder / "out" / "trials.csv").state
    trials = f"{(states == 'done').sum()} trials"
    return Figure(
        "fixed-model arms × 6 budgets × 5 seeds, 1,000 images of 64 px, process start to files written",
        "90 s",
        f"{seconds:.0f} s ({trials})",
        seconds <= 90 and len(states) == 150,
    )


def workers() -> list[Figure]:
    """Wall time against fit seconds, and two workers against one, in a short study and in a longer.

    A worker's start and the last training, for which one of the workers waits, weigh more the shorter the study is.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = make_images(folder / "images", n=400)
        return [figure for seeds in (4, 12) for figure in _scaling(images, folder, seeds)]


def _scaling(images: Path, folder: Path, seeds: int) -> list[Figure]:
    """Run one study with two workers and with one; return how its wall time compares with both."""
    options = ("--arms", "majority,pixels,hog,transfer,baseline", "--per-class", "2,5", "--seeds", str(seeds))
    outs = {count: folder / f"out-{seeds}-{count}" for count in (2, 1)}
    for count, out in outs.items():
        run(images, out, *options, "--workers", str(count))
    wall = {count: recorded_wall(out) for count, out in outs.items()}
    fits = {count: pd.read_csv(out / "trials.csv").fit_seconds.sum() for count, out in outs.items()}
    overhead = wall[2] / (fits[2] / 2)
    gain = wall[1] / wall[2]
    slower = fits[2] / fits[1]
    return [
        Figure(
            f"wall time of a study of {seeds} seeds against (sum of fit seconds / workers)",
            "1.15 ×",
            f"{overhead:.2f} × ({wall[2]:.0f} s against {fits[2] / 2:.0f} s)",
            overhead <= 1.15,
        ),
        Figure(
            f"two workers against one, the same study of {seeds} seeds",
            "1.8 ×",
            f"{gain:.2f} × ({wall[1]:.0f} s, {wall[2]:.0f} s); fits took {slower:.2f} × as long side by side",
            gain >= 1.8,
        ),
    ]


def recorded_wall(out: Path) -> float:
    """Return the seconds from the start of a study's first trial to the end of its last, as `run` recorded them."""
    return float(json.loads((out / "study.json").read_text(encoding="utf-8"))["seconds"])


#: Reads a folder and prints the seconds and, in MB, the most memory of its own; files that are mapped do not count.
INGEST = """
import re, sys, threading, time
from pathlib import Path
from explorer.datasets.reading import read
from explorer.workspace import Workspace

peak = 0
def watch():
    global peak
    while True:
        peak = max(peak, int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]))
        time.sleep(0.05)

threading.Thread(target=watch, daemon=True).start()
start = time.perf_counter()
read(Path(sys.argv[1]), Workspace(Path(sys.argv[2])).make())
print(time.perf_counter() - start, peak / 1024)
"""


def ingest() -> list[Figure]:
    """Images a second that are read, checked and saved on one core, and the memory of doing so with many."""
    with tempfile.TemporaryDirectory() as name:
        images = make_images(Path(name) / "images", n=5000)
        rate = 5000 / statistics.median(_ingested(images)[0] for _ in range(3))
    with tempfile.TemporaryDirectory() as name:
        seconds, peak = _ingested(make_images(Path(name) / "images", n=50_000))
    return [
        Figure(
            "ingest of 64×64 PNG with all checks, one core (5,000 images, median of 3)",
            "500 images/s",
            f"{rate:.0f} images/s",
            rate >= 500,
        ),
        Figure(
            "process memory of the ingest of 50,000 such images",
            "1,000 MB",
            f"{peak:.0f} MB ({50_000 / seconds:.0f} images/s)",
            peak < 1000,
        ),
    ]


def _ingested(images: Path) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-c", INGEST, str(images), home]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, peak = map(float, printed.split())
    return seconds, peak
