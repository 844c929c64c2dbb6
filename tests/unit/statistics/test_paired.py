"""Paired differences: against a plain loop over items, narrower than two curves, and honest about what they rest on."""

from dataclasses import replace

import numpy as np
import pytest

from explorer.records import Outcome, State, Trial
from explorer.scores import scores
from explorer.statistics.curves import judged
from explorer.statistics.paired import differences
from explorer.statistics.resampling import over_seeds

LABELS = np.repeat([0, 1, 2], [200, 100, 60])


def outcome(arm, seed, right, budget=5):
    """Return an outcome on the judging images of a seed, of which `right`, (120,), says which are answered right."""
    test = np.sort(np.random.default_rng(seed).choice(len(LABELS), 120, replace=False))
    labels = LABELS[test]
    answers = np.where(right, labels, (labels + 1) % 3)
    probabilities = (0.05 + 0.85 * np.eye(3)[answers]).astype(np.float32)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    trial = Trial(arm, budget, seed)
    return Outcome(trial, State.DONE, 15, budget, test, probabilities, scores(probabilities, labels))


@pytest.fixture
def outcomes():
    """Return two arms that fail at mostly the same images, the second a little more often; four seeds."""
    found = []
    for seed in range(4):
        random = np.random.default_rng([9, seed])
        right = random.random(120) < 0.7
        found += [outcome("a", seed, right), outcome("b", seed, right & (random.random(120) < 0.9))]
    return found


def plain(outcomes, resamples=3000):
    """Return the interval by drawing seeds, and items within their class, one by one: the same items for both arms."""
    random = np.random.default_rng(1)
    known = {each.trial: each for each in outcomes}
    right = []
    for seed in range(4):
        a, b = (known[Trial(arm, 5, seed)] for arm in "ab")
        labels = LABELS[a.test]
        right.append((a.probabilities.argmax(1) == labels, b.probabilities.argmax(1) == labels, labels))
    found = []
    for _ in range(resamples):
        each = []
        for seed in random.integers(0, 4, 4):
            a, b, labels = right[seed]
            recalls = []
            for kind in range(3):
                drawn = random.choice(np.flatnonzero(labels == kind), (labels == kind).sum())
                recalls.append(a[drawn].mean() - b[drawn].mean())
            each.append(np.mean(recalls))
        found.append(np.mean(each))
    return np.quantile(found, [0.025, 0.975])


def test_the_difference_and_its_interval_are_those_of_a_plain_loop(outcomes):
    (found,) = differences(outcomes, "a", "b", LABELS, None, "balanced_accuracy")
    by_seed = [outcomes[2 * s].scores["balanced_accuracy"] - outcomes[2 * s + 1].scores["balanced_accuracy"]
               for s in range(4)]  # fmt: skip
    assert found.mean == pytest.approx(np.mean(by_seed))
    assert (found.budget, found.seeds, found.items) == (5, 4, 480)
    assert (found.low, found.high) == pytest.approx(plain(outcomes), abs=0.006)
    assert found.sign == 1


def test_pairs_are_surer_than_two_intervals(outcomes):
    (found,) = differences(outcomes, "a", "b", LABELS, None, "accuracy")
    alone = [over_seeds([judged(o, LABELS, None, "accuracy").resampled for o in outcomes if o.trial.arm == arm])
             for arm in "ab"]  # fmt: skip
    unpaired = np.sqrt(sum(each.var() for each in alone))
    assert found.high - found.low < 0.7 * 3.92 * unpaired


def test_the_other_way_round_it_hurts_and_alike_arms_do_not_differ(outcomes):
    (one,) = differences(outcomes, "a", "b", LABELS, None, "accuracy")
    (other,) = differences(outcomes, "b", "a", LABELS, None, "accuracy")
    assert (other.mean, other.sign) == (pytest.approx(-one.mean), -1)
    (same,) = differences(outcomes, "a", "a", LABELS, None, "accuracy")
    assert (same.mean, same.low, same.high, same.sign) == (0, 0, 0, 0)


def test_images_that_judge_at_every_seed_count_once(outcomes):
    a, b = outcomes[:2]
    repeated = [replace(each, trial=replace(each.trial, seed=seed)) for each in (a, b) for seed in range(4)]
    (once,) = differences([a, b], "a", "b", LABELS, None, "accuracy", given_test=True)
    (given,) = differences(repeated, "a", "b", LABELS, None, "accuracy", given_test=True)
    (anew,) = differences(repeated, "a", "b", LABELS, None, "accuracy")
    assert (given.mean, given.low, given.high) == pytest.approx((once.mean, once.low, once.high))
    assert given.high - given.low == pytest.approx(2 * (anew.high - anew.low), rel=0.15)


def test_groups_are_drawn_whole(outcomes):
    (items,) = differences(outcomes, "a", "b", LABELS, None, "accuracy")
    # Where every group is one class, all its items differ alike: there are only as many independent ones as groups.
    (groups,) = differences(outcomes, "a", "b", LABELS, np.arange(360) // 60, "accuracy")
    assert groups.mean == items.mean
    assert (groups.low, groups.high) != (items.low, items.high)


def test_seeds_that_one_arm_has_not_finished_are_left_out(outcomes):
    failed = Outcome(Trial("a", 5, 0), State.FAILED, error="ValueError: no")
    (found,) = differences([failed, *outcomes[1:]], "a", "b", LABELS, None, "accuracy")
    assert (found.seeds, found.items) == (3, 360)
    assert differences(outcomes[:1], "a", "b", LABELS, None, "accuracy") == ()


def test_trials_that_judged_other_rows_are_no_pair(outcomes):
    other = outcome("b", 1, np.ones(120, bool))
    wrong = Outcome(Trial("b", 5, 0), State.DONE, 15, 5, other.test, other.probabilities, other.scores)
    with pytest.raises(ValueError, match="different rows"):
        differences([outcomes[0], wrong], "a", "b", LABELS, None, "accuracy")
