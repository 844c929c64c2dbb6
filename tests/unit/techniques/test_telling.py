"""What is told of a part of the pool is told of all of it."""

import numpy as np

from explorer.journal import Journal
from explorer.records import UNLABELED
from explorer.techniques.monitors import Quiet, Telling


def test_beliefs_of_a_part_are_spread_over_the_pool():
    journal = Journal(Quiet(), 60.0)
    telling = Telling(journal, np.array([1, 3]), 5)
    telling.believe(np.array([2, UNLABELED]), np.array([0.9, 0.4]))
    telling.believe(np.array([0, 0]))
    first, second = journal.beliefs
    assert first.labels.tolist() == [-1, 2, -1, -1, -1]
    assert first.sure.tolist() == np.array([0, 0.9, 0, 0.4, 0], np.float32).tolist()
    assert second.labels.tolist() == [-1, 0, -1, 0, -1]
    assert np.isnan(second.sure).all()  # nobody said


def test_rounds_are_judged_by_labels_alone():
    journal = Journal(Quiet(), 60.0)
    journal.believe(np.array([0, 1, -1, 1]), np.array([0.1, 0.2, 0.3, 0.4]))
    (told,) = journal.rounds(np.array([0, 0, 1, -1]), 2)
    assert told == {"share": 0.75, "classes": [1 / 3, 2 / 3], "accuracy": 0.5}
