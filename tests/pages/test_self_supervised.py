"""The Self-supervised page in its states, with answers put where the engine puts them."""

import json

import numpy as np
import pytest

from explorer.engine.previewing import is_wanted
from explorer.previews.answers import Preview, Wanted, keep
from explorer.recipes import split_of
from explorer.records import Fact, Study
from explorer.ui import basket, texts
from tests.pages.states import question, said


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch):
    for module in ("previewed", "trying", "meaning"):
        monkeypatch.setattr(f"explorer.ui.{module}.ensure_engine", lambda workspace: None)


@pytest.fixture
def pool(saved):
    return split_of(saved, 0, Study.test_share).pool


@pytest.fixture
def put(saved, workspace):
    """Return a function that keeps an answer as the engine does."""

    def answer(name, options, arrays, facts=None):
        keep(Wanted(name, saved.fingerprint, options), Preview(arrays, facts or {}), workspace.cache)

    return answer


@pytest.fixture
def task(put, saved):
    rows = split_of(saved, 0, Study.test_share).order[:4].tolist()
    images = np.full((4, 16, 16, 1), 0.5, np.float32)

    def show(method, count):
        settings = {} if method == "contrastive" else {"method": method}
        options = {
            "technique": "self_supervised",
            "settings": settings,
            "free": [],
            "rows": rows,
            "count": count,
            "seed": 0,
        }
        put(
            "pretext",
            options,
            {"images": images, "shown": np.repeat(images[:, None], count, axis=1)},
            {"method": method},
        )

    show("contrastive", 6)
    show("rotation", 4)
    return show


@pytest.fixture
def taught(put, pool):
    """Put what a network was taught in 100 steps."""

    def show(arrays=None, notes=(), **settings):
        points = np.random.default_rng(0).normal(size=(len(pool), 2)).astype(np.float32)
        scores = {"before": {"score": 0.5, "low": 0.4, "high": 0.6}, "after": {"score": 0.8, "low": 0.7, "high": 0.9}}
        facts = {
            "steps": 100, "method": settings.get("method", "contrastive"), "loss": [3.0, 2.0, 1.5], "spread": 0.4,
            "shares": {"before": 0.9, "after": 0.7},
            "scores": scores, "n": 30, "units": 30, "folds": 5, "notes": list(notes),
        }  # fmt: skip
        found = {"rows": pool, "before": points, "after": points, **(arrays or {})}
        put(
            "teaching",
            {"technique": "self_supervised", "settings": {**settings, "steps": 100}, "free": []},
            found,
            facts,
        )
        put("sprite", {}, {"rows": pool, "jpeg": np.zeros(4, np.uint8)}, {"side": 32, "columns": 6})

    return show


def teaching(app):
    return f"{app.session_state['visitor']}-teaching"


def test_without_data_it_says_what_will_be_here(opened):
    assert opened("self_supervised").button(key="choose-data")


def test_nothing_is_taught_unasked_and_its_price_stands_before(opened, saved, workspace, task):
    app = opened("self_supervised", data=saved.fingerprint)
    assert not list(workspace.home.glob("wanted/*"))
    button = app.button(key="begin-button-teaching")
    assert button.label.startswith("Teach the network (")
    assert " s)" in button.label or " min)" in button.label
    offered = app.selectbox(key="steps-self_supervised").options
    assert len(offered) == 3
    assert offered[2].startswith("1,500 steps, as in a comparison (")


def test_teaching_is_begun_by_the_button_and_cancelled(opened, saved, workspace, task):
    app = opened("self_supervised", data=saved.fingerprint)
    app.button(key="begin-button-teaching").click().run()
    assert is_wanted(workspace, teaching(app))
    wanted = json.loads((workspace.home / "wanted" / f"{teaching(app)}.wanted").read_text())
    assert wanted["preview"] == "teaching"
    assert wanted["options"]["settings"] == {"steps": 100}
    app.button(key="stop-teaching").click().run()
    assert not app.exception
    assert not is_wanted(workspace, teaching(app))
    assert app.button(key="begin-button-teaching")


def test_a_wish_that_is_answered_otherwise_is_taken_back(opened, saved, workspace, task, taught):
    app = opened("self_supervised", data=saved.fingerprint)
    app.button(key="begin-button-teaching").click().run()
    assert is_wanted(workspace, teaching(app))
    taught(method="rotation")
    app.selectbox(key="setting-self_supervised-self_supervised-method").set_value("rotation").run()
    assert not app.exception
    assert not is_wanted(workspace, teaching(app))


def test_what_was_taught_stands_with_its_loss_maps_and_scores(opened, saved, task, taught, pool):
    taught(notes=["The network describes all images alike."])
    app = opened("self_supervised", data=saved.fingerprint)
    words = said(app)
    assert "The network describes all images alike." in words
    assert texts.SELF_SPREAD.format(spread=40) in words
    alt = json.loads(app.get_by_key("loss-self_supervised").proto.json)["alt"]
    assert alt == texts.SELF_LOSS_ALT.format(first=3.0, last=1.5, steps=100)
    for name, score, low, high in (("before", 50, 40, 60), ("after", 80, 70, 90)):
        assert f"**{score}\u00a0%**, 95\u00a0% interval {low} to {high}\u00a0%" in words
        data = json.loads(app.get_by_key(f"map-{name}-self_supervised").proto.json)
        assert len(data["words"]) == len(pool)
        assert not data["choosing"]
    assert "30 labelled images of the pool" in words
    assert texts.SELF_RESTORED not in words


def test_while_another_task_is_taught_the_one_before_stays_under_its_own_name(opened, saved, task, taught):
    taught()
    app = opened("self_supervised", data=saved.fingerprint)
    app.selectbox(key="setting-self_supervised-self_supervised-method").set_value("rotation").run()
    app.button(key="begin-button-teaching").click().run()
    assert not app.exception
    assert texts.SELF_LOSS_TITLE.format(task=texts.SELF_NAMES["contrastive"], steps=100) in said(app)
    assert texts.SELF_LOSS_NOTES["contrastive"] in said(app)
    assert app.button(key="stop-teaching")


def test_what_the_autoencoder_restores_is_shown(opened, saved, task, taught):
    task("autoencoder", 6)
    images = np.full((6, 16, 16, 1), 0.5, np.float32)
    taught({"whole": images, "blanked": images, "restored": images}, method="autoencoder")
    app = opened("self_supervised", data=saved.fingerprint)
    app.selectbox(key="setting-self_supervised-self_supervised-method").set_value("autoencoder").run()
    assert not app.exception
    assert texts.SELF_RESTORED in said(app)


def test_a_task_that_cannot_be_learnt_says_why_in_place_of_it(opened, saved, task):
    app = opened("self_supervised", data=saved.fingerprint)
    app.selectbox(key="setting-self_supervised-self_supervised-method").set_value("rotation").run()
    assert texts.SELF_TASKS["rotation"] in said(app)
    question(app, Fact.ORIENTATION).set_value("no").run()
    assert not app.exception
    assert "Nothing tells how an image was turned" in said(app)
    assert texts.SELF_TASKS["rotation"] not in said(app)


def test_what_is_set_is_added_to_the_comparison(opened, saved, task):
    app = opened("self_supervised", data=saved.fingerprint)
    app.number_input(key="setting-self_supervised-self_supervised-steps").set_value(200).run()
    app.button(key="add-self_supervised").click().run()
    (arm,) = app.session_state[basket._KEY].values()
    assert dict(arm.model.settings) == {"then": "finetune", "steps": 200}
    assert arm.title == "Self-supervised CNN (steps 200)"
    assert arm.augmentation.technique == "gentle"


def test_a_default_that_the_ready_made_arm_has_not_is_told_in_the_title(opened, saved, task):
    app = opened("self_supervised", data=saved.fingerprint)
    app.selectbox(key="setting-self_supervised-self_supervised-then").set_value("probe").run()
    app.button(key="add-self_supervised").click().run()
    (arm,) = app.session_state[basket._KEY].values()
    assert (arm.title, dict(arm.model.settings)) == ("Self-supervised CNN (then probe)", {})
