"""Scores against scikit-learn, and what they do at the edges."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss, recall_score, roc_auc_score

from explorer.records import Outcome, State, Trial
from explorer.scores import BINS, LEAST, METRICS, all_scores, scores


def brute_calibration_error(probabilities, labels):
    """Sort answers into bins of equally many one by one; confidences that differ in all places tie nowhere."""
    answers = sorted((max(row), int(np.argmax(row)) == label) for row, label in zip(probabilities, labels, strict=True))
    bins = max(1, min(BINS, len(answers) // LEAST))
    assert len(answers) % bins == 0
    size, total = len(answers) // bins, 0.0
    for start in range(0, len(answers), size):
        inside = answers[start : start + size]
        total += abs(sum(confidence for confidence, _ in inside) - sum(right for _, right in inside))
    return total / len(answers)


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
        "auroc": np.mean([roc_auc_score(labels == kind, exact[:, kind]) for kind in present]),
        "log_loss": log_loss(labels, exact, labels=np.arange(4)),
        "calibration_error": brute_calibration_error(exact, labels),
    }
    assert found == pytest.approx(wanted, rel=1e-6)
    assert set(found) == set(METRICS)


def test_sums_of_any_part_give_the_score_of_that_part():
    random = np.random.default_rng(0)
    labels, probabilities = random.integers(0, 3, 50), random.dirichlet(np.ones(3), 50)
    alone = [metric for metric in METRICS.values() if holds_items_alone(metric, probabilities, labels)]
    assert len(alone) >= 4
    for metric in alone:
        each = metric.contributions(probabilities, labels)
        sums = np.stack([each[:20].sum(axis=0), each[20:].sum(axis=0)])
        parts = [metric.value(probabilities[:20], labels[:20]), metric.value(probabilities[20:], labels[20:])]
        assert metric.of_sums(sums).tolist() == pytest.approx(parts)


def holds_items_alone(metric, probabilities, labels):
    """Tell whether an item contributes the same whatever the other items are."""
    some, whole = (metric.contributions(probabilities[:n], labels[:n]) for n in (20, len(labels)))
    return some.shape[1] == whole.shape[1] and np.allclose(some, whole[:20])


@pytest.mark.parametrize("seed", range(5))
def test_the_area_counts_ties_half_and_is_that_of_scikit_learn_over_all_classes(seed):
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, 200)
    votes = np.round(random.dirichlet(np.ones(3), 200) + 0.3 * np.eye(3)[labels], 1) + 0.1
    votes = votes[:, :1] * [1, 0, 0] + 1.0  # two classes that are always alike, and many ties of the first
    exact = votes / votes.sum(axis=1, keepdims=True)
    wanted = roc_auc_score(labels, exact, multi_class="ovr", average="macro")
    assert METRICS["auroc"].value(exact, labels) == pytest.approx(wanted)


def test_the_area_is_the_chance_that_a_pair_is_ranked_right():
    labels, probability = np.array([1, 1, 1, 0, 0]), np.array([0.9, 0.6, 0.4, 0.6, 0.1])
    pairs = [(1.0 if p > q else 0.5 if p == q else 0.0) for p in probability[:3] for q in probability[3:]]
    value = METRICS["auroc"].value(np.stack([1 - probability, probability], axis=1), labels)
    assert value == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize("k", [2, 4])
def test_a_test_set_of_one_class_has_every_score(k):
    found = scores(np.random.default_rng(0).dirichlet(np.ones(k), 30).astype(np.float32), np.zeros(30, np.int64))
    assert all(np.isfinite(each) for each in found.values())
    assert found["auroc"] == 0.5, "nothing was told apart"


def test_answers_that_rank_all_pairs_right_or_none():
    labels = np.repeat([0, 1, 2], 10)
    assert METRICS["auroc"].value(np.eye(3)[labels], labels) == pytest.approx(1)
    assert METRICS["auroc"].value((1 - np.eye(3)[labels]) / 2, labels) == pytest.approx(0)
    assert METRICS["auroc"].value(np.full((30, 3), 1 / 3), labels) == pytest.approx(METRICS["auroc"].chance(None))


def test_confidence_that_is_right_has_no_error_and_boasting_has_its_distance():
    labels = np.arange(400) % 2
    told = np.where(np.arange(400) % 4 < 3, labels, 1 - labels)  # three of four answers are right
    for said, error in ((0.75, 0.0), (0.95, 0.2), (0.55, 0.2)):
        probabilities = np.where(np.eye(2)[told] > 0, said, 1 - said)
        assert METRICS["calibration_error"].value(probabilities, labels) == pytest.approx(error)


def test_what_an_outcome_was_not_stored_with_is_computed_and_what_it_was_stays():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(3), 40).astype(np.float32)
    labels = np.arange(60) % 3
    old = Outcome(Trial("a", 1, 0), State.DONE, 3, 1, np.arange(10, 50), probabilities, {"accuracy": 0.123})
    assert all_scores(old, labels) == {**scores(probabilities, labels[10:50]), "accuracy": 0.123}
    assert all_scores(Outcome(Trial("a", 1, 0), State.FAILED, error="no"), labels) == {}


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
