"""The Pseudo-label page: what is composed, a fit and a trial of a study, mistakes as pictures, and refusals."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.engine.previewing import make_one
from explorer.previews.answers import Wanted, answer, keep, keep_part
from explorer.previews.making import AtWork
from explorer.previews.pseudo_label import make
from explorer.records import Arm, Choice, Outcome, State, Study, Trial
from explorer.splits import labeled_rows, make_split
from explorer.store.store import Store
from explorer.techniques.discovery import ready_arms
from explorer.techniques.monitors import Quiet
from explorer.trial import run_trial
from explorer.ui import basket, beliefs, pseudo_labels, semi_arms, texts
from tests.pages.states import figure, said

KEYS = {"technique": "technique-pseudo-label", "source": "pool-source"}


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch):
    for module in ("previewed", "trying"):
        monkeypatch.setattr(f"explorer.ui.{module}.ensure_engine", lambda space: None)
    monkeypatch.setattr(semi_arms, "models_for", lambda semi: ["pixels", "small_cnn"])


@pytest.fixture
def ran(saved, workspace):
    """Return a study of a technique that learns from the pool, all trials of it run."""
    arm = Arm("semi", "Pixels, self-training", Choice("pixels"), semi_supervised=Choice("self_training"))
    study = Study("s9", "Shapes", saved.fingerprint, (arm,), (2, 5), seeds=1)
    store = Store(workspace.store)
    store.add(study)
    store.start("s9")
    each = {"cache": workspace.cache, "monitor": Quiet()}
    store.finish("s9", *(run_trial(saved, study, trial, **each) for trial in study.trials()))
    store.end("s9", State.DONE)
    return study


def made(workspace):
    """Make what the page wants, as the engine does."""
    for path in (workspace.home / "wanted").glob("*.wanted"):
        make_one(workspace, path)


def choose(app, key, value):
    app.get_by_key(key).set_value(value).run()
    assert not app.exception, app.exception
    return app


def test_without_data_the_page_says_what_is_missing(opened):
    assert texts.PSEUDO_EMPTY in said(opened("pseudo_label"))


def test_a_cheap_fit_is_made_at_once_and_shown(opened, saved, workspace):
    app = opened("pseudo_label", data=saved.fingerprint)
    made(workspace)
    app.run()
    assert not app.exception
    words = said(app)
    assert "were believed in the last round" in words
    assert "were right (95\u00a0% interval" in words
    assert texts.POOL_TRUTH in words
    drawn, alt = figure(app, "pool-rounds")
    assert len(drawn["data"][0]["x"]) == 5
    assert alt.startswith("Round by round")
    assert len(figure(app, "pool-classes", "dark")[0]["data"]) == 4
    assert texts.POOL_MISTAKES in words


def test_the_first_rounds_are_shown_while_the_others_are_made(opened, saved, workspace):
    app = opened("pseudo_label", data=saved.fingerprint)
    (path,) = (workspace.home / "wanted").glob("*-pseudo-label.wanted")
    wanted, parts = Wanted.of(path.read_text()), []
    found = make(saved, wanted.options, AtWork(workspace.cache, Quiet(), parts.append))
    keep_part(wanted, parts[1], workspace.cache)
    app.run()
    assert not app.exception
    words = said(app)
    assert "were believed in round 2, the last one so far" in words
    assert texts.POOL_RAILS_LATER in words
    assert texts.POOL_OLD not in words
    assert "were right" not in words
    assert texts.POOL_MISTAKES not in words
    assert len(figure(app, "pool-rounds")[0]["data"][0]["x"]) == 2
    keep(wanted, found, workspace.cache)
    app.run()
    assert "were right" in said(app)
    assert texts.POOL_RAILS_LATER not in said(app)


def test_mistakes_are_of_the_pool_with_both_classes(opened, saved, workspace):
    app = opened("pseudo_label", data=saved.fingerprint)
    made(workspace)
    app.run()
    study = Study(
        "", "", saved.fingerprint, (semi_arms._arm(Choice("pixels"), Choice("self_training")),), (5,), seeds=1
    )
    kept = answer(pseudo_labels.wish(study, 0), workspace.cache)
    found = beliefs.mistakes(kept.arrays, 4)
    labels, truth = kept.arrays["labels"][4], kept.arrays["truth"]
    wrong = {row for row, one, other in zip(kept.arrays["rows"], labels, truth, strict=True) if -1 < one != other > -1}
    assert set(found.rows.tolist()) == wrong
    assert list(found.sure) == sorted(found.sure, reverse=True)
    assert not set(found.rows.tolist()) & set(make_split(saved, 0, 0.3).test.tolist())
    if wrong:
        assert beliefs.cards(saved, found).count("<img") == min(len(wrong), beliefs.MOST)


def test_a_trial_of_a_study_is_shown_from_what_is_stored(opened, saved, ran, workspace):
    app = choose(opened("pseudo_label", data=saved.fingerprint), KEYS["source"], "study")
    outcome = next(each for each in Store(workspace.store).outcomes("s9") if each.trial.budget == 2)
    told = beliefs.of_outcome(saved, ran, outcome)
    split = make_split(saved, 0, 0.3)
    pool = set(split.pool.tolist()) - set(labeled_rows(split, 2, per_class=True).tolist())
    assert told.m == len(pool)
    assert f"of the {len(pool)} unlabelled images were believed" in said(app)
    assert figure(app, "pool-rounds")[0]["data"][0]["y"] == [each["share"] for each in outcome.reports["rounds"]]
    assert all(sentence[:30] in said(app).replace("\\", "") for sentence in outcome.notes)


def test_a_trial_and_its_fit_are_the_same(saved, ran, workspace):
    outcome = next(each for each in Store(workspace.store).outcomes("s9") if each.trial.budget == 5)
    alone = replace(ran, budgets=(5,))
    found = make(saved, pseudo_labels.wish(alone, 0).options, AtWork(workspace.cache, Quiet()))
    stored, fresh = beliefs.of_outcome(saved, ran, outcome), beliefs.of_preview(found)
    assert [(each.share, each.accuracy) for each in stored.rounds] == [(e.share, e.accuracy) for e in fresh.rounds]
    assert (stored.title, stored.m, stored.classes) == (fresh.title, fresh.m, fresh.classes)


def test_equal_trials_of_different_studies_are_one_wish(saved, ran):
    alone = replace(ran, budgets=(5,))
    other = replace(alone, id="another", name="Another", seeds=4, metric="accuracy")
    assert pseudo_labels.wish(alone, 0).key == pseudo_labels.wish(other, 0).key
    assert pseudo_labels.wish(alone, 1).key != pseudo_labels.wish(alone, 0).key


def test_without_a_study_the_page_says_so(opened, saved):
    app = choose(opened("pseudo_label", data=saved.fingerprint), KEYS["source"], "study")
    assert texts.POOL_NO_STUDY in said(app)


def test_what_cannot_work_is_refused_with_the_reason(opened, saved):
    app = choose(opened("pseudo_label", data=saved.fingerprint), KEYS["technique"], "label_spreading")
    app = choose(app, "model-pseudo-label-label_spreading", "small_cnn")
    assert "does not work with models that are trained end to end" in said(app)
    assert not [each for each in app.button if each.key == "run-pseudo-label"]


def test_a_long_fit_waits_for_a_press_and_can_be_stopped(opened, saved, workspace, monkeypatch):
    monkeypatch.setattr(pseudo_labels, "AT_ONCE", 0.0)
    app = opened("pseudo_label", data=saved.fingerprint)
    assert texts.POOL_MAKE_LEAD in said(app)
    assert list((workspace.home / "wanted").glob("*-pseudo-label.wanted")) == []
    app.button(key="begin-button-pseudo-label").click().run()
    assert len(list((workspace.home / "wanted").glob("*-pseudo-label.wanted"))) == 1
    app.button(key="stop-pseudo-label").click().run()
    assert list((workspace.home / "wanted").glob("*-pseudo-label.wanted")) == []
    assert texts.POOL_MAKE_LEAD in said(app)


def test_a_cheap_fit_is_withdrawn_where_the_next_one_is_long(opened, saved, workspace, monkeypatch):
    app = opened("pseudo_label", data=saved.fingerprint)
    assert len(list((workspace.home / "wanted").glob("*-pseudo-label.wanted"))) == 1
    monkeypatch.setattr(pseudo_labels, "AT_ONCE", 0.0)
    app.number_input(key="seed-pseudo-label").set_value(3).run()
    assert texts.POOL_MAKE_LEAD in said(app)
    assert list((workspace.home / "wanted").glob("*-pseudo-label.wanted")) == []


def test_while_another_fit_is_made_the_one_before_stands_and_says_so(opened, saved, workspace):
    app = opened("pseudo_label", data=saved.fingerprint)
    made(workspace)
    app.run()
    assert texts.POOL_OLD not in said(app)
    app.number_input(key="seed-pseudo-label").set_value(3).run()
    assert not app.exception
    (line,) = [each.value for each in app.caption if texts.POOL_OLD in each.value]
    assert "seed 0" in line  # in the line that says whose figures they are, so that nothing moves


def test_what_is_composed_joins_the_comparison(opened, saved):
    app = opened("pseudo_label", data=saved.fingerprint)
    app.button(key="add-pseudo-label").click().run()
    assert not app.exception
    assert [each.name for each in app.session_state[basket._KEY].values()] == ["self_training_on_pixels"]


# ---- the arm ---------------------------------------------------------------------------------------------------


def test_the_model_of_the_ready_made_arm_comes_first(monkeypatch):
    monkeypatch.undo()
    assert semi_arms.models_for("fixmatch")[0] == "small_cnn"
    assert semi_arms.models_for("self_training")[0] == "pretrained"
    assert semi_arms.models_for("label_spreading")[-1] in ("finetune", "self_supervised", "small_cnn")


def test_an_arm_keeps_the_views_of_the_ready_made_one():
    arm = semi_arms._arm(Choice("small_cnn"), Choice("fixmatch"))
    assert arm.augmentation == ready_arms()["fixmatch"].augmentation
    assert semi_arms._against(arm).augmentation == arm.augmentation
    assert semi_arms._against(arm).semi_supervised is None
    plain = semi_arms._arm(Choice("pretrained"), Choice("self_training"))
    assert semi_arms._against(plain) == ready_arms()["transfer"]


def test_other_settings_are_another_arm():
    plain = semi_arms._arm(Choice("pixels"), Choice("self_training"))
    other = semi_arms._arm(Choice("pixels"), Choice("self_training", {"rounds": 3}))
    model = semi_arms._arm(Choice("pixels", {"side": 16}), Choice("self_training"))
    assert len({plain.name, other.name, model.name}) == 3
    assert other.title == f"{plain.title} (rounds 3)"
    assert semi_arms._against(model).name != semi_arms._against(plain).name


# ---- words -----------------------------------------------------------------------------------------------------


def told_of(saved, rounds, labels=None):
    outcome = Outcome(Trial("semi", 2, 0), State.DONE, 6, 2, reports={"rounds": rounds})
    arm = Arm("semi", "Semi", Choice("pixels"), semi_supervised=Choice("self_training"))
    study = Study("s", "s", saved.fingerprint, (arm,), (2,), seeds=1)
    data = saved if labels is None else replace(saved, labels=labels)
    return beliefs.of_outcome(data, study, outcome)


def test_nothing_believed_is_told(saved):
    told = told_of(saved, [])
    assert beliefs.headline(told) == texts.POOL_NOTHING.format(m=told.m)


def test_an_interval_is_given_where_the_number_is_known(make_dataset):
    data = make_dataset(np.tile([0, 1, 2], 20))
    rounds = [{"share": 0.5, "accuracy": 0.75, "classes": [0.5, 0.5, 0.0]}]
    assert f"n\u00a0=\u00a0{round(0.5 * told_of(data, rounds).m)}" in beliefs.headline(told_of(data, rounds))
    some = data.labels.copy()
    some[-6:] = -1
    told = told_of(make_dataset(some), rounds)
    assert "interval" not in beliefs.headline(told)
    assert told.truth is not None


def test_confidence_is_left_out_where_it_is_not_told(make_dataset):
    data = make_dataset(np.tile([0, 1], 10))
    arrays = {
        "rows": np.array([3]),
        "truth": np.array([1]),
        "labels": np.array([[0]]),
        "sure": np.array([[np.nan]], np.float32),
    }
    shown = beliefs.cards(data, beliefs.mistakes(arrays, 0))
    assert "believed <b>class 0</b><br>is <b>class 1</b>" in shown
    assert "nan" not in shown


def test_wishes_are_plain_json(saved, ran):
    wanted = pseudo_labels.wish(replace(ran, budgets=(5,)), 0)
    assert Wanted.of(wanted.text()).key == wanted.key


def test_a_budget_in_total_is_called_so(saved):
    arm = Arm("semi", "Semi", Choice("pixels"), semi_supervised=Choice("self_training"))
    study = Study("s", "s", saved.fingerprint, (arm,), (9,), per_class=False, seeds=1)
    outcome = Outcome(Trial("semi", 9, 0), State.DONE, 9, 3, reports={"rounds": []})
    assert beliefs.of_outcome(saved, study, outcome).of == "Semi, 9 in all, seed 0"
    one = replace(study, per_class=True, budgets=(1,))
    assert beliefs.of_outcome(saved, one, replace(outcome, trial=Trial("semi", 1, 0))).of == ("Semi, 1 / class, seed 0")
