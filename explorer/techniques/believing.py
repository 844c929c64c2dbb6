"""What is believed of unlabelled rows: which of them, of which class, what they count, and what a user must know of it.

Notation: n = labelled rows, m = unlabelled rows, k = number of classes, d = features. Labels (m,) are class numbers, -1
where nothing is believed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.cautions import Caution
from explorer.records import UNLABELED, Floats, Ints
from explorer.score_words import percent
from explorer.techniques.base import Float32s, Predictor
from explorer.techniques.examples import Examples, taken
from explorer.techniques.heads import averaged_views
from explorer.techniques.monitors import Monitor, Steps

Bools = npt.NDArray[np.bool_]

#: Unlabelled rows that are predicted at once: a cancelled trial must not wait for a whole pool.
CHUNK = 128
#: Rows of a pool that teach at most: more of them, which count no more together, cost minutes.
TAUGHT = 3000
#: Rows that directions are found from, at most.
LOOKED_AT = 1000
#: Similarities that are held at once: 32 MB of them in single precision.
AT_ONCE = 8_000_000
#: Ratio of the share of a class in the pool to that in the labelled rows, or the inverse, beyond which it is told.
SHIFT = 2.0
#: Least share of a class that such a ratio is taken of, in rows of the pool: one row more or less is no shift.
FEWEST = 2.0
#: Percentile of the labelled rows' likeness to each other under which a row of the pool is unlike all of them.
UNLIKE = 1.0
#: Share of rows unlike all labelled ones that is told, beyond what so few labels would give by chance.
FOREIGN = 0.15


# ---- predicting ------------------------------------------------------------------------------------------------


def answers(predictor: Predictor, unlabeled: Any, monitor: Monitor) -> Float32s:
    """Return class probabilities (m, k) of features or `Rows` (m, ...), m above 0. Raises what `monitor` raises."""
    found = []
    for start in range(0, len(unlabeled), CHUNK):
        monitor.step(0, 0)
        found.append(np.asarray(predictor(unlabeled[start : start + CHUNK]), np.float32))
    return np.concatenate(found)


@dataclass(frozen=True, eq=False)
class Averaged:
    """The predictor that gives the mean of several predictors' probabilities, each counted by its weight if given."""

    predictors: Sequence[Predictor]
    weights: Sequence[float] | None = None

    def __call__(self, rows: Any) -> Float32s:
        """Return class probabilities (m, k) of rows (m, ...)."""
        found = [predictor(rows) for predictor in self.predictors]
        return np.asarray(np.average(found, axis=0, weights=self.weights), np.float32)


# ---- a part of the pool ----------------------------------------------------------------------------------------


def evenly(m: int, monitor: Monitor) -> Ints:
    """Return the numbers of TAUGHT of m rows, evenly taken, and tell it in a sentence; all where there are no more."""
    if m <= TAUGHT:
        return np.arange(m)
    monitor.note(f"The pool is large: {TAUGHT} of its {m} examples, evenly taken, teach.")
    return np.arange(TAUGHT) * m // TAUGHT


# ---- choosing --------------------------------------------------------------------------------------------------


def class_shares(labels: Ints, n_classes: int, weights: Floats | None = None) -> Floats:
    """Return the share of each class, (k,), among labels (n,) that are believed; sum 1, or 0 where there are none."""
    known = labels != UNLABELED
    counts = np.bincount(labels[known], None if weights is None else weights[known], n_classes).astype(np.float64)
    return np.asarray(counts / max(counts.sum(), 1e-12))


def quotas(prior: Floats, predicted: Floats, count: float) -> Ints:
    """Return how many rows of each class are to be believed, (k,), of `count` in all.

    Half of each quota follows the share of the class in the labelled rows, half that in what is predicted of the pool:
    the first keeps a class from being forgotten, the second from being forced upon rows that are not of it.
    """
    return np.round(count * (prior + predicted) / 2).astype(np.int64)


def surest(probabilities: Float32s, counts: Ints, eligible: Bools) -> Ints:
    """Return labels (m,): of each class the `counts` (k,) eligible rows of which a model is surest, at most.

    A row is believed to be of its most probable class alone; sure is a row whose two highest probabilities, of (m, k),
    lie far apart. Among equally sure rows the first ones are taken.
    """
    ordered = np.sort(probabilities, axis=1)
    margins = ordered[:, -1] - ordered[:, -2] if probabilities.shape[1] > 1 else ordered[:, -1]
    predicted = probabilities.argmax(axis=1)
    labels = np.full(len(probabilities), UNLABELED, np.int64)
    for number, count in enumerate(counts.tolist()):
        rows = np.flatnonzero((predicted == number) & eligible)
        labels[rows[np.argsort(-margins[rows], kind="stable")[:count]]] = number
    return labels


def believing(labeled: Examples, unlabeled: Any, labels: Ints, weight: float = 1.0) -> Examples:
    """Return labelled examples and the rows of the pool that are believed; each counts up to `weight` labelled rows.

    Together they count at most as much as the labelled rows do.
    """
    believed = np.flatnonzero(labels != UNLABELED)
    each = min(weight, float(labeled.weights.sum()) / max(1, len(believed)))
    return labeled.believing(taken(unlabeled, believed), labels[believed], np.full(len(believed), each))


def untuned(labeled: Examples) -> Examples:
    """Return the examples as rows of one unit: nothing can be held out, and heads take their fixed strength.

    A choice by cross-validation in each round would cost ten times the fit.
    """
    return replace(labeled, units=np.zeros_like(labeled.units))


# ---- fewer columns ---------------------------------------------------------------------------------------------


def features_of(rows: Any) -> Floats | None:
    """Return features (m, d), views averaged, of a fixed model's rows; None of inputs and of rows of several arms."""
    return averaged_views(rows) if isinstance(rows, np.ndarray) else None


def unit(rows: Floats) -> Floats:
    """Return rows (m, d) divided by their lengths; rows of length 0 stay so."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


def likenesses(rows: Floats, nodes: Floats, monitor: Steps) -> Iterator[tuple[int, Floats]]:
    """Yield cosine similarities (b, n) of some unit rows of (m, q) to all of (n, q), and the number of the first row.

    `monitor` is asked before each part whether to go on; raises what it raises.
    """
    block = max(1, AT_ONCE // len(nodes))
    for start in range(0, len(rows), block):
        monitor.step(0, 0)
        yield start, rows[start : start + block] @ nodes.T


@dataclass(frozen=True, eq=False)
class Narrowed:
    """Maps features (m, d) or (m, v, d) to the mean of their views in fewer directions, (m, q), by a basis (d, q)."""

    basis: Floats | None

    @classmethod
    def of(cls, rows: Floats, width: int) -> "Narrowed":
        """Return the map to the `width` directions in which rows (n, d) are largest; none is lost where d is no more.

        Lengths and angles between rows stay what they are as far as these directions hold them. They are found from at
        most a thousand rows, evenly taken.
        """
        if rows.shape[1] <= width:
            return cls(None)
        seen = rows[:: -(-len(rows) // LOOKED_AT)].astype(np.float64)
        values, vectors = np.linalg.eigh(seen @ seen.T)
        kept = np.flatnonzero(values > values[-1] * 1e-10)[::-1][:width]
        return cls((seen.T @ (vectors[:, kept] / np.sqrt(values[kept]))).astype(np.float32))

    def __call__(self, rows: Floats) -> Floats:
        """Return the mapped rows, (m, q)."""
        flat = averaged_views(rows)
        return flat if self.basis is None else np.asarray(flat @ self.basis)


# ---- guard rails -----------------------------------------------------------------------------------------------


def agreement(first: Ints, second: Ints, n_classes: int) -> float:
    """Return how far two labellings (m,) agree, in 0 .. 1: the mean over classes of Dice's coefficient.

    Each class counts the same, so that a class of most rows does not make up for the others. Classes that neither
    labelling knows are left out. Dice 1945, doi:10.2307/1932409.
    """
    both = np.bincount(first[first == second], minlength=n_classes)
    total = np.bincount(first, minlength=n_classes) + np.bincount(second, minlength=n_classes)
    return float((2 * both[total > 0] / total[total > 0]).mean())


def foreign_share(labeled: Floats, unlabeled: Floats, monitor: Steps) -> float:
    """Return the share of unlabelled features (m, d) that are unlike all labelled ones (n, d), in 0 .. 1.

    Unlike is a row whose best cosine similarity to a labelled row is under the first percentile of that of labelled
    rows to other labelled ones; 0 where there are fewer than two of these. Raises what `monitor` raises.
    """
    if len(labeled) < 2:
        return 0.0
    known, seen = (unit(each) for each in (labeled, unlabeled))
    among = []
    for start, likeness in likenesses(known, known, monitor):
        own = np.arange(len(likeness))
        likeness[own, start + own] = -np.inf
        among.append(likeness.max(axis=1))
    best = [likeness.max(axis=1) for _, likeness in likenesses(seen, known, monitor)]
    return float((np.concatenate(best) < np.percentile(np.concatenate(among), UNLIKE)).mean())


def told_shift(prior: Floats, predicted: Floats, m: int) -> Caution | None:
    """Return a sentence on the class whose share in the pool is least like that in the labels; None if all are alike.

    prior        shares of the classes in the labelled rows, (k,), and `predicted` those in what a model says of the
                 pool's m rows

    Techniques know no names of classes: where the name of class 2 belongs, the sentence has the marker {class:2}.
    """
    present = np.flatnonzero(prior > 0)
    ratios = np.maximum(predicted[present], np.minimum(FEWEST / m, prior[present])) / prior[present]
    worst = int(np.argmax(np.maximum(ratios, 1 / ratios)))
    if 1 / SHIFT <= ratios[worst] <= SHIFT:
        return None
    number = int(present[worst])
    return Caution(
        f"Class {{class:{number}}} is {percent(prior[number])} of the labelled examples, but is found in"
        f" {percent(predicted[number])} of the pool; pseudo-labels mislead where such shares are wrong."
    )


def told_foreign(share: float, n: int) -> Caution | None:
    """Return a sentence where more of the pool is unlike all n labelled rows than chance would give; else None.

    Of rows like the labelled ones, one in n + 1 is less like them than the least like of them.
    """
    if share <= FOREIGN + 1 / (n + 1):
        return None
    return Caution(
        f"{percent(share)} of the pool look unlike every labelled example; they may be of none of the classes."
    )


def told_no_pool() -> Caution:
    """Return what is said where the pool is empty."""
    return Caution("The pool holds no unlabelled example, so that the labels alone were learnt from.")


def told_unused(used: float) -> Caution | None:
    """Return a sentence where no, or hardly any, unlabelled row was believed; None else. `used` is a share, 0 .. 1."""
    if used >= 0.05:
        return None
    amount = "No unlabelled example was used" if used == 0 else f"Only {100 * used:.1f}\u00a0% of the pool was used"
    return Caution(f"{amount}: the model was hardly ever sure enough.")
