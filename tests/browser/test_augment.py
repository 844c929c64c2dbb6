"""The Augment page in a browser with a real engine: drawn, fitting, accessible, redrawn, by keyboard."""

import numpy as np
import pytest
from playwright.sync_api import expect
from sklearn.datasets import load_digits

from explorer.datasets.reading import read
from explorer.workspace import Workspace
from tests.browser.server import LONG, serious, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

#: Images of each class: few, but enough that a network is sure of some, without which no change could be judged.
EACH = 20


@pytest.fixture(scope="module")
def path(home):
    """Return the path of the page with a data set of ten classes."""
    digits = load_digits()
    few = np.concatenate([np.flatnonzero(digits.target == number)[:EACH] for number in range(10)])
    np.savez(home / "digits.npz", images=digits.images[few].astype(np.uint8), labels=digits.target[few])
    return f"/augment?data={read(home / 'digits.npz', Workspace(home).make()).dataset.fingerprint}"


def opened(browser, path, **size):
    """Return the page with its views."""
    page = browser.open(path, **size)
    expect(page.locator(".views").first).to_be_visible(timeout=2 * LONG)
    return page


def test_views_fit_the_page_are_accessible_and_redrawn_by_keyboard(browser, path):
    page = opened(browser, path)
    rows = page.locator(".views")
    expect(rows).to_have_count(10)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth <= e.clientWidth")
    for box in (rows.first.bounding_box(), rows.last.bounding_box()):
        assert box["x"] + box["width"] <= 1280
        assert box["width"] / 13 >= 40  # large enough to be seen
    tops = rows.first.locator("img").evaluate_all("all => all.map(e => Math.round(e.getBoundingClientRect().top))")
    assert len(set(tops)) == 1  # the image and its twelve views stand in one line
    expect(page.locator(".changes > div").first).to_be_visible(timeout=2 * LONG)
    settled(page)
    assert serious(page) == []
    before = rows.nth(1).locator("img").first.get_attribute("src")
    page.locator(".st-key-next-1").get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    expect(rows.nth(1).locator("img").first).not_to_have_attribute("src", before, timeout=LONG)


@pytest.mark.parametrize("browser", ["dark"], indirect=True)
def test_a_narrow_page_stays_readable_in_the_dark(browser, path):
    page = opened(browser, path, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sides = page.locator(".views").first.locator("img").evaluate_all("all => all.map(e => e.clientWidth)")
    assert len(sides) == 13
    assert min(sides) >= 60
