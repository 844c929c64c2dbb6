"""The combination of arms: its weights against another optimizer, and that they are found inside the labels."""

import numpy as np
import pytest
from scipy.optimize import minimize

from explorer.errors import Cancelled
from explorer.records import Arm, Choice, Slot
from explorer.techniques.composing import compose, members
from explorer.techniques.discovery import build, ready_arms
from explorer.techniques.examples import Examples
from explorer.techniques.models.everything import Everything, Pooled, beforehand, pool_weights
from explorer.techniques.monitors import Quiet
from tests.unit.techniques.toys import probabilities, toy


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
    """Return the weights of the greatest posterior, found by another optimizer, row by row."""
    members = len(probabilities)

    def surprise(roots):
        weights = roots**2
        told = 0.0
        for row, label in enumerate(labels):
            product = np.prod([probabilities[at, row] ** weights[at] for at in range(members)], axis=0)
            told -= counts[row] * np.log(product[label] / product.sum())
        prior = np.array([0.5] + [0.5 / (members - 1)] * (members - 1))
        return told + members * ((weights - prior) ** 2).sum()

    start = np.full(members, members**-0.5)
    return minimize(surprise, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10}).x ** 2


@pytest.mark.parametrize("seed", range(4))
def test_the_weights_are_those_of_the_greatest_posterior(seed):
    probabilities = np.maximum(answers(seed=seed), 2e-4)
    probabilities /= probabilities.sum(axis=2, keepdims=True)
    labels = np.random.default_rng(seed).integers(0, 3, 40)
    counts = np.random.default_rng(seed + 9).uniform(0.5, 1.5, 40)
    found = pool_weights(probabilities, labels, counts)
    np.testing.assert_allclose(found, by_hand(probabilities, labels, counts), atol=2e-3)


def test_few_rows_decide_little_and_many_rows_decide():
    labels = np.tile([0, 1], 100)
    right = np.where(np.eye(2)[labels] == 1, 0.9, 0.1)
    wrong = np.where(np.random.default_rng(0).random((200, 1)) < 0.5, right, 1 - right)
    shares = []
    for n in (2, 20, 200):
        weights = pool_weights(np.stack([right[:n], wrong[:n]]), labels[:n], np.ones(n))
        shares.append(weights[0] / weights.sum())
    assert 0.4 < shares[0] < 0.75
    assert shares[0] < shares[1] < shares[2]
    assert shares[2] > 0.9


def test_members_that_are_alike_share_their_weight_and_one_that_is_wrong_counts_nothing():
    labels = np.tile([0, 1], 30)
    right = np.where(np.eye(2)[labels] == 1, 0.8, 0.2)
    weights = pool_weights(np.stack([1 - right, right, right]), labels, np.ones(60))
    assert weights[1] == pytest.approx(weights[2])
    assert weights[0] == pytest.approx(0, abs=1e-6)


def test_one_member_cannot_forbid_a_class():
    both = (lambda rows: np.float32([[1, 0]]), lambda rows: np.float32([[0.001, 0.999]]))
    sure = Pooled(both, np.ones(2), geometric=True)
    np.testing.assert_allclose(sure((None, None)), [[0.001 * 1 / (0.001 + 0.999e-4), 0.0908]], atol=1e-3)
    mean = Pooled(both, np.array([0.25, 0.75]), geometric=False)
    np.testing.assert_allclose(mean((None, None)), [[0.25075, 0.74925]], atol=1e-5)


def test_the_first_arm_counts_beforehand_as_much_as_all_others():
    np.testing.assert_allclose(beforehand(2), [0.5, 0.5])
    np.testing.assert_allclose(beforehand(4), [1 / 2, 1 / 6, 1 / 6, 1 / 6])


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
    assert weights[0] > 3 * weights[1]
    (sentence,) = told.notes
    assert sentence.startswith("What each arm counts was chosen by labels held out: ")
    found = predictor((np.array([[0.9, 0.5, 0.0]]), np.array([[0.9, 0.5, 0.0]])))
    np.testing.assert_allclose(found[0, 1] / found[0, 0], 9 ** weights[0], rtol=1e-3)


def test_with_two_labels_a_class_answers_are_averaged_and_arms_are_fitted_once():
    told, seen = Told(), []
    predictor = fitted(columns(2), told, seen)
    assert list(told.records["combination"].values()) == [0.5, 0.5]
    assert "labels are too few to choose" in told.notes[0]
    rows = np.array([[0.9, 0.1, 0.0]])
    np.testing.assert_allclose(predictor((rows, rows)), [[0.5, 0.5]], atol=1e-6)
    assert [len(rows) for _, rows in seen] == [4, 4]


def test_every_row_is_held_out_once_and_then_all_are_learnt_from():
    seen = []
    fitted(columns(6), seen=seen)
    for column in (0, 1):
        fits = [rows for member, rows in seen if member == column]
        assert len(fits) == 3
        np.testing.assert_array_equal(np.sort(np.concatenate(fits[:2])), np.arange(12))
        np.testing.assert_array_equal(fits[2], np.arange(12))


def test_a_class_of_two_rows_judges_nothing_and_keeps_the_others_from_nothing():
    told, seen = Told(), []
    examples = columns(10)
    labels = examples.labels.copy()
    labels[[3, 8]] = 2
    few = Examples(examples.rows, labels, examples.weights, examples.units)
    Everything(made_of="transfer, hog").fit(few, [wide(0, seen), wide(1, seen)], n_classes=3, seed=0, monitor=told)
    assert told.notes[0].startswith("What each arm counts was chosen by labels held out")
    assert all(np.isin([3, 8], rows).all() for _, rows in seen)


def wide(column, seen):
    """Return an arm as `fitter` does, of three classes."""
    plain = fitter(column, seen)

    def fit(examples, monitor):
        inner = plain(examples, monitor)
        return lambda rows: np.concatenate([inner(rows) * 0.9, np.full((len(rows), 1), 0.1, np.float32)], axis=1)

    return fit


def test_rows_of_one_unit_are_on_one_side():
    examples, seen = columns(8), []
    units = np.arange(16) // 4
    fitted(Examples(examples.rows, np.tile([0, 0, 1, 1], 4), examples.weights, units), seen=seen)
    for _, rows in seen:
        assert all(np.isin(4 * unit + np.arange(4), rows).all() for unit in np.unique(rows // 4))


def resting_on(*weights):
    """Return an arm that answers by its first column, and tells of the weights that it rests on."""
    plain = fitter(0, [])

    def fit(examples, monitor):
        for each in weights:
            monitor.record("weights", each)
        monitor.record("figures", len(weights))
        return plain(examples, monitor)

    return fit


@pytest.mark.parametrize("per_class", [2, 6], ids=["averaged", "by held-out labels"])
def test_the_weights_of_every_member_are_recorded_each_once(per_class):
    one, other, told = {"name": "lite0"}, {"name": "resnet18"}, Told()
    examples, model = columns(per_class), Everything(made_of="transfer, hog")
    known = {"n_classes": 2, "seed": 0}
    model.fit(examples, [resting_on(one), resting_on(other, one)], monitor=told, **known)
    assert told.records["weights"] == [one, other]
    assert told.records["figures"] == 2
    model.fit(examples, [resting_on(one), resting_on(one)], monitor=told, **known)
    assert told.records["weights"] == one
    model.fit(examples, [resting_on(), resting_on()], monitor=(none := Told()), **known)
    assert "weights" not in none.records


def test_it_asks_before_every_held_out_fit_whether_to_go_on():
    class Stop(Told):
        def step(self, done, total):
            raise Cancelled("ended")

    with pytest.raises(Cancelled):
        fitted(columns(6), Stop())


def test_its_members_are_ready_made_arms_and_can_be_chosen():
    arm = ready_arms()["everything"]
    assert len(members(compose(arm))) == 4
    own = Arm("own", "Own", Choice("everything", {"made_of": "hog, pixels"}))
    assert [type(each.model).__name__ for each in members(compose(own))] == ["Hog", "Pixels"]


def test_its_own_members_know_easy_images_together():
    rows, labels = toy(4)
    seen, truth = toy(10, seed=1)
    assert (probabilities(Everything(), rows, labels, seen[:]).argmax(axis=1) == truth).mean() > 0.85


@pytest.mark.parametrize(
    ("made_of", "said"), [("hog, nothing", "no arm 'nothing'"), ("hog", "nothing to combine"), ("", "nothing to")]
)
def test_what_cannot_be_combined_is_said(made_of, said):
    assert said in build(Slot.MODEL, Choice("everything", {"made_of": made_of})).problem()


def test_a_rare_class_that_shares_its_units_is_never_learnt_from_beside_what_judges():
    examples, seen = columns(24), []
    units, labels = np.arange(48) // 4, np.tile([0, 0, 1, 1], 12)
    labels[[1, 5]] = 2  # one row in each of two units of four
    shared = Examples(examples.rows, labels, examples.weights, units)
    model = Everything(made_of="transfer, hog")
    model.fit(shared, [wide(0, seen), wide(1, seen)], n_classes=3, seed=0, monitor=Told())
    held_out = [rows for _, rows in seen if len(rows) < 48]
    assert len(held_out) == 4
    for rows in held_out:
        counts = np.bincount(units[rows], minlength=12)
        assert set(counts) == {0, 4}
