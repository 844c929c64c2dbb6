"""The Transfer page in its states, with answers put where the engine puts them."""

import json
import threading
import time

import numpy as np
import pytest

from explorer.engine.previewing import is_wanted
from explorer.previews.answers import Preview, Wanted, forget, keep
from explorer.recipes import split_of
from explorer.records import Study
from explorer.techniques.discovery import ready_arms
from explorer.ui import basket, previewed, texts, transfer
from tests.pages.states import NAMES, said

JPEG = np.frombuffer(b"\xff\xd8 made up", np.uint8)
DEPTHS = ("early", "middle", "last", "all")


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch):
    for module in ("previewed", "trying", "meaning"):
        monkeypatch.setattr(f"explorer.ui.{module}.ensure_engine", lambda workspace: None)


@pytest.fixture
def options():
    return {"technique": "pretrained", "settings": {}, "free": []}


@pytest.fixture
def put(saved, workspace):
    """Return a function that keeps an answer as the engine does."""

    def answer(name, options, arrays=None, facts=None, problem=""):
        found = Preview(arrays or {}, facts or {}, problem)
        keep(Wanted(name, saved.fingerprint, options), found, workspace.cache)

    return answer


@pytest.fixture
def pool(saved):
    return split_of(saved, 0, Study.test_share).pool


@pytest.fixture
def shown(put, options, pool, saved):
    """Put everything that the page shows at first, and return the answers of the layers."""
    put("features", options, facts={"n": len(saved), "d": 40, "depths": list(DEPTHS), "options": options})
    points = np.random.default_rng(0).normal(size=(len(pool), 2)).astype(np.float32)
    for depth in DEPTHS:
        facts = {"shares": [0.4, 0.1], "pool": len(pool)}
        put("feature_plane", {**options, "depth": depth}, {"rows": pool, "points": points}, facts)
        for row in pool[:3].tolist():
            others = pool[pool != row][:8]
            kin = np.arange(8) < (1 if row == pool[2] else 2)
            arrays = {"rows": others, "cosines": np.linspace(0.9, 0.5, 8, dtype=np.float32), "kin": kin}
            put("neighbors", {**options, "depth": depth, "row": row, "count": 8}, arrays)
    put("sprite", {}, {"rows": pool, "jpeg": JPEG}, {"side": 32, "columns": 6})
    asked = pool[saved.labels[pool] >= 0]
    wrong = (saved.labels[asked] + (np.arange(len(asked)) == 0)) % 3
    scores = {depth: {"score": 0.9, "low": 0.8, "high": 0.95} for depth in DEPTHS}
    arrays = {"rows": asked, "labels": saved.labels[asked], **dict.fromkeys(DEPTHS, wrong)}
    put("depth_probe", options, arrays, {"scores": scores, "n": len(asked), "units": len(asked), "folds": 5})
    return asked, wrong


@pytest.fixture
def plane(saved, options):
    return Wanted("feature_plane", saved.fingerprint, {**options, "depth": "all"})


def wishes(workspace):
    """Return what the page has asked for, by the names of the previews."""
    wanted = [Wanted.of(path.read_text()) for path in (workspace.home / "wanted").glob("*.wanted")]
    return {each.preview: dict(each.options) for each in wanted}


def component(app, key):
    """Return the data of a component, as its script gets them."""
    return json.loads(app.get_by_key(key).proto.json)


def traces(app):
    return {each["name"]: each for each in json.loads(component(app, "picture-map-transfer")["light"])["data"]}


def test_without_data_it_says_what_will_be_here(opened):
    app = opened("transfer")
    assert app.button(key="choose-data")


def test_features_are_wanted_at_once_and_can_be_cancelled_and_begun_again(opened, saved, workspace):
    app = opened("transfer", data=saved.fingerprint)
    place = f"{app.session_state['visitor']}-features"
    assert is_wanted(workspace, place)
    app.button(key="stop-features").click().run()
    assert not app.exception
    assert not is_wanted(workspace, place)
    assert texts.MAP_DESCRIBING in said(app)
    app.button(key="begin-button-features").click().run()
    assert is_wanted(workspace, place)


def test_the_map_tells_classes_apart_and_says_whose_images_are_shown(opened, saved, shown, pool):
    app = opened("transfer", data=saved.fingerprint)
    found = traces(app)
    for number, name in enumerate(NAMES):
        members = [each for each, row in enumerate(pool.tolist()) if saved.labels[row] == saved.class_names.index(name)]
        assert found[f"{name} · {len(members)}"]["customdata"] == members, number
    data = component(app, "picture-map-transfer")
    assert data["sprite"].startswith("data:image/jpeg;base64,")
    assert data["words"][0] == [saved.items[pool[0]], saved.class_names[saved.labels[pool[0]]]]
    assert "hold 50\u00a0% of the variance" in said(app)
    assert f"all {len(pool)} images of the pool" in said(app)
    titles = [axis["title"]["text"] for axis in map(json.loads(data["light"])["layout"].get, ("xaxis", "yaxis"))]
    assert titles == ["direction 1, 40\u00a0% of the variance", "direction 2, 10\u00a0% of the variance"]


def test_errors_of_the_classifier_are_shown_inside_the_pool_only(opened, saved, shown, pool):
    asked, _ = shown
    app = opened("transfer", data=saved.fingerprint)
    app.get_by_key("color-transfer").set_value("error").run()
    assert not app.exception, app.exception
    found = traces(app)
    unasked = len(pool) - len(asked)
    assert set(found) == {
        f"{texts.MAP_RIGHT} · {len(asked) - 1}",
        f"{texts.MAP_WRONG} · 1",
        f"{texts.MAP_UNASKED} · {unasked}",
    }
    wrong = int(np.flatnonzero(pool == asked[0])[0])
    assert found[f"{texts.MAP_WRONG} · 1"]["customdata"] == [wrong]
    assert component(app, "picture-map-transfer")["words"][wrong][2].startswith("said to be ")


def test_neighbours_of_a_chosen_image_stand_with_their_classes(opened, saved, shown, pool):
    app = opened("transfer", data=saved.fingerprint)
    box = app.selectbox(key=f"neighbor-{saved.fingerprint}")
    assert len(box.options) == len(pool)
    box.set_value(int(pool[1])).run()
    assert not app.exception
    others = pool[pool != pool[1]][:8]
    same = int((saved.labels[others] == saved.labels[pool[1]]).sum())
    assert texts.NEIGHBORS_NOTE.format(same=same, n=8) in said(app)
    assert texts.NEIGHBORS_KIN.format(n=2) in said(app)
    app.selectbox(key=f"neighbor-{saved.fingerprint}").set_value(int(pool[2])).run()
    assert texts.NEIGHBORS_ONE_KIN in said(app)
    app.selectbox(key=f"neighbor-{saved.fingerprint}").set_value(int(pool[1])).run()
    assert all(saved.items[row] in said(app) for row in others)


def test_layers_stand_with_intervals_and_on_how_many_images(opened, saved, shown):
    app = opened("transfer", data=saved.fingerprint)
    asked, _ = shown
    assert texts.DEPTH_ONE.format(name="Early", score=90, low=80, high=95) in component(app, "depths-transfer")["alt"]
    assert f"{len(asked)} labelled images of the pool" in said(app)


def test_why_a_network_cannot_be_used_is_told_in_the_chooser_and_it_cannot_be_taken(
    opened, saved, shown, tmp_path, monkeypatch
):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    app = opened("transfer", data=saved.fingerprint)
    assert "Put resnet18-f37072fd.pth" in said(app)
    assert "45 MB" in said(app)
    assert app.button(key="use-resnet18").disabled
    assert app.button(key="use-lite0").disabled, "it is in use"
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    (tmp_path / "hub" / "checkpoints" / "resnet18-f37072fd.pth").touch()
    app.run()
    app.button(key="use-resnet18").click().run()
    assert not app.exception
    assert app.selectbox(key="setting-transfer-pretrained-network").value == "resnet18"
    assert not app.button(key="use-lite0").disabled


def test_a_network_that_is_not_here_is_told_and_the_chooser_stays(opened, saved, shown, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    app = opened("transfer", data=saved.fingerprint)
    app.selectbox(key="setting-transfer-pretrained-network").set_value("resnet50").run()
    assert not app.exception
    assert any("Its weights are not on this machine" in error.value for error in app.error)
    app.button(key="use-lite0").click().run()
    assert not app.error
    assert traces(app)


def test_the_ready_made_arm_is_not_added_twice_and_another_is_added_once(opened, saved, shown):
    app = opened("transfer", data=saved.fingerprint)
    app.button(key="add-transfer").click().run()
    assert not app.error
    assert "basket" not in app.session_state or not app.session_state["basket"]
    app.selectbox(key="setting-transfer-pretrained-depth").set_value("last").run()
    app.button(key="add-transfer").click().run()
    (arm,) = app.session_state[basket._KEY].values()
    assert dict(arm.model.settings) == {"depth": "last"}
    assert arm.title == f"{ready_arms()['transfer'].title} (depth last)"


def test_distances_of_the_map_of_neighbours_are_said_to_mean_nothing(opened, saved, shown, put, options, pool):
    points = np.zeros((len(pool), 2), np.float32)
    facts = {"pool": len(pool), "perplexity": 11.0}
    put("feature_neighborhoods", {**options, "depth": "all"}, {"rows": pool, "points": points}, facts)
    app = opened("transfer", data=saved.fingerprint)
    app.get_by_key("kind-transfer").set_value("neighborhoods").run()
    assert not app.exception
    assert "Distances between clusters, and their sizes, are not meaningful" in said(app)
    assert "of the variance" not in component(app, "picture-map-transfer")["light"]


def test_a_cancelled_map_of_neighbours_leads_back_to_the_plane(opened, saved, shown):
    app = opened("transfer", data=saved.fingerprint)
    app.get_by_key("kind-transfer").set_value("neighborhoods").run()
    app.button(key="stop-map-neighborhoods").click().run()
    assert not app.exception
    assert app.get_by_key("kind-transfer").value == "plane"


@pytest.mark.parametrize("kept", [True, False])
def test_what_the_map_is_drawn_of_is_asked_for_at_once_where_the_images_are_described(
    opened, saved, workspace, monkeypatch, kept
):
    monkeypatch.setattr(transfer.plan, "preparation", lambda arm, free, data: 0.0 if kept else 60.0)
    opened("transfer", data=saved.fingerprint)
    found = wishes(workspace)
    assert set(found) == {"features", "sprite", *(["feature_plane"] if kept else [])}
    if kept:  # else the process of the quick ones would be at it for a minute
        assert found["feature_plane"] == {**found["features"], "depth": "all"}


def test_the_map_does_not_wait_for_the_pictures_of_its_images(opened, saved, shown, workspace):
    forget(Wanted("sprite", saved.fingerprint), workspace.cache)
    app = opened("transfer", data=saved.fingerprint)
    assert traces(app)
    assert component(app, "picture-map-transfer")["sprite"] == ""
    assert set(wishes(workspace)) == {"sprite"}


def test_pictures_that_cannot_be_made_are_told_once_beside_the_map(opened, saved, shown, put):
    put("sprite", {}, problem="No room.")
    app = opened("transfer", data=saved.fingerprint)
    assert traces(app)
    assert [each.value for each in app.warning] == ["No room."]


def test_layers_are_asked_when_the_map_stands_and_their_place_is_kept(opened, saved, shown, workspace, options, plane):
    found = previewed.answer(plane, workspace.cache)
    forget(plane, workspace.cache)
    forget(Wanted("depth_probe", saved.fingerprint, options), workspace.cache)
    app = opened("transfer", data=saved.fingerprint)
    assert set(wishes(workspace)) == {"feature_plane"}, "what shares the cores with the map comes after it"
    assert texts.PREVIEW_NEXT in said(app)
    keep(plane, found, workspace.cache)
    app.run()
    assert "depth_probe" in wishes(workspace)


def test_layers_that_are_known_stay_while_another_map_is_made(opened, saved, shown, workspace, plane):
    app = opened("transfer", data=saved.fingerprint)
    told = component(app, "depths-transfer")
    forget(plane, workspace.cache)
    app.run()
    assert component(app, "depths-transfer") == told


def test_a_map_that_is_there_in_an_instant_is_on_the_page_at_once(
    opened, saved, shown, workspace, options, plane, monkeypatch
):
    monkeypatch.setattr(transfer.plan, "preparation", lambda arm, free, data: 0.0)
    monkeypatch.setattr(previewed, "engine_running", lambda space: True)
    monkeypatch.setattr(previewed, "MOMENT", 0.0)
    monkeypatch.setattr(previewed, "INSTANT", 20.0)
    described = Wanted("features", saved.fingerprint, options)
    answers = [(each, previewed.answer(each, workspace.cache)) for each in (described, plane)]
    for wanted, _ in answers:
        forget(wanted, workspace.cache)

    def make():
        end = time.monotonic() + 20
        while "feature_plane" not in wishes(workspace) and time.monotonic() < end:
            time.sleep(0.01)
        for wanted, found in answers:
            keep(wanted, found, workspace.cache)

    engine = threading.Thread(target=make)
    engine.start()
    app = opened("transfer", data=saved.fingerprint)
    engine.join()
    assert traces(app)
    assert app.session_state["awaited"].keys().isdisjoint({"features", "map-plane"}), "or the page would be drawn again"


def test_without_an_engine_no_map_is_waited_for(opened, saved, shown, workspace, plane, monkeypatch):
    monkeypatch.setattr(transfer.plan, "preparation", lambda arm, free, data: 0.0)
    monkeypatch.setattr(previewed, "INSTANT", 600.0)  # longer than the page may take
    forget(plane, workspace.cache)
    app = opened("transfer", data=saved.fingerprint)
    assert not app.exception
    assert "feature_plane" in wishes(workspace)
