"""What a budget really buys."""

import numpy as np
import pytest

from explorer.budgets import expected, is_short
from explorer.records import Study
from explorer.splits import labeled_rows, make_split
from explorer.techniques.discovery import ready_arms
from explorer.ui import supply

LABELS = np.repeat([0, 1, 2], [30, 12, 50])


def study(*asked):
    return Study("s", "n", "d", (ready_arms()["hog"],), asked)


# A group is five neighbours, a copy the second row of a pair; ninety-two rows, so both tie rows of two classes, too.
TIES = {
    "none": {},
    "test split": {"given_test": np.arange(len(LABELS)) % 7 < 3},
    "groups": {"groups": np.arange(len(LABELS)) // 5},
    "copies": {"duplicates": np.where(np.arange(len(LABELS)) % 3 < 2, np.arange(len(LABELS)) // 3, -1)},
    "test split with copies": {
        "given_test": np.arange(len(LABELS)) % 7 < 3,
        "duplicates": np.where(np.arange(len(LABELS)) % 3 < 2, np.arange(len(LABELS)) // 3, -1),
    },
}


@pytest.mark.parametrize("share", [0.3, 0.8])
@pytest.mark.parametrize("ties", TIES)
def test_expected_labels_are_those_that_a_split_spends(make_dataset, ties, share):
    dataset = make_dataset(LABELS, **TIES[ties])
    pool = supply.pool_of(dataset, share)
    splits = [make_split(dataset, seed, share) for seed in range(5 if ties == "groups" else 1)]
    for budget in (1, 10, 20, 200):
        spent = [np.bincount(LABELS[labeled_rows(split, budget, per_class=True)]) for split in splits]
        assert expected(study(1), budget, pool) == np.min(spent, axis=0).sum(), "of each class the fewest"


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.8])
def test_the_pool_of_small_classes_is_that_of_a_split(make_dataset, share):
    counts = np.array([1, 2, 3, 4, 5, 40])
    dataset = make_dataset(np.repeat(np.arange(6), counts))
    left = np.bincount(dataset.labels[make_split(dataset, 0, share).order])
    assert supply.pool_of(dataset, share).tolist() == left.tolist()
    assert (counts - supply.judging_of(dataset, share)).tolist() == left.tolist()
    assert left[:2].tolist() == [1, 1]


def test_short_budgets_are_told_and_others_are_not():
    pool = np.array([21, 40, 300])
    assert supply.short_words(study(5, 20), pool, "xyz") == ""
    words = supply.short_words(study(5, 50, 200), pool, "xyz").replace("\\", "")
    assert words == (
        "Class 'x' has only 21 labels to give; at 50 and 200 per class it gives what it has. "
        "The same holds for 1 other class."
    )
    assert is_short(50, 111, 3, per_class=True)
    assert not is_short(20, 60, 3, per_class=True)


def test_copies_are_not_called_groups_where_there_are_none(make_dataset):
    alone, grouped = make_dataset(LABELS), make_dataset(LABELS, groups=np.arange(len(LABELS)) // 5)
    assert supply.units_words(alone, 120, 120) == supply.units_words(grouped, 120, 120) == "120 images"
    assert supply.units_words(alone, 120, 112) == "112 different images (copies count once)"
    assert supply.units_words(grouped, 120, 24) == "24 groups"


def test_a_budget_is_called_by_what_the_usual_pool_can_pay(make_dataset):
    dataset = make_dataset(LABELS)
    least = int(supply.pool_of(dataset, Study.test_share).min())
    assert supply.called(dataset, least) == f"{least} / class"
    assert supply.called(dataset, least + 1) == f"≤ {least + 1} / class"
