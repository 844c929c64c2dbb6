"""How well a few numbers per image predict its label, by cross-validation; numpy alone, so that nothing is imported."""

from dataclasses import dataclass

import numpy as np

from explorer.records import Array, Floats, Ints

FOLDS = 5
_MOST = 1500
_NEIGHBORS = 7
_RIDGE = 1.0


@dataclass(frozen=True)
class Guess:
    """What cross-validation found: balanced accuracy, a lower bound of it (three standard errors) and chance level."""

    accuracy: float
    low: float
    chance: float

    @property
    def skill(self) -> float:
        """Share of the way from chance (0) to perfect (1), of the lower bound."""
        return (self.low - self.chance) / (1 - self.chance)


def guess(features: Floats, labels: Ints, units: Ints, *, linear: bool) -> Guess | None:
    """Return how well features (n, d) predict labels (n,), or None where there are too few images to tell.

    Rows with the same number in `units` (group, cluster of duplicates) stay in one fold. `linear` chooses ridge
    regression on standardised features, for many of them; else the nearest neighbours vote, for a few.
    At most 1,500 rows are used, drawn at random.
    """
    chosen = np.flatnonzero(labels >= 0)
    chosen = np.sort(np.random.default_rng(0).permutation(chosen)[:_MOST])
    classes, labels = np.unique(labels[chosen], return_inverse=True)
    k = len(classes)
    if k < 2 or np.bincount(labels).min() < FOLDS:
        return None
    features = np.asarray(features, np.float64)[chosen]
    fold = _folds(units[chosen], labels)
    predicted = np.full(len(labels), -1)
    for each in range(FOLDS):
        test, train = fold == each, fold != each
        if test.any() and train.any():
            way = _ridge if linear else _neighbors
            predicted[test] = way(features[train], labels[train], features[test], k)
    return _judged(predicted == labels, labels, units[chosen], k)


def _folds(units: Ints, labels: Array) -> Ints:
    """Return the fold of each row: whole units, dealt out class by class in random order."""
    numbers, first, inverse = np.unique(units, return_index=True, return_inverse=True)
    order = np.random.default_rng(1).permutation(len(numbers))
    order = order[np.argsort(labels[first][order], kind="stable")]
    fold = np.empty(len(numbers), np.int64)
    fold[order] = np.arange(len(numbers)) % FOLDS
    return fold[inverse.reshape(-1)]


def _judged(right: Array, labels: Array, units: Ints, k: int) -> Guess:
    """Judge by units, not rows: images of one patient that fall together are one piece of evidence."""
    shares, errors = np.empty(k), np.empty(k)
    for each in range(k):
        mine = labels == each
        n = len(np.unique(units[mine]))
        shares[each] = right[mine].mean()
        smoothed = (shares[each] * n + 2) / (n + 4)
        errors[each] = smoothed * (1 - smoothed) / (n + 4)
    accuracy = float(shares.mean())
    return Guess(accuracy, accuracy - 3 * float(np.sqrt(errors.sum())) / k, 1 / k)


def _standardized(train: Floats, test: Floats) -> tuple[Floats, Floats]:
    middle, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    return (train - middle) / spread, (test - middle) / spread


def _ridge(train: Floats, labels: Array, test: Floats, k: int) -> Array:
    train, test = _standardized(train, test)
    weights = 1.0 / np.maximum(1, np.bincount(labels, minlength=k))[labels]
    weights *= len(labels) / weights.sum()
    targets = np.eye(k)[labels] - 1 / k
    weighted = train * weights[:, None]
    system = weighted.T @ train + _RIDGE * len(labels) / 10 * np.eye(train.shape[1])
    return np.asarray((test @ np.linalg.solve(system, weighted.T @ targets)).argmax(axis=1))


def _neighbors(train: Floats, labels: Array, test: Floats, k: int) -> Array:
    train, test = _standardized(train, test)
    distance = (test**2).sum(1)[:, None] - 2 * test @ train.T + (train**2).sum(1)
    few = min(_NEIGHBORS, len(train))
    # equal values are common (sizes): a little noise draws among them evenly, where row order would favour one class
    distance += np.random.default_rng(2).uniform(0, 1e-6, distance.shape)
    near = np.argpartition(distance, few - 1, axis=1)[:, :few]
    weights = 1.0 / np.maximum(1, np.bincount(labels, minlength=k))
    votes = np.stack([(labels[near] == each).sum(axis=1) * weights[each] for each in range(k)], axis=1)
    return np.asarray(votes.argmax(axis=1))
