"""What is remembered of a data set does not keep it open."""

import gc
import weakref

import numpy as np

from explorer.datasets.remembering import per_dataset
from explorer.recipes import split_of
from explorer.records import Study
from explorer.ui.supply import pool_of


def test_results_are_remembered_for_each_data_set_and_its_arguments(make_dataset):
    asked = []

    @per_dataset(2)
    def twice(dataset, number):
        """Return twice a number."""
        asked.append((dataset.fingerprint, number))
        return 2 * number

    one, other = make_dataset([0, 1]), make_dataset([0, 1], fingerprint="other")
    assert [twice(one, 3), twice(one, 3), twice(other, 3), twice(one, 4)] == [6, 6, 6, 8]
    assert asked == [("toy", 3), ("other", 3), ("toy", 4)]
    twice(one, 5)
    twice(one, 3)  # the oldest of the three was let go of
    assert asked[3:] == [("toy", 5), ("toy", 3)]
    assert twice.__doc__ == "Return twice a number."


def test_a_data_set_of_which_splits_are_remembered_is_let_go_of_with_its_last_user(make_dataset):
    dataset = make_dataset(np.tile([0, 1], 20))
    split_of(dataset, 0, 0.3)
    pool_of(dataset, Study.test_share)
    seen = weakref.ref(dataset)
    del dataset
    gc.collect()
    assert seen() is None
