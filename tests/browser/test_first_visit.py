"""A link to a page as the very first visit after a start, and what hosted visitors do not see."""

import pytest
from playwright.sync_api import expect

from explorer.ui import texts
from tests.browser.server import LONG, running

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_shared_link_as_first_visit_comes_up_whole(chromium, port, tmp_path):
    with running(tmp_path / "home", port, APP_MODE="hosted") as address:
        page = chromium.new_page()  # which has seen nothing of the app
        page.goto(f"{address}/compare?study=0123456789abcdef0123456789abcdef")
        expect(page.get_by_text(texts.UNKNOWN_STUDY)).to_be_visible(timeout=LONG)
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name=texts.SECTION_DATA, exact=True).click()
        expect(page.get_by_role("menuitem", name=texts.DATA, exact=True)).to_be_visible()
        page.get_by_role("menuitem", name=texts.DATA, exact=True).click()
        expect(page.get_by_role("heading", name=texts.CHOOSE_TITLE)).to_be_visible(timeout=LONG)
        expect(page.locator(".st-key-folder")).to_have_count(0)
        page.close()
