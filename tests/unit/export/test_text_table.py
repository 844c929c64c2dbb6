"""The table of a study for terminals says what its budgets really bought."""

import numpy as np
import pytest

from explorer.export.text_table import text_table
from explorer.records import Arm, Choice, Outcome, State, Study
from explorer.scores import scores


@pytest.mark.parametrize(
    ("per_class", "budgets", "words"),
    [
        (True, (2, 9999), "Columns: labels of each class; at 9999 some class has fewer and gave all it has"),
        (False, (6, 9999), "Columns: labels in total; at 9999 the data set has fewer and gave all it has"),
        (True, (1, 2), "Columns: labels of each class. "),
    ],
)
def test_a_budget_that_was_not_met_is_said(make_dataset, per_class, budgets, words):
    dataset = make_dataset(np.tile([0, 1, 2], 20))
    study = Study("id", "n", "toy", (Arm("a", "A", Choice("hog")),), budgets=budgets, seeds=2, per_class=per_class)
    found = []
    for trial in study.trials():
        test, bought = np.arange(18), min(trial.budget * (3 if per_class else 1), 42)
        probabilities = np.random.default_rng(trial.seed).dirichlet(np.ones(3), 18).astype(np.float32)
        judged = scores(probabilities, dataset.labels[test])
        found.append(Outcome(trial, State.DONE, bought, bought // 3, test, probabilities, judged, 0.1))
    assert words in text_table(study, dataset, found)
