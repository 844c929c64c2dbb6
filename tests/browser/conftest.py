"""One browser and one tab for all tests, one server for each file of tests.

All servers have the same address, and what a tab has fetched and compiled of the app it has for the next test: a page
in a new one takes three times as much.
"""

import json
import time

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.server import CHROMIUM, HEALTH, free_port, running


@pytest.fixture(scope="session")
def chromium():
    """Return the system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tab(chromium):
    """Return the tab in which tests open the app."""
    return chromium.new_context().new_page()


@pytest.fixture(scope="session")
def port():
    """Return the port at which the servers listen, one after another."""
    return free_port()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return the folder of the server's workspace, in which the machine is as fast as its reference.

    What pages make without being asked depends on its speed, and measured is what the machine has left beside others.
    """
    folder = tmp_path_factory.mktemp("home")
    (folder / "speed.json").write_text(json.dumps({"slowness": 1.0, "measured": time.time()}))
    return folder


@pytest.fixture(scope="module")
def address(home, port):
    """Return the address of the app."""
    with running(home, port) as found:
        yield found


class Watched:
    """What pages of one test asked for, and what went wrong in them."""

    def __init__(self, tab, address, theme):
        self.address = address
        self.outside = []
        self.errors = []
        self._tab, self._theme = tab, theme
        self._heard = {"request": self._request, "weberror": self._failed, "console": self._said}
        for event, hear in self._heard.items():
            tab.context.on(event, hear)

    def _request(self, request):
        if request.url.startswith(("http", "ws")) and self.address.partition("//")[2] not in request.url:
            self.outside.append(request.url)

    def _failed(self, error):
        self.errors.append(str(error.error))

    def _said(self, message):
        url = message.location.get("url", "")
        # Streamlit asks below the path of a page that is opened by its address before it asks at the root.
        if message.type == "error" and "/_stcore/" not in url.removeprefix(self.address + "/_stcore/"):
            self.errors.append(f"{message.text} ({url})")

    def open(self, path, *, beside=False, width=1280, height=720):
        """Open the app by an address, in the tab or in one `beside` it; return the page."""
        page = self._tab.context.new_page() if beside else self._tab
        page.emulate_media(color_scheme=self._theme)
        page.set_viewport_size({"width": width, "height": height})
        page.goto(self.address + path)
        return page

    def close(self):
        """Leave the app without a trace in the browser, and close what is beside the tab."""
        self._tab.goto(self.address + HEALTH)
        self._tab.evaluate("localStorage.clear(), sessionStorage.clear()")
        self._tab.context.clear_cookies()
        devtools = self._tab.context.new_cdp_session(self._tab)
        devtools.send("Page.resetNavigationHistory")  # it ends at fifty pages, after which it tells no new ones
        devtools.detach()
        for page in self._tab.context.pages:
            if page != self._tab:
                page.close()
        for event, hear in self._heard.items():
            self._tab.context.remove_listener(event, hear)


@pytest.fixture(params=["light"])
def browser(request, tab, address):
    """Return a watched browser; at the end nothing must have gone wrong or left this machine."""
    watched = Watched(tab, address, request.param)
    yield watched
    watched.close()
    assert watched.outside == []
    assert watched.errors == []
