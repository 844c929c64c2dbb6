"""The Denoise page in its states: nothing yet, pictures coming, all there, noise, learning, a small study."""

import json

import numpy as np
import pytest

from explorer import denoising_report
from explorer.engine import previewing
from explorer.engine.previewing import is_wanted, make_one
from explorer.export.verdict_words import WHOLE
from explorer.previews.answers import Wanted
from explorer.previews.making import is_long
from explorer.records import Choice, Outcome, Slot, State
from explorer.scores import scores
from explorer.splits import make_split
from explorer.store.store import Store
from explorer.techniques.base import NOISE_LEVELS, Cost, Denoising
from explorer.techniques.denoising.blind_spot import BlindSpot
from explorer.techniques.discovery import techniques
from explorer.techniques.noise import KINDS
from explorer.techniques.settings import settings_of
from explorer.ui import denoising_wall, texts
from explorer.ui.denoising import NO_CLEANING, denoisers
from explorer.ui.denoising_noise import noise_words, rungs
from explorer.ui.denoising_trial import arms
from tests.pages.states import figure, said


@pytest.fixture(autouse=True)
def _no_engine(started, monkeypatch):
    for module in ("previewed", "trying"):
        monkeypatch.setattr(f"explorer.ui.{module}.ensure_engine", started.append)


@pytest.fixture
def make(workspace):
    """Return a function that makes all that is wanted, as the engine does, and returns what that was."""

    def make_wanted():
        found = []
        for path in previewing._files(workspace, ".wanted"):
            found.append(Wanted.of(path.read_text()))
            make_one(workspace, path)
        return found

    return make_wanted


def tiles(app):
    shown = json.loads(app.get_by_key("wall-denoise").proto.json)
    return {each["title"]: each for each in shown["tiles"]}


def test_without_data_it_says_what_leads_on(opened):
    app = opened("denoise")
    assert app.button(key="choose-data").label == texts.COMPARE_EMPTY_GO


def test_every_denoiser_has_its_place_before_anything_is_made(opened, saved, started):
    app = opened("denoise", data=saved.fingerprint)
    shown = tiles(app)
    titles = {each.title for name, each in techniques(Slot.DENOISING).items() if name != NO_CLEANING}
    assert set(shown) == {texts.AS_GIVEN, *titles}
    assert shown["Wavelet shrinkage"]["chosen"]
    assert shown["Wavelet shrinkage"]["empty"] == texts.WALL_COMING
    assert f"{texts.PREVIEW_WAITING} {texts.WALL_WORDS}" in said(app)
    assert started


def test_pictures_figures_and_charts_come_from_the_pool(opened, saved, make):
    app = opened("denoise", data=saved.fingerprint)
    wanted = make()
    pool = make_split(saved, 0, 0.3).pool
    assert {each.options["row"] for each in wanted if each.preview == "denoise"} <= set(pool.tolist())
    assert [each.options["technique"] for each in wanted[-2:]] == ["wavelet", NO_CLEANING]  # the last is made first
    app.run()
    assert not app.exception
    shown = tiles(app)
    assert all(each["src"].startswith("data:image/png") for each in shown.values() if not each["empty"])
    assert [each["title"] for each in shown.values() if each["empty"]] == ["Blind-spot network"]
    assert not any(each["note"] for each in shown.values())  # no truth is known, so there is no PSNR
    assert texts.WALL_WORDS in said(app)
    assert texts.WALL_PSNR not in said(app)
    words = said(app)
    assert texts.NOISE_ROW in words
    assert texts.PSNR_ROW + "</th>" not in words
    curve, alt = figure(app, "curve-denoise")
    assert len(curve["data"][0]["x"]) == len(techniques(Slot.DENOISING)["wavelet"].strengths)
    assert "chosen" in alt
    assert figure(app, "alike-denoise", "dark")[0]["data"][0]["x"] == [1, 2, 3, 4, 5]
    pair = json.loads(app.get_by_key("pair-denoise").proto.json)
    assert pair["before"] != pair["after"]


def test_added_noise_goes_to_all_and_makes_the_given_image_the_truth(opened, saved, make):
    app = opened("denoise", data=saved.fingerprint)
    make()
    app.selectbox(key="noise-denoise").select("gaussian").run()
    app.select_slider(key="noise-denoise-gaussian").set_value(0.2).run()
    wanted = make()
    assert len(wanted) == len(techniques(Slot.DENOISING))  # one is yet to learn, and the figures of the chosen one
    assert all(each.options["settings"] == {"added_noise": "gaussian", "sigma": 0.2} for each in wanted)
    app.run()
    shown = tiles(app)
    assert list(shown)[:2] == [texts.CLEAN, texts.NOISY]
    assert shown[texts.NOISY]["note"].startswith("PSNR")
    assert texts.WALL_PSNR in said(app)
    assert texts.PSNR_ROW in said(app)
    assert texts.SAME_NOISE in said(app)


def test_the_arm_against_has_the_same_noise(saved):
    noise = {"added_noise": "poisson", "photons": 5.0}
    arm, against = arms(Choice("tv", {**noise, "strength": "0.1"}), Choice(NO_CLEANING, noise))
    assert against.denoising == Choice(NO_CLEANING, noise)
    assert (arm.model, arm.denoising.technique) == (against.model, "tv")
    assert against.title.endswith("(Poisson noise, 5 photons)")
    assert arm.name != against.name
    plain, baseline = arms(Choice("tv"), Choice(NO_CLEANING))
    assert (baseline.name, baseline.denoising, plain.model) == ("baseline", None, baseline.model)


def test_both_arms_go_into_the_comparison_where_noise_is_added(opened, saved):
    app = opened("denoise", data=saved.fingerprint)
    app.button(key="add-denoise").click().run()
    assert app.session_state["basket-ready"] == ("denoising",)  # which does the same
    app.selectbox(key="noise-denoise").select("gaussian").run()
    app.button(key="add-denoise").click().run()
    added = app.session_state["basket"]
    assert list(added) == ["cnn_noisy_gaussian_0.1", "cnn_wavelet_gaussian_0.1"]
    assert added["cnn_noisy_gaussian_0.1"].denoising.settings["sigma"] == 0.1


def test_settings_of_a_denoiser_stay_when_another_one_is_chosen(opened, saved, make):
    app = opened("denoise", data=saved.fingerprint)
    strength = app.selectbox(key="setting-denoise-wavelet-strength").options[5]
    app.selectbox(key="setting-denoise-wavelet-strength").select(strength).run()
    app.selectbox(key="technique-denoise").select("gaussian").run()
    wanted = {each.options["technique"]: each.options["settings"] for each in make() if each.preview == "denoise"}
    assert wanted["wavelet"] == {"strength": strength}
    assert wanted["gaussian"] == {}


def test_what_takes_minutes_is_learnt_on_demand_with_progress(opened, saved, workspace, make, monkeypatch):
    monkeypatch.setattr(BlindSpot, "cost", lambda self, task: Cost(120.0, 0.0))
    app = opened("denoise", data=saved.fingerprint)
    assert tiles(app)["Blind-spot network"]["empty"] == texts.TO_LEARN
    assert "blind_spot" not in {each.options["technique"] for each in make()}
    (button,) = [each for each in app.button if each.label == texts.LEARN.format(time="about 2 min")]
    button.click().run()
    (path,) = previewing._files(workspace, ".wanted")
    wanted = Wanted.of(path.read_text())
    assert wanted.preview == "denoise_learning"
    assert is_long(wanted.preview)
    path.with_suffix(".progress").write_text("0.25")
    app.run()
    assert app.get("progress")[0].proto.text == "25 % done"
    next(each for each in app.button if each.label == texts.CANCEL).click().run()
    assert not is_wanted(workspace, path.stem)
    assert [each.label for each in app.button if each.key.startswith("begin-button-denoise-")] == [button.label]


def test_what_has_been_learnt_is_shown_like_the_others(opened, saved, make, monkeypatch):
    monkeypatch.setattr(denoising_wall, "PATIENCE", 0.0)
    app = opened("denoise", data=saved.fingerprint)
    assert tiles(app)["Median filter"]["empty"] == texts.TO_LEARN
    assert texts.LEARN_LEAD.format(title="Median filter") in said(app)
    keys = [each.key for each in app.button if each.key and each.key.startswith("begin-button-denoise-")]
    assert len(keys) == len(techniques(Slot.DENOISING)) - 1
    app.button(key=keys[1]).click().run()
    wanted = next(each for each in make() if each.preview == "denoise_learning")
    app.run()
    make()
    app.run()
    title = techniques(Slot.DENOISING)[wanted.options["technique"]].title
    assert tiles(app)[title]["src"]


def test_a_denoiser_that_cannot_be_used_says_why(opened, saved, make, monkeypatch):
    monkeypatch.setattr(BlindSpot, "unavailable", classmethod(lambda cls: "Install torch."))
    app = opened("denoise", data=saved.fingerprint)
    make()
    app.run()
    assert tiles(app)["Blind-spot network"]["empty"].endswith("Install torch.")
    app.selectbox(key="technique-denoise").select("blind_spot").run()
    assert not app.exception
    assert "Install torch" in said(app)


def test_the_small_study_says_the_difference_on_the_same_images(opened, saved, workspace):
    app = opened("denoise", data=saved.fingerprint)
    app.button(key="run-denoise").click().run()
    assert not app.exception
    store = Store(workspace.store)
    (row,) = store.studies()
    study = store.study(row.id)
    assert [arm.name for arm in study.arms] == ["baseline", "cnn_wavelet"]
    store.start(study.id)
    shares = {"baseline": 0.25, "cnn_wavelet": 1.0}
    store.finish(study.id, *(judged(saved, trial, shares[trial.arm]) for trial in study.trials()))
    store.end(study.id, State.DONE)
    app.run()
    assert not app.exception
    (table,) = app.table
    shown = table.value
    assert list(shown[texts.PAIRED_BUDGET]) == [*(f"{budget} / class" for budget in study.budgets), WHOLE]
    assert set(shown[texts.PAIRED_VERDICT]) == {"helps"}
    assert set(shown[texts.PAIRED_POINTS]) == {"+75.0"}
    assert set(shown[texts.PAIRED_ITEMS]) == {"3 × 12"}
    assert texts.PAIRED_NOTE in said(app)


def judged(dataset, trial, share):
    """Return an outcome that is right at that share of each class's judging images, the same ones for both arms."""
    test = np.concatenate([np.flatnonzero(dataset.labels == number)[:4] for number in range(3)])
    labels = dataset.labels[test]
    answers = np.where(np.arange(12) % 4 < 4 * share, labels, (labels + 1) % 3)
    probabilities = (0.1 + 0.7 * np.eye(3)[answers]).astype(np.float32)
    return Outcome(
        trial, State.DONE, 3 * trial.budget, trial.budget, test, probabilities, scores(probabilities, labels)
    )


# ---- without a page --------------------------------------------------------------------------------------------


def test_the_first_denoiser_leads_and_the_dearest_comes_last():
    names = denoisers((64, 64, 1))
    assert names[0] == "wavelet"
    assert names[-1] == "blind_spot"
    assert {*names, NO_CLEANING} == set(techniques(Slot.DENOISING))


def test_every_kind_of_noise_has_its_slider_over_its_whole_range():
    known = {each.name: each for each in settings_of(Denoising)}
    assert set(NOISE_LEVELS) == set(KINDS)
    for name in NOISE_LEVELS.values():
        stops = rungs(known[name])
        assert (stops[0], stops[-1]) == (known[name].low, known[name].high)
        assert known[name].default in stops
        assert stops == sorted(set(stops))


def test_noise_is_called_by_its_kind_and_strength():
    assert noise_words({}) == ""
    assert noise_words({"added_noise": "gaussian"}) == "Gaussian noise, 0.1"
    assert noise_words({"added_noise": "salt_and_pepper", "flipped": 0.3}) == "Salt and pepper noise, 0.3"
    assert noise_words({"added_noise": "poisson", "photons": 2.0}) == "Poisson noise, 2 photons"


def test_words_for_what_images_are_compared_with_exist():
    assert set(texts.CLEAN_NOTES) == {denoising_report.CLEAN, denoising_report.BEFORE}
