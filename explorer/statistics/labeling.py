"""Which unlabelled items to label next, from their features alone or with what a model thinks of them.

With few labels, typical items teach most: those in the midst of the largest clusters in which nothing is labelled
(TypiClust: Hacohen et al. 2022, arXiv:2202.02794). With more, those about which a model is undecided (margin: Scheffer
et al. 2001, doi:10.1007/3-540-44816-0_31), spread out so that they are not all the same (as in Citovsky et al. 2021,
arXiv:2107.14263). Gains are small as a rule, and some are losses: always hold them against a random order.

Notation: n = items, d = features, k = classes. Rows are places in the arrays that are given.
"""

from collections.abc import Callable, Sequence

import numpy as np

from explorer.records import UNLABELED, Floats, Ints

#: Labels a class up to which typical items are asked for.
FEW = 10
#: Clusters at most, neighbours that make an item typical, undecided items that compete for each that is asked for.
_CLUSTERS, _NEIGHBORS, _COMPETING = 500, 20, 10

#: From labelled and unlabelled features, and labels of the former, to class probabilities of the latter.
Fit = Callable[[Floats, Ints, Floats], Floats]


def next_to_label(features: Floats, labels: Ints, probabilities: Floats | None, count: int, seed: int = 0) -> Ints:
    """Return unlabelled rows in the order in which to label them, at most `count`.

    features        (n, d)
    labels          (n,), -1 = unlabelled
    probabilities   (n, k) of a model that learnt from these labels; None = there is none, and typical rows are taken

    Up to ten labels a class typical rows come first, then undecided ones.
    """
    labeled = labels[labels != UNLABELED]
    if probabilities is None or len(labeled) < FEW * max(2, len(np.unique(labeled))):
        return typical(features, labels, count, seed)
    return undecided(features, labels, probabilities, count, seed)


def typical(features: Floats, labels: Ints, count: int, seed: int = 0) -> Ints:
    """Return unlabelled rows, one from the midst of each cluster, those of clusters with fewest labels first.

    There are as many clusters as labelled and asked for rows together, 500 at most; among clusters with as few labels
    the largest comes first. The most typical row is the one whose 20 nearest in its cluster are nearest in the mean. A
    cluster that has given a row counts as labelled once more.
    """
    from sklearn.cluster import KMeans

    free = np.flatnonzero(labels == UNLABELED)
    count = min(count, len(free))
    if count == 0:
        return free
    clusters = min(len(features), _CLUSTERS, int((labels != UNLABELED).sum()) + count)
    inside = KMeans(clusters, n_init=1, random_state=seed).fit_predict(features)
    queues = [_by_typicality(features, np.flatnonzero(inside == each), labels) for each in range(clusters)]
    sizes = np.bincount(inside, minlength=clusters)
    given = np.bincount(inside[labels != UNLABELED], minlength=clusters)
    order: list[int] = []
    while len(order) < count:
        open_ = [each for each in range(clusters) if queues[each]]
        chosen = min(open_, key=lambda each: (given[each], -sizes[each]))
        order.append(queues[chosen].pop(0))
        given[chosen] += 1
    return np.array(order, np.int64)


def undecided(features: Floats, labels: Ints, probabilities: Floats, count: int, seed: int = 0) -> Ints:
    """Return unlabelled rows whose two most probable classes are nearest, spread out over the features.

    Of ten times as many rows as are asked for, the least decided ones, the first is the least decided, and every
    further one is drawn with a probability that grows with the squared distance to those before (k-means++ seeding).
    """
    free = np.flatnonzero(labels == UNLABELED)
    count = min(count, len(free))
    highest = np.sort(probabilities[free], axis=1)
    competing = free[np.argsort(highest[:, -1] - highest[:, -2], kind="stable")[: _COMPETING * count]]
    random, order = np.random.default_rng(seed), list(competing[:1])
    away = np.full(len(competing), np.inf)
    while len(order) < count:
        away = np.minimum(away, ((features[competing] - features[order[-1]]) ** 2).sum(axis=1))
        left = np.where(np.isin(competing, order), 0.0, away)
        chances = left if left.sum() > 0 else (~np.isin(competing, order)).astype(float)
        order.append(random.choice(competing, p=chances / chances.sum()))
    return np.array(order, np.int64)


def at_random(features: Floats, labels: Ints, count: int, seed: int = 0) -> Ints:
    """Return unlabelled rows in random order, at most `count`."""
    free = np.flatnonzero(labels == UNLABELED)
    return np.random.default_rng(seed).permutation(free)[:count]


def replayed(
    features: Floats, labels: Ints, budgets: Sequence[int], fit: Fit, seed: int = 0, *, random: bool = False
) -> tuple[Ints, ...]:
    """Return the rows that would have been labelled at each budget, had rows been asked for instead of drawn.

    labels    (n,) of a pool whose labels are known, -1 = really unlabelled and never asked for
    budgets   numbers of labels, ascending; between two of them a model is fitted anew
    fit       the model, used from ten labels a class on
    random    ask for random rows instead: what it has to be better than

    Budgets are nested, and the same seed begins with the same random numbers.
    """
    known = np.flatnonzero(labels != UNLABELED)
    truth, seen = labels[known], features[known]
    shown = np.full(len(known), UNLABELED, np.int64)
    order: list[int] = []
    found = []
    for budget in budgets:
        wanted = budget - len(order)
        asked = at_random(seen, shown, wanted, seed) if random else _asked(seen, shown, wanted, fit, seed)
        shown[asked] = truth[asked]
        order += asked.tolist()
        found.append(known[np.array(order, np.int64)])
    return tuple(found)


def _asked(features: Floats, labels: Ints, count: int, fit: Fit, seed: int) -> Ints:
    has = labels != UNLABELED
    if len(np.unique(labels[has])) < 2:
        return typical(features, labels, count, seed)
    found = fit(features[has], labels[has], features[~has])
    probabilities = np.zeros((len(labels), found.shape[1]))
    probabilities[~has] = found
    return next_to_label(features, labels, probabilities, count, seed)


def _by_typicality(features: Floats, rows: Ints, labels: Ints) -> list[int]:
    """Return the unlabelled rows of a cluster, the most typical first."""
    from scipy.spatial.distance import cdist

    free = rows[labels[rows] == UNLABELED]
    if len(free) == 0:
        return []
    nearest = np.sort(cdist(features[free], features[rows]), axis=1)[:, 1 : _NEIGHBORS + 1]
    away = nearest.mean(axis=1) if nearest.shape[1] else np.zeros(len(free))
    return [int(each) for each in free[np.argsort(away, kind="stable")]]
