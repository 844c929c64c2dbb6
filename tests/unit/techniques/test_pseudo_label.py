"""Pseudo-labels in the textbook form."""

import numpy as np
import pytest

from explorer.cautions import is_caution
from explorer.records import UNLABELED
from explorer.techniques.base import Learner
from explorer.techniques.examples import BELIEVED
from explorer.techniques.semi_supervised.pseudo_label import PseudoLabel
from tests.unit.techniques.test_self_training import Told, accuracy, clustered, learner


def test_rows_over_the_threshold_are_believed_and_no_others():
    data, told, seen = clustered(5, 200), Told(), []
    known = learner(seen=seen)
    PseudoLabel(threshold=0.9, rounds=1).fit(known, data.labeled, data.pool, seed=0, monitor=told)
    first = learner().fit(data.labeled)(data.pool)
    expected = [row.argmax() if row.max() >= 0.9 else UNLABELED for row in first]
    assert told.beliefs[0].tolist() == expected
    assert sum(expected) > len(expected) * UNLABELED
    assert len(seen) == 2
    assert (seen[1].units == BELIEVED).sum() == sum(label != UNLABELED for label in expected)


def test_it_learns_from_clusters():
    data = clustered(2, 300, spread=0.8)
    predictor = PseudoLabel(threshold=0.8).fit(learner(), data.labeled, data.pool, seed=0, monitor=Told())
    assert accuracy(predictor, data) > 0.8


def test_rounds_end_when_nothing_changes_any_more():
    data, told, seen = clustered(5, 100), Told(), []
    PseudoLabel(threshold=0.5, rounds=10).fit(learner(seen=seen), data.labeled, data.pool, seed=0, monitor=told)
    assert len(seen) < 11
    assert np.array_equal(told.beliefs[-1], told.beliefs[-2])


@pytest.mark.parametrize("fixed", [True, False])
def test_a_threshold_that_is_never_reached_is_told(fixed):
    data, told = clustered(1, 100), Told()

    def fit(examples, consistency=None):
        return lambda rows: np.full((len(rows), 3), 1 / 3, np.float32)

    PseudoLabel().fit(Learner(fit, 3, fixed), data.labeled, data.pool, seed=0, monitor=told)
    assert told.notes == ["No unlabelled example was used: the model was hardly ever sure enough."]
    assert is_caution(told.notes[0])
    assert (told.beliefs[-1] == UNLABELED).all()


def test_an_empty_pool_leaves_the_labels():
    data, told = clustered(3, 50), Told()
    PseudoLabel().fit(learner(), data.labeled, data.pool[:0], seed=0, monitor=told)
    assert told.notes == ["The pool holds no unlabelled example, so that the labels alone were learnt from."]
