"""The finished study that greets a visitor is a real one, of the data and the arms that ship beside it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.datasets.examples import ROOT, examples, open_example
from explorer.export.folder import read
from explorer.score_words import score_shown
from explorer.scores import METRICS, scores
from explorer.splits import make_split
from explorer.statistics.curves import curves
from explorer.techniques.discovery import first_arms
from explorer.ui.finished import computed, finished

FOLDERS = sorted(path.parent for path in (ROOT / "finished").glob("*/study.json"))


def test_there_is_one():
    assert FOLDERS


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_it_is_of_the_data_and_the_arms_that_ship(folder: Path, workspace):
    written = read(folder)
    dataset = open_example(folder.name, workspace).dataset
    assert folder.name in examples()
    assert written.study.dataset == dataset.fingerprint
    assert written.labels.tolist() == dataset.labels.tolist()
    assert set(written.study.arms) == set(first_arms().values())
    assert written.study.seeds >= 5
    assert len(written.outcomes) == len(written.study.trials())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_its_numbers_follow_from_its_predictions_and_its_splits(folder: Path, workspace):
    written = read(folder)
    dataset = open_example(folder.name, workspace).dataset
    for outcome in written.outcomes:
        split = make_split(dataset, outcome.trial.seed, written.study.test_share)
        assert outcome.test.tolist() == split.test.tolist()
        found = scores(outcome.probabilities, dataset.labels[outcome.test])
        assert outcome.scores == pytest.approx({name: found[name] for name in outcome.scores}, abs=1e-6)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_it_is_small(folder: Path):
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 6e6


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_what_the_first_page_shows_of_it_is_what_its_numbers_give(folder: Path):
    painted, fresh = finished(), computed(folder)
    assert painted.picture.startswith("<svg")
    assert "@font-face" in painted.picture, "letters of the page's typeface, or the words change when the figure comes"
    assert replace(painted, picture="") == fresh
    points = sum(len(trace["y"]) for trace in json.loads(fresh.figure.light)["data"] if trace["meta"] == "mean")
    assert painted.picture.count("light-dark(") > points


def test_a_number_of_the_sentence_is_that_of_the_figure_and_of_the_table():
    """The baseline ends at 81.5 %: its label and the other score of the same answers say the same."""
    fresh = computed(ROOT / "finished" / "galaxies")
    labels = [each["text"].replace("<br>", " ") for each in json.loads(fresh.figure.light)["layout"]["annotations"]]
    (label,) = [each for each in labels if each.startswith("Small CNN from scratch")]
    score = label.removeprefix("Small CNN from scratch ")
    written = read(ROOT / "finished" / "galaxies")
    groups = written.groups
    for metric in ("accuracy", "balanced_accuracy"):
        drawn = curves(written.study, written.outcomes, written.labels, groups, metric)
        (baseline,) = [each for each in drawn if each.arm == "baseline"]
        assert score_shown(baseline.points[-1].mean, METRICS[metric]) == score
        best = max(drawn, key=lambda each: each.points[3].mean)
        assert f"with 10 labels per class, “{best.title}” reaches" in fresh.headline
        assert f"reaches {score_shown(best.points[3].mean, METRICS[metric])}" in fresh.headline


def test_a_study_that_was_not_painted_is_computed(tmp_path):
    shutil.copytree(ROOT / "finished" / "galaxies", tmp_path / "finished" / "galaxies")
    shutil.copytree(ROOT / "galaxies", tmp_path / "galaxies")
    path = tmp_path / "finished" / "galaxies" / "page.json"
    path.write_text(path.read_text().replace('"made_of": "', '"made_of": "of another study '))
    found = finished(tmp_path)
    assert found == replace(finished(), picture="")
