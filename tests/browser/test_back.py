"""Going back in the browser takes one step for each page, whatever of a page was chosen."""

import pytest
from playwright.sync_api import expect

from explorer.ui import texts
from tests.browser.server import LONG, settled

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.parametrize("way", ["link", "navigation"])
def test_back_leads_through_a_part_of_the_guide_in_one_step(browser, way):
    page = browser.open("/")
    settled(page).locator("[data-testid=stTopNavLink][href$=guide]").click()
    part = page.get_by_role("radio", name=texts.GUIDE_PARTS["order"])
    expect(part).to_be_visible(timeout=LONG)
    page.get_by_text(texts.GUIDE_PARTS["order"], exact=True).click()
    page.wait_for_url("**/guide?guide-part=*", timeout=LONG)
    settled(page)
    if way == "link":
        page.locator(".stMain [data-testid=stPageLink-NavLink]:visible").first.click()
    else:
        page.locator("[data-testid=stTopNavLink]").first.click()
    page.wait_for_url(lambda url: "guide" not in url, timeout=LONG)
    settled(page)
    page.go_back()
    expect(part).to_be_checked(timeout=LONG)
    settled(page)
    page.go_back()
    expect(page.get_by_role("heading", name=texts.PROMISE)).to_be_visible(timeout=LONG)
