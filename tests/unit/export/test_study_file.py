"""A study.json in which somebody has written: whatever it says is either used, or refused in one clear sentence."""

import copy
import json
import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from explorer.__main__ import main
from explorer.errors import StudyError
from explorer.export.folder import describe, write
from explorer.records import Arm, Choice, Look, Outcome, State, Study, Until
from explorer.scores import scores

ARMS = (Arm("a", "Arm A", Choice("hog", {"c": 3.0})), Arm("b", "Arm B", Choice("majority"), denoising=Choice("tv")))
STUDY = Study("id", "Toy", "toy", ARMS, (1, 2), seeds=4, until=Until(30.0, "b"))
LOOKS = [{"seeds": 3, "level": 0.04, "clear": ["a"], "open": [], "final": True}]
ABOUT = {
    "state": "done",
    "seconds": 1.5,
    "versions": {"protocol": "4"},
    "reading": {"path": "x", "size": None, "groups": None},
    "facts": {"free": [], "said_by": "user"},
    "looks": LOOKS,
}
MISSING = object()
BAD = (None, "", "pocock", -1, 0, 0.5, 3, math.nan, math.inf, 10**400, True, [], ["x"], [2, 1], [None], {}, {"x": 1})


@pytest.fixture
def folder(tmp_path, make_dataset):
    dataset = make_dataset(np.tile([0, 1, 2], 20))
    outcomes = []
    for number, trial in enumerate(replace(STUDY, seeds=3).trials()):
        test = np.sort(np.random.default_rng(trial.seed).choice(60, 15, replace=False))
        probabilities = np.random.default_rng(number).dirichlet(np.ones(3), len(test)).astype(np.float32)
        found = scores(probabilities, dataset.labels[test])
        outcomes.append(Outcome(trial, State.DONE, 3 * trial.budget, trial.budget, test, probabilities, found))
    write(tmp_path / "out", STUDY, dataset, outcomes, ABOUT)
    return tmp_path / "out"


def places(values, before=()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every value in plain JSON values."""
    pairs = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, each in pairs:
        yield (*before, name)
        yield from places(each, (*before, name))


STUDY_PLACES = [("study", *each) for each in places(json.loads(json.dumps(STUDY.to_dict())))]
OTHERS = [*places({**ABOUT, "dataset": {"name": "", "class_names": [""]}, "format": 1}), ("study",)]


def changed(described, place, value):
    """Return what study.json would say with another value at a place, or without any."""
    made = copy.deepcopy(described)
    *way, last = place
    inside = made
    for each in way:
        inside = inside[each]
    if value is MISSING:
        del inside[last]
    else:
        inside[last] = value
    return made


@pytest.mark.parametrize("place", [*STUDY_PLACES, *OTHERS], ids=lambda place: ".".join(map(str, place)))
def test_whatever_a_field_says_is_used_or_refused_in_one_sentence(folder, capsys, place):
    path = folder / "study.json"
    good = json.loads(path.read_text(encoding="utf-8"))
    for value in (*BAD, MISSING):
        path.write_text(json.dumps(changed(good, place, value)), encoding="utf-8")
        status = main(["compare", str(folder)])  # nothing else may be raised
        told = capsys.readouterr()
        if status:
            assert told.err.count("\n") == 1
            assert str(path) in told.err, (place, value)
            assert told.err.endswith("Put that right, or choose another folder.\n"), (place, value, told.err)
            assert len(told.err) < 500
            with pytest.raises(StudyError):
                describe(folder)


@pytest.mark.parametrize(
    ("place", "value", "text"),
    [
        (("study", "until", "spending"), "pocock", "study.until.spending is 'pocock', not one of evenly, late."),
        (("study", "until", "minutes"), math.nan, "study.until.minutes is nan, not a number above 0."),
        (("study", "until", "minutes"), MISSING, "study.until.minutes is missing; it must be a number above 0."),
        (("study", "until", "against"), "nobody", "study.until.against is 'nobody', not one of a, b."),
        (("study", "until", "practical"), -0.01, "study.until.practical is -0.01, not a number from 0 on."),
        (("study", "seeds"), 1, "study.seeds is 1, not 2 or more, as study.until is given."),
        (("study", "seeds"), "5", "study.seeds is '5', not a whole number from 1 to 10,000."),
        (("study", "seeds"), 10**12, "study.seeds is 1000000000000, not a whole number"),
        (("study", "budgets"), [2, 1], "study.budgets is [2, 1], not a list of whole numbers from 1 to 1,000,000, asc"),
        (("study", "test_share"), 30, "study.test_share is 30, not a number between 0 and 1."),
        (("study", "metric"), "f1", "study.metric is 'f1', not one of balanced_accuracy, "),
        (("study", "seconds"), -900, "study.seconds is -900, not a number above 0."),
        (("study", "free"), ["colour"], "study.free is ['colour'], not a list of orientation, intensity, position."),
        (("study", "arms", 0, "model"), None, "study.arms[0].model is nothing, not an object of fields."),
        (("study", "arms", 1, "name"), "a", "study.arms has two of the name 'a'."),
        (("study", "arms", 1, "denoising", "technique"), 3, "study.arms[1].denoising.technique is 3, not a text."),
        (("study", "speed"), 1, "study.speed is nothing that this version knows."),
        (("looks", 0, "level"), 0, "looks[0].level is 0, not a number between 0 and 1."),
        (("looks", 0, "seeds"), 5, "looks[0].seeds is 5, not a whole number from 1 to 4."),
        (("looks", 0, "clear"), ["c"], "looks[0].clear is ['c'], not a list of names of arms of the study."),
        (("reading", "size"), "big", "reading.size is 'big', not a whole number from 1 on, or null."),
        (("seconds",), -1, "seconds is -1, not a number from 0 on."),
        (("format",), 2, "format is 2, not 1, the only form that this version reads."),
        (("study",), MISSING, "study is missing; it must be an object of fields."),
    ],
)
def test_the_sentence_says_what_and_which_value_and_what_it_may_be(folder, capsys, place, value, text):
    path = folder / "study.json"
    good = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(changed(good, place, value)), encoding="utf-8")
    assert main(["compare", str(folder)]) == 1
    assert text in capsys.readouterr().err


def test_what_an_earlier_version_left_out_may_be_missing(folder):
    path = folder / "study.json"
    good = json.loads(path.read_text(encoding="utf-8"))
    del good["study"]["until"], good["study"]["free"], good["looks"], good["reading"], good["facts"], good["versions"]
    path.write_text(json.dumps(good), encoding="utf-8")
    assert describe(folder)[0] == replace(STUDY, until=None)


def test_what_is_written_is_what_may_be_read(folder):
    study, described = describe(folder)
    assert study == STUDY
    assert Look(**{**described["looks"][0], "clear": ("a",), "open": ()}).is_settled
