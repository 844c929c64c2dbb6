"""Every page in both themes, wide and narrow, with a finished study and before there is any: nobody is kept out.

Pages are looked at in the theme in which they open and then switched to the other, which needs no new run.
"""

import time

import pytest
from playwright.sync_api import expect

from explorer.datasets.reading import read
from explorer.records import State, Study
from explorer.store.store import Store
from explorer.techniques.discovery import ready_arms
from explorer.ui import texts, understanding
from explorer.workspace import Workspace
from tests.browser.server import COLORS, HEALTH, LONG, serious, settled, themed
from tests.browser.visits import CONTENT, sections
from tests.pages.states import images

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
#: Further parts of pages, by the query that opens them.
PARTS = {
    "guide": [f"guide-part={part}" for part in texts.GUIDE_PARTS][1:],
    "understand": [f"look={look}" for look in understanding.VIEWS][1:],
}
#: What is wider than the window though nothing there scrolls or hides it.
_WIDE = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  const wide = [...main.querySelectorAll('*')].filter(e => {
    const box = e.getBoundingClientRect();
    if (box.right <= innerWidth + 1 || !box.height || e.closest('.plotly, .tip')) return false;
    for (let up = e.parentElement; up && up !== main; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== 'visible') return false;
    return true;
  });
  const scrolls = [document.documentElement, main].some(e => e.scrollWidth > e.clientWidth);
  return scrolls || wide.length ? `${scrolls} ${wide.slice(0, 3).map(e => e.outerHTML.slice(0, 150))}` : '';
}"""

#: Whether what a page shows stands below the settings beside it, on pages that have both.
_BELOW = """() => {
  const main = document.querySelector('.st-key-result')?.closest('[data-testid=stColumn]');
  const top = e => e.getBoundingClientRect().top;
  return main ? [...main.parentElement.children].some(e => top(e) < top(main)) : false;
}"""

#: Places with a button that begins something, of which a part is hidden.
_CUT = """() => [...document.querySelectorAll('[class*="st-key-begin-"]')].flatMap(e => [e, e.parentElement])
  .filter(e => e.scrollHeight > e.clientHeight + 1).map(e => e.innerText.slice(0, 80))"""


@pytest.fixture(scope="module")
def query(home, address, tab):
    """Return the query that opens a data set with a study that the engine has finished."""
    space = Workspace(home).make()
    data = read(images(home / "shapes"), space).dataset
    arms = tuple(ready_arms()[name] for name in ("majority", "transfer"))
    study, store = Study("every-page", "Shapes", data.fingerprint, arms, (1, 5), seeds=2), Store(space.store)
    store.add(study)
    tab.goto(f"{address}/compare?study={study.id}")  # whoever looks at it starts the engine
    end = time.monotonic() + 90
    while store.state(study.id) is State.QUEUED and time.monotonic() < end:
        tab.wait_for_timeout(200)
    tab.goto(address + HEALTH)
    while store.state(study.id) is State.RUNNING and time.monotonic() < end:
        time.sleep(0.1)
    assert store.state(study.id) is State.DONE
    return f"?data={data.fingerprint}&study={study.id}"


def whole(page):
    """Wait until everything on a page is there."""
    settled(page)
    expect(page.locator("[class*=st-key-waiting-], [class*=st-key-drawing-]")).to_have_count(0, timeout=2 * LONG)
    expect(page.get_by_text(texts.PREVIEW_WAITING)).to_have_count(0, timeout=LONG)
    return settled(page)


def faults(page):
    """Return by theme and width what is wrong with a page that stands, where anything is.

    It is left in the other theme, in which the next one then begins.
    """
    first, other = ("dark", "light") if page.evaluate(_DARK) else ("light", "dark")
    themed(page, first)
    found = {first: serious(page), 1280: page.evaluate(_WIDE)}
    themed(page, other)
    found[other] = serious(page, **COLORS)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)  # figures are drawn anew
    found[390] = page.evaluate(_WIDE)
    found["cut"] = page.evaluate(_CUT)
    found["settings first"] = page.evaluate(_BELOW)  # where the window is narrow
    page.set_viewport_size({"width": 1280, "height": 720})
    return {where: each for where, each in found.items() if each}


def test_every_page_with_a_finished_study(browser, query):
    page = browser.open(f"/{query}")
    assert sections(page).keys() == CONTENT.keys()
    found = {}
    for path, content in CONTENT.items():
        page.goto(f"{browser.address}/{path}{query}")
        expect(page.locator(content).first).to_be_visible(timeout=2 * LONG)
        found[path] = faults(whole(page))
        for part in PARTS.get(path, ()):
            page.goto(f"{browser.address}/{path}{query}&{part}")
            found[f"{path} {part}"] = faults(whole(page))
    assert {path: each for path, each in found.items() if each} == {}


def test_every_page_before_anything_was_chosen(browser):
    page = browser.open("/")
    found = {}
    for path in CONTENT:
        page.goto(f"{browser.address}/{path}")
        expect(page.locator(".stMain").get_by_role("button").first).to_be_visible(timeout=LONG)
        found[path] = faults(whole(page))
    assert {path: each for path, each in found.items() if each} == {}


@pytest.mark.parametrize("chosen", [True, False])
def test_the_first_step_back_closes_an_earlier_study(browser, query, chosen):
    before = query.partition("&")[0] if chosen else ""
    page = browser.open(f"/compare{before}")
    empty = page.get_by_role("heading", name=texts.PLAN) if chosen else page.get_by_text(texts.COMPARE_EMPTY)
    expect(empty).to_be_visible(timeout=LONG)
    page.get_by_text(texts.EARLIER_STUDIES, exact=True).click()
    steps = page.evaluate("history.length")
    page.locator(".st-key-study-every-page").get_by_role("button").click()
    expect(page.locator(".st-key-new-study")).to_be_visible(timeout=LONG)
    page.wait_for_function("steps => history.length > steps", arg=steps, timeout=LONG)  # soon after the run has ended
    page.go_back()
    expect(empty).to_be_visible(timeout=LONG)
    settled(page)
    assert "study=" not in page.url
    page.go_forward()
    expect(page.locator(".st-key-new-study")).to_be_visible(timeout=LONG)
