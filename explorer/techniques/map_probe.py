"""What maps between the halves of EfficientNet-Lite0 tell before its top is trained: a head to start from, and a probe.

The probe is frozen: it answers as well as training does where labels are very few, or where the class lies in texture,
which early layers know, and its answers are the safe half of those of a trained network.

Notation: n = images, v = views of each, k = number of classes, d = width of a description, maps (n, v, h, w, 80).
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.records import Floats, Ints
from explorer.techniques.base import Float32s, Predictor
from explorer.techniques.examples import Examples
from explorer.techniques.logistic import Apart
from explorer.techniques.monitors import Steps

#: Maps that pass the top at once, for which 32 are fastest.
MAPS = 32
#: Penalty (C) of the head to start from.
STRENGTH = 3.0
#: How far in logits a class without labelled rows is kept below the others.
ABSENT = 20.0
#: Penalty (C) of the probe on each depth; that of the last layer is lower, since its descriptions differ more.
STRENGTHS, STRENGTH_LAST = 300.0, 30.0

#: Asks whether to go on; raises what ends the trial.
Ask = Callable[[], None]


def spaced(maps: Floats, count: int) -> Floats:
    """Return `count` views of all views (n, v, ...), or all where there are fewer, at equal distances."""
    v = maps.shape[1]
    return maps[:, np.arange(min(v, count)) * v // min(v, count)]


def parts(maps: Floats, ask: Ask) -> Iterator[Floats]:
    """Yield all views of all rows, some at once, float32; `ask` is asked before each part whether to go on."""
    flat = maps.reshape(-1, *maps.shape[2:])
    for start in range(0, len(flat), MAPS):
        ask()
        yield np.asarray(flat[start : start + MAPS], np.float32)


def described(scales: Sequence[Floats], ask: Ask) -> list[Floats]:
    """Return what the untrained network sees of the maps of each scale, (n, v, d)."""
    from explorer.training import top_tuning

    each = [np.concatenate([top_tuning.places(part) for part in parts(maps, ask)]) for maps in scales]
    return [found.reshape(*maps.shape[:2], -1) for found, maps in zip(each, scales, strict=True)]


# ---- a head to start from --------------------------------------------------------------------------------------


def starting_head(seen: Sequence[Floats], labels: Ints, counts: Floats, n_classes: int) -> tuple[Floats, Floats]:
    """Return weight (k, 1280) and bias (k,) of logistic regression on the last layer of views of the rows, (n, v, d).

    What it sees is scaled by its mean length. A class without rows stays far below the others.
    """
    from sklearn.linear_model import LogisticRegression

    whole = np.concatenate([each.reshape(-1, each.shape[-1]) for each in seen])
    last = whole[:, _columns()[-1]]
    length = np.linalg.norm(last, axis=1).mean()
    row = np.concatenate([np.repeat(np.arange(len(labels)), each.shape[1]) for each in seen])
    model = LogisticRegression(C=STRENGTH, max_iter=1000)
    model.fit(last / length, labels[row], sample_weight=counts[row])
    weight, bias = model.coef_ / length, model.intercept_
    if len(bias) == 1:  # of two classes, scikit-learn gives the second one's
        weight, bias = np.concatenate([-weight / 2, weight / 2]), np.concatenate([-bias / 2, bias / 2])
    found = np.zeros((n_classes, weight.shape[1])), np.full(n_classes, bias.min() - ABSENT)
    found[0][model.classes_], found[1][model.classes_] = weight, bias
    return found


# ---- the probe -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Probe:
    """Answers from what the untrained network sees of maps of each scale, views averaged."""

    predictor: Predictor

    @classmethod
    def of(cls, seen: Sequence[Floats], examples: Examples, n_classes: int, seed: int, monitor: Steps) -> "Probe":
        """Return the probe that has learnt from descriptions (n, v, d) of the labelled rows at each scale."""
        rows, depths = _rows(seen)
        strengths = (*[STRENGTHS] * (len(depths) - 1), STRENGTH_LAST)
        known = Examples(rows, examples.labels, examples.weights, examples.units)
        return cls(Apart(depths, strengths).fit(known, n_classes=n_classes, seed=seed, monitor=monitor))

    def __call__(self, seen: Sequence[Floats]) -> Float32s:
        """Return class probabilities (n, k)."""
        return self.predictor(_rows(seen)[0])


def _rows(seen: Sequence[Floats]) -> tuple[Floats, tuple[slice, ...]]:
    """Return features (n, scales × d) and the columns of each depth; each place's part is of length 1 in each view."""
    each = [[_unit(found[..., part]).mean(axis=1) for found in seen] for part in _columns()]
    ends = np.cumsum([0, *(sum(part.shape[1] for part in place) for place in each)]).tolist()
    early, *middle, last = [slice(start, stop) for start, stop in itertools.pairwise(ends)]
    depths = (early, slice(middle[0].start, middle[-1].stop), last)
    return np.concatenate([part for place in each for part in place], axis=1), depths


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12))


def _columns() -> tuple[slice, ...]:
    """Return the columns of a description that come from each place, the last layer last."""
    from explorer.training.lite0_top import PLACES

    ends = np.cumsum([0, *PLACES]).tolist()
    return tuple(slice(start, stop) for start, stop in itertools.pairwise(ends))
