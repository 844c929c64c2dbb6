"""Resampled sums against drawing every item, one resample after the other."""

import numpy as np
import pytest

from explorer.scores import METRICS
from explorer.statistics.resampling import over_seeds, resampled_sums

R = 2000
LABELS = np.repeat([0, 1, 2], [200, 90, 30])


def table(metric, labels, seed=0):
    random = np.random.default_rng(seed)
    votes = random.dirichlet(np.ones(3), len(labels)) + 0.4 * np.eye(3)[labels]
    return METRICS[metric].contributions(votes / votes.sum(axis=1, keepdims=True), labels)


def plain_sums(rows, labels, groups, random):
    """Draw every item, or whole groups, and add up."""
    found = []
    if groups is not None:
        of_group = {group: rows[groups == group].sum(axis=0) for group in np.unique(groups)}
        alike = alike_groups(labels, groups)
    for _ in range(R):
        if groups is None:
            places = [random.choice(np.flatnonzero(labels == c), (labels == c).sum()) for c in np.unique(labels)]
        else:
            drawn = [(len(each), random.choice(each, len(each) - 1)) for each in alike]
            found.append(sum(n / (n - 1) * of_group[g] for n, chosen in drawn for g in chosen))
            continue
        found.append(rows[np.concatenate(places)].sum(axis=0))
    return np.array(found)


def alike_groups(labels, groups):
    """Return lists of groups that share their rarest class."""
    held = {group: set(labels[groups == group]) for group in np.unique(groups)}
    spread = {label: sum(label in classes for classes in held.values()) for label in np.unique(labels)}
    rarest = {group: min(sorted(classes), key=spread.get) for group, classes in held.items()}
    return [[g for g in rarest if rarest[g] == label] for label in np.unique(list(rarest.values()))]


def apart(one, other):
    """Return the largest distance between two empirical distribution functions (Kolmogorov and Smirnov)."""
    at = np.sort(np.concatenate([one, other]))
    reached = [np.searchsorted(np.sort(each), at, side="right") / len(each) for each in (one, other)]
    return np.abs(reached[0] - reached[1]).max()


@pytest.mark.parametrize("grouped", [False, True], ids=["items", "groups"])
@pytest.mark.parametrize("metric", sorted(METRICS))
def test_scores_are_distributed_as_if_every_item_were_drawn(metric, grouped):
    rows = table(metric, LABELS)
    groups = np.random.default_rng(1).integers(0, 40, len(LABELS)) if grouped else None
    fast = METRICS[metric].of_sums(resampled_sums(rows, LABELS, groups, R, 3))
    slow = METRICS[metric].of_sums(plain_sums(rows, LABELS, groups, np.random.default_rng(5)))
    assert fast.mean() == pytest.approx(slow.mean(), abs=4 * slow.std() / np.sqrt(R / 2))
    assert fast.std() == pytest.approx(slow.std(), rel=0.07)
    # Met by chance once in ten thousand times.
    assert apart(fast, slow) < 0.07
    # The resamples come in no order: neighbours know nothing of each other.
    assert abs(np.corrcoef(fast[1:], fast[:-1])[0, 1]) < 0.08


def test_columns_of_one_class_move_together_as_drawn_rows_do():
    rows = table("macro_f1", LABELS)
    fast = resampled_sums(rows, LABELS, None, R, 3)
    slow = plain_sums(rows, LABELS, None, np.random.default_rng(5))
    spread = np.cov(slow.T)
    assert np.cov(fast.T) == pytest.approx(spread, abs=0.1 * np.abs(spread).max())


@pytest.mark.parametrize("values", ["rare", "skewed", "even"])
def test_sums_of_many_items_have_the_distribution_of_drawn_ones(values):
    random, m = np.random.default_rng(2), 3000
    column = {
        "rare": (random.random(m) < 0.001) * 1.0,
        "skewed": random.exponential(1, m) ** 2,
        "even": random.random(m),
    }
    rows = column[values][:, None]
    fast = resampled_sums(rows, np.zeros(m, np.int64), None, R, 0)[:, 0]
    slow = rows[random.integers(0, m, (R, m)), 0].sum(axis=1)
    assert apart(fast, slow) < 0.07
    assert fast.std() == pytest.approx(slow.std(), rel=0.07)


def test_every_class_keeps_its_size_and_a_constant_its_sum():
    rows = np.column_stack([np.eye(3)[LABELS], np.full(len(LABELS), 0.1), np.random.default_rng(0).random(len(LABELS))])
    sums = resampled_sums(rows, LABELS, None, R, 0)
    assert (sums[:, :3] == [200, 90, 30]).all()
    assert sums[:, 3] == pytest.approx(np.full(R, 32.0))


def test_groups_stay_whole():
    groups = np.repeat(np.arange(8), 5)
    sums = resampled_sums(np.eye(8)[groups], groups % 2, groups, R, 0)
    times = sums / 5 * 3 / 4  # three of four groups of a kind are drawn, each counts four thirds
    np.testing.assert_allclose(times, np.round(times), atol=1e-9)
    np.testing.assert_allclose(sums.sum(axis=1), 40)


def test_no_class_is_lost_where_each_group_holds_one():
    """Whoever always answers class 0 has a balanced accuracy of a half, however patients are drawn."""
    groups, labels = np.repeat(np.arange(6), 10), np.repeat([0, 0, 0, 1, 1, 1], 10)
    votes = np.tile([0.9, 0.1], (60, 1))
    metric = METRICS["balanced_accuracy"]
    found = metric.of_sums(resampled_sums(metric.contributions(votes, labels), labels, groups, R, 0))
    np.testing.assert_allclose(found, 0.5)


def test_a_class_of_one_group_has_the_width_of_its_items():
    """Nothing tells how its groups would differ, but it is not certain either."""
    groups, labels = np.repeat(np.arange(3), 20), np.repeat([0, 1, 2], 20)
    rows = table("accuracy", labels)
    grouped = resampled_sums(rows, labels, groups, R, 0)[:, 0]
    alone = resampled_sums(rows, labels, None, R, 1)[:, 0]
    assert grouped.std() == pytest.approx(alone.std(), rel=0.1)


@pytest.mark.parametrize(("groups", "covered"), [(3, 0.74), (6, 0.85)])
def test_few_groups_of_a_class_are_covered_more_often_than_by_drawing_as_many(groups, covered):
    """A patient's accuracy varies by 0.15; the interval of one seed is to hold the mean of all patients."""
    random, met = np.random.default_rng(0), []
    for seed in range(200):
        shares = np.clip(random.normal(0.7, 0.15, 2 * groups), 0, 1)
        right = random.random((2 * groups, 20)) < shares[:, None]
        rows = np.column_stack([right.ravel(), np.ones(right.size)]).astype(float)
        inside = np.repeat(np.arange(2 * groups), 20)
        sums = resampled_sums(rows, inside % 2, inside, R, seed)
        low, high = np.quantile(sums[:, 0] / sums[:, 1], [0.025, 0.975])
        met.append(low <= 0.7 <= high)
    assert np.mean(met) > covered


def test_items_of_no_group_are_drawn_by_themselves():
    groups = np.array([0, 0, -1, -1, -1, -1])
    sums = resampled_sums(np.eye(6), np.zeros(6, np.int64), groups, R, 0)
    assert (sums[:, 0] == sums[:, 1]).all()
    assert (sums[:, 2] != sums[:, 3]).any()
    assert sums[:, 2:].std(axis=0) == pytest.approx(np.full(4, np.sqrt(4 * 1 / 5 * 4 / 5) * 5 / 4), rel=0.1)


def test_seeds_have_their_own_draws_and_repeat_them():
    rows = table("accuracy", LABELS)
    first = resampled_sums(rows, LABELS, None, R, 0)[:, 0]
    assert (resampled_sums(rows, LABELS, None, R, 0)[:, 0] == first).all()
    assert abs(np.corrcoef(first, resampled_sums(rows, LABELS, None, R, 1)[:, 0])[0, 1]) < 0.08


@pytest.mark.parametrize("seed", [0, None])
def test_a_class_of_one_item_is_drawn_as_it_is(seed):
    assert (resampled_sums(np.array([[0.3, 1.0]]), np.array([0]), None, 5, seed) == [0.3, 1.0]).all()


@pytest.mark.parametrize("grouped", [False, True], ids=["items", "groups"])
@pytest.mark.parametrize("metric", sorted(METRICS))
def test_without_a_seed_the_same_items_are_drawn_whatever_was_answered(metric, grouped):
    groups = np.random.default_rng(1).integers(0, 40, len(LABELS)) if grouped else None
    one, other = table(metric, LABELS), table(metric, LABELS, seed=5)
    found = [resampled_sums(each, LABELS, groups, R, None) for each in (one, other, one + other)]
    np.testing.assert_allclose(found[0] + found[1], found[2])
    scores = METRICS[metric].of_sums(found[0])
    slow = METRICS[metric].of_sums(plain_sums(one, LABELS, groups, np.random.default_rng(5)))
    assert scores.mean() == pytest.approx(slow.mean(), abs=4 * slow.std() / np.sqrt(R / 2))
    assert scores.std() == pytest.approx(slow.std(), rel=0.07)


def test_without_a_seed_a_group_that_nothing_can_replace_has_its_items_drawn():
    groups, labels = np.array([0, 0, 0, 1, 1, 1, 2, 2]), np.array([0, 0, 0, 1, 1, 1, 1, 1])
    sums = resampled_sums(np.eye(8), labels, groups, R, None)
    np.testing.assert_allclose(sums[:, :3].sum(axis=1), 3)
    assert (sums[:, 0] != sums[:, 1]).any()
    assert (sums[:, 3] == sums[:, 4]).all()


def test_seeds_that_disagree_widen_the_interval():
    agreeing = over_seeds([np.full(R, 0.5)] * 5)
    differing = over_seeds([np.full(R, value) for value in (0.1, 0.3, 0.5, 0.7, 0.9)])
    assert agreeing.std() == 0
    assert differing.std() == pytest.approx(np.std([0.1, 0.3, 0.5, 0.7, 0.9]) / np.sqrt(5), rel=0.1)


def test_seeds_that_are_judged_by_the_same_items_do_not_make_these_more():
    drawn = np.random.default_rng(0).normal(0.5, 0.1, R)
    assert over_seeds([drawn] * 4).std() == pytest.approx(0.05, rel=0.1)
    assert over_seeds([drawn] * 4, same_items=True) == pytest.approx(drawn)
