"""Scores against plain definitions."""

import numpy as np
import pytest

from explorer.scores import METRICS, scores


def plain_balanced_accuracy(predicted, labels):
    return np.mean([np.mean(predicted[labels == each] == each) for each in sorted(set(labels))])


def plain_macro_f1(predicted, labels):
    values = []
    for each in sorted(set(labels)):
        hits = np.sum((predicted == each) & (labels == each))
        values.append(2 * hits / (np.sum(predicted == each) + np.sum(labels == each)))
    return np.mean(values)


@pytest.mark.parametrize("seed", range(5))
def test_scores_equal_their_definitions(seed):
    random = np.random.default_rng(seed)
    labels = random.choice(4, 60, p=[0.7, 0.2, 0.1, 0.0])  # class 3 never judges but may be predicted
    probabilities = random.dirichlet(np.ones(4), 60).astype(np.float32)
    found = scores(probabilities, labels, 4)
    predicted = probabilities.argmax(axis=1)
    assert set(found) == set(METRICS)
    assert found["accuracy"] == pytest.approx(np.mean(predicted == labels))
    assert found["balanced_accuracy"] == pytest.approx(plain_balanced_accuracy(predicted, labels))
    assert found["macro_f1"] == pytest.approx(plain_macro_f1(predicted, labels))
    assert found["log_loss"] == pytest.approx(-np.mean(np.log(probabilities[np.arange(60), labels])), rel=1e-5)


def test_a_certain_mistake_stays_finite():
    found = scores(np.array([[1.0, 0.0], [0.0, 1.0]], np.float32), np.array([1, 1]), 2)
    assert np.isfinite(found["log_loss"])


def test_chance_is_what_guessing_reaches():
    random = np.random.default_rng(0)
    labels = random.choice(3, 30_000, p=[0.6, 0.3, 0.1])
    guesses = np.eye(3, dtype=np.float32)[random.integers(0, 3, 30_000)] * 0.001 + np.float32(0.333)
    found = scores(guesses, labels, 3)
    assert found["balanced_accuracy"] == pytest.approx(METRICS["balanced_accuracy"].chance(3), abs=0.02)
    assert found["log_loss"] == pytest.approx(METRICS["log_loss"].chance(3), abs=0.02)
    assert METRICS["accuracy"].chance(3) is None
