"""Pictures of every page in both themes and several sizes, for eyes; `make screenshots` writes docs/screenshots.

The pages show an example and a small study of it, which is run first: three minutes on two cores. `make screenshots`
writes all; `python -m tests.screenshots --to DIR data compare` writes those pages elsewhere.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from playwright.sync_api import Page, sync_playwright

from explorer.datasets.examples import open_example
from explorer.records import Fact, State, Study
from explorer.store.store import Store
from explorer.techniques.discovery import ready_arms
from explorer.workspace import Workspace
from tests.browser.server import CHROMIUM, LONG, ROOT, free_port, running, settled

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
EXAMPLE = "galaxies"
ARMS, BUDGETS, SEEDS = ("intensity", "pixels", "transfer", "pseudo_labels"), (1, 2, 5, 10, 20), 3
STUDY_SECONDS = 600.0
#: A projector, a large screen, a phone; the last shows a page to its end.
SIZES = {"1280": (1280, 720), "1920": (1920, 1080), "390": (390, 844), "whole": (1280, 2600)}
THEMES = ("light", "dark")
#: What a page shows while something is still being made.
UNDER_WAY = '[class*="st-key-waiting-"], [class*="st-key-drawing-"], [data-testid="stSkeleton"]:visible'
PATIENCE = 90.0


def queued(home: Path) -> dict[str, str]:
    """Put the study into a workspace; return the query by which pages find it and its data."""
    space = Workspace(home).make()
    data = open_example(EXAMPLE, space).dataset
    arms = tuple(ready_arms()[name] for name in ARMS)
    study = Study("shown", data.name, data.fingerprint, arms, BUDGETS, seeds=SEEDS, free=(Fact.ORIENTATION,))
    Store(space.store).add(study)
    return {"study": study.id, "data": data.fingerprint}


def run(page: Page, home: Path, query: dict[str, str]) -> None:
    """Have the study run: a page that shows it starts the engine. Raises TimeoutError when it does not end."""
    page.goto(f"/compare?study={query['study']}", timeout=LONG)
    end = time.monotonic() + STUDY_SECONDS
    while Store(Workspace(home).store).state(query["study"]) is not State.DONE:
        if time.monotonic() > end:
            raise TimeoutError("the study that the pages should show did not end")
        page.wait_for_timeout(500)


@contextmanager
def opened(address: str, theme: str) -> Iterator[Page]:
    """Yield a page of Chromium in a theme."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        yield browser.new_context(color_scheme=theme, base_url=address).new_page()
        browser.close()


def finished(page: Page) -> None:
    """Wait until a page has drawn all that it was making, or for so long that its waiting is what should be seen."""
    end = time.monotonic() + PATIENCE
    quiet = 0
    while quiet < 4 and time.monotonic() < end:
        settled(page)
        quiet = 0 if page.locator(UNDER_WAY).count() else quiet + 1
        page.wait_for_timeout(250)


def take(page: Page, name: str, query: dict[str, str], folder: Path, theme: str) -> None:
    """Write pictures of one page in all sizes."""
    words = "&".join(f"{key}={value}" for key, value in query.items())
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"/{'' if name == 'home' else name}?{words}", timeout=LONG)
    for label, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        finished(page)
        page.screenshot(path=folder / f"{name}-{theme}-{label}.jpg", type="jpeg", quality=75)


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(PAGES))
@click.option("--to", "folder", type=click.Path(path_type=Path), default=ROOT / "docs" / "screenshots")
def main(names: tuple[str, ...], folder: Path) -> None:
    """Write pictures of all pages, or of the named ones."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        query = queued(home)
        with running(home, free_port()) as address:
            with opened(address, "light") as page:
                run(page, home, query)
            for theme in THEMES:
                with opened(address, theme) as page:
                    for each in names or PAGES:
                        take(page, each, query, folder, theme)


if __name__ == "__main__":
    main()
