"""The Denoise page in Chromium: pictures that move together, the slider by keyboard, nothing that keeps anybody out."""

import pytest
from playwright.sync_api import expect

from explorer.ui import texts
from tests.browser.server import LONG, figure_ready, serious, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

_ZOOMS = "images => images.map(image => getComputedStyle(image).transform)"


@pytest.fixture
def page(browser):
    """Return the page with an example, all its pictures there."""
    page = browser.open("/data")
    page.locator(".st-key-open-digits").get_by_role("button").click(timeout=LONG)
    expect(page.get_by_role("heading", name=texts.NOTICED)).to_be_visible(timeout=LONG)
    page.get_by_role("button", name=texts.SECTION_TECHNIQUES).click()
    page.get_by_role("link", name=texts.DENOISE).click()
    expect(page.locator(".grid img")).to_have_count(6, timeout=LONG)  # one has to learn first
    figure_ready(page, "alike-denoise")
    return settled(page)


@pytest.mark.parametrize("browser", ["light", "dark"], indirect=True)
def test_pictures_are_looked_at_together_and_by_keyboard(page):
    assert serious(page) == []
    grid = page.locator(".grid")
    grid.focus()
    for key in ("+", "+", "ArrowRight"):
        page.keyboard.press(key)
    zooms = page.locator(".grid img").evaluate_all(_ZOOMS)
    assert len(set(zooms)) == 1
    assert zooms[0].startswith("matrix(2.25")
    page.keyboard.press("0")
    assert (
        page.locator(".grid img").first.evaluate("image => getComputedStyle(image).transform").startswith("matrix(1,")
    )
    slider = page.get_by_role("slider", name=texts.BEFORE_AFTER_LABEL)
    slider.focus()
    before = page.locator(".before").evaluate("image => getComputedStyle(image).clipPath")
    page.keyboard.press("End")
    assert slider.input_value() == "100"
    assert page.locator(".before").evaluate("image => getComputedStyle(image).clipPath") != before


def test_a_press_on_a_name_chooses_the_denoiser(page):
    page.locator(".grid").get_by_role("button", name="Total variation").click()
    expect(page.get_by_role("heading", name=texts.CLOSEUP.format(title="Total variation"))).to_be_visible(timeout=LONG)
    expect(page.locator(".grid figure.chosen")).to_contain_text("Total variation")
