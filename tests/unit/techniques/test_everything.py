"""The combination of arms: its weights against another optimizer, and that they are found inside the labels."""

import numpy as np
import pytest
from scipy.optimize import minimize

from explorer.errors import Cancelled
from explorer.records import Arm, Choice, Slot
from explorer.techniques.base import Examples, Quiet
from explorer.techniques.composing import compose, members
from explorer.techniques.discovery import build, ready_arms
from explorer.techniques.models.everything import Everything, mixture


class Told(Quiet):
    """A monitor that keeps what it is told."""

    def __init__(self):
        self.notes, self.records, self.steps = [], {}, 0

    def step(self, done, total):
        self.steps += 1

    def note(self, sentence):
        self.notes.append(sentence)

    def record(self, name, value):
        self.records[name] = value


def answers(members=3, n=40, k=3, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(k), (members, n))


def by_hand(probabilities, labels, counts):
    """Return the weights of greatest posterior, found by a general optimizer."""
    members, n, k = probabilities.shape
    likely = (1 - 1 / (n + 2)) * probabilities[:, np.arange(n), labels] + 1 / (n + 2) / k

    def surprise(weights):
        return -(counts @ np.log(weights @ likely)) - np.log(weights).sum()

    start = np.full(members, 1 / members)
    limits = [(1e-6, 1.0)] * members
    whole = {"type": "eq", "fun": lambda weights: weights.sum() - 1}
    return minimize(surprise, start, bounds=limits, constraints=whole, tol=1e-12).x


@pytest.mark.parametrize("seed", range(4))
def test_the_weights_are_those_of_the_greatest_posterior(seed):
    probabilities = answers(seed=seed)
    labels = np.random.default_rng(seed).integers(0, 3, 40)
    counts = np.random.default_rng(seed + 9).uniform(0.5, 1.5, 40)
    np.testing.assert_allclose(
        mixture(probabilities, labels, counts), by_hand(probabilities, labels, counts), atol=2e-3
    )


def test_few_rows_decide_little_and_many_rows_decide():
    labels = np.tile([0, 1], 100)
    right = np.where(np.eye(2)[labels] == 1, 0.9, 0.1)
    guessing = np.full_like(right, 0.5)
    weights = [mixture(np.stack([right[:n], guessing[:n]]), labels[:n], np.ones(n))[0] for n in (2, 20, 200)]
    assert 0.5 < weights[0] < 0.7
    assert weights[0] < weights[1] < weights[2]
    assert weights[2] > 0.9


def test_members_that_are_alike_share_their_weight():
    labels = np.tile([0, 1], 30)
    right = np.where(np.eye(2)[labels] == 1, 0.8, 0.2)
    weights = mixture(np.stack([right, right, 1 - right]), labels, np.ones(60))
    assert weights[0] == pytest.approx(weights[1])
    assert weights[2] < 0.1


def fitter(column, seen):
    """Return an arm that answers by one column of its rows, and keeps the rows that it was fitted on."""

    def fit(examples, monitor):
        seen.append((column, np.sort(examples.rows[:, 2].astype(int))))
        return lambda rows: np.stack([1 - rows[:, column], rows[:, column]], axis=1).astype(np.float32)

    return fit


def columns(per_class):
    """Return examples of two members' rows: the first column tells the class, the second nothing, the third the row."""
    labels = np.tile([0, 1], per_class)
    noise = np.random.default_rng(0).uniform(0, 1, len(labels))
    rows = np.stack([0.1 + 0.8 * labels, noise, np.arange(len(labels))], axis=1)
    return Examples((rows, rows), labels, np.ones(len(labels)), np.arange(len(labels)))


def fitted(examples, monitor=None, seen=None):
    seen = [] if seen is None else seen
    arms = [fitter(0, seen), fitter(1, seen)]
    model = Everything(made_of="transfer, hog")
    return model.fit(examples, arms, n_classes=2, seed=0, monitor=monitor or Told())


def test_the_arm_that_is_right_on_held_out_rows_counts_more():
    told = Told()
    predictor = fitted(columns(20), told)
    weights = list(told.records["combination"].values())
    assert weights[0] > 0.8
    assert sum(weights) == pytest.approx(1, abs=1e-3)
    (sentence,) = told.notes
    assert sentence.startswith("Answers count as rows held out of the labels ask for: ")
    found = predictor((np.array([[0.9, 0.0, 0.0]]), np.array([[0.9, 0.0, 0.0]])))
    np.testing.assert_allclose(found, [[1 - 0.9 * weights[0], 0.9 * weights[0]]], atol=1e-4)


def test_with_two_labels_a_class_arms_count_alike_and_are_fitted_once():
    told, seen = Told(), []
    fitted(columns(2), told, seen)
    assert list(told.records["combination"].values()) == [0.5, 0.5]
    assert "labels are too few to choose by" in told.notes[0]
    assert [len(rows) for _, rows in seen] == [4, 4]


def test_every_row_is_held_out_once_and_then_all_are_learnt_from():
    seen = []
    fitted(columns(6), seen=seen)
    for column in (0, 1):
        fits = [rows for member, rows in seen if member == column]
        assert len(fits) == 3
        np.testing.assert_array_equal(np.sort(np.concatenate(fits[:2])), np.arange(12))
        np.testing.assert_array_equal(fits[2], np.arange(12))


def test_rows_of_one_unit_are_on_one_side():
    examples, seen = columns(8), []
    units = np.arange(16) // 4
    fitted(Examples(examples.rows, np.tile([0, 0, 1, 1], 4), examples.weights, units), seen=seen)
    for _, rows in seen:
        assert all(np.isin(4 * unit + np.arange(4), rows).all() for unit in np.unique(rows // 4))


def test_it_asks_before_every_held_out_fit_whether_to_go_on():
    class Stop(Told):
        def step(self, done, total):
            raise Cancelled("ended")

    with pytest.raises(Cancelled):
        fitted(columns(6), Stop())


def test_its_members_are_ready_made_arms_and_can_be_chosen():
    arm = ready_arms()["everything"]
    assert len(members(compose(arm))) == 3
    own = Arm("own", "Own", Choice("everything", {"made_of": "hog, pixels"}))
    assert [type(each.model).__name__ for each in members(compose(own))] == ["Hog", "Pixels"]


@pytest.mark.parametrize(
    ("made_of", "said"), [("hog, nothing", "no arm 'nothing'"), ("hog", "nothing to combine"), ("", "nothing to")]
)
def test_what_cannot_be_combined_is_said(made_of, said):
    assert said in build(Slot.MODEL, Choice("everything", {"made_of": made_of})).problem()
