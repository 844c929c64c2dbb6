"""Which unlabelled items to label next, from their features alone or with what a model thinks of them.

With few labels, typical items teach most: those in the midst of the largest clusters in which nothing is labelled
(TypiClust: Hacohen et al. 2022, arXiv:2202.02794). With more, those about which a model is undecided (margin: Scheffer
et al. 2001, doi:10.1007/3-540-44816-0_31), spread out so that they are not all the same (as in Citovsky et al. 2021,
arXiv:2107.14263). Gains are small as a rule, and some are losses: always hold them against a random order.

Notation: n = items, d = features, k = classes. Rows are places in the arrays that are given.
"""

import warnings
from collections.abc import Callable, Sequence

import numpy as np

from explorer.records import UNLABELED, Floats, Ints

#: Labels a class up to which typical items are asked for.
FEW = 10
#: Clusters at most, and neighbours that make an item typical.
_CLUSTERS, _NEIGHBORS = 500, 20
#: Undecided items that are chosen together, least decided ones that compete for these places, and one in how many of
#: all items competes at most, where that fills the places: of a small pool even sure ones would.
_TOGETHER, _COMPETING, _ONE_IN = 8, 16, 5
#: Labels at which orders are compared: the first and the last number at most, and how many there must be.
_FIRST, _LAST, _LEAST = 4, 320, 3

#: From labelled rows, their labels, and other rows, to class probabilities of the latter.
Fit = Callable[[Ints, Ints, Ints], Floats]


def next_to_label(features: Floats, labels: Ints, probabilities: Floats | None, count: int, seed: int = 0) -> Ints:
    """Return unlabelled rows in the order in which to label them, at most `count`.

    features        (n, d)
    labels          (n,), -1 = unlabelled
    probabilities   (n, k) of a model that learnt from these labels; None = there is none, and typical rows are taken

    Up to ten labels a class typical rows come first, then undecided ones.
    """
    if probabilities is None or is_few(labels):
        return typical(features, labels, count, seed)
    return undecided(features, labels, probabilities, count, seed)


def is_few(labels: Ints) -> bool:
    """Tell whether labels, (n,), -1 = unlabelled, are so few that typical rows teach more than undecided ones."""
    labeled = labels[labels != UNLABELED]
    return len(labeled) < FEW * max(2, len(np.unique(labeled)))


def typical(features: Floats, labels: Ints, count: int, seed: int = 0) -> Ints:
    """Return unlabelled rows, one from the midst of each cluster, those of clusters with fewest labels first.

    There are as many clusters as labelled and asked for rows together, 500 at most; among clusters with as few labels
    the largest comes first. The most typical row is the one whose 20 nearest in its cluster are nearest in the mean. A
    cluster that has given a row counts as labelled once more.
    """
    free = np.flatnonzero(labels == UNLABELED)
    count = min(count, len(free))
    if count == 0:
        return free
    clusters = min(len(features), _CLUSTERS, int((labels != UNLABELED).sum()) + count)
    inside = _clustered(features, clusters, seed)
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

    Eight at a time are chosen among the 16 least decided that are left, or among a fifth of all where that is less: the
    least decided one, then each with a probability that grows with the squared distance to all before (k-means++
    seeding). So there is one order of all rows, of which `count` are its beginning.
    """
    free = np.flatnonzero(labels == UNLABELED)
    count = min(count, len(free))
    highest = np.sort(probabilities[free], axis=1)
    left = free[np.argsort(highest[:, -1] - highest[:, -2], kind="stable")]
    most = min(_COMPETING, max(_TOGETHER, len(free) // _ONE_IN))
    random, order = np.random.default_rng(seed), left[:0]
    while len(order) < count:
        order = _with_more(order, left[:most], features, random)
        left = left[~np.isin(left, order)]
    return np.asarray(order[:count], np.int64)


def _with_more(order: Ints, competing: Ints, features: Floats, random: np.random.Generator) -> Ints:
    """Return the order with eight more of the competing rows: the first one, then sooner those that lie far off."""
    from scipy.spatial.distance import cdist

    away = cdist(features[competing], features[order], "sqeuclidean").min(axis=1, initial=np.inf)
    chosen = [0]
    while len(chosen) < min(_TOGETHER, len(competing)):
        away = np.minimum(away, ((features[competing] - features[competing[chosen[-1]]]) ** 2).sum(axis=1))
        open_ = ~np.isin(np.arange(len(competing)), chosen)
        chances = away * open_ if (away * open_).sum() > 0 else open_.astype(float)
        chosen.append(int(random.choice(len(competing), p=chances / chances.sum())))
    return np.append(order, competing[chosen])


def at_random(features: Floats, labels: Ints, count: int, seed: int = 0) -> Ints:
    """Return unlabelled rows in random order, at most `count`."""
    free = np.flatnonzero(labels == UNLABELED)
    return np.random.default_rng(seed).permutation(free)[:count]


def replay_budgets(n: int, n_classes: int) -> tuple[int, ...]:
    """Return the numbers of labels at which an order is compared with chance, of n labelled rows that may be asked for.

    From one label a class on, four at least, they double up to half of the rows, since of the last rows there is
    nothing to choose, and up to 320, or three numbers. Empty where there would be fewer (see `replay_needs`).
    """
    if n < replay_needs(n_classes):
        return ()
    found = [max(_FIRST, n_classes)]
    most = min(n // 2, max(_LAST, found[0] * 2 ** (_LEAST - 1)))
    while 2 * found[-1] <= most:
        found.append(2 * found[-1])
    return tuple(found)


def replay_needs(n_classes: int) -> int:
    """Return the labelled rows that it takes at least to compare an order with chance."""
    return int(max(_FIRST, n_classes) * 2**_LEAST)


def replayed(
    features: Floats, labels: Ints, budgets: Sequence[int], fit: Fit, seed: int = 0, *, random: bool = False
) -> tuple[Ints, ...]:
    """Return the rows that would have been labelled at each budget, had rows been asked for instead of drawn.

    labels    (n,) of a pool whose labels are known, -1 = really unlabelled and never asked for
    budgets   numbers of labels, ascending; between two of them a model is fitted anew
    fit       the model, used from ten labels a class on; the rows that it is given are places in `features`
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
        asked = at_random(seen, shown, wanted, seed) if random else _asked(known, seen, shown, wanted, fit, seed)
        shown[asked] = truth[asked]
        order += asked.tolist()
        found.append(known[np.array(order, np.int64)])
    return tuple(found)


def _asked(known: Ints, features: Floats, labels: Ints, count: int, fit: Fit, seed: int) -> Ints:
    """Return the next rows to ask for; `known` are the rows in the features of which `fit` knows, (n,)."""
    has = labels != UNLABELED
    if is_few(labels) or len(np.unique(labels[has])) < 2:
        return typical(features, labels, count, seed)
    found = fit(known[has], labels[has], known[~has])
    probabilities = np.zeros((len(labels), found.shape[1]))
    probabilities[~has] = found
    return next_to_label(features, labels, probabilities, count, seed)


def _clustered(features: Floats, clusters: int, seed: int) -> Ints:
    """Return the cluster of each row, (n,); rows that are alike leave some clusters empty."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different rows than clusters
        return np.asarray(KMeans(clusters, n_init=1, random_state=seed).fit_predict(features), np.int64)


def _by_typicality(features: Floats, rows: Ints, labels: Ints) -> list[int]:
    """Return the unlabelled rows of a cluster, the most typical first."""
    from scipy.spatial.distance import cdist

    free = rows[labels[rows] == UNLABELED]
    if len(free) == 0:
        return []
    nearest = np.sort(cdist(features[free], features[rows]), axis=1)[:, 1 : _NEIGHBORS + 1]
    away = nearest.mean(axis=1) if nearest.shape[1] else np.zeros(len(free))
    return [int(each) for each in free[np.argsort(away, kind="stable")]]
