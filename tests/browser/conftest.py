"""One browser for all tests, one server for each file of tests."""

import json
import time

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.server import CHROMIUM, running


@pytest.fixture(scope="session")
def chromium():
    """Return the system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return the folder of the server's workspace, in which the machine is as fast as its reference.

    What pages make without being asked depends on its speed, and measured is what the machine has left beside others.
    """
    folder = tmp_path_factory.mktemp("home")
    (folder / "speed.json").write_text(json.dumps({"slowness": 1.0, "measured": time.time()}))
    return folder


@pytest.fixture(scope="module")
def address(home):
    """Return the address of the app."""
    with running(home) as found:
        yield found


class Watched:
    """What pages of one test asked for, and what went wrong in them."""

    def __init__(self, context, address):
        self.address = address
        self.outside = []
        self.errors = []
        self.context = context
        context.on("request", self._request)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("console", self._said)

    def _request(self, request):
        if request.url.startswith(("http", "ws")) and self.address.partition("//")[2] not in request.url:
            self.outside.append(request.url)

    def _said(self, message):
        url = message.location.get("url", "")
        # Streamlit asks below the path of a page that is opened by its address before it asks at the root.
        if message.type == "error" and "/_stcore/" not in url.removeprefix(self.address + "/_stcore/"):
            self.errors.append(f"{message.text} ({url})")

    def open(self, path, **size):
        page = self.context.new_page()
        if size:
            page.set_viewport_size(size)
        page.goto(self.address + path)
        return page


@pytest.fixture(params=["light"])
def browser(request, chromium, address):
    """Return a watched browser; at the end nothing must have gone wrong or left this machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, color_scheme=request.param)
    watched = Watched(context, address)
    yield watched
    context.close()
    assert watched.outside == []
    assert watched.errors == []
