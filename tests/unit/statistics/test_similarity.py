"""Debiased CKA against the definition as a sum over different images, and where it is known."""

import itertools

import numpy as np
import pytest

from explorer.statistics.similarity import cka, grams, hsic


def by_definition(first, second):
    """Return the unbiased HSIC as its U-statistic: means over pairs, triples and quadruples of different images."""
    n = len(first)
    pairs = np.mean([first[i, j] * second[i, j] for i, j in itertools.permutations(range(n), 2)])
    triples = np.mean([first[i, j] * second[i, q] for i, j, q in itertools.permutations(range(n), 3)])
    fours = np.mean([first[i, j] * second[q, r] for i, j, q, r in itertools.permutations(range(n), 4)])
    return pairs + fours - 2 * triples


def test_hsic_is_the_mean_over_different_images():
    random = np.random.default_rng(0)
    one, other = random.normal(size=(8, 3)), random.normal(size=(8, 5))
    first, second = one @ one.T, other @ other.T
    for each in (first, second):
        np.fill_diagonal(each, 0.0)
    assert hsic(first, second) == pytest.approx(by_definition(first, second))
    assert hsic(first, first) == pytest.approx(by_definition(first, first))


def test_turned_scaled_and_shifted_features_are_the_same():
    random = np.random.default_rng(1)
    seen = random.normal(size=(40, 6))
    turned = 3 * seen @ np.linalg.qr(random.normal(size=(6, 6)))[0] + 5
    assert cka([seen], [turned])[0, 0] == pytest.approx(1.0)


def test_unrelated_features_are_unlike_however_many_they_are():
    random = np.random.default_rng(2)
    found = [cka([random.normal(size=(30, 500))], [random.normal(size=(30, 500))])[0, 0] for _ in range(20)]
    assert abs(np.mean(found)) < 0.05
    one, other = random.normal(size=(30, 500)), random.normal(size=(30, 500))
    one, other = one - one.mean(0), other - other.mean(0)
    biased = np.linalg.norm(one.T @ other) ** 2 / (np.linalg.norm(one.T @ one) * np.linalg.norm(other.T @ other))
    assert biased > 0.8  # what the usual estimate says of the same


def test_it_is_symmetric_and_constant_features_have_none():
    random = np.random.default_rng(3)
    each = [random.normal(size=(20, 4)), random.normal(size=(20, 9)), np.ones((20, 2))]
    found = cka(each, each)
    assert np.allclose(found, found.T, equal_nan=True)
    assert found[0, 0] == pytest.approx(1.0)
    assert np.isnan(found[2]).all()


def test_too_few_images_are_refused():
    with pytest.raises(ValueError, match="at least 4 images"):
        hsic(*grams([np.ones((3, 2))] * 2))
