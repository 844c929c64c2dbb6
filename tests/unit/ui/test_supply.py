"""What a budget really buys."""

import numpy as np
import pytest

from explorer.records import Study
from explorer.splits import labeled_rows, make_split
from explorer.techniques.discovery import ready_arms
from explorer.ui import supply

LABELS = np.repeat([0, 1, 2], [30, 12, 50])


def study(*asked):
    return Study("s", "n", "d", (ready_arms()["hog"],), asked)


@pytest.mark.parametrize("given", [False, True])
def test_expected_labels_are_those_that_a_split_spends(make_dataset, given):
    test = np.arange(len(LABELS)) % 7 < 3
    dataset = make_dataset(LABELS, given_test=test if given else None)
    pool = supply.pool_of(dataset, 0.3)
    split = make_split(dataset, 0, 0.3)
    for budget in (1, 10, 20, 200):
        assert supply.expected(study(1), budget, pool) == len(labeled_rows(split, budget, per_class=True))


def test_short_budgets_are_told_and_others_are_not():
    pool = np.array([21, 40, 300])
    assert supply.short_words(study(5, 20), pool, "xyz") == ""
    words = supply.short_words(study(5, 50, 200), pool, "xyz").replace("\\", "")
    assert words == (
        "Class 'x' has only 21 labels to give; at 50 and 200 per class it gives what it has. "
        "The same holds for 1 other class."
    )
    assert supply.is_short(study(50), 50, 111, 3)
    assert not supply.is_short(study(20), 20, 60, 3)
