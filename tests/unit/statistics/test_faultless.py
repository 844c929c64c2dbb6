"""The bound of trials without a mistake, against scipy's quantiles, a general optimiser and draws."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import beta

from explorer.statistics.faultless import RISK, Faultless, least_mean, least_share, units_by_class


def faultless(rows, labels, groups=None):
    rows = np.asarray(rows)
    groups = np.full(len(labels), -1) if groups is None else np.asarray(groups)
    return Faultless(rows, np.asarray(labels)[rows], groups[rows])


@pytest.mark.parametrize("n", [1, 3, 30, 1000])
def test_of_one_class_it_is_that_of_clopper_and_pearson(n):
    assert least_mean(np.array([float(n)])) == pytest.approx(beta.ppf(RISK, n, 1))
    if n >= 30:
        assert least_mean(np.array([float(n)])) == pytest.approx(1 - 3 / n, abs=0.01), "the rule of three"


@pytest.mark.parametrize("units", [(10, 10), (30, 30, 30, 30), (3, 200), (1, 2, 40, 90), (0.5, 7.25, 12)])
def test_of_several_classes_it_is_the_least_mean_that_an_optimiser_finds(units):
    n = np.array(units, float)
    found = min(
        (
            minimize(
                lambda logs: np.exp(logs).mean(),
                np.log(RISK) * weights / n,
                bounds=[(np.log(RISK) / each, 0) for each in n],
                constraints={"type": "ineq", "fun": lambda logs: n @ logs - np.log(RISK)},
                method="SLSQP",
                options={"maxiter": 500, "ftol": 1e-12},
            )
            for weights in np.random.default_rng(0).dirichlet(np.ones(len(n)), 10)
        ),
        key=lambda each: each.fun,
    )
    assert least_mean(n) == pytest.approx(found.fun, abs=1e-5)


def test_equal_classes_have_the_bound_of_all_their_items_together():
    assert least_mean(np.full(5, 12.0)) == pytest.approx(beta.ppf(RISK, 60, 1))


def test_whatever_the_truth_it_is_missed_in_five_of_a_hundred_at_most():
    random, n = np.random.default_rng(1), np.array([4.0, 9.0, 25.0])
    shares = random.beta(8, 1, (20_000, 3))
    missed = shares.mean(axis=1) < least_mean(n)
    all_right = np.prod(shares**n, axis=1)
    assert missed.sum() > 500
    assert all_right[missed].max() <= RISK


def test_an_image_that_judged_at_several_seeds_counts_once():
    labels = np.repeat([0, 1], 50)
    once = least_share([faultless(range(20), labels)], by_class=False)
    again = least_share([faultless(range(20), labels), faultless(range(10), labels)], by_class=False)
    more = least_share([faultless(range(20), labels), faultless(range(20, 40), labels)], by_class=False)
    assert again == once == pytest.approx(beta.ppf(RISK, 20, 1))
    assert more == pytest.approx(beta.ppf(RISK, 40, 1))


def test_the_items_of_a_group_count_as_one():
    labels, groups = np.zeros(60, int), np.repeat(np.arange(6), 10)
    groups[50:] = -1  # in no group: each by itself
    assert least_share([faultless(range(60), labels, groups)], by_class=False) == pytest.approx(beta.ppf(RISK, 15, 1))


def test_classes_count_alike_and_groups_of_several_classes_in_part():
    labels = np.r_[np.zeros(90, int), np.ones(10, int)]
    assert least_share([faultless(range(100), labels)], by_class=True) == pytest.approx(
        least_mean(np.array([90.0, 10]))
    )
    pairs = units_by_class(np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 0, 1]))
    assert pairs.tolist() == [1.5, 1.5]
    assert pairs.sum() == 3, "each group counts as one in all"
