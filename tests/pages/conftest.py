"""Pages in every state, without engine or browser: a small data set and make-believe outcomes in a workspace."""

import importlib
import json
import pkgutil
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import explorer.ui
from explorer.datasets.reading import read
from explorer.engine.previewing import make_one
from explorer.previews.answers import Wanted, keep
from explorer.records import State
from explorer.store.store import Store
from tests.pages.states import images, outcome, study_of

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture
def saved(workspace, tmp_path):
    """Return a data set that is saved in the workspace; the machine's speed is known, so nothing is calibrated."""
    (workspace.home / "speed.json").write_text(json.dumps({"slowness": 1.0, "measured": time.time()}))
    return read(images(tmp_path / "shapes"), workspace).dataset


@pytest.fixture
def started(monkeypatch):
    """Return the list of workspaces for which an engine was asked for; none is started."""
    asked = []
    for found in pkgutil.iter_modules(explorer.ui.__path__):
        module = importlib.import_module(f"explorer.ui.{found.name}")
        if hasattr(module, "ensure_engine"):
            monkeypatch.setattr(module, "ensure_engine", asked.append)
    return asked


@pytest.fixture
def make_previews(workspace):
    """Return a function that makes what pages want to see, as the engine does; `instead` answers by name of preview."""

    def make(**instead):
        made = []
        for path in sorted((workspace.home / "wanted").glob("*.wanted")):
            wanted = Wanted.of(path.read_text())
            made.append(wanted)
            if wanted.preview in instead:
                keep(wanted, instead[wanted.preview], workspace.cache)
                path.unlink()
            else:
                make_one(workspace, path)
        return made

    return make


@pytest.fixture
def app(workspace, started):
    """Return the app after its first run, in the local mode."""
    return AppTest.from_file(APP, default_timeout=30)


@pytest.fixture
def opened(app):
    """Return a function that opens a page of the app with a query."""

    def open_page(name, **query):
        app.run()  # the start page, without the query, which is not its own
        for key, value in query.items():
            app.query_params[key] = value
        app.switch_page(f"pages/{name}.py").run()
        assert not app.exception, app.exception
        return app

    return open_page


@pytest.fixture
def study(saved, workspace):
    """Return a function that puts a study into the store: so many finished trials, one failure, and its state."""

    def put(done=0, failed=(), state=State.QUEUED, id="s1"):
        made, store = study_of(saved, id), Store(workspace.store)
        store.add(made)
        if state is State.QUEUED:
            return made
        store.start(id)
        trials = made.trials()
        shares = {"majority": 1 / 3, "hog": 2 / 3}
        store.finish(
            id, *(outcome(saved, each, shares[each.arm], place in failed) for place, each in enumerate(trials[:done]))
        )
        if state is State.RUNNING:
            store.report(id, trials[done], 3, 10)
        else:
            store.end(id, state) if state is not State.CANCELLED else store.cancel(id)
        return made

    return put
