"""The way of somebody with images of their own through every technique, into one comparison, to what others get of it.

What is tried by itself on one page runs beside the rest and is looked at again at the end.
"""

import zipfile

import pytest
from playwright.sync_api import expect

from explorer.ui import texts
from tests.browser.server import LONG, figure_ready, settled, shapes_zip
from tests.browser.visits import link, sections

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

#: Trials of a technique that is tried by itself.
TRIALS = 18
#: Milliseconds after which Plotly has looked at where the mouse came to rest, and not at a point on its way there.
HOVERED = 200
ERRORS = "[data-testid=stAlertContentError], [data-testid=stException]"
#: The place in the window of the first point of a map.
_POINT = """gd => {
  const {data: [{x, y}], _fullLayout: {xaxis, yaxis}} = gd, box = gd.getBoundingClientRect();
  return [box.x + xaxis._offset + xaxis.l2p(x[0]), box.y + yaxis._offset + yaxis.l2p(y[0])];
}"""
#: The middle of a cell on the diagonal of a confusion matrix.
_CELL = """(gd, number) => {
  const {xaxis, yaxis} = gd._fullLayout, box = gd.getBoundingClientRect();
  return [box.x + xaxis._offset + xaxis.d2p(number), box.y + yaxis._offset + yaxis.d2p(number)];
}"""
#: Whether the figure is as wide as its place, which has become narrower though the window has not.
_FITS = """() => {
  const plot = document.querySelector('.st-key-shared-curves .plot');
  const drawn = plot.querySelector('.main-svg').getBoundingClientRect().width;
  return plot.clientWidth <= 700 && Math.abs(drawn - plot.clientWidth) < 2;
}"""
_VIEWS = "() => [...document.querySelectorAll('.views img')].map(each => each.src).join()"
_NAMES = "boxes => boxes.map(box => box.className.match(/st-key-arm-(\\S+)/)[1])"
_MEANS = """gd => (gd.data || []).filter(trace => trace.meta === 'mean').map(trace => trace.y.length)"""


class Way:
    """A page of the browser, and the way to other pages by the navigation."""

    def __init__(self, page):
        self.page = page
        self._sections = sections(page)

    def to(self, path, heading):
        link(self.page, path, self._sections[path]).click()
        expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_visible(timeout=LONG)

    def add(self, place):
        """Add what the page is about to the comparison, and see that the page is whole."""
        self.page.locator(f".st-key-add-{place}").get_by_role("button").click()
        expect(self.page.get_by_text("is now among the techniques of the Compare page").last).to_be_visible(
            timeout=LONG
        )
        expect(self.page.locator(ERRORS)).to_have_count(0)


def test_from_a_zip_through_every_technique_to_a_finished_study(browser, tmp_path):
    page = browser.open("/")
    page.get_by_role("button", name=texts.USE_OWN).click(timeout=LONG)
    expect(page.get_by_role("heading", name=texts.CHOOSE_TITLE)).to_be_visible(timeout=LONG)
    settled(page)
    page.locator(".st-key-upload-0 input[type=file]").set_input_files(shapes_zip(tmp_path / "shapes.zip", each=16))
    expect(page.locator(".st-key-upload-0").get_by_text("shapes.zip")).to_be_visible(timeout=LONG)
    settled(page)
    page.locator(".st-key-read").get_by_role("button").click(timeout=LONG)
    expect(page.get_by_role("heading", name="shapes")).to_be_visible(timeout=LONG)
    expect(page.locator(".st-key-findings")).to_contain_text("broken.png")
    way = Way(page)
    augmented(way)
    denoised(way)
    believed(way)
    tried(way)
    mapped(way)
    taught(way)
    seen_to_its_end(way)
    compared(way)
    understood(way)
    shared(way)


def augmented(way):
    page = way.page
    way.to("augment", texts.AUGMENT)
    views = page.locator(".views").first.locator("img")
    expect(views).to_have_count(13, timeout=2 * LONG)  # the engine starts
    expect(page.get_by_text(texts.MEANING_LOOKING)).to_have_count(0, timeout=LONG)
    settled(page)
    before = page.evaluate(_VIEWS)
    noise = page.locator(".st-key-setting-augment-standard-noise input")
    noise.fill("0.5")
    noise.press("Enter")
    page.wait_for_function(f"before => ({_VIEWS})() !== before", arg=before, timeout=LONG)
    way.add("augment")


def denoised(way):
    way.to("denoise", texts.DENOISE)
    expect(way.page.locator(".wall .grid img").nth(4)).to_be_visible(timeout=LONG)
    figure_ready(way.page, "alike-denoise")
    way.add("denoise")


def believed(way):
    page = way.page
    way.to("pseudo_label", texts.PSEUDO_LABEL)
    asked = page.locator(".st-key-begin-button-pseudo-label").get_by_role("button")
    drawn = page.locator(".st-key-pool-rounds .plot[data-drawn=yes]")
    expect(asked.or_(drawn)).to_be_visible(timeout=LONG)
    if asked.is_visible():  # a slow machine makes long fits on demand alone
        asked.click()
    expect(drawn).to_be_visible(timeout=LONG)
    way.add("pseudo-label")


def tried(way):
    """Start the small study of the page, and leave it to itself."""
    way.page.locator(".st-key-run-pseudo-label").get_by_role("button").click()
    expect(way.page.locator(".st-key-cancel-pseudo-label")).to_be_visible(timeout=LONG)


def mapped(way):
    """See the image of a point under the mouse, and its neighbours by a click."""
    page = way.page
    way.to("transfer", texts.TRANSFER)
    picture = page.locator(".map[data-drawn=yes]")
    expect(picture).to_be_visible(timeout=LONG)
    expect(page.get_by_text(texts.NEIGHBORS_TITLE, exact=True)).to_be_visible(timeout=LONG)
    figure_ready(page, "depths-transfer")
    settled(page)
    picture.scroll_into_view_if_needed()
    page.mouse.move(*picture.locator(".canvas").evaluate(_POINT), steps=3)
    name = picture.locator(".tip .name")
    expect(name).to_be_visible()
    page.wait_for_timeout(HOVERED)
    assert picture.locator(".tip .picture").evaluate("e => e.style.backgroundImage").startswith('url("data:image/jpeg')
    item = name.inner_text()
    page.mouse.click(*picture.locator(".canvas").evaluate(_POINT))
    expect(page.locator(f"img[title='{item}']")).to_be_visible(timeout=LONG)
    expect(page.get_by_text(texts.NEIGHBORS_SELF, exact=True)).to_be_visible()
    way.add("transfer")


def taught(way):
    way.to("self_supervised", texts.SELF)
    expect(way.page.get_by_role("region", name="The task").locator("img").last).to_be_visible(timeout=LONG)
    expect(way.page.locator(".st-key-begin-teaching").get_by_role("button")).to_be_visible(timeout=LONG)
    way.add("self_supervised")


def seen_to_its_end(way):
    page = way.page
    way.to("pseudo_label", texts.PSEUDO_LABEL)
    expect(page.get_by_text(f"{TRIALS} of {TRIALS} trials")).to_be_visible(timeout=3 * LONG)
    expect(page.locator(".st-key-open-pseudo-label").get_by_role("button")).to_be_visible(timeout=LONG)
    assert figure_ready(page, "curves-pseudo-label").evaluate(_MEANS) == [3, 3]
    settled(page)
    expect(page.locator(ERRORS)).to_have_count(0)


def compared(way):
    """Find everything that was added ticked in the plan, and run what is quick of it."""
    page = way.page
    way.to("compare", texts.PLAN)
    settled(page)
    own = page.locator(".st-key-own-arms input[type=checkbox]")
    expect(own).to_have_count(1)  # what has other settings than the ready-made ones
    expect(own).to_be_checked()
    for arm in ("denoising", "transfer", "self_supervised", "pseudo_labels"):
        expect(page.locator(f".st-key-arm-{arm} input")).to_be_checked()
    quick = ("majority", "transfer", "pseudo_labels", "small_cnn-standard")
    for name in page.locator("[class*=st-key-arm-]:has(input:checked)").evaluate_all(_NAMES):
        if not name.startswith(quick):
            page.locator(f".st-key-arm-{name} label").click()
            settled(page)
    page.locator(f".st-key-budgets-{page.url.partition('data=')[2][:16]} input").fill("1, 5")
    page.keyboard.press("Enter")
    page.locator(".st-key-seeds input").fill("1")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-bill")).to_contain_text("8 trials", timeout=LONG)  # the own arm is the fourth
    settled(page)
    page.locator(".st-key-run").get_by_role("button").click()
    expect(page.get_by_text("8 of 8 trials")).to_be_visible(timeout=2 * LONG)
    page.wait_for_function(
        f"expected => JSON.stringify(({_MEANS})(document.querySelector('.st-key-curves .canvas'))) === expected",
        arg="[2,2,2,2]",
        timeout=LONG,
    )
    settled(page)
    expect(page.locator(ERRORS)).to_have_count(0)


def understood(way):
    """Open a cell of the confusion matrix by a click."""
    page = way.page
    way.to("understand", texts.UNDERSTAND)
    matrix = figure_ready(page, "matrix")
    settled(page)
    matrix.scroll_into_view_if_needed()
    page.mouse.click(*matrix.evaluate(_CELL, 2))  # classes stand in the order of their names
    images = page.get_by_role("region", name=texts.CELL_IMAGES.format(cell="grey, grey"))
    expect(images.locator("img").first).to_be_visible(timeout=LONG)
    expect(page.locator(ERRORS)).to_have_count(0)


def shared(way):
    """Take the link and all files; the words for a paper are the same on the page and in the files."""
    page = way.page
    way.to("share", texts.SHARE_ADDRESS)
    figure_ready(page, "shared-curves")
    settled(page)
    page.locator(".st-key-shared-curves").evaluate("place => { place.style.width = '700px'; }")
    page.wait_for_function(_FITS, timeout=LONG)
    with page.expect_download(timeout=LONG) as coming:
        page.get_by_role("button", name=texts.ZIP, exact=True).click()
    with zipfile.ZipFile(coming.value.path()) as files:
        told = files.read("methods.txt").decode()
    link, _, paper = page.locator(".stMain [data-testid=stCode] code").all_inner_texts()
    assert told.split() == paper.split()
    assert "1 and 5 labelled images of each class, with 1 seed" in told
    page.goto(link)
    expect(page.get_by_text("8 of 8 trials")).to_be_visible(timeout=LONG)
