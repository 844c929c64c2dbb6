"""A link to the Compare page says by name which score it shows, and so does every step back."""

import pytest
from playwright.sync_api import expect

from explorer.datasets.reading import read
from explorer.records import State
from explorer.store.store import Store
from explorer.ui import texts
from explorer.workspace import Workspace
from tests.browser.server import LONG, settled
from tests.pages.states import images, outcome, study_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def study(home, tmp_path_factory):
    """Put a finished study into the workspace of the server; return its id."""
    workspace = Workspace(home).make()
    data = read(images(tmp_path_factory.mktemp("data") / "shapes"), workspace).dataset
    made, store = study_of(data), Store(workspace.store)
    store.add(made)
    store.start(made.id)
    store.finish(made.id, *(outcome(data, each, 0.5) for each in made.trials()))
    store.end(made.id, State.DONE)
    return made.id


def test_the_score_is_named_in_the_address_and_back_is_the_one_before(study, browser):
    page = browser.open(f"/compare?study={study}&metric=log_loss")
    score = page.get_by_role("combobox", name=texts.METRIC, exact=True)
    expect(score).to_have_value("Log loss", timeout=LONG)
    settled(page)
    score.click()
    page.get_by_role("option", name="AUROC").click()
    page.wait_for_url("**/compare?*metric=auroc*", timeout=LONG)
    settled(page)
    expect(score).to_have_value("AUROC")
    page.go_back()
    page.wait_for_url("**/compare?*metric=log_loss*", timeout=LONG)
    expect(score).to_have_value("Log loss", timeout=LONG)
