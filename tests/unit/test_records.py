"""Records: scaling, rows that hold nothing but themselves, trials in order, and the way to JSON and back."""

import json
from dataclasses import replace

import numpy as np
import pytest

from explorer.records import Arm, Choice, Outcome, Scaling, Slot, State, Study, Trial, Until, digest, last_line


@pytest.fixture
def study():
    arms = (
        Arm("plain", "Plain", Choice("hog")),
        Arm("full", "Full", Choice("pretrained", {"c": 3.0}), denoising=Choice("tv"), semi_supervised=Choice("self")),
    )
    return Study("id", "A study", "abc", arms, budgets=(1, 5), seeds=2)


def test_scaling_maps_its_ends_and_clips_beyond():
    values = np.array([[0, 100, 1100, 5000]], np.uint16)
    scaled = Scaling(100, 1100, "").apply(values)
    assert scaled.dtype == np.float32
    assert scaled.tolist() == [[0, 0, 1, 1]]
    assert values.tolist() == [[0, 100, 1100, 5000]]


def test_rows_hold_no_way_back_to_the_data_set(make_dataset):
    dataset = make_dataset([0, 1] * 5)
    rows = dataset.rows(np.array([1, 3]))
    assert rows.shape == (2, 8, 8, 1)
    assert not np.shares_memory(rows.values, dataset.inputs)
    assert rows.values.base is None or rows.values.base.size == rows.values.size
    seen = rows[0:1]
    seen[:] = 0
    assert rows[0:1].max() > 0


def test_class_counts_leave_unlabelled_items_out(make_dataset):
    assert make_dataset([0, 1, 1, -1, 2]).class_counts.tolist() == [1, 2, 1]


def test_trials_come_seed_by_seed_and_small_budgets_first(study):
    assert [(t.seed, t.budget, t.arm) for t in study.trials()] == [
        (0, 1, "plain"), (0, 1, "full"), (0, 5, "plain"), (0, 5, "full"),
        (1, 1, "plain"), (1, 1, "full"), (1, 5, "plain"), (1, 5, "full"),
    ]  # fmt: skip


def test_a_study_survives_json(study):
    assert Study.from_dict(json.loads(json.dumps(study.to_dict()))) == study


def test_a_study_says_that_it_runs_until_its_verdicts_settle_and_others_are_written_as_ever(study):
    settling = replace(study, until=Until(30.0, "full", practical=0.02))
    assert Study.from_dict(json.loads(json.dumps(settling.to_dict()))) == settling
    assert "until" not in study.to_dict(), "a study that was stored before has no such key, and is the same"
    with pytest.raises(KeyError):
        Study.from_dict(replace(settling, until=Until(30.0, "nobody")).to_dict())
    with pytest.raises(TypeError):
        Study.from_dict({**study.to_dict(), "until": {"minutes": 3}})


def test_an_arm_lists_its_filled_slots_in_the_order_of_the_data(study):
    assert [slot for slot, _ in study.arm("full").choices()] == [Slot.DENOISING, Slot.MODEL, Slot.SEMI_SUPERVISED]
    with pytest.raises(KeyError):
        study.arm("none")


def test_records_are_frozen_and_choices_can_be_looked_up(study):
    with pytest.raises(AttributeError):
        study.seeds = 3
    assert len({Choice("a", {"x": 1}), Choice("a", {"x": 1}), Choice("a", {"x": 2})}) == 2
    assert Outcome(Trial("a", 1, 0), State.FAILED).probabilities.shape == (0, 0)


def test_digest_tells_apart_what_joining_would_not():
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a", b"b") == digest("a", "b")
    assert len(digest("x")) == 16


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("Traceback\n  File x\nexplorer.errors.StudyError: A budget: too low.\n", "A budget: too low."),
        ("Traceback\ntorch.cuda.OutOfMemoryError: no room", "OutOfMemoryError: no room"),
        ("ValueError: bad", "ValueError: bad"),
        ("KeyboardInterrupt", "KeyboardInterrupt"),
        ("Traceback\nnumpy.exceptions.AxisError", "AxisError"),
        ("explorer.errors.Cancelled", "Cancelled"),
        ("ValueError: two lines\nsee a.b.c for more", "see a.b.c for more"),
        ("ValueError: two lines\n0.5", "0.5"),
        ("", ""),
    ],
)
def test_the_last_line_of_a_traceback_is_what_people_read(error, line):
    assert last_line(error) == line
