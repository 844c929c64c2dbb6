"""The Compare page in each of its states."""

import csv
import io
import json
import re
import zipfile
from dataclasses import asdict, replace

import numpy as np
import pytest

from explorer.budgets import BAD_BUDGETS
from explorer.datasets.examples import open_example
from explorer.datasets.reading import ReadOptions, read
from explorer.export import folder
from explorer.export.readme import FILES, readme
from explorer.export.report import seen
from explorer.export.text_table import text_table
from explorer.export.words import TOO_FEW
from explorer.facts import _file
from explorer.records import Fact, Finding, State, Until
from explorer.scores import METRICS
from explorer.store.store import Store
from explorer.suggesting import Suggestion
from explorer.techniques.discovery import first_arms, ready_arms
from explorer.ui import finished, study_read, texts
from explorer.ui.downloads import curves_csv, everything_zip, trials_csv
from explorer.ui.formats import escaped
from tests.pages.states import figure, images, outcome, said, study_of


def keys(app):
    return {button.key for button in app.button}


def choose(app, *names):
    """Tick the arms of these names alone."""
    for box in app.checkbox:
        if not box.disabled:
            box.set_value(box.key.removeprefix("arm-") in names)


def test_without_data_says_what_will_be_here_and_offers_one_button(opened, started):
    app = opened("compare")
    assert texts.COMPARE_EMPTY in said(app)
    assert [button.label for button in app.button] == [texts.COMPARE_EMPTY_GO]
    assert not started


def test_plan_shows_arms_bill_and_an_empty_figure(opened, saved, started):
    app = opened("compare", data=saved.fingerprint)
    arms = sum(box.value for box in app.checkbox)
    assert arms == len(first_arms())
    offered = [box.key.removeprefix("arm-") for box in app.checkbox]
    assert set(offered) == set(ready_arms())
    assert offered.index("majority") < offered.index("intensity") < offered.index("transfer")
    assert offered.index("everything") == len(first_arms()) - 1  # the dearest of those that are compared at first
    assert f"{arms} techniques × 4 budgets × 5 seeds = **{20 * arms} trials**" in said(app)
    drawn, _ = figure(app, "curves")
    assert [trace for trace in drawn["data"] if trace["meta"] == "mean"] == []
    assert drawn["layout"]["xaxis"]["tickvals"] == [3, 6, 15, 30]  # 10 of 14 images of a class are there to learn from
    assert started  # the engine is warm before anything is asked of it


def test_the_plan_of_an_example_offers_its_finished_study_and_its_files(opened, saved, workspace):
    example = open_example("galaxies", workspace).dataset
    app = opened("compare", data=example.fingerprint)
    app.button(key="see-finished").click().run()
    assert not app.exception
    done = finished.finished_on(example.fingerprint)
    assert escaped(done.headline) in said(app)
    _, alt = figure(app, "shipped-curves")
    assert done.headline in alt
    with zipfile.ZipFile(io.BytesIO(finished.files_zip(done.example))) as archive:
        assert set(archive.namelist()) == set(finished.FILES)
    assert "see-finished" not in keys(opened("compare", data=saved.fingerprint))


def test_plan_becomes_a_study_with_what_was_chosen(opened, saved, workspace):
    app = opened("compare", data=saved.fingerprint)
    choose(app, "majority", "hog")
    app.text_input(key=f"budgets-{saved.fingerprint}").set_value("5; 1 2")
    app.number_input(key="seeds").set_value(3)
    app.number_input(key="share").set_value(40)
    app.selectbox(key="plan-metric").select("macro_f1").run()
    app.button(key="run").click().run()
    assert not app.exception
    (row,) = Store(workspace.store).studies()
    made = Store(workspace.store).study(row.id)
    assert ({arm.name for arm in made.arms}, made.budgets, made.seeds) == ({"hog", "majority"}, (1, 2, 5), 3)
    assert (made.test_share, made.metric, made.dataset) == (0.4, "macro_f1", saved.fingerprint)
    assert app.query_params["study"] == row.id
    assert row.state is State.QUEUED


@pytest.mark.parametrize(("key", "value", "said_of"), [
    ("seeds", 1000, "Seeds: 1,000. Choose a number from 1 to 50."),
    ("seeds", 0, "Seeds: 0. Choose a number from 1 to 50."),
    ("share", 99, "Judging images, %: 99. Choose a number from 10 to 80."),
])  # fmt: skip
def test_a_number_out_of_range_is_told_and_nothing_is_run_with_another(opened, saved, key, value, said_of):
    app = opened("compare", data=saved.fingerprint)
    app.number_input(key=key).set_value(value).run()
    assert [each.value for each in app.error] == [escaped(said_of)]
    assert app.button(key="run").disabled


def test_a_plan_may_run_until_its_verdicts_settle(opened, saved, workspace):
    app = opened("compare", data=saved.fingerprint)
    choose(app, "majority", "hog")
    app.button_group(key="repeats").set_value("until").run()
    assert not app.exception
    assert "× at most 20 seeds = at most **160 trials**, at most " in said(app)
    app.number_input(key="most-seeds").set_value(8)
    app.number_input(key="minutes").set_value(2).run()
    app.button(key="run").click().run()
    assert not app.exception
    made = Store(workspace.store).study(app.query_params["study"])
    assert (made.seeds, made.until) == (8, Until(2.0, "hog"))
    app.button(key="cancel").click().run()
    app.button(key="new-study").click().run()
    assert app.button_group(key="repeats").value == "until"
    assert (app.number_input(key="most-seeds").value, app.number_input(key="minutes").value) == (8, 2)


@pytest.mark.parametrize(("arms", "key", "value", "said_of"), [
    (("hog", "majority"), "most-seeds", 1, "Seeds at most: 1. Choose a number from 2 to 50."),
    (("hog", "majority"), "minutes", 0, "Minutes at most: 0. Choose a number from 1 to 10080."),
    (("hog",), "minutes", 5, "Verdicts need two techniques or more. Choose another one, or a fixed number of seeds."),
])  # fmt: skip
def test_what_cannot_settle_is_told_on_the_plan(opened, saved, arms, key, value, said_of):
    app = opened("compare", data=saved.fingerprint)
    choose(app, *arms)
    app.button_group(key="repeats").set_value("until").run()
    app.number_input(key=key).set_value(value).run()
    assert [each.value for each in app.error] == [escaped(said_of)]
    assert app.button(key="run").disabled


def test_an_earlier_study_opens_with_its_link_in_the_address(opened, study, saved):
    study(done=12, state=State.DONE)
    app = opened("compare", data=saved.fingerprint)
    assert "study" not in app.query_params
    app.button(key="study-s1").click().run()
    assert app.query_params["study"] == "s1"


def test_warnings_about_the_data_stand_beside_what_was_found(opened, study, monkeypatch):
    study(done=12, state=State.DONE)
    words = "Brightness alone tells the class."
    monkeypatch.setattr(study_read, "warnings", lambda fingerprint: (Finding("shortcut-intensity", words, "warning"),))
    app = opened("compare", study="s1")
    assert words in said(app)


def test_warnings_about_the_data_stand_on_the_plan_too(opened, saved, monkeypatch):
    words = "Of labels.csv, 1 column will not be used: patient."
    monkeypatch.setattr(study_read, "warnings", lambda fingerprint: (Finding("unused-columns", words, "warning"),))
    assert words in said(opened("compare", data=saved.fingerprint))


def test_who_judged_is_told_by_name_where_groups_are_few(opened, workspace, tmp_path):
    folder = images(tmp_path / "grouped")
    files = sorted(each.relative_to(folder) for each in folder.rglob("*.png"))
    table = "filename,group\n" + "".join(f"{each},patient {number % 4}\n" for number, each in enumerate(files))
    (tmp_path / "groups.csv").write_text(table)
    data = read(folder, workspace, ReadOptions(groups_file=tmp_path / "groups.csv")).dataset
    made = study_of(data, "g1")
    store = Store(workspace.store)
    store.add(made)
    store.start(made.id)
    judged = {seed: np.flatnonzero((data.groups == (3 - seed) % 4) & (data.labels >= 0)) for seed in range(made.seeds)}
    for trial in made.trials():
        rows = judged[trial.seed]
        given = replace(outcome(data, trial, 0.5), test=rows, probabilities=np.full((len(rows), 3), 1 / 3, np.float32))
        store.finish(made.id, given)
    store.end(made.id, State.DONE)
    words = said(opened("compare", study="g1"))
    assert "whole groups, about 30 % of each class, all about equally often over the seeds: seed 0 patient" in words
    for seed in judged:
        assert f"seed {seed} {data.group_names[(3 - seed) % 4]}" in words, "those of the trials, however drawn"


def test_a_study_that_was_just_started_is_scrolled_to_its_top_once(opened, saved):
    app = opened("compare", data=saved.fingerprint)
    choose(app, "majority", "hog")
    assert "scrollTo" not in said(app)
    app.button(key="run").click().run()
    assert "scrollTo(0, 0)" in said(app)
    app.run()
    assert "scrollTo" not in said(app)


@pytest.mark.parametrize(("text", "wrong"), [("", "''"), ("1, two", "'1, two'"), ("0 5", "'0 5'"), ("-3", "'-3'")])
def test_bad_budgets_are_one_sentence_and_nothing_runs(opened, saved, text, wrong):
    app = opened("compare", data=saved.fingerprint)
    app.text_input(key=f"budgets-{saved.fingerprint}").set_value(text).run()
    assert [error.value for error in app.error] == [escaped(BAD_BUDGETS.format(text=text))]
    assert wrong in app.error[0].value.replace("\\", "")
    assert app.button(key="run").disabled
    app.text_input(key=f"budgets-{saved.fingerprint}").set_value("1, 2").run()
    assert not app.button(key="run").disabled


def test_a_class_that_cannot_pay_is_named_before_the_run(opened, saved):
    app = opened("compare", data=saved.fingerprint)
    assert "labels to give" not in said(app)
    app.text_input(key=f"budgets-{saved.fingerprint}").set_value("5, 50, 200").run()
    words = said(app).replace("\\", "")
    assert "Class 'dotted' has only 10 labels to give; at 50 and 200 per class it gives what it has." in words
    assert "The same holds for 2 other classes." in words
    axis = figure(app, "curves")[0]["layout"]["xaxis"]
    assert axis["tickvals"] == [15, 30]
    assert axis["ticktext"] == ["15<br>5 / class", "30<br>≤ 50 / class"]


def test_a_budget_that_a_class_cannot_fill_is_called_the_same_everywhere(opened, saved, workspace):
    made, store = replace(study_of(saved), budgets=(1, 50)), Store(workspace.store)
    store.add(made)
    store.start(made.id)
    found = [replace(outcome(saved, each, 2 / 3), n_labeled=min(3 * each.budget, 30)) for each in made.trials()]
    store.finish(made.id, *found)
    store.end(made.id, State.DONE)
    app = opened("compare", study=made.id)
    assert figure(app, "curves")[0]["layout"]["xaxis"]["ticktext"] == ["3<br>1 / class", "30<br>≤ 50 / class"]
    done = next(each for each in figure(app, "grid")[0]["data"] if each["name"] == "done")
    assert {about[1] for about in done["customdata"]} == {"1 / class", "≤ 50 / class"}
    words = said(app)
    assert "| 3 · 1 / class | 30 · ≤ 50 / class |" in words
    assert "Majority class, ≤ 50 / class, seed 0" in words  # where a note was told
    assert re.search(r"(?<!≤ )\b50 / class", words) is None
    facts = next(each.value for each in app.html if texts.FACT_BUDGETS in each.value)
    assert "1 / class, ≤ 50 / class" in facts
    budget = opened("understand", study=made.id).selectbox(key="budget")
    assert list(budget.options) == ["1 / class", "≤ 50 / class"]
    table = text_table(made, saved, found)
    assert table.startswith("Balanced accuracy at  1 / class")
    assert "≤ 50 / class" in table
    shown = seen(made, saved, found, State.DONE)
    assert "Labels: 1 / class, ≤ 50 / class." in readme(shown, saved, found, {"state": "done"})


def test_queued(opened, study, started):
    study()
    app = opened("compare", study="s1")
    assert texts.TIME_QUEUED in said(app)
    assert texts.TRIALS.format(done=0, trials="12 trials") in said(app)
    assert "cancel" in keys(app)
    assert "resume" not in keys(app)
    assert started


def test_a_study_of_one_trial_is_told_in_the_singular(opened, saved, workspace):
    made = replace(study_of(saved), budgets=(1,), seeds=1)
    Store(workspace.store).add(replace(made, arms=made.arms[:1]))
    for page in ("compare", "data"):
        words = said(opened(page, study="s1", data=saved.fingerprint))
        assert "0 of 1 trial" in words
        assert "0 of 1 trials" not in words


def test_a_study_that_waits_for_what_the_engine_does_is_not_said_to_wait_for_its_start(opened, study, monkeypatch):
    monkeypatch.setattr("explorer.ui.panel.ensure_engine", lambda space: True)
    study()
    words = said(opened("compare", study="s1"))
    assert texts.TIME_NEXT in words
    assert texts.TIME_QUEUED not in words


def test_queued_behind_others_counts_only_those_that_come_first(opened, study, saved, workspace):
    study(done=1, state=State.RUNNING, id="s0")
    study()
    study(id="s2")  # queued later: it waits for this one
    words = said(opened("compare", study="s1"))
    assert texts.TIME_BEHIND.format(ahead="1 study") in words


def test_notes_that_differ_in_digits_are_one_line_and_rare_ones_come_first(opened, saved, workspace):
    store, made = Store(workspace.store), study_of(saved)
    store.add(made)
    told = [(f"The pool counts for {60 + at}% of each answer.",) for at in range(12)]
    told[7] += ("Class 'x_1' misleads in 3 of 4 cases.",)
    done = [replace(outcome(saved, each, 0.5), notes=notes) for each, notes in zip(made.trials(), told, strict=True)]
    store.finish(made.id, *done)
    app = opened("compare", study=made.id)
    (notes,) = [each for each in app.expander if each.label == texts.NOTES.format(n=2)]
    rare, common = [each.value for each in notes.markdown]
    assert rare.startswith("- Class 'x_1' misleads in 3 of 4 cases.  \n  :gray[1 trial: ")
    assert common.startswith("- The pool counts for 60–71% of each answer.  \n  :gray[12 trials: ")


def test_half_done_with_a_failure(opened, study):
    study(done=7, failed=(3,), state=State.RUNNING)
    app = opened("compare", study="s1")
    words = said(app)
    assert texts.TRIALS.format(done=7, trials="12 trials") in words
    assert texts.FAILED_SOME.format(n=1, trials="12 trials") in words
    assert "made to fail" in words
    assert "ValueError: made to fail" in app.code[0].value
    assert "HOG + SVM, 1 / class, seed 1, 30" in words  # the eighth trial is at work
    drawn, alt = figure(app, "grid")
    assert "6 finished" in alt
    assert "1 failed" in alt
    assert {trace["name"]: len(trace["x"]) for trace in drawn["data"]} == {
        "queued": 4,
        "running": 1,
        "done": 6,
        "failed": 1,
    }


def test_finished_figure_table_and_downloads_agree(opened, study, workspace):
    study(done=12, state=State.DONE)
    app = opened("compare", study="s1")
    drawn, alt = figure(app, "curves")
    means = {trace["name"]: trace["y"] for trace in drawn["data"] if trace["meta"] == "mean"}
    rows = list(csv.DictReader(io.StringIO(curves_csv(workspace, "s1", "balanced_accuracy"))))
    for title, values in means.items():
        assert values == pytest.approx([float(row["mean"]) for row in rows if row["title"] == title], abs=1e-6)
    best = max(rows, key=lambda row: float(row["mean"]))
    assert f"{100 * float(best['mean']):.0f}\u00a0%" in said(app)
    assert {row["budget_met"] for row in rows} == {"yes"}
    assert len(list(csv.DictReader(io.StringIO(trials_csv(workspace, "s1"))))) == 12
    assert "cancel" not in keys(app)
    assert "HOG + SVM" in alt


def test_everything_in_one_zip_is_a_folder_that_can_be_read(opened, study, workspace, tmp_path):
    made = study(done=12, failed=(3,), state=State.DONE)
    app = opened("compare", study="s1")
    assert texts.ZIP in [each.proto.label for each in app.get("download_button")]
    with zipfile.ZipFile(io.BytesIO(everything_zip(workspace, "s1"))) as archive:
        archive.extractall(tmp_path / "taken")
    written = {path.name for path in (tmp_path / "taken").iterdir()}
    assert written == set(FILES)
    taken = folder.read(tmp_path / "taken")
    assert taken.study == made
    assert len(taken.outcomes) == 11
    assert {name: taken.about[name] for name in ("state", "facts", "weights")} == {
        "state": "done",
        "facts": {"free": [], "said_by": "nobody"},
        "weights": [],
    }
    assert taken.about["seconds"] >= 0


def test_a_zip_says_who_said_what_carries_no_meaning(study, saved, workspace):
    def facts(free):
        made = replace(study_of(saved, id="-".join(free) or "none"), free=free)
        Store(workspace.store).add(made)
        with zipfile.ZipFile(io.BytesIO(everything_zip(workspace, made.id))) as archive:
            return json.loads(archive.read("study.json"))["facts"]

    assert facts((Fact.ORIENTATION,)) == {"free": ["orientation"], "said_by": "user"}
    found = Suggestion((Fact.POSITION,), dict.fromkeys(Fact, "A reason."), {"turned": 0.5})
    _file(saved.fingerprint, workspace.cache).write_text(json.dumps(asdict(found)))
    assert facts((Fact.POSITION,)) == {**json.loads(json.dumps(asdict(found))), "said_by": "suggestion"}
    assert facts(()) == {"free": [], "said_by": "user"}


def test_brightness_that_comes_near_the_best_is_told_under_the_headline(opened, saved, workspace):
    arms = tuple(ready_arms()[name] for name in ("intensity", "hog"))
    made, store = replace(study_of(saved), arms=arms), Store(workspace.store)
    store.add(made)
    store.start(made.id)
    best = {("hog", 5): 1.0}
    store.finish(made.id, *(outcome(saved, each, best.get((each.arm, each.budget), 0.75)) for each in made.trials()))
    store.end(made.id, State.DONE)
    (told,) = opened("compare", study=made.id).warning
    assert "With 6 labelled images, Mean intensity alone reached 7" in told.value
    assert told.value.endswith("brightness or colour may explain most of this. Check how the images were taken.")


def test_the_name_of_an_arm_formats_and_loads_nothing_in_what_was_found(opened, saved, workspace):
    name = "a *b* ![c](https://example.org/d)"
    arms = tuple(replace(each, title=name) for each in study_of(saved).arms if each.name == "hog")
    made, store = replace(study_of(saved), arms=arms), Store(workspace.store)
    store.add(made)
    store.start(made.id)
    store.finish(made.id, *(outcome(saved, each, 0.75) for each in made.trials()))
    store.end(made.id, State.DONE)
    found = [each.value for each in opened("compare", study=made.id).subheader if "reaches" in each.value]
    assert found
    assert escaped(name) in found[0]


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_score_is_switched(opened, study, metric):
    study(done=12, state=State.DONE)
    app = opened("compare", study="s1")
    app.selectbox(key="metric").select(metric.name).run()
    assert not app.exception
    drawn, _ = figure(app, "curves")
    lower = "" if metric.best == "high" else " (lower is better)"
    assert drawn["layout"]["title"]["text"] == f"{metric.title}{lower}"
    assert metric.leaves_out in said(app)


def test_cancel_and_resume(opened, study, workspace):
    study(done=4, state=State.RUNNING)
    app = opened("compare", study="s1")
    app.button(key="cancel").click().run()
    assert not app.exception
    assert Store(workspace.store).state("s1") is State.CANCELLED
    assert texts.KEPT.format(done=4) in said(app)
    app.button(key="resume").click().run()
    assert Store(workspace.store).state("s1") is State.QUEUED
    assert {"resume", "cancel"} & set(keys(app)) == {"cancel"}
    assert len(Store(workspace.store).outcomes("s1")) == 4


def test_a_press_is_not_lost_to_the_end_of_the_study(opened, study, saved, workspace):
    made, store = study(done=4, state=State.RUNNING), Store(workspace.store)
    for number in range(21):
        study(id=f"other{number}")
    app = opened("compare", study="s1")
    store.finish("s1", *(outcome(saved, each, 0.5) for each in made.trials()[4:]))
    store.end("s1", State.DONE)
    app.button(key="show-studies").click().run()
    assert not app.exception
    assert len([key for key in keys(app) if str(key).startswith("delete-study-")]) == 22
    assert [each.value for each in app.toast] == [texts.FINISHED_TOAST]


def test_a_study_whose_trials_all_failed_can_be_resumed_and_opened_anew(opened, study, workspace):
    study(done=2, failed=(0, 1), state=State.CANCELLED)
    Store(workspace.store).resume("s1")
    app = opened("compare", study="s1")
    assert texts.TRIALS.format(done=0, trials="12 trials") in said(app)
    assert "cancel" in keys(app)


def test_new_study_keeps_the_data_and_lists_the_old_one(opened, study, saved):
    study(done=12, state=State.DONE)
    app = opened("compare", study="s1")
    app.button(key="new-study").click().run()
    assert not app.exception
    assert "study" not in app.query_params
    assert app.query_params["data"] == saved.fingerprint
    assert "run" in keys(app)
    assert any("12 of 12" in button.label for button in app.button)


def test_new_study_begins_with_what_was_chosen(opened, saved, workspace):
    arms = tuple(ready_arms()[name] for name in ("majority", "hog"))
    chosen = {"budgets": (2, 5), "seeds": 7, "test_share": 0.4, "metric": "macro_f1", "free": (Fact.POSITION,)}
    Store(workspace.store).add(replace(study_of(saved), arms=arms, **chosen))
    app = opened("compare", study="s1")
    app.button(key="new-study").click().run()
    assert {box.key.removeprefix("arm-") for box in app.checkbox if box.value} == {"majority", "hog"}
    answered = {radio.key.split("-")[1]: radio.value for radio in app.radio}
    assert answered == {"orientation": "unsure", "intensity": "unsure", "position": "no"}
    app.button(key="run").click().run()
    assert not app.exception
    assert not app.warning
    again = Store(workspace.store).study(app.query_params["study"])
    assert again.id != "s1"
    assert {name: getattr(again, name) for name in chosen} == chosen
    assert set(again.arms) == set(arms)


def test_what_was_chosen_for_other_images_is_not_offered(opened, saved, study, workspace, tmp_path):
    study(done=12, state=State.DONE)
    other = read(images(tmp_path / "more", each=15), workspace).dataset
    app = opened("compare", study="s1")
    app.button(key="new-study").click().run()
    opened("data", data=other.fingerprint)
    app = opened("compare", data=other.fingerprint)
    assert {box.key.removeprefix("arm-") for box in app.checkbox if box.value} == set(first_arms())
    assert app.number_input(key="seeds").value == 5


def test_how_it_was_run_and_the_last_of_one(opened, study):
    study(done=1, state=State.CANCELLED)
    app = opened("compare", study="s1")
    words = said(app)
    assert "Time limit of a trial</span><span style='overflow-wrap:anywhere'>15 min<" in words
    assert texts.KEPT_ONE in words
    assert ":gray[1 trial: Majority class, 1 / class, seed 0]" in words  # where a note was told
    assert TOO_FEW in words  # only guessing has a trial


def test_weights_that_results_rest_on_are_told_with_source_and_licence(opened, study, saved, workspace):
    made, store = study(), Store(workspace.store)
    about = {"name": "lite0", "file": "lite0.pth", "source": "a package", "licence": "Apache-2.0"}
    store.start(made.id)
    for trial in made.trials():
        reports = {"weights": about} if trial.arm == "hog" else {}
        store.finish(made.id, replace(outcome(saved, trial, 0.5), reports=reports))
    store.end(made.id, State.DONE)
    words = said(opened("compare", study=made.id))
    assert texts.FACT_WEIGHTS in words
    assert f"lite0, a package, Apache-2.0 (used by {made.arm('hog').title})" in words


@pytest.mark.parametrize("id", ["nothing-here", "../../etc", "a b"])
def test_unknown_study_is_one_sentence(opened, id):
    app = opened("compare", study=id)
    assert [each.value for each in app.warning] == [texts.UNKNOWN_STUDY]
    assert texts.COMPARE_EMPTY in said(app)


def test_a_store_that_cannot_be_read_is_told_and_the_study_stays_in_the_address(opened, study, workspace):
    study(done=12, state=State.DONE)
    for path in workspace.home.glob("studies.db*"):
        path.write_bytes(b"no database, but long enough to be taken for one" * 50)
    app = opened("compare", study="s1")
    (error,) = app.error
    assert "cannot be used" in error.value
    assert not app.warning
    assert app.query_params["study"] == "s1"


def test_hosted_lists_no_studies_and_limits_trials(opened, study, saved, monkeypatch):
    monkeypatch.setenv("APP_MODE", "hosted")
    study(done=12, state=State.DONE)
    app = opened("compare", data=saved.fingerprint)
    assert not any("12 of 12" in button.label for button in app.button)
    app.number_input(key="seeds").set_value(50).run()
    assert "at most 400 trials" in app.error[0].value
    assert app.button(key="run").disabled
