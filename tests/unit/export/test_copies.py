"""Copies of an image are evidence once: in curves, verdicts, files, and what is read back of them."""

import csv
import io
import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from explorer.commands import compare
from explorer.export.class_table import classes_csv
from explorer.export.comparing import comparing
from explorer.export.curve_table import study_curves
from explorer.export.folder import read, write
from explorer.export.report import seen
from explorer.export.text_table import text_table
from explorer.export.verdict_table import verdicts_csv
from explorer.previews import floors
from explorer.records import Arm, Choice, Outcome, State, Study
from explorer.scores import scores
from explorer.splits import counted_units, make_split
from explorer.statistics.answers import answers_of
from explorer.statistics.calibration import calibration
from explorer.statistics.curves import DIFFERENT_IMAGES, IMAGES, JOINED_GROUPS, WHOLE_GROUPS, interval_words
from explorer.statistics.evidence import judged
from explorer.ui import confidence, study_read

COPIES = 4
ARMS = (Arm("a", "A", Choice("hog")), Arm("b", "B", Choice("majority")))
STUDY = Study("id", "toy", "toy", ARMS, budgets=(1, 2), seeds=1)  # whose intervals know of images alone


@pytest.fixture
def copied(make_dataset):
    """Return a data set of 100 images in four copies each."""
    labels = np.repeat(np.tile([0, 1], 50), COPIES)
    return make_dataset(labels, duplicates=np.arange(len(labels)) // COPIES)


def outcomes(data):
    """Return outcomes in which all copies of an image have the same answer."""
    found = []
    for number, trial in enumerate(STUDY.trials()):
        test = make_split(data, trial.seed, STUDY.test_share).test
        right = np.random.default_rng(number).random(len(data)) < 0.7
        labels = data.labels[test]
        answers = np.where(right[test // COPIES], labels, 1 - labels)
        probabilities = (0.1 + 0.8 * np.eye(2)[answers]).astype(np.float32)
        told = scores(probabilities, labels)
        found.append(Outcome(trial, State.DONE, 2 * trial.budget, trial.budget, test, probabilities, told))
    return found


def width(curve):
    return curve.points[-1].high - curve.points[-1].low


def test_intervals_are_those_of_the_different_images(copied):
    done = outcomes(copied)
    plain = study_curves(STUDY, replace(copied, duplicates=None), done)
    found = study_curves(STUDY, copied, done)
    assert all(width(one) > 1.6 * width(other) for one, other in zip(found, plain, strict=True))
    assert seen(STUDY, copied, done, State.DONE).curves == found
    assert DIFFERENT_IMAGES in text_table(STUDY, copied, done)


@pytest.mark.parametrize("table", [lambda *known: verdicts_csv(*known, ["accuracy"]), classes_csv])
def test_tables_of_verdicts_and_classes_are_those_of_the_different_images(copied, table):
    done = outcomes(copied)

    def widths(data):
        rows = csv.DictReader(io.StringIO(table(STUDY, data, done)))
        return np.array([float(row["high"]) - float(row["low"]) for row in rows])

    assert (widths(copied) > 1.5 * widths(replace(copied, duplicates=None))).all()


def test_a_folder_tells_what_is_counted_once(tmp_path, copied):
    done = outcomes(copied)
    write(tmp_path, STUDY, copied, done)
    written = read(tmp_path)
    assert written.groups is None
    assert written.units.tolist() == counted_units(copied).tolist()
    told = json.loads(CliRunner().invoke(compare.command, [str(tmp_path), "--json"]).output)
    known = [judged(each, copied.labels, STUDY.metric) for each in done]
    (first, *_) = comparing(STUDY, known, copied.labels, counted_units(copied), STUDY.metric).comparisons
    assert (told["comparisons"][0]["low"], told["comparisons"][0]["high"]) == pytest.approx((first.low, first.high))
    with np.load(tmp_path / "predictions.npz") as kept:
        older = {name: kept[name] for name in kept.files if name != "units"}
    np.savez_compressed(tmp_path / "predictions.npz", **older, groups=np.arange(400) // 8)
    assert read(tmp_path).units.tolist() == read(tmp_path).groups.tolist()


def test_pages_and_previews_count_copies_once(monkeypatch, copied):
    monkeypatch.setattr(study_read, "shell", SimpleNamespace(store=lambda: SimpleNamespace(study=lambda _: STUDY)))
    monkeypatch.setattr(study_read, "dataset", lambda _: copied)
    given = []
    monkeypatch.setattr(study_read, "_followed", lambda *_: SimpleNamespace(judged=lambda *_: ()))
    monkeypatch.setattr(study_read, "curves_of", lambda *known: given.append(known[-1]))
    monkeypatch.setattr(study_read, "comparing", lambda *known, **_: given.append(known[3]))
    study_read._drawn("copies", "id", 1, "accuracy", ())
    study_read._compared("copies", "id", 1, "accuracy", "a", ())
    monkeypatch.setattr(floors, "judged", lambda *_, **__: None)
    monkeypatch.setattr(floors, "curves", lambda *known: given.append(known[-1]) or [])
    floors.make(copied, {"budget": 1, "seeds": 1}, SimpleNamespace(cache=None, monitor=None))
    monkeypatch.setattr(confidence.choosing, "answers", lambda _: None)
    monkeypatch.setattr(confidence, "calibration", lambda _, units, **__: given.append(units))
    confidence._measured("copies", None, "toy")
    assert [len(np.unique(each)) for each in given] == [100] * 4


def test_copies_are_drawn_together_for_calibration(copied):
    answers = answers_of(outcomes(copied)[:1], copied.labels)
    alone, together = (calibration(answers, each).gap for each in (None, counted_units(copied)))
    assert together.high - together.low > 1.4 * (alone.high - alone.low)


def test_without_copies_nothing_changes(make_dataset):
    data = make_dataset(np.tile([0, 1], 50))
    none = np.full(100, -1)
    assert counted_units(data) is None
    assert counted_units(replace(data, duplicates=none)) is None
    groups = np.arange(100) // 5
    assert counted_units(replace(data, groups=groups, duplicates=none)) is groups


@pytest.mark.parametrize(
    ("groups", "copies", "told"),
    [
        (False, None, IMAGES),
        (True, None, WHOLE_GROUPS),
        (False, [0, 1], DIFFERENT_IMAGES),
        (True, [0, 1], WHOLE_GROUPS),  # within a group
        (True, [0, 99], JOINED_GROUPS),
    ],
)
def test_words_call_copies_copies_and_groups_groups(make_dataset, groups, copies, told):
    data = make_dataset(np.tile([0, 1], 50), groups=np.where(np.arange(100) < 90, np.arange(100) // 10, -1))
    duplicates = np.full(100, -1)
    duplicates[copies or []] = 0
    data = replace(data, groups=data.groups if groups else None, duplicates=duplicates)
    units = counted_units(data)
    assert f"from the {told} that judged" in interval_words((), data.groups, units, given_test=False)
