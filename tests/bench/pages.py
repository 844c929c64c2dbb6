"""Benchmarks of the app as a visitor meets it: a fresh server, a real browser, two idle cores."""

import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from explorer.datasets.examples import open_example
from explorer.records import Fact, State, Study
from explorer.store.store import Store
from explorer.techniques.discovery import first_arms, ready_arms
from explorer.workspace import Workspace
from tests.bench.figures import Figure, middle
from tests.browser.visits import CONTENT, link, sections

ROOT = Path(__file__).parents[2]
CURVES = "{} .plot[data-drawn=yes] .scatterlayer .trace .points path"
FINISHED, LIVE = ".st-key-finished-curves", ".st-key-curves"
#: The picture of the example's curves is decoded and on the screen.
PAINTED = """() => {
  const picture = document.querySelector('.st-key-finished img.picture');
  return picture && picture.complete && picture.naturalWidth > 0 && picture.offsetHeight > 0;
}"""
ATTEMPTS = 3
#: Visits of every page while the memory of the server is watched, after those that fill its caches.
VISITS = 10
#: A press on a link, and the seconds from it to another heading and to the first content, `css`, also in a shadow root.
PRESSED = """(link, css) => new Promise((seen, no) => {
  const heading = () => document.querySelector('.stMain :is(h1, h2, h3)')?.innerText ?? '';
  const inside = root => [...root.querySelectorAll(css),
    ...[...root.querySelectorAll('*')].flatMap(e => e.shadowRoot ? inside(e.shadowRoot) : [])];
  const shown = e => e.offsetHeight > 0 && (e.tagName !== 'IMG' || (e.complete && e.naturalWidth > 0));
  const before = heading(), start = performance.now();
  let headed = null;
  const look = () => {
    const seconds = (performance.now() - start) / 1000;
    if (headed === null && heading() && heading() !== before) headed = seconds;
    if (headed !== null && inside(document).some(shown)) seen([headed, seconds]);
    else if (seconds > 300) no(new Error(`nothing of ${css} after ${seconds} s; the heading: ${heading()}`));
    else requestAnimationFrame(look);
  };
  link.click();
  look();
})"""


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


# ---- from page to page -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visitor:
    """Somebody who goes from page to page with images and a finished study, on a server whose engine is warm.

    sections    of the navigation in which each page stands, by its path
    """

    page: Page
    sections: Mapping[str, str]
    server: psutil.Process
    space: Workspace

    def visit(self, path: str) -> tuple[float, float]:
        """Press the link to a page; return the seconds to its heading and to its first content."""
        heading, content = link(self.page, path, self.sections[path]).evaluate(PRESSED, CONTENT[path])
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
        return heading, content

    def round(self) -> dict[str, tuple[float, float]]:
        """Visit every page in the order of the navigation; the one before the first is the last."""
        return {path: self.visit(path) for path in self.sections}


@contextmanager
def visitor(chromium: Browser) -> Iterator[Visitor]:
    """Yield a visitor who has seen every page once, and stands on the last one."""
    with tempfile.TemporaryDirectory() as name, server(Path(name)) as (process, address):
        space = Workspace(Path(name)).make()
        data = open_example("galaxies", space).dataset
        arms = tuple(ready_arms()[arm] for arm in ("majority", "transfer"))
        free = (Fact.ORIENTATION,)  # as the pages find, which else would prepare other features
        study = Study("bench", "bench", data.fingerprint, arms, (1, 5, 20), seeds=3, free=free)
        store = Store(space.store)
        store.add(study)
        healthy(address)
        page = chromium.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{address}/compare?data={data.fingerprint}&study={study.id}")
        while store.state(study.id) in (State.QUEUED, State.RUNNING):
            page.wait_for_timeout(200)
        found = Visitor(page, sections(page), psutil.Process(process.pid), space)
        page.get_by_role("heading").first.wait_for()
        found.round()
        yield found
        page.close()


def navigation() -> list[Figure]:
    """Clicks in the navigation to the heading and the first content of each page, with its previews made before or not.

    The engine is warm, and what a study keeps, such as the features of a network, is there.
    """
    with browser() as chromium, visitor(chromium) as found:
        kept = [found.round() for _ in range(ATTEMPTS)]
        fresh = []
        for _ in range(ATTEMPTS):
            shutil.rmtree(found.space.cache / "previews")
            fresh.append(found.round())
    return [
        _slowest("heading", kept, 0),
        _slowest("first picture or figure, previews made before", kept, 1),
        _slowest("first picture or figure, previews made anew", fresh, 1),
    ]


def _slowest(what: str, rounds: list[dict[str, tuple[float, float]]], which: int) -> Figure:
    """Return the figure of the slowest page by the median over rounds; all pages are told, slow ones first."""
    found = {path: [each[path][which] for each in rounds] for path in rounds[0]}
    ordered = sorted(found, key=lambda path: -statistics.median(found[path]))
    others = ", ".join(f"{_named(path)} {statistics.median(found[path]):.2f}" for path in ordered[1:])
    return Figure(
        f"click in the navigation to {what}, warm engine, slowest page",
        "1 s",
        f"{_named(ordered[0])} {middle(found[ordered[0]])} s; {others}",
        statistics.median(found[ordered[0]]) <= 1,
    )


def _named(path: str) -> str:
    return path.replace("_", " ") or "start"


def trying() -> Figure:
    """The small study of the Transfer page, from the press that starts it to its last trial on the screen."""
    with browser() as chromium, visitor(chromium) as found:
        found.visit("transfer")
        found.page.locator(".st-key-run-transfer").get_by_role("button").click()
        start = time.perf_counter()
        found.page.locator(".st-key-open-transfer").wait_for(timeout=600_000)
        found.page.get_by_text(re.compile(r"^(\d+) of \1 trials$")).wait_for()
        seconds = time.perf_counter() - start
    return Figure(
        "a technique tried by itself: two arms, three budgets, three seeds, on the Transfer page",
        "2 minutes",
        f"{seconds:.0f} s",
        seconds <= 120,
    )


def memory() -> Figure:
    """What the server process grows by while every page is visited ten times."""
    with browser() as chromium, visitor(chromium) as found:
        found.round()
        sizes = [found.server.memory_info().rss / 2**20]
        for _ in range(VISITS):
            found.round()
            sizes.append(found.server.memory_info().rss / 2**20)
    return Figure(
        f"growth of the server process while every page is visited {VISITS} times",
        "50 MB",
        f"{sizes[-1] - sizes[0]:+.0f} MB, from {sizes[0]:.0f} MB; after half of the visits {sizes[VISITS // 2]:.0f} MB",
        sizes[-1] - sizes[0] < 50,
    )
