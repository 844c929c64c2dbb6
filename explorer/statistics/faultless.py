"""How low a share of right answers may be where every answer was right: resampling draws right answers alone.

Where the units of class c are answered right with the probability p_c, all n_c units of all classes are right with
the probability of the product of p_c ** n_c. The bound is the least mean of p_c with which that still is 5 %: exact and
one-sided, 95 %. Of a single class it is that of Clopper and Pearson (1934, doi:10.1093/biomet/26.4.404), about
1 - 3 / n, and of several classes that of Buehler (1957, J. Am. Stat. Assoc. 52, 482-493).

A unit is a test item or, where the data has groups, a whole group, as items of one group are not independent. The units
of a class are taken for independent draws of all there are. One that judged at several seeds counts once, as it
is the same image each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.records import Floats, Ints

#: Probability of right answers alone at the bound.
RISK = 0.05


@dataclass(frozen=True, eq=False)
class Faultless:
    """The items of a trial that were all answered right: their rows, labels and groups, (m,) each; -1 is no group."""

    rows: Ints
    labels: Ints
    groups: Ints


def least_share(trials: Sequence[Faultless], *, by_class: bool) -> float:
    """Return the lower bound of the share of right answers of trials without a mistake, in 0 .. 1.

    by_class    the mean of the shares of the classes is meant, else the share among all items
    """
    rows, at = np.unique(np.concatenate([each.rows for each in trials]), return_index=True)
    labels = np.concatenate([each.labels for each in trials])[at]
    groups = np.concatenate([each.groups for each in trials])[at]
    return least_mean(units_by_class(units_of(rows, groups), labels if by_class else np.zeros_like(labels)))


def units_of(rows: Ints, groups: Ints) -> Ints:
    """Return the number of the unit of each item, (m,): of its group, or its own where that is -1."""
    return np.where(groups >= 0, groups, int(groups.max(initial=-1)) + 1 + rows)


def units_by_class(units: Ints, labels: Ints) -> Floats:
    """Return how many units each class has, (k,), given the unit and the label of each item, (m,).

    A unit with items of several classes counts as an equal part of one in each. All of it is right at most as often as
    its items of any one class, and so at most as often as their geometric mean says: this can only lower the bound.
    """
    pairs = np.unique(np.stack([units, labels], axis=1), axis=0)
    _, unit, classes = np.unique(pairs[:, 0], return_inverse=True, return_counts=True)
    return np.asarray(np.bincount(pairs[:, 1], weights=1 / classes[unit]), np.float64)


def least_mean(units: Floats) -> float:
    """Return the bound of the mean share over the classes that have units, (k,), all of which were right.

    At the least mean, p_c is proportional to n_c where that is below 1: only the classes with the fewest units are.
    """
    n = np.sort(units[units > 0])
    factors = (np.log(RISK) - np.cumsum(n * np.log(n))) / np.cumsum(n)
    below = int(np.flatnonzero(factors + np.log(n) <= 0)[-1])
    shares = np.where(np.arange(len(n)) <= below, np.exp(factors[below]) * n, 1.0)
    return float(shares.mean())
