"""What is believed of a pool, against slow and independent ways to find it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.records import UNLABELED
from explorer.techniques import believing as module
from explorer.techniques.believing import (
    CHUNK,
    Averaged,
    Narrowed,
    agreement,
    answers,
    believing,
    class_shares,
    foreign_share,
    quotas,
    surest,
    told_foreign,
    told_shift,
    told_unused,
    untuned,
)
from explorer.techniques.examples import BELIEVED, Examples
from explorer.techniques.heads import averaged_views
from explorer.techniques.monitors import QUIET, Quiet


def test_quotas_are_half_of_the_labels_and_half_of_what_is_predicted():
    assert quotas(np.array([0.5, 0.5]), np.array([0.9, 0.1]), 100).tolist() == [70, 30]
    assert quotas(np.array([0.25, 0.75, 0.0]), np.array([0.25, 0.25, 0.5]), 80).tolist() == [20, 40, 20]
    assert quotas(np.array([1.0, 0.0]), np.array([0.0, 1.0]), 0).tolist() == [0, 0]


def slow_surest(probabilities, counts, eligible):
    """Take row after row, the surest first, while there is room for its class."""
    rows = []
    for number, row in enumerate(probabilities.tolist()):
        best, second = sorted(row, reverse=True)[:2]
        rows.append((-(np.float32(best) - np.float32(second)), number, row.index(best)))
    labels, room = [UNLABELED] * len(rows), list(counts)
    for _, number, label in sorted(rows):
        if eligible[number] and room[label] > 0:
            labels[number] = label
            room[label] -= 1
    return labels


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(2, 5))
def test_the_surest_rows_of_each_class_are_those_that_a_slow_search_finds(seed, m, k):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.ones(k), m).round(2).astype(np.float32)
    counts, eligible = rng.integers(0, m, k), rng.random(m) < 0.7
    found = surest(probabilities, counts, eligible)
    assert found.tolist() == slow_surest(probabilities, counts, eligible)


@pytest.mark.parametrize(("n", "believed"), [(4, 100), (50, 10), (3, 0)])
def test_believed_rows_count_together_at_most_as_much_as_the_labelled_ones(n, believed):
    labeled = Examples.of(np.zeros((n, 2), np.float32), np.arange(n) % 2)
    labels = np.full(120, UNLABELED)
    labels[:believed] = 1
    found = believing(labeled, np.ones((120, 2), np.float32), labels)
    assert len(found) == n + believed
    pseudo = found.weights[found.units == BELIEVED]
    assert pseudo.sum() == pytest.approx(min(n, believed))
    assert (found.weights[:n] == 1).all()
    assert (found.rows[n:] == 1).all()


def test_untuned_examples_are_of_one_unit():
    labeled = Examples.of(np.zeros((6, 2), np.float32), np.arange(6) % 2)
    assert untuned(labeled).units.tolist() == [0] * 6
    assert labeled.units.tolist() == list(range(6))


def test_shares_leave_out_rows_of_which_nothing_is_believed():
    assert class_shares(np.array([0, 0, 2, UNLABELED]), 4).tolist() == pytest.approx([2 / 3, 0, 1 / 3, 0])
    assert class_shares(np.array([UNLABELED]), 2).tolist() == [0, 0]
    assert class_shares(np.array([0, 1]), 2, np.array([3.0, 1.0])).tolist() == [0.75, 0.25]


def test_all_rows_are_answered_in_parts_and_the_monitor_is_asked_before_each():
    asked = []

    class Counting(Quiet):
        def step(self, done, total):
            asked.append((done, total))

    rows = np.arange(2 * CHUNK + 3)
    found = answers(lambda part: np.stack([part, 1 - part], axis=1), rows, Counting())
    assert found[:, 0].tolist() == rows.tolist()
    assert found.dtype == np.float32
    assert len(asked) == 3


def test_averaged_is_the_mean_of_probabilities():
    mean = Averaged((lambda rows: np.array([[1.0, 0.0]]), lambda rows: np.array([[0.5, 0.5]])))
    assert mean(None).tolist() == [[0.75, 0.25]]
    assert mean(None).dtype == np.float32


@pytest.mark.parametrize(("n", "d"), [(40, 60), (3000, 60)])
def test_fewer_directions_are_those_of_the_singular_value_decomposition(n, d):
    rng = np.random.default_rng(0)
    rows = (rng.normal(size=(n, 12)) @ rng.normal(size=(12, d))).astype(np.float32)
    narrow = Narrowed.of(rows, 12)(rows)
    np.testing.assert_allclose(narrow @ narrow.T, rows @ rows.T, rtol=2e-3, atol=2e-2)
    best = np.linalg.svd(rows, compute_uv=False)[:5]
    np.testing.assert_allclose(np.linalg.norm(Narrowed.of(rows, 5)(rows)), np.linalg.norm(best), rtol=2e-2)


def test_features_of_few_columns_stay_what_they_are():
    rows = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    assert Narrowed.of(rows, 8)(rows) is rows
    views = np.stack([rows, rows + 2], axis=1)
    np.testing.assert_allclose(averaged_views(views), rows + 1, rtol=1e-6)


def slow_dice(first, second, k):
    each = []
    for label in range(k):
        a, b = {i for i, x in enumerate(first) if x == label}, {i for i, x in enumerate(second) if x == label}
        if a or b:
            each.append(2 * len(a & b) / (len(a) + len(b)))
    return sum(each) / len(each)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_agreement_is_the_mean_of_dice_over_classes(pairs):
    first, second = (np.array(each) for each in zip(*pairs, strict=True))
    assert agreement(first, second, 4) == pytest.approx(slow_dice(first.tolist(), second.tolist(), 4))


def test_rows_unlike_all_labelled_ones_are_counted():
    rng = np.random.default_rng(0)
    known = np.array([1.0, 0, 0, 0]) + rng.normal(0, 0.1, (300, 4))
    strange = np.array([0, 0, 0, 1.0]) + rng.normal(0, 0.1, (50, 4))
    same = np.array([1.0, 0, 0, 0]) + rng.normal(0, 0.1, (150, 4))
    assert foreign_share(known, np.concatenate([same, strange]), QUIET) == pytest.approx(0.25, abs=0.06)
    assert foreign_share(known[:1], strange, QUIET) == 0.0


def test_the_same_rows_are_counted_block_by_block_and_the_monitor_is_asked_before_each(monkeypatch):
    rng = np.random.default_rng(0)
    known, seen = rng.normal(size=(40, 4)), rng.normal(size=(100, 4)) * [1, 1, 1, 3]
    whole = foreign_share(known, seen, QUIET)
    monkeypatch.setattr(module, "AT_ONCE", 40 * 10)
    asked = []

    class Counting(Quiet):
        def step(self, done, total):
            asked.append((done, total))

    assert foreign_share(known, seen, Counting()) == whole > 0
    assert len(asked) == 4 + 10


def test_views_in_half_precision_are_averaged_in_single_precision():
    """The squares of so many values are beyond half precision, and warnings are errors here."""
    rows = np.full((6, 2, 5000), 40, np.float16)
    rows[:, 1] += np.arange(6, dtype=np.float16)[:, None]
    for each, wanted in ((rows, 40 + np.arange(6) / 2), (rows[:, 0], np.full(6, 40))):
        found = averaged_views(each)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, np.tile(wanted[:, None], 5000))
    assert foreign_share(averaged_views(rows), -averaged_views(rows), QUIET) == 1.0
    assert averaged_views(rows.astype(np.float64)).dtype == np.float64


def test_sentences_are_said_where_they_are_due_and_not_elsewhere():
    even = np.array([0.5, 0.5])
    assert told_shift(even, np.array([0.6, 0.4]), 100) is None
    assert told_shift(even, np.array([0.95, 0.05]), 100) == (
        "Class {class:1} is 50\u00a0% of the labelled examples, but is found in 5\u00a0% of the pool;"
        " pseudo-labels mislead where such shares are wrong."
    )
    assert told_shift(np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.5, 0.0]), 100) is None
    tenths = np.full(10, 0.1)  # a pool too small to hold any class often enough: equal shares are no shift
    assert told_shift(tenths, tenths, 9) is None
    assert told_foreign(0.2, 9) is None
    assert told_foreign(0.4, 9) == (
        "40\u00a0% of the pool look unlike every labelled example; they may be of none of the classes."
    )
    assert told_unused(0.3) is None
    assert told_unused(0.0) == "No unlabelled example was used: the model was hardly ever sure enough."
    assert told_unused(0.01) == "Only 1.0\u00a0% of the pool was used: the model was hardly ever sure enough."
