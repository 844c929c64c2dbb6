"""Scores against scikit-learn, and what they do at the edges."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss, recall_score

from explorer.scores import METRICS, scores


@pytest.mark.parametrize("seed", range(20))
def test_scores_equal_those_of_scikit_learn(seed):
    random = np.random.default_rng(seed)
    labels = random.choice(4, 60, p=[0.7, 0.2, 0.1, 0.0])  # class 3 never judges but may be predicted
    probabilities = random.dirichlet(np.ones(4), 60).astype(np.float32)
    found = scores(probabilities, labels)
    predicted, present = probabilities.argmax(axis=1), np.unique(labels)
    exact = probabilities.astype(np.float64)
    exact /= exact.sum(axis=1, keepdims=True)
    wanted = {
        "accuracy": accuracy_score(labels, predicted),
        "balanced_accuracy": recall_score(labels, predicted, labels=present, average="macro", zero_division=0.0),
        "macro_f1": f1_score(labels, predicted, labels=present, average="macro", zero_division=0.0),
        "log_loss": log_loss(labels, exact, labels=np.arange(4)),
    }
    assert found == pytest.approx(wanted, rel=1e-6)
    assert set(found) == set(METRICS)


def test_sums_of_any_part_give_the_score_of_that_part():
    random = np.random.default_rng(0)
    labels, probabilities = random.integers(0, 3, 50), random.dirichlet(np.ones(3), 50)
    for metric in METRICS.values():
        each = metric.contributions(probabilities, labels)
        sums = np.stack([each[:20].sum(axis=0), each[20:].sum(axis=0)])
        parts = [metric.value(probabilities[:20], labels[:20]), metric.value(probabilities[20:], labels[20:])]
        assert metric.of_sums(sums).tolist() == pytest.approx(parts)


def test_a_certain_mistake_stays_finite():
    found = scores(np.array([[1.0, 0.0], [0.0, 1.0]], np.float32), np.array([1, 1]))
    assert 7 < found["log_loss"] < 9


def test_chance_is_what_guessing_reaches():
    random = np.random.default_rng(0)
    labels = random.choice(3, 30_000, p=[0.6, 0.3, 0.1])
    guesses = np.eye(3, dtype=np.float32)[random.integers(0, 3, 30_000)] * 0.001 + np.float32(0.333)
    found = scores(guesses, labels)
    judging = np.bincount(labels)
    assert found["balanced_accuracy"] == pytest.approx(METRICS["balanced_accuracy"].chance(judging), abs=0.02)
    assert found["log_loss"] == pytest.approx(METRICS["log_loss"].chance(judging), abs=0.02)
    assert METRICS["macro_f1"].chance(judging) is None


def test_chance_is_what_always_answering_one_class_reaches():
    labels = np.repeat([0, 1, 3], [6, 69, 25])  # class 2 never judges
    judging = np.bincount(labels, minlength=4)
    found = scores(np.tile(np.eye(4, dtype=np.float32)[1], (100, 1)), labels)
    for name in ("accuracy", "balanced_accuracy"):
        assert METRICS[name].chance(judging) == pytest.approx(found[name])
    assert METRICS["accuracy"].chance(judging) == 0.69
    assert METRICS["accuracy"].guess == "most frequent class"
