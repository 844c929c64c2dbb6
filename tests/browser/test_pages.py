"""Every page in both themes and sizes: drawn, accessible, in the viewer's theme, by keyboard."""

from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import expect

from explorer.charts.style import GROUNDS
from explorer.ui import texts
from explorer.ui.live_plot import HEIGHT
from tests.browser.server import LONG, figure_ready, serious, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def open_example(browser):
    """Open an example and return the Data page that shows it."""
    page = browser.open("/data")
    page.locator(".st-key-open-digits").get_by_role("button").click(timeout=LONG)
    expect(page.get_by_role("heading", name=texts.NOTICED)).to_be_visible(timeout=LONG)
    figure_ready(page, "brightness")
    return settled(page)


@pytest.mark.parametrize("browser", ["light", "dark"], indirect=True)
def test_pages_are_accessible_and_follow_the_theme(browser, request):
    mode = request.node.callspec.params["browser"]
    page = browser.open("/")
    expect(page.get_by_role("heading", name=texts.PROMISE)).to_be_visible(timeout=LONG)
    expect(page.locator(".st-key-card-textures img")).to_be_visible(timeout=LONG)

    page = open_example(browser)
    assert serious(page) == []

    page.locator(".st-key-go-compare").get_by_role("button").click()
    curves = figure_ready(page, "curves")
    expect(page.locator(".st-key-bill")).to_contain_text("trials", timeout=LONG)
    settled(page)
    assert serious(page) == []
    assert curves.evaluate("gd => gd._fullLayout.paper_bgcolor") == GROUNDS[mode].paper


def test_a_figure_follows_a_switch_of_theme_and_is_saved_as_a_picture(browser):
    page = browser.open("/")
    curves = figure_ready(page, "finished-curves")
    expect(page.locator(".st-key-finished img.picture")).to_be_hidden()
    settled(page)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "paper => document.querySelector('.st-key-finished-curves .canvas')._fullLayout.paper_bgcolor === paper",
        arg=GROUNDS["dark"].paper,
        timeout=LONG,
    )
    curves.hover()
    with page.expect_download() as downloaded:
        page.locator(".st-key-finished-curves [data-title='Download plot as SVG']").click()
    drawn = downloaded.value.path().read_text()
    assert "ImageNet features" in drawn
    assert "rgb(20, 23, 26)" in drawn  # the ground of the dark mode


def test_a_saved_picture_carries_the_finding_and_leaves_the_figure_alone(browser):
    page = browser.open("/")
    curves = figure_ready(page, "finished-curves")
    settled(page)
    curves.evaluate("gd => Plotly.relayout(gd, {'yaxis.range': [0.4, 0.9]})")
    before = curves.evaluate("gd => JSON.stringify([gd.data, gd.layout])")
    curves.hover()
    with page.expect_download() as downloaded:
        page.locator(".st-key-finished-curves [data-title='Download plot as SVG']").click()
    svg = ElementTree.parse(downloaded.value.path()).getroot()
    lines = [each.text for each in svg.iter("{http://www.w3.org/2000/svg}tspan")]
    said = page.locator(".stMain h3").first.inner_text()
    assert said.replace("\u00a0", " ") in " ".join(filter(None, lines)).replace("\u00a0", " ")
    texts_of = [each.text for each in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert any((each or "").startswith("Galaxies · Balanced accuracy · 5 seeds · band") for each in texts_of)
    height, width = (float(svg.get(name)) for name in ("height", "width"))
    with page.expect_download() as downloaded:
        page.locator(".st-key-finished-curves [data-title='Download plot as PNG']").click()
    with Image.open(downloaded.value.path()) as picture:
        assert picture.size == (3 * width, 3 * height)
    assert height > curves.bounding_box()["height"]
    assert curves.evaluate("gd => JSON.stringify([gd.data, gd.layout])") == before


def test_figure_and_controls_fit_a_projector(browser):
    page = open_example(browser)
    page.locator(".st-key-go-compare").get_by_role("button").click()
    figure_ready(page, "grid")
    settled(page)
    for way in ("A fixed number", "Until verdicts settle"):
        page.get_by_role("radio", name=way).click()
        settled(page)
        for key in ("curves", "grid", "run"):
            box = page.locator(f".st-key-{key}").bounding_box()
            assert box["y"] + box["height"] <= 720, (way, key, box)


def test_a_narrow_figure_has_a_legend_instead_of_labels(browser):
    page = open_example(browser)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.url.replace("/data", "/compare"))
    curves = figure_ready(page, "curves")
    settled(page)
    assert curves.evaluate("gd => gd._fullLayout.showlegend") is True
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_curves_of_ten_techniques_can_be_read_on_a_phone(browser):
    page = browser.open("/", width=390, height=844)
    curves = figure_ready(page, "finished-curves")
    settled(page)
    room = "gd => [gd._fullLayout._size.h, gd._fullLayout.legend._height <= gd._fullLayout._size.b]"
    assert curves.evaluate("gd => gd._fullData.filter(t => t.showlegend).length") == 10
    height, named = curves.evaluate(room)
    assert height >= 220
    assert named, "all names stand below the curves"
    frame = page.locator(".stElementContainer.st-key-finished-curves").bounding_box()
    assert frame["height"] >= curves.bounding_box()["height"], "nothing of it is to be scrolled to"
    page.set_viewport_size({"width": 1280, "height": 720})
    page.wait_for_function("document.querySelector('.st-key-finished-curves .plot.tall') === null")
    assert curves.bounding_box()["height"] == HEIGHT, "the names stand beside the curves again"


def test_a_run_can_be_started_with_the_keyboard_alone(browser):
    page = open_example(browser)
    page.locator(".st-key-go-compare").get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-run").get_by_role("button")).to_be_visible(timeout=LONG)
    settled(page)
    page.locator(".st-key-arm-everything input").focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.st-key-run') !== null"):
            return
    pytest.fail("the button that runs the comparison cannot be reached by Tab")


def test_about_opens_the_page_of_truth(browser):
    page = browser.open("/data")
    page.locator(".st-key-about-ising").get_by_role("button").click(timeout=LONG)
    expect(page.get_by_role("dialog")).to_contain_text("Ising", timeout=LONG)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
