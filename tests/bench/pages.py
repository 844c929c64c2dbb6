"""Benchmarks of the app as a visitor meets it: a fresh server, a real browser, two idle cores."""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

from explorer.datasets.examples import open_example
from explorer.records import Study
from explorer.store.store import Store
from explorer.techniques.discovery import first_arms
from explorer.workspace import Workspace
from tests.bench.figures import Figure, middle

ROOT = Path(__file__).parents[2]
CURVES = "{} .plot[data-drawn=yes] .scatterlayer .trace .points path"
FINISHED, LIVE = ".st-key-finished-curves", ".st-key-curves"
#: The picture of the example's curves is decoded and on the screen.
PAINTED = """() => {
  const picture = document.querySelector('.st-key-finished img.picture');
  return picture && picture.complete && picture.naturalWidth > 0 && picture.offsetHeight > 0;
}"""
ATTEMPTS = 3


@contextmanager
def server(home: Path, app: Path = ROOT / "app.py") -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start the app on a free port of the loopback and yield process and address; end it and its engine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.headless=true", f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--server.fileWatcherType=none"]
    with (home / "server.log").open("wb") as log:
        environment = {**os.environ, "EXPLORER_HOME": str(home)}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        _end_engine(home)
        process.terminate()
        process.wait(20)


def _end_engine(home: Path) -> None:
    """End the engine of this home, found by its variable; its workers end with it."""
    for process in psutil.process_iter(["cmdline"]):
        if (process.info["cmdline"] or [])[-2:] == ["explorer", "engine"]:
            try:
                if process.environ().get("EXPLORER_HOME") == str(home):
                    process.terminate()
                    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                        time.sleep(0.05)
            except psutil.NoSuchProcess:
                continue


def healthy(address: str, seconds: float = 30) -> None:
    """Wait until the server answers. Raises TimeoutError when it does not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise TimeoutError(f"no answer from {address} in {seconds:g} s")


@contextmanager
def browser() -> Iterator[Browser]:
    """Yield the system's Chromium, started and warm."""
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        found.new_page().goto("about:blank")
        yield found
        found.close()


def empty_page(chromium: Browser) -> float:
    """Return the seconds from `streamlit run` to the first word of an app that holds nothing else: the floor."""
    with tempfile.TemporaryDirectory() as name:
        app = Path(name) / "empty.py"
        app.write_text("import streamlit as st\n\nst.title('Floor')\n", encoding="utf-8")
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        start = time.perf_counter()
        with server(Path(name), app) as (_, address):
            healthy(address)
            page.goto(address, wait_until="commit")
            page.get_by_text("Floor").wait_for(timeout=60_000)
            seconds = time.perf_counter() - start
            page.close()
            return seconds


def first_page() -> list[Figure]:
    """`streamlit run` to the first page with the example's curves, and what the server then weighs."""
    seconds, live, sizes, torch = [], [], [], False
    with browser() as chromium:
        floor = [empty_page(chromium) for _ in range(ATTEMPTS)]
        for _ in range(ATTEMPTS):
            with tempfile.TemporaryDirectory() as name:
                page = chromium.new_page(viewport={"width": 1280, "height": 720})
                start = time.perf_counter()
                with server(Path(name)) as (process, address):
                    healthy(address)
                    page.goto(address, wait_until="commit")
                    page.wait_for_function(PAINTED, polling="raf", timeout=60_000)
                    seconds.append(time.perf_counter() - start)
                    page.locator(CURVES.format(FINISHED)).first.wait_for(timeout=60_000)
                    live.append(time.perf_counter() - start)
                    sizes.append(psutil.Process(process.pid).memory_info().rss / 2**20)
                    maps = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")
                    torch = torch or "libtorch" in maps
                    page.close()
    light = "torch not loaded" if not torch else "torch loaded"
    return [
        Figure(
            "`streamlit run` to first page painted in Chromium with the example's curves",
            "3 s",
            f"{middle(seconds)} s; the figure that can be zoomed stands after {middle(live)} s;"
            f" an app with one word and nothing else: {middle(floor)} s",
            statistics.median(seconds) <= 3,
        ),
        Figure(
            "server process after the first page",
            "300 MB, torch not imported",
            f"{max(sizes):.0f} MB, {light}",
            max(sizes) < 300 and not torch,
        ),
    ]


def first_point() -> Figure:
    """A study queued while no engine runs, to its first point in the figure."""
    seconds = []
    with browser() as chromium:
        for _ in range(ATTEMPTS):
            with tempfile.TemporaryDirectory() as name, server(Path(name)) as (_, address):
                space = Workspace(Path(name)).make()
                dataset = open_example("galaxies", space).dataset
                page = chromium.new_page(viewport={"width": 1280, "height": 720})
                healthy(address)
                page.goto(address)
                page.locator(CURVES.format(FINISHED)).first.wait_for(timeout=60_000)
                study = Study("bench", "bench", dataset.fingerprint, tuple(first_arms().values()), (1, 5, 20))
                Store(space.store).add(study)
                start = time.perf_counter()
                page.goto(f"{address}/compare?study={study.id}")
                page.locator(CURVES.format(LIVE)).first.wait_for(timeout=60_000)
                seconds.append(time.perf_counter() - start)
                page.close()
    return Figure(
        "study queued with no engine running, page opened, to first point in the figure",
        "6 s",
        f"{middle(seconds)} s",
        statistics.median(seconds) <= 6,
    )
