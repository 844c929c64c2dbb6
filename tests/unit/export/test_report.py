"""The folder for people: it explains every file and column, and says how to run the study again."""

import csv
import io
import shlex
from dataclasses import asdict, replace
from xml.etree import ElementTree

import numpy as np
import pytest

from explorer.datasets.saved import Reading
from explorer.export import class_table, readme, verdict_table
from explorer.export.curve_table import COLUMNS, curves_csv
from explorer.export.folder import COLUMNS as TRIAL_COLUMNS
from explorer.export.folder import read
from explorer.export.report import write_report
from explorer.records import Arm, Choice, Finding, Look, Outcome, State, Study, Until
from explorer.scores import METRICS, scores
from explorer.techniques.discovery import ready_arms
from explorer.techniques.spelling import typed_arm

SVG = "{http://www.w3.org/2000/svg}"
ABOUT = {
    "state": "done",
    "seconds": 12.5,
    "reading": {"path": "my images", "size": 48, "groups": None},
}


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(np.tile([0, 1, 2], 20), source="a microscope", licence="CC0")


@pytest.fixture
def study():
    own = Arm("own", "HOG + more", Choice("hog", {"c": 3.0}), denoising=Choice("median"))
    return Study("id", "Größe", "toy", (ready_arms()["hog"], ready_arms()["majority"], own), budgets=(1, 2), seeds=2)


@pytest.fixture
def outcomes(study, dataset):
    """Return outcomes in which HOG is never wrong, one answers always the same, and one trial failed."""
    found = []
    for number, trial in enumerate(study.trials()):
        test = np.sort(np.random.default_rng(trial.seed).choice(60, 18, replace=False))
        labels = dataset.labels[test]
        votes = {
            "hog": np.eye(3)[labels],
            "majority": np.tile([0.5, 0.3, 0.2], (18, 1)),
            "own": np.random.default_rng(number).dirichlet(np.ones(3), 18),
        }
        probabilities = votes[trial.arm].astype(np.float32)
        weights = {"weights": {"name": "lite0", "source": "a package", "licence": "Apache-2.0"}}
        found.append(
            Outcome(
                trial, State.DONE, 3 * trial.budget, trial.budget, test, probabilities, scores(probabilities, labels),
                0.25, notes=("Class 'a' had fewer.", f"{number} of 60 images took part."),
                reports=weights if trial.arm == "own" else {}, versions={"numpy": "2.3", "device": "cpu"},
            )
        )  # fmt: skip
    found[-1] = Outcome(study.trials()[-1], State.FAILED, error="Traceback\nValueError: made to fail")
    return found


@pytest.fixture
def folder(tmp_path, study, dataset, outcomes):
    told = (Finding("imbalance", "The classes differ.", "warning"), Finding("x", "Read well."))
    reading = Reading(dataset, told, np.zeros((60, 2), np.int64), np.zeros(60, np.float32))
    write_report(tmp_path / "out", study, reading, outcomes, ABOUT)
    return tmp_path / "out"


def test_the_files_are_those_that_the_readme_explains(folder, study, outcomes):
    assert {path.name for path in folder.iterdir()} == set(readme.FILES)
    text = (folder / "README.txt").read_text(encoding="utf-8")
    for name in (*readme.FILES, *COLUMNS, *class_table.COLUMNS, *TRIAL_COLUMNS, *readme.PREDICTIONS):
        assert f"\n{name} " in text, name
    assert len(read(folder).outcomes) == len(outcomes) - 1
    assert max(map(len, text.split("\n"))) < 200


def test_every_column_and_array_that_is_written_is_explained(folder, study, dataset):
    with (folder / "trials.csv").open(newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == list(TRIAL_COLUMNS)
    assert all(TRIAL_COLUMNS.values())
    with np.load(folder / "predictions.npz") as kept:
        assert set(kept.files) == set(readme.PREDICTIONS) - {"groups", "group_names", "units"}


def test_the_readme_says_what_it_was_made_of(folder, dataset):
    text = " ".join((folder / "README.txt").read_text(encoding="utf-8").split())
    for words in (
        dataset.fingerprint,
        "Source: a microscope. Licence: CC0.",
        "numpy 2.3, device cpu",
        "lite0, a package, Apache-2.0 (used by HOG + more)",
        "The figure shows balanced accuracy; higher is better.",
        "Band: 95 % interval of what other images and labels of the same kind would give",
        "It took 12.5 s.",
    ):
        assert words in text, words


def test_the_command_makes_the_same_study(study, dataset):
    command = shlex.split(readme.again(study, dataset, ABOUT))
    options = dict(zip(command[5::2], command[6::2], strict=True))
    assert command[:5] == ["python", "-m", "explorer", "run", "my images"]
    assert options == {
        "--out": "FOLDER",
        "--arms": "hog,majority",
        "--arm": "own=denoising:median,model:hog(c=3.0)",
        "--per-class": "1,2",
        "--seeds": "2",
        "--test-share": "0.3",
        "--free": "none",
        "--size": "48",
    }
    assert list(typed_arm(options["--arm"]).choices())[1][1].technique == "hog"
    other = replace(study, per_class=False, budgets=(6, 9))
    words = readme.again(other, replace(dataset, given_test=np.arange(60) < 9), {})
    assert "run PATH --out FOLDER" in words
    assert "--budgets 6,9" in words
    assert "--size 8" in words, "how the files were read is not known, so it is said how large the images are"
    assert "--test-share" not in words


def test_the_curves_have_a_row_for_every_point_and_score(folder, study, dataset, outcomes):
    with (folder / "curves.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == tuple(COLUMNS)
    assert len(rows) == len(METRICS) * len(study.arms) * len(study.budgets)
    (own,) = list(csv.DictReader(io.StringIO(curves_csv(study, dataset, outcomes[:3], ["accuracy"]))))[2:]
    assert (own["title"], own["seeds"]) == ("HOG + more", "1")
    assert {float(row["fit_seconds"]) for row in rows} == {0.25}


def test_classes_have_a_row_for_every_point_of_every_arm(folder, study, dataset):
    with (folder / "classes.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == tuple(class_table.COLUMNS)
    assert len(rows) == dataset.n_classes * len(study.arms) * len(study.budgets)
    with (folder / "curves.csv").open(newline="", encoding="utf-8") as file:
        whole = {(row["arm"], row["budget"]): float(row["mean"]) for row in csv.DictReader(file)
                 if row["metric"] == "balanced_accuracy"}  # fmt: skip
    for cell, mean in whole.items():
        recalls = [float(row["recall"]) for row in rows if (row["arm"], row["budget"]) == cell]
        assert np.mean(recalls) == pytest.approx(mean, abs=1e-5), "the mean over classes is balanced accuracy"


def test_verdicts_stand_beside_the_curves(folder, study):
    with (folder / "verdicts.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == tuple(verdict_table.COLUMNS)
    assert {row["metric"] for row in rows} == set(METRICS)
    assert {(row["arm"], row["against"]) for row in rows} == {("majority", "hog"), ("own", "hog")}
    assert {row["budget"] for row in rows} >= {str(study.budgets[0])}
    assert all(float(row["low"]) <= float(row["difference"]) <= float(row["high"]) for row in rows)


def test_every_point_has_an_interval_also_without_a_mistake(folder):
    with (folder / "curves.csv").open(newline="", encoding="utf-8") as file:
        found = {(row["arm"], row["metric"]): row for row in csv.DictReader(file)}
    sure = found["hog", "balanced_accuracy"]
    assert (float(sure["mean"]), float(sure["high"])) == (1, 1)
    assert 0.5 < float(sure["low"]) < 1
    assert all(float(row["low"]) <= float(row["mean"]) <= float(row["high"]) for row in found.values())


def test_findings_hold_what_was_noticed_noted_and_failed(folder):
    text = (folder / "findings.txt").read_text(encoding="utf-8")
    assert "- warning: The classes differ." in text
    assert "- note: Read well." in text
    noted = text.partition("In the trials")[2].partition("Trials that failed")[0]
    assert [line for line in noted.splitlines() if line.startswith("- ")] == [
        "- 0–10 of 60 images took part. (11 trials)",
        "- Class 'a' had fewer. (11 trials)",
    ]
    assert "- ValueError: made to fail (1 trial)" in text


def test_the_figure_says_the_finding(folder):
    root = ElementTree.parse(folder / "figure.svg").getroot()
    title = root.find(f"{SVG}title").text
    assert "HOG + SVM reaches 100" in title
    assert title.replace("\u00a0", " ") in " ".join((folder / "README.txt").read_text(encoding="utf-8").split())


@pytest.fixture
def rising(study, dataset):
    """Return a study of five budgets, and outcomes in which every technique gets better with every budget."""
    longer = replace(study, budgets=(1, 2, 4, 8, 12), arms=study.arms[:2], seeds=2)
    found = []
    for trial in longer.trials():
        test = np.arange(18)
        labels = dataset.labels[test]
        wrong = round(12 * trial.budget**-0.5) if trial.arm == "hog" else 12
        answers = np.where(np.roll(test, trial.seed) < wrong, (labels + 1) % 3, labels)
        probabilities = (0.1 + 0.7 * np.eye(3)[answers]).astype(np.float32)
        judged = scores(probabilities, labels)
        spent = 3 * trial.budget
        found.append(Outcome(trial, State.DONE, spent, trial.budget, test, probabilities, judged, 0.25))
    return longer, found


def test_the_figure_goes_on_with_the_forecast_in_full_and_then_faded(tmp_path, dataset, rising):
    longer, found = rising
    reading = Reading(dataset, (), np.zeros((60, 2), np.int64), np.zeros(60, np.float32))
    write_report(tmp_path, longer, reading, found, ABOUT)
    root = ElementTree.parse(tmp_path / "figure.svg").getroot()
    lines = [each for each in root.iter(f"{SVG}polyline") if each.findtext(f"{SVG}title") == "HOG + SVM, forecast"]
    assert [each.get("stroke-opacity") for each in lines] == [None, "0.4"], "up to twice, and faded to four times"
    assert all(each.get("stroke-dasharray") for each in lines)
    words = ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]
    assert {"72forecast", "144forecast"} <= set(words), "marks at twice and at four times the most labels"
    assert any(each.startswith("forecast ") for each in words)
    assert "Dashed lines are forecasts" in (tmp_path / "README.txt").read_text(encoding="utf-8")


def test_a_forecast_that_is_refused_is_not_drawn_and_the_readme_says_why(folder):
    assert "forecast" not in (folder / "figure.svg").read_text(encoding="utf-8")
    text = " ".join((folder / "README.txt").read_text(encoding="utf-8").split())
    assert "No forecast for HOG + SVM: " in text


def test_a_study_without_a_finished_trial_has_a_folder_too(tmp_path, study, dataset):
    reading = Reading(dataset, (), np.zeros((60, 2), np.int64), np.zeros(60, np.float32))
    write_report(tmp_path, study, reading, [], {"state": "cancelled"})
    assert "Nothing." in (tmp_path / "findings.txt").read_text(encoding="utf-8")
    assert {path.name for path in tmp_path.iterdir()} == set(readme.FILES)


def test_a_score_that_the_command_does_not_show_is_told(folder, tmp_path, study, dataset, outcomes):
    told = "Its figure then shows balanced accuracy; curves.csv has log loss as well."
    assert told not in " ".join((folder / "README.txt").read_text(encoding="utf-8").split())
    reading = Reading(dataset, (), np.zeros((60, 2), np.int64), np.zeros(60, np.float32))
    write_report(tmp_path / "loss", replace(study, metric="log_loss"), reading, outcomes, ABOUT)
    assert told in " ".join((tmp_path / "loss" / "README.txt").read_text(encoding="utf-8").split())


@pytest.fixture
def settled(tmp_path, study, dataset, outcomes):
    """Return the folder of a study that stopped after one of its four seeds, though a trial of another was done."""
    made = replace(study, seeds=4, until=Until(30.0, "hog"))
    looks = [asdict(Look(1, 0.01, open=("majority", "own"), final=True))]
    reading = Reading(dataset, (), np.zeros((60, 2), np.int64), np.zeros(60, np.float32))
    write_report(tmp_path / "settled", made, reading, outcomes, {**ABOUT, "looks": looks})
    return tmp_path / "settled"


def test_a_study_that_stopped_at_a_look_rests_on_its_seeds_everywhere_but_in_the_trials(settled, outcomes):
    told = {}
    for name in ("curves.csv", "verdicts.csv", "trials.csv"):
        with (settled / name).open(newline="", encoding="utf-8") as file:
            told[name] = list(csv.DictReader(file))
    assert {row["seeds"] for row in told["curves.csv"]} == {row["seeds"] for row in told["verdicts.csv"]} == {"1"}
    assert {row["level"] for row in told["verdicts.csv"]} == {"0.01"}
    assert {row["against"] for row in told["verdicts.csv"]} == {"hog"}
    assert len(told["trials.csv"]) == len(outcomes)
    assert read(settled).looks == (Look(1, 0.01, open=("majority", "own"), final=True),)


def test_its_folder_says_why_it_stopped_and_how_to_run_it_again(settled, folder):
    text = " ".join((settled / "README.txt").read_text(encoding="utf-8").split())
    stopped = "Stopped after 30 minutes with 1 of 4 seeds: 2 of 2 verdicts not clear yet"
    assert f"{stopped}. Curves, verdicts and forecasts rest on the first 1 seed; trials" in text
    assert "Verdicts are those of the look after 1 seed." in text
    assert "--until-settled --minutes 30 --most-seeds 4" in text
    assert f"- {stopped}" in (settled / "findings.txt").read_text(encoding="utf-8")
    assert "until" not in (folder / "README.txt").read_text(encoding="utf-8").split("Columns of")[0]
    with (folder / "verdicts.csv").open(newline="", encoding="utf-8") as file:
        assert {row["level"] for row in csv.DictReader(file)} == {"0.05"}
