"""Class by class: the share of a class that is recognised against the number of labelled examples; numbers only.

The share of right answers among the judging items of a class is its recall; the mean of the recalls is balanced
accuracy. Its interval is that of the parts of this class alone (`explorer.statistics.evidence`): what its own units
pull, with their own degrees of freedom and their own floor, so that a class that few units judge is known badly.

Notation: K = classes, m = test items of a seed.
"""

from collections.abc import Sequence

import numpy as np

from explorer.records import Ints, Outcome, State, Study
from explorer.statistics.curves import Curve, curves_of
from explorer.statistics.evidence import Judged

#: The score that the recalls of the classes are the parts of.
WHOLE = "balanced_accuracy"


def class_curves(
    study: Study, outcomes: Sequence[Outcome], labels: Ints, groups: Ints | None, n_classes: int
) -> tuple[tuple[Curve, ...], ...]:
    """Return for each class, (K,), the curve of its recall, in [0, 1], for each arm of the study, in its order.

    labels    (n,) int64 of the whole data set, by row; groups likewise, or None

    A seed at which a class does not judge tells nothing of it, so that its points may rest on fewer seeds than those of
    others. An arm without a finished trial that tells something of a class has a curve without points.
    """
    done = [each for each in outcomes if each.state is State.DONE]
    return tuple(
        curves_of(study, [found for each in done if (found := _judged(each, labels, kind))], WHOLE, labels, groups)
        for kind in range(n_classes)
    )


def _judged(outcome: Outcome, labels: Ints, kind: int) -> Judged | None:
    """Return what statistics need of a trial to know the recall of a class; None where the class does not judge."""
    inside = labels[outcome.test] == kind
    n = int(inside.sum())
    if not n:
        return None
    right = outcome.probabilities.argmax(axis=1) == kind
    recall = float(right[inside].mean())
    pulls = np.where(inside, (right - recall) / n, 0.0).astype(np.float32)
    weights = (np.arange(int(labels.max()) + 1) == kind).astype(np.float64)
    seconds, prepared = outcome.fit_seconds, outcome.prepare_seconds
    return Judged(outcome.trial, outcome.n_labeled, recall, outcome.test, pulls, weights, seconds, prepared=prepared)
