"""The app as its own process, and the words by which tests wait for it."""

import io
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from explorer.charts.style import GROUNDS

ROOT = Path(__file__).parents[2]
CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    # Pages are gone before it pays to optimize what they run.
    "args": ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--js-flags=--no-maglev --no-turbofan"],
}
LONG = 60_000
#: The path at which a server says in a word that it is there.
HEALTH = "/_stcore/health"
BAD = ("serious", "critical")
#: What axe judges by colours, which is all that another theme changes.
COLORS = {"runOnly": ["color-contrast", "link-in-text-block"]}
#: Nothing on the page passes over into another state any more; what never ends, as where something is made, may move.
_PASSED = """() => {
  const inside = [...document.querySelectorAll('*')].flatMap(e => e.shadowRoot ?? []);
  const moves = each => each.playState === 'running' && each.effect.getComputedTiming().endTime !== Infinity;
  return ![document, ...inside].some(root => root.getAnimations().some(moves));
}"""


def free_port():
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def running(home, port, **environment):
    """Yield the address of a fresh server whose workspace is `home`; it and all it started are ended afterwards."""
    home.mkdir(parents=True, exist_ok=True)
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", *options],
            cwd=ROOT,
            env={**os.environ, "EXPLORER_HOME": str(home), **environment},
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}{HEALTH}")
        yield f"http://127.0.0.1:{port}"
    finally:
        _end(server)
    assert "missing ScriptRunContext" not in (home / "server.log").read_text()


def _wait_for(address):
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(address)


def _end(server):
    processes = [*psutil.Process(server.pid).children(recursive=True), server]
    for process in processes:
        process.kill()
    server.wait()


def settled(page):
    """Wait until a page that does not poll has been drawn."""
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]", timeout=LONG)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=LONG)
    return page


def figure_ready(page, key):
    """Wait until the figure under `key` is drawn, and return its canvas."""
    page.wait_for_selector(f".st-key-{key} .plot[data-drawn=yes]", timeout=LONG)
    return page.locator(f".st-key-{key} .canvas")


def shapes_zip(path, each=60):
    """Write a zip of three classes of small images, one of them a broken file."""
    random = np.random.default_rng(1)
    with zipfile.ZipFile(path, "w") as archive:
        for number, name in enumerate(("dark", "grey", "bright")):
            for place in range(each):
                pixels = random.integers(50 * number, 50 * number + 120, (20, 20), dtype=np.uint8)
                content = io.BytesIO()
                Image.fromarray(pixels).save(content, "PNG")
                archive.writestr(f"shapes/{name}/{place:03}.png", content.getvalue())
        archive.writestr("shapes/dark/broken.png", b"no image")
    return path


def still(page):
    """Wait until what was changed is drawn: two frames, and whatever passes over from one state into another."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function(_PASSED, timeout=LONG)


def themed(page, mode):
    """Show the page in the light or the dark theme, as the system of its viewer asks for it."""
    page.emulate_media(color_scheme=mode)
    paper = "rgb({}, {}, {})".format(*bytes.fromhex(GROUNDS[mode].paper[1:]))
    page.wait_for_function(
        "paper => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor === paper",
        arg=paper,
        timeout=LONG,
    )
    still(page)  # colours pass over into each other


def serious(page, **options):
    """Return what axe finds on the page that keeps somebody from using it; `options` are those of axe.

    The window is made as high as the page meanwhile: axe judges the contrast of what is seen, not of what can be
    scrolled to.
    """
    size = page.viewport_size
    height = page.locator("[data-testid=stMain]").evaluate("main => main.scrollHeight")
    page.set_viewport_size({**size, "height": max(size["height"], height + 200)})
    still(page)
    page.wait_for_selector("[data-stale=true]", state="detached", timeout=LONG)  # it is pale while it is made anew
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    page.set_viewport_size(size)
    return [(each["id"], node["html"][:200]) for each in found for node in each["nodes"] if each["impact"] in BAD]
