"""The Label-next page in its states, with answers put where the engine puts them."""

import csv
import dataclasses
import io

import numpy as np
import pytest

from explorer.datasets.reading import read
from explorer.engine.previewing import is_wanted
from explorer.export.label_list import COLUMNS, label_list_csv
from explorer.previews.answers import Preview, Wanted, keep, keep_part
from explorer.previews.to_label import Replayed, may_be_asked, replay_study
from explorer.statistics.curves import Curve, CurvePoint
from explorer.statistics.savings import Saving
from explorer.statistics.verdicts import Comparison, Verdict
from explorer.techniques.discovery import ready_arms
from explorer.ui import label_next, texts
from tests.pages.states import figure, images, said

OPTIONS = {"technique": "pretrained", "settings": {}, "free": []}


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch):
    for module in ("previewed", "meaning"):
        monkeypatch.setattr(f"explorer.ui.{module}.ensure_engine", lambda workspace: None)


@pytest.fixture
def saved(workspace, tmp_path, saved):
    """Return a data set with enough labels for a comparison, two unlabelled images and one name like a formula."""
    folder = images(tmp_path / "many", each=24)
    (folder / "unlabeled" / "u0.png").rename(folder / "unlabeled" / "=u0.png")
    return read(folder, workspace).dataset


@pytest.fixture
def put(saved, workspace):
    """Return a function that keeps an answer as the engine does."""

    def answer(name, options, arrays=None, facts=None, problem="", data=saved):
        keep(Wanted(name, data.fingerprint, options), Preview(arrays or {}, facts or {}, problem), workspace.cache)

    return answer


@pytest.fixture
def described(put):
    put("features", OPTIONS, facts={"options": OPTIONS})


@pytest.fixture
def listed(put, saved, described):
    """Put the list that the page shows at first; return its rows."""
    rows = may_be_asked(saved)
    arrays = {"rows": rows, "classes": np.array([[0, 1], [1, 2]]), "shares": np.array([[0.52, 0.47], [0.5, 0.3]])}
    facts = {"way": "undecided", "labeled": 72, "unlabeled": 2, "candidates": 2, "considered": 2}
    put("label_next", {**OPTIONS, "count": 2}, arrays, facts)
    return rows


def study_of(data):
    return replay_study(data, ready_arms()["transfer"], ())


def replayed(verdict=Verdict.HELPS, saving=None):
    points = tuple(CurvePoint(n, n, 0.6, 0.5, 0.7, (0, 1), (0.58, 0.62)) for n in (4, 8, 16))
    curves = tuple(Curve(name, name, "balanced_accuracy", points) for name in ("asked", "random"))
    whole = Comparison("asked", "random", None, 0.03, 0.01, 0.05, 0.99, 0.01, 0.02, verdict, None, 10, 60)
    return Replayed(curves, (dataclasses.replace(whole, budget=16), whole), saving)


def facts_of(found, seeds=10):
    return {**found.to_facts(), "judging": [7, 7, 7], "n_judging": 70, "seeds": seeds}


def test_without_data_it_says_what_will_be_here(opened):
    app = opened("label_next")
    assert texts.LABEL_EMPTY in said(app)
    assert app.button(key="choose-data")


def test_it_stands_in_the_navigation(opened, saved):
    app = opened("label_next", data=saved.fingerprint)
    assert texts.LABEL_NEXT in said(app)


def test_first_the_images_are_described_which_can_be_cancelled(opened, saved, workspace):
    app = opened("label_next", data=saved.fingerprint)
    place = f"{app.session_state['visitor']}-label-features"
    assert is_wanted(workspace, place)
    assert texts.LABEL_TITLE not in said(app)
    app.button(key="stop-label-features").click().run()
    assert not is_wanted(workspace, place)
    assert f"among {len(saved):,} images" in said(app)


def test_a_network_that_takes_long_waits_for_a_press(opened, saved, workspace, monkeypatch):
    monkeypatch.setattr(label_next.plan, "preparation", lambda arm, free, data: 900.0)
    app = opened("label_next", data=saved.fingerprint)
    assert not list((workspace.home / "wanted").glob("*-label-features.wanted"))
    assert app.button(key="begin-button-label-features").label == texts.MAP_DESCRIBE.format(time="about 15 min")


def test_the_first_images_are_shown_in_order_with_the_reason(opened, saved, listed):
    app = opened("label_next", data=saved.fingerprint)
    (shown,) = [each.value for each in app.html if "<figure" in each.value]
    assert shown.count("<img") == 2
    first = saved.items[listed[0]]
    assert f"1 · {first.rpartition('/')[2]}" in shown
    assert first in shown  # as it is called in the data set, for those who move over it
    a, b = saved.class_names[:2]
    assert f"undecided between {a} and {b}: 52 and 47\u00a0%" in shown
    assert shown.index("1 · ") < shown.index("2 · ")
    assert "The first 2 of 2 are shown; 2 images have no label." in said(app)
    assert "With 72 labels, images come first about which the model is undecided" in said(app)
    (download,) = app.get("download_button")
    assert download.proto.label == texts.LABEL_CSV


def test_the_download_has_the_whole_list_with_safe_names(saved, listed):
    arrays = {"rows": listed, "classes": np.array([[0, 1], [1, 2]]), "shares": np.array([[0.5, 0.4], [0.5, 0.3]])}
    rows = list(csv.DictReader(io.StringIO(label_list_csv(saved, Preview(arrays, {"way": "undecided"})))))
    assert list(rows[0]) == list(COLUMNS)
    assert [row["item"].lstrip("'") for row in rows] == [saved.items[row] for row in listed]
    assert not [row for row in rows if row["item"][0] in "=+-@"]


def test_what_was_left_out_and_what_was_not_compared_is_told():
    facts = {"way": "typical", "labeled": 5, "unlabeled": 9000, "candidates": 8990, "considered": 5000}
    words = label_next._chosen_words(facts, 100)
    assert "With 5 labels, images come first that are typical" in words
    assert "The first 24 of 100 are shown; 9,000 images have no label." in words
    assert "10 of these are not asked for" in words
    assert "chosen from 5,000 of them" in words


def test_how_many_are_listed_is_offered_up_to_what_there_is(opened, saved, described):
    app = opened("label_next", data=saved.fingerprint)
    box = app.selectbox(key=f"label-count-{saved.fingerprint}")
    assert box.options == ["2 images"]


def test_a_comparison_waits_for_a_press_and_can_be_cancelled(opened, saved, workspace, listed, monkeypatch):
    monkeypatch.setattr(label_next, "REPLAY_AT_ONCE", 0.0)
    app = opened("label_next", data=saved.fingerprint)
    assert not list((workspace.home / "wanted").glob("*-label-replay.wanted"))
    assert "up to 16" in said(app)
    app.button(key="begin-button-label-replay").click().run()
    place = f"{app.session_state['visitor']}-label-replay"
    assert is_wanted(workspace, place)
    app.button(key="stop-label-replay").click().run()
    assert not is_wanted(workspace, place)


def test_the_comparison_is_drawn_with_its_sentence_and_what_the_band_is(opened, saved, put, listed):
    saving = Saving(8.0, 0.6, 1.6, 1.0, 2.0, 4.0, 16.0, 10)
    put("label_replay", {"study": study_of(saved).to_dict()}, facts=facts_of(replayed(saving=saving)))
    app = opened("label_next", data=saved.fingerprint)
    words = said(app)
    assert "this order reached with 5 labels what random order reached with 8" in words
    assert "Judged by 70 different labelled images over 10 seeds" in words
    assert "95 % interval of what other images and labels" in words
    assert texts.REPLAY_FAIR in words
    drawn, alt = figure(app, "label-curves", "dark")
    assert [each["name"] for each in drawn["data"] if each.get("meta") == "mean"] == ["asked", "random"]
    assert "this order reached with 5 labels" in alt


def test_a_comparison_on_the_way_says_no_verdict(opened, saved, workspace, listed, monkeypatch):
    monkeypatch.setattr(label_next, "REPLAY_AT_ONCE", 1e9)
    wanted = Wanted("label_replay", saved.fingerprint, {"study": study_of(saved).to_dict()})
    keep_part(wanted, Preview(facts=facts_of(replayed(), seeds=3)), workspace.cache)
    words = said(opened("label_next", data=saved.fingerprint))
    assert "3 of 10 seeds are done" in words
    assert "On your own labelled images" not in words


def test_where_all_have_labels_the_comparison_is_still_there(opened, workspace, tmp_path, put):
    folder = images(tmp_path / "labelled", each=24)
    for path in (folder / "unlabeled").iterdir():
        path.unlink()
    data = read(folder, workspace).dataset
    put("features", OPTIONS, facts={"options": OPTIONS}, data=data)
    app = opened("label_next", data=data.fingerprint)
    words = said(app)
    assert texts.LABEL_NONE in words
    assert texts.REPLAY_TITLE in words
    assert not app.get("download_button")


def test_too_few_labels_say_how_many_a_comparison_takes(opened, workspace, tmp_path, put):
    data = read(images(tmp_path / "few", each=8), workspace).dataset
    put("features", OPTIONS, facts={"options": OPTIONS}, data=data)
    words = said(opened("label_next", data=data.fingerprint))
    assert texts.REPLAY_FEW.format(needs=32, labeled="24 labels") in words
