"""The Augment page in a browser with a real engine: drawn, fitting, accessible, redrawn, by keyboard."""

import pytest
from playwright.sync_api import expect

from explorer.ui import texts
from tests.browser.server import LONG, serious, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def opened(browser, **size):
    """Return the page with the views of an example of ten classes."""
    page = browser.open("/data")
    page.locator(".st-key-open-digits").get_by_role("button").click(timeout=LONG)
    expect(page.get_by_role("heading", name=texts.NOTICED)).to_be_visible(timeout=LONG)
    if size:
        page.set_viewport_size(size)
    page.goto(page.url.replace("/data", "/augment"))
    expect(page.locator(".views").first).to_be_visible(timeout=2 * LONG)
    return page


def test_views_fit_the_page_are_accessible_and_redrawn_by_keyboard(browser):
    page = opened(browser)
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
def test_a_narrow_page_stays_readable_in_the_dark(browser):
    page = opened(browser, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sides = page.locator(".views").first.locator("img").evaluate_all("all => all.map(e => e.clientWidth)")
    assert len(sides) == 13
    assert min(sides) >= 60
