"""What to label next and what that order is worth: who is asked for, who is not, and that no judge has a say."""

import json
from dataclasses import replace

import numpy as np
import pytest

from explorer.errors import Cancelled, DataError
from explorer.previews import label_next, label_replay, to_label
from explorer.previews.making import AtWork
from explorer.previews.network_features import described
from explorer.previews.to_label import ASKED, RANDOM, Replayed, may_be_asked, replay_study
from explorer.records import UNLABELED, Arm, Choice, digest
from explorer.splits import make_split
from explorer.techniques.monitors import QUIET
from tests.unit.techniques.toys import toy

SETTINGS = {"side": 96, "scales": "one"}
OPTIONS = {"settings": SETTINGS, "free": [], "count": 12}
ARM = Arm("transfer", "Transfer", Choice("pretrained", SETTINGS))


@pytest.fixture
def pictured(make_dataset):
    """Return a maker of data sets of 30 easy images of each of three classes; the last `unlabeled` have no label."""

    def make(unlabeled=0, **fields):
        rows, labels = toy(30)
        labels = np.where(np.arange(90) < 90 - unlabeled, labels, UNLABELED)
        return make_dataset(labels, inputs=rows.values, class_names=("a", "b", "c"), **fields)

    return make


def altered(dataset, rows, *, labels=False):
    """Return the data set with other images of these rows, and other labels."""
    inputs, truth = dataset.inputs.copy(), dataset.labels.copy()
    inputs[rows] = 255 - inputs[np.roll(rows, 1)]
    if labels:
        truth[rows] = (truth[rows] + 1) % 3
    return replace(dataset, inputs=inputs, labels=truth, fingerprint=digest(rows.tobytes(), str(labels)))


def short(dataset, seeds=2):
    """Return the study of a comparison with few seeds."""
    return replace(replay_study(dataset, ARM, ()), seeds=seeds)


# ---- the list --------------------------------------------------------------------------------------------------


def test_few_labels_ask_for_what_is_typical(pictured, at_work):
    data = pictured(75)
    found = label_next.make(data, OPTIONS, at_work)
    rows = found.arrays["rows"]
    assert len(set(rows.tolist())) == len(rows) == 12
    assert (data.labels[rows] == UNLABELED).all()
    assert found.facts == {"way": "typical", "labeled": 15, "unlabeled": 75, "candidates": 75, "considered": 75}
    assert found.arrays["classes"].shape == found.arrays["shares"].shape == (12, 2)
    truth = np.tile([0, 1, 2], 30)[rows]
    assert set(truth.tolist()) == {0, 1, 2}
    assert (found.arrays["classes"][:, 0] == truth).mean() > 0.8
    assert (found.arrays["shares"][:, 0] >= found.arrays["shares"][:, 1]).all()


def test_more_labels_ask_for_what_the_model_is_undecided_about(pictured, at_work):
    data = pictured(50)
    found = label_next.make(data, {**OPTIONS, "count": 5}, at_work)
    assert found.facts["way"] == "undecided"
    seen = described(data, OPTIONS, at_work)
    units, free = np.arange(90), np.flatnonzero(data.labels == UNLABELED)
    taught = np.flatnonzero(data.labels != UNLABELED)
    answers = label_next.learner_answers(data, seen, taught, units, free, 0, QUIET)
    two = np.sort(answers, axis=1)[:, -2:]
    assert found.arrays["rows"][0] == free[np.argmin(two[:, 1] - two[:, 0])]
    assert found.arrays["shares"][0] == pytest.approx(two[np.argmin(two[:, 1] - two[:, 0])][::-1], abs=1e-6)


def test_the_same_list_comes_again_and_a_longer_one_is_asked_for_by_its_length(pictured, workspace, tmp_path):
    data = pictured(60)
    lists = [label_next.make(data, OPTIONS, AtWork(each, QUIET)) for each in (workspace.cache, tmp_path / "other")]
    assert lists[0].arrays["rows"].tolist() == lists[1].arrays["rows"].tolist()
    assert np.array_equal(lists[0].arrays["shares"], lists[1].arrays["shares"])
    assert len(label_next.make(data, {**OPTIONS, "count": 999}, AtWork(workspace.cache, QUIET)).arrays["rows"]) == 60


def test_without_labels_of_two_classes_nothing_is_said_of_classes(pictured, at_work):
    data = pictured()
    data = replace(data, labels=np.where(data.labels == 0, 0, UNLABELED))
    found = label_next.make(data, OPTIONS, at_work)
    assert found.facts["way"] == "typical"
    assert found.arrays["classes"].shape == (12, 0)


def test_only_so_many_images_are_compared_and_it_is_told(pictured, at_work, monkeypatch):
    monkeypatch.setattr(label_next, "CONSIDERED", 20)
    monkeypatch.setattr(label_next, "TAUGHT", 6)
    found = label_next.make(pictured(60), {**OPTIONS, "count": 100}, at_work)
    assert len(found.arrays["rows"]) == 20
    assert (found.facts["candidates"], found.facts["considered"], found.facts["labeled"]) == (60, 20, 30)


def test_labels_that_teach_are_taken_class_by_class(monkeypatch):
    monkeypatch.setattr(label_next, "TAUGHT", 6)
    labels = np.repeat([0, 1, 2], [50, 5, 3])
    taken = label_next._balanced(np.arange(58), labels)
    assert np.bincount(labels[taken]).tolist() == [2, 2, 2]
    assert taken.tolist() == sorted(taken.tolist())


def test_copies_are_asked_for_once_and_not_where_one_has_a_label(pictured):
    duplicates = np.full(90, -1)
    duplicates[[0, 60]] = 0  # the first of them has a label
    duplicates[[61, 62, 63]] = 1
    data = pictured(60, duplicates=duplicates)
    asked = set(may_be_asked(data).tolist())
    assert asked == set(range(30, 90)) - {60, 62, 63}


def test_where_all_have_labels_the_remedy_is_told(pictured, at_work):
    with pytest.raises(DataError, match="in a folder named unlabeled, or with an empty label in the CSV"):
        label_next.make(pictured(), OPTIONS, at_work)


def test_images_that_judge_have_no_say_in_the_list(pictured, at_work):
    given = np.zeros(90, bool)
    given[:24] = True
    groups = np.arange(90)
    groups[89] = 3  # an unlabelled image of a group that judges
    data = pictured(40, given_test=given, groups=groups, group_names=tuple(map(str, range(90))))
    plain = label_next.make(data, {**OPTIONS, "count": 40}, at_work)
    changed = label_next.make(altered(data, np.arange(24), labels=True), {**OPTIONS, "count": 40}, at_work)
    assert plain.arrays["rows"].tolist() == changed.arrays["rows"].tolist()
    assert np.array_equal(plain.arrays["shares"], changed.arrays["shares"])
    assert 89 not in plain.arrays["rows"]
    assert (plain.facts["labeled"], plain.facts["unlabeled"], plain.facts["candidates"]) == (26, 40, 39)


def test_a_list_that_nobody_wants_any_more_ends(pictured, workspace, cancelling):
    label_next.make(pictured(60), OPTIONS, AtWork(workspace.cache, QUIET))
    with pytest.raises(Cancelled):
        label_next.make(pictured(60), OPTIONS, AtWork(workspace.cache, cancelling(0)))


# ---- what it is worth ------------------------------------------------------------------------------------------


def test_orders_are_nested_of_the_pool_and_of_equal_length(pictured, at_work):
    data = pictured(9)
    study = short(data)
    assert (study.budgets, study.per_class) == ((4, 8, 16), False)
    found = label_replay.orders(data, study, described(data, OPTIONS, at_work), 1, at_work)
    split = make_split(data, 1, study.test_share)
    assert list(found) == [ASKED, RANDOM]
    for order in found.values():
        assert [len(each) for each in order] == [4, 8, 16]
        assert order[2][:4].tolist() == order[0].tolist()
        assert set(order[2].tolist()) <= set(split.order.tolist())
    again = label_replay.orders(data, study, described(data, OPTIONS, at_work), 1, at_work)
    assert [each.tolist() for each in found[ASKED]] == [each.tolist() for each in again[ASKED]]
    assert found[ASKED][2].tolist() != found[RANDOM][2].tolist()


@pytest.mark.parametrize("given", [False, True], ids=["drawn", "given"])
def test_images_that_judge_never_reach_the_choice(pictured, at_work, given):
    brought = np.arange(90) % 4 == 0 if given else None
    data = pictured(given_test=brought)
    study = replace(short(data), budgets=(4, 8, 32, 48))  # up to where a model has its say
    test = make_split(data, 0, study.test_share).test
    other = altered(data, test, labels=given)  # who judges depends on the labels where a split is drawn
    assert make_split(other, 0, study.test_share).test.tolist() == test.tolist()
    one, two = (
        label_replay.orders(each, study, described(each, OPTIONS, at_work), 0, at_work) for each in (data, other)
    )
    for name in (ASKED, RANDOM):
        assert [each.tolist() for each in one[name]] == [each.tolist() for each in two[name]]
    moved = altered(data, make_split(data, 0, study.test_share).pool)
    three = label_replay.orders(moved, study, described(moved, OPTIONS, at_work), 0, at_work)
    assert [each.tolist() for each in three[ASKED]] != [each.tolist() for each in one[ASKED]]


def test_groups_stay_whole_and_copies_are_asked_for_once(pictured, at_work):
    duplicates = np.full(90, -1)
    duplicates[[3, 6, 9, 12]] = 0
    data = pictured(groups=np.arange(90) // 3, group_names=tuple(map(str, range(30))), duplicates=duplicates)
    study = short(data)
    split = make_split(data, 0, study.test_share)
    order = label_replay.orders(data, study, described(data, OPTIONS, at_work), 0, at_work)[RANDOM][-1]
    assert not set(data.groups[order].tolist()) & set(data.groups[split.test].tolist())
    assert sum(row in (3, 6, 9, 12) for row in to_label.pool_that_may_be_asked(data, split)) <= 1


def test_the_comparison_has_curves_verdicts_and_parts_on_the_way(pictured, workspace):
    data, parts = pictured(), []
    study = short(data, seeds=3)
    found = label_replay.make(data, {"study": study.to_dict()}, AtWork(workspace.cache, QUIET, parts.append))
    told = Replayed.of(json.loads(json.dumps(found.facts)))
    assert [curve.arm for curve in told.curves] == [ASKED, RANDOM]
    assert [[point.n_labeled for point in curve.points] for curve in told.curves] == [[4, 8, 16]] * 2
    assert all(point.seeds == (0, 1, 2) for curve in told.curves for point in curve.points)
    assert [each.budget for each in told.comparisons] == [4, 8, 16, None]
    assert told.whole.against == RANDOM
    assert told.to_facts() == Replayed.of(told.to_facts()).to_facts()
    assert [part.facts["seeds"] for part in parts] == [1, 2]
    split = make_split(data, 0, study.test_share)
    assert found.facts["judging"] == np.bincount(data.labels[split.test]).tolist()
    again = label_replay.make(data, {"study": study.to_dict()}, AtWork(workspace.cache, QUIET))
    assert timeless(again.facts) == timeless(found.facts)


def timeless(facts):
    """Return the facts without what no two runs have in common: how long fits took."""
    curves = [
        {**curve, "points": [{**point, "seconds": 0, "whole": 0} for point in curve["points"]]}
        for curve in facts["curves"]
    ]
    return json.dumps({**facts, "curves": curves})


def test_progress_is_told_and_a_comparison_can_be_cancelled(pictured, workspace, cancelling):
    data, steps = pictured(), []
    study = short(data)
    described(data, OPTIONS, AtWork(workspace.cache, QUIET))

    class Heard:
        def step(self, done, total):
            if total:
                steps.append(done / total)

    label_replay.make(data, {"study": study.to_dict()}, AtWork(workspace.cache, Heard()))
    assert steps == sorted(steps)
    assert steps[-1] < 1
    assert len(set(steps)) == 2 * 2 * 3
    with pytest.raises(Cancelled):
        label_replay.make(data, {"study": study.to_dict()}, AtWork(workspace.cache, cancelling(5)))


def test_too_few_labels_are_not_compared(pictured):
    assert replay_study(pictured(50), ARM, ()) is None


def test_what_orders_have_in_common_is_counted():
    rows = [np.arange(4), np.arange(2, 6), np.arange(10, 14)]
    assert label_replay.overlap(rows) == pytest.approx((0.5 + 0 + 0) / 3)
    assert label_replay.overlap(rows[:1]) is None


def test_rows_that_an_order_asks_for_at_every_seed_make_trainings_more_alike_than_those_met_by_chance():
    assert label_replay.alike(0.5, 0.5) == 0.25
    assert label_replay.alike(0.5, 0.02) == pytest.approx(0.48)
    assert label_replay.alike(None, 0.5) is None
    assert label_replay.alike(0.3, None) == 0.3
