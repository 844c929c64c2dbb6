"""The Denoise page in Chromium: pictures that move together, the slider by keyboard, nothing that keeps anybody out."""

import pytest
from playwright.sync_api import expect

from explorer.ui import texts
from tests.browser.server import COLORS, LONG, figure_ready, serious, settled, themed

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

#: Zoom and place of each picture, in parts of its own side: pictures differ by parts of a pixel.
_ZOOMS = """images => images.map(image => {
  const {a, e, f} = new DOMMatrix(getComputedStyle(image).transform), {width, height} = image.getBoundingClientRect();
  return [a, e * a / width, f * a / height].map(value => value.toFixed(3)).join(' ');
})"""


@pytest.fixture
def page(browser):
    """Return the page with an example, all its pictures there."""
    page = browser.open("/data")
    page.locator(".st-key-open-digits").get_by_role("button").click(timeout=LONG)
    expect(page.get_by_role("heading", name=texts.NOTICED)).to_be_visible(timeout=LONG)
    page.goto(page.url.replace("/data", "/denoise"))
    expect(page.locator(".grid img")).to_have_count(6, timeout=LONG)  # one has to learn first
    figure_ready(page, "alike-denoise")
    return settled(page)


def test_pictures_are_looked_at_together_and_by_keyboard(page):
    assert serious(page) == []
    themed(page, "dark")
    assert serious(page, **COLORS) == []
    grid = page.locator(".grid")
    grid.focus()
    for key in ("+", "+", "ArrowRight"):
        page.keyboard.press(key)
    zooms = page.locator(".grid img").evaluate_all(_ZOOMS)
    assert set(zooms) == {"2.250 -0.745 -0.625"}  # from the middle, and then a step to the right
    page.keyboard.press("0")
    assert set(page.locator(".grid img").evaluate_all(_ZOOMS)) == {"1.000 0.000 0.000"}
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
