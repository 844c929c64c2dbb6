"""The pages of the navigation: the way to each of them by clicks, and what is looked for on each."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

from explorer.ui import texts

#: By the path of a page, the first thing on it that is more than words, where there are images and a finished study.
#: What takes long is begun by a button, which is then the first thing.
CONTENT: Mapping[str, str] = {
    "": ".st-key-finished img.picture, .st-key-finished-curves .plot[data-drawn=yes]",
    "guide": ".stMain [role=listitem]",
    "data": f"[aria-label='{texts.GALLERY}'] img",
    "denoise": ".wall .grid img",
    "augment": ".views img",
    "transfer": ".map[data-drawn=yes]",
    "self_supervised": "[role=region][aria-label^='The task'] img",
    "pseudo_label": ".st-key-pool-rounds .plot[data-drawn=yes], .st-key-begin-button-pseudo-label button",
    "compare": ".st-key-curves .plot[data-drawn=yes]",
    "understand": ".st-key-matrix .plot[data-drawn=yes]",
    "share": ".st-key-shared-curves .plot[data-drawn=yes]",
    "label_next": ".st-key-label-none, .stMain figure img",
}
_LINK, _SECTION, _IN_SECTION = (f"[data-testid={name}]:visible" for name in (
    "stTopNavLink", "stTopNavSection", "stTopNavDropdownLink"))  # fmt: skip


def sections(page: Page) -> Mapping[str, str]:
    """Return by its path, in their order, the section of the navigation in which each page stands, else nothing."""
    page.locator(_SECTION).first.wait_for(timeout=60_000)
    found = {_path(link): "" for link in page.locator(_LINK).all()}
    for button in page.locator(_SECTION).all():
        name = button.inner_text()
        button.click()
        page.locator(_IN_SECTION).first.wait_for()
        found |= {_path(link): name for link in page.locator(_IN_SECTION).all()}
        page.keyboard.press("Escape")
    return found


def link(page: Page, path: str, section: str) -> Locator:
    """Return the link to a page in the navigation; its section is opened."""
    if not section:
        return next(each for each in page.locator(_LINK).all() if _path(each) == path)
    page.locator(_SECTION).filter(has_text=section).click()
    page.locator(_IN_SECTION).first.wait_for()
    return next(each for each in page.locator(_IN_SECTION).all() if _path(each) == path)


def _path(link: Locator) -> str:
    return urlsplit(link.get_attribute("href") or "").path.strip("/")
