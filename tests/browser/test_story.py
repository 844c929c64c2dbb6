"""The whole way of a first visitor with an own zip: upload, look, run, watch, reload, share, cancel."""

import re
import time

import pytest
from playwright.sync_api import expect

from explorer.engine.run import GRACE
from explorer.store.store import Store
from explorer.techniques.discovery import first_arms
from explorer.ui import texts
from explorer.workspace import Workspace
from tests.browser.server import LONG, figure_ready, serious, settled, shapes_zip

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

#: Seconds without a further trial after which those that ran when a study was cancelled have surely ended.
ENDS = 2 * GRACE
FIGURE = "document.querySelector('.st-key-curves .canvas')"
COUNTED = f"""() => ({FIGURE}.data || []).filter(trace => trace.meta === 'seeds')
  .reduce((n, trace) => n + trace.y.length, 0)"""


def kept(home):
    """Return how many trials a cancelled study kept: those that run end within seconds, and what they found counts."""
    store = Store(Workspace(home).store)
    (row,) = store.studies()
    ended = time.monotonic() + ENDS
    while time.monotonic() < ended:
        time.sleep(0.1)
        (latest,) = store.studies()
        if latest.finished != row.finished:
            row, ended = latest, time.monotonic() + ENDS
    return row.finished


def scrolled(page):
    return page.locator("[data-testid=stMain]").evaluate("main => main.scrollTop")


#: Keeps, without repeats, which of the two buttons are seen.
WATCH = """() => {
  window.met = [];
  setInterval(() => {
    const seen = ['cancel', 'resume'].filter(name => document.querySelector(`.st-key-${name} button`)?.offsetParent);
    const told = seen.join(' and ');
    if (told && window.met.at(-1) !== told) window.met.push(told);
  }, 10);
}"""


def test_from_a_zip_to_a_cancelled_study(browser, home, tmp_path):
    page = browser.open("/data")
    settled(page)
    page.locator(".st-key-upload-0 input[type=file]").set_input_files(shapes_zip(tmp_path / "shapes.zip"))
    expect(page.locator(".st-key-upload-0").get_by_text("shapes.zip")).to_be_visible(timeout=LONG)
    settled(page)
    page.locator(".st-key-read").get_by_role("button").click(timeout=LONG)
    expect(page.get_by_role("heading", name="shapes")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("broken.png").first).to_be_visible()
    assert re.search(r"[?&]data=[0-9a-f]{16}", page.url)
    page.reload()
    expect(page.get_by_role("heading", name="shapes")).to_be_visible(timeout=LONG)
    figure_ready(page, "class-counts")

    page.locator(".st-key-go-compare").get_by_role("button").click()
    expect(page.locator(".st-key-run").get_by_role("button")).to_be_visible(timeout=LONG)
    settled(page)
    for arm in first_arms().keys() - {"majority", "intensity", "scattering", "classical"}:
        page.locator(f".st-key-arm-{arm} label").click()
        settled(page)
    expect(page.locator(".st-key-arm-baseline input")).not_to_be_checked()
    page.locator(".st-key-seeds input").fill("40")
    page.locator(".st-key-seeds input").press("Enter")
    expect(page.locator(".st-key-bill")).to_contain_text("40 seeds", timeout=LONG)
    page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    assert scrolled(page) > 0
    page.locator(".st-key-run").get_by_role("button").click()

    expect(page.locator(".st-key-cancel").get_by_role("button")).to_be_visible(timeout=LONG)
    assert scrolled(page) == 0
    assert re.search(r"[?&]study=[0-9a-f]{32}", page.url)
    figure_ready(page, "curves")
    page.wait_for_function(f"({COUNTED})() > 0", timeout=LONG)

    page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 40)")
    zoom_survives(page)
    assert scrolled(page) == 40
    page.reload()
    figure_ready(page, "curves")
    expect(page.locator(".st-key-cancel").get_by_role("button")).to_be_visible(timeout=LONG)
    assert serious(page) == []  # while it runs

    second = browser.open(page.url.removeprefix(browser.address), beside=True)
    figure_ready(second, "curves")
    for each in (page, second):
        each.evaluate(WATCH)
    second.locator(".st-key-cancel").get_by_role("button").click()
    for each in (page, second):
        expect(each.locator(".st-key-resume").get_by_role("button")).to_be_visible(timeout=LONG)
        settled(each)
        assert each.evaluate("() => window.met") == ["cancel", "resume"], "never both at once"
    assert serious(page) == []
    done = kept(home)
    assert 0 < done < 4 * 5 * 40
    for each in (page, second):
        expect(each.get_by_text(f"{done} of {4 * 5 * 40} trials")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(texts.KEPT.format(done=done))).to_be_visible()
    with page.expect_download() as downloaded:
        page.get_by_role("button", name=texts.CSV_TRIALS).click()
    assert len(downloaded.value.path().read_text().splitlines()) == done + 1


def zoom_survives(page):
    """Zoom in with the mouse while the study runs; the next points come into the same figure at the same zoom."""
    box = page.locator(".st-key-curves .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 360, box["y"] + 180, steps=5)
    page.mouse.up()
    page.wait_for_function(f"{FIGURE}._fullLayout.yaxis.range[0] > 0.1", timeout=LONG)
    zoomed = page.evaluate(f"{FIGURE}._fullLayout.yaxis.range")
    gathered = page.evaluate(f"{FIGURE}.mark = 'mine', ({COUNTED})()")
    page.wait_for_function(f"before => ({COUNTED})() > before", arg=gathered, timeout=LONG)
    assert page.evaluate(f"{FIGURE}.mark") == "mine"
    assert page.evaluate(f"{FIGURE}._fullLayout.yaxis.range") == zoomed
