"""How well a few numbers per image predict its label, by cross-validation; numpy alone, so that nothing is imported."""

from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True)
class Answers:
    """The answers of cross-validation over all classes, and how well one class is told from all others together.

    single    the class whose own guess is best, and `alone` that guess: the mean of its recall and of the share of the
              other classes, each counted alike, that is not taken for it; four standard errors, as the best of several
    """

    together: Guess
    single: int
    alone: Guess


@dataclass(frozen=True, eq=False)
class Way:
    """One way to predict labels: from features (n, d), by ridge regression where `linear`, else by neighbours."""

    features: Floats
    linear: bool

    def of(self, rows: Ints) -> "Way":
        """Return the same way of some rows only."""
        return Way(np.asarray(self.features, np.float64)[rows], self.linear)

    def predicted(self, train: Array, labels: Array, test: Array, k: int) -> Array:
        """Return the classes of the rows `test` as learnt from the rows `train` with their labels, one each."""
        by = _ridge if self.linear else _neighbors
        return by(self.features[train], labels, self.features[test], k)


def guess(features: Floats, labels: Ints, units: Ints, *, linear: bool) -> Answers | None:
    """Return how well features (n, d) predict labels (n,), or None where fewer than two classes can be asked.

    Only rows of classes that can be `asked` count. Rows with the same number in `units` (group, cluster of duplicates)
    stay in one fold. `linear` chooses ridge regression on standardised features, for many of them; else the nearest
    neighbours vote, for a few. At most 1,500 rows are used, of each class as many where it has them.
    """
    return best_guess([Way(features, linear)], labels, units)


def best_guess(ways: Sequence[Way], labels: Ints, units: Ints) -> Answers | None:
    """Return the same of the best of several ways.

    Each fold chooses its way by cross-validation among the rows that it learns from, so that the rows that judge have
    no say in it and the best of several is no better by chance.
    """
    classes = asked(labels, units)
    k = len(classes)
    if k < 2:
        return None
    chosen = _drawn(labels, classes)
    labels, units = np.searchsorted(classes, labels[chosen]), units[chosen]
    ways = [each.of(chosen) for each in ways]
    predicted = np.full(len(labels), -1)
    for train, test in _parts(units, labels):
        way = ways[0] if len(ways) == 1 else max(ways, key=lambda each: _within(each, train, labels, units, k))
        predicted[test] = way.predicted(train, labels[train], test, k)
    return _judged(predicted, labels, units, classes)


def _within(way: Way, rows: Ints, labels: Array, units: Ints, k: int) -> float:
    """Return the balanced accuracy of a way by cross-validation among some rows."""
    right = np.zeros(len(labels))
    for train, test in _parts(units[rows], labels[rows]):
        right[rows[test]] = way.predicted(rows[train], labels[rows[train]], rows[test], k) == labels[rows[test]]
    counts = np.bincount(labels[rows], minlength=k)
    shares = np.bincount(labels[rows], weights=right[rows], minlength=k) / np.maximum(1, counts)
    return float(shares[counts > 0].mean())


def _parts(units: Ints, labels: Array) -> Iterator[tuple[Ints, Ints]]:
    """Yield the rows to learn from and the rows to ask of each fold that has both."""
    fold = _folds(units, labels)
    for each in range(FOLDS):
        train, test = np.flatnonzero(fold != each), np.flatnonzero(fold == each)
        if len(train) and len(test):
            yield train, test


def asked(labels: Ints, units: Ints) -> Ints:
    """Return the classes that cross-validation can ask: those with five images, in two units or more; ascending."""
    labeled = labels >= 0
    pairs = np.unique(np.stack([labels[labeled], units[labeled]], axis=1), axis=0)
    spread = np.bincount(pairs[:, 0]) > 1
    return np.flatnonzero(spread & (np.bincount(labels[labeled]) >= FOLDS)).astype(np.int64)


def _drawn(labels: Ints, classes: Ints) -> Ints:
    """Return at most 1,500 rows of the classes, ascending, drawn in turn from each so that no small one is lost."""
    rows = np.random.default_rng(0).permutation(np.flatnonzero(np.isin(labels, classes)))
    rows = rows[np.argsort(labels[rows], kind="stable")]
    _, starts, sizes = np.unique(labels[rows], return_index=True, return_counts=True)
    rank = np.arange(len(rows)) - np.repeat(starts, sizes)
    return np.sort(rows[np.argsort(rank, kind="stable")][:_MOST])


def _folds(units: Ints, labels: Array) -> Ints:
    """Return the fold of each row: whole units, dealt out class by class in random order."""
    numbers, first, inverse = np.unique(units, return_index=True, return_inverse=True)
    order = np.random.default_rng(1).permutation(len(numbers))
    order = order[np.argsort(labels[first][order], kind="stable")]
    fold = np.empty(len(numbers), np.int64)
    fold[order] = np.arange(len(numbers)) % FOLDS
    return fold[inverse.reshape(-1)]


def _judged(predicted: Array, labels: Array, units: Ints, classes: Ints) -> Answers:
    """Judge by units, not rows: images of one patient that fall together are one piece of evidence."""
    k = len(classes)
    given = np.stack([np.bincount(predicted[labels == each] + 1, minlength=k + 1)[1:] for each in range(k)])
    shares = given / np.bincount(labels)[:, None]
    n = np.array([len(np.unique(units[labels == each])) for each in range(k)])[:, None]
    smoothed = (shares * n + 2) / (n + 4)
    errors = smoothed * (1 - smoothed) / (n + 4)
    recall, wrong = np.diag(shares), (shares.sum(axis=0) - np.diag(shares)) / (k - 1)
    accuracy = float(recall.mean())
    together = Guess(accuracy, accuracy - 3 * float(np.sqrt(np.diag(errors).sum())) / k, 1 / k)
    spread = np.diag(errors) + (errors.sum(axis=0) - np.diag(errors)) / (k - 1) ** 2
    alone = (1 + recall - wrong) / 2
    low = alone - 4 * np.sqrt(spread) / 2
    best = int(low.argmax())
    return Answers(together, int(classes[best]), Guess(float(alone[best]), float(low[best]), 0.5))


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
