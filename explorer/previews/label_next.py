"""Which unlabelled images to label next, in order, by the features and the learner of transfer.

options   settings, free: as in `network_features`; count: how many to list at most

arrays    rows (m,) int64, unlabelled rows in the order in which to label them; classes (m, 2) int64, the two classes
          that the model takes for most probable, the first one first, and shares (m, 2) float32 in [0, 1], their
          probabilities; both (m, 0) where no two classes have a label
facts     way: 'typical' of images without labels, or 'undecided' between classes; labeled: images whose labels are
          known; unlabeled: images without; candidates: those of them that may be asked for, without copies and without
          what judges; considered: those of them that were compared

Neither images nor labels of a test split that the data brings are looked at.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.errors import DataError
from explorer.judging import count_before
from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.previews.network_features import Described, described
from explorer.previews.probing import Still
from explorer.previews.showing import evenly, principal
from explorer.previews.to_label import CONSIDERED, learnt_from, may_be_asked
from explorer.recipes import seed_for
from explorer.records import UNLABELED, Dataset, Floats, Ints
from explorer.splits import units_of
from explorer.statistics.labeling import is_few, next_to_label
from explorer.techniques.base import Float32s
from explorer.techniques.examples import Examples
from explorer.techniques.heads import averaged_views
from explorer.techniques.monitors import Steps

#: Labelled images that the model learns from at most: more of them hardly change what it is undecided about.
TAUGHT = 2000
ALL_LABELED = (
    "Every image that may be asked for has a label. Bring images without one: in a folder named unlabeled, or with an"
    " empty label in the CSV."
)


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the list. Raises DataError where nothing can be asked for, TechniqueError without a network."""
    known, candidates = learnt_from(dataset), may_be_asked(dataset)
    if len(candidates) == 0:
        raise DataError(ALL_LABELED)
    considered = evenly(candidates, CONSIDERED)
    found = described(dataset, options, at_work)
    taught = _balanced(known, dataset.labels)
    rows = np.concatenate([taught, considered])
    labels = np.concatenate([dataset.labels[taught], np.full(len(considered), UNLABELED)])
    believed = _believed(dataset, found, taught, considered, at_work.monitor)
    at_work.monitor.step(0, 0)
    order = next_to_label(space(found, rows), labels, believed, options["count"])
    facts = {
        "way": "typical" if believed is None or is_few(labels) else "undecided",
        "labeled": len(known),
        "unlabeled": int((dataset.labels == UNLABELED).sum()),
        "candidates": len(candidates),
        "considered": len(considered),
    }
    return Preview({"rows": rows[order], **_most_probable(believed, order)}, facts)


def space(found: Described, rows: Ints) -> Floats:
    """Return where the rows lie, (m, p), for what is like what: their principal components, of these rows alone."""
    return principal(averaged_views(np.asarray(found.features[rows])))[0]


def learner_answers(
    dataset: Dataset, found: Described, taught: Ints, units: Ints, asked: Ints, seed: int, monitor: Steps
) -> Float32s:
    """Return class probabilities (m, k) of the rows `asked` by what transfer learns from the labels of others.

    units   (n,) of the data set
    """
    learner = found.model.learner(found.features.shape[-1])
    seen = np.asarray(found.features[taught])
    examples = Examples(seen, dataset.labels[taught], np.ones(len(taught)), units[taught])
    fitted = learner.fit(examples, n_classes=dataset.n_classes, seed=seed_for(seed, "model"), monitor=Still(monitor))
    return fitted(np.asarray(found.features[asked]))


def _believed(dataset: Dataset, found: Described, taught: Ints, considered: Ints, monitor: Steps) -> Floats | None:
    """Return class probabilities (m, k) of both, 0 for those that taught; None where no two classes have a label."""
    if len(np.unique(dataset.labels[taught])) < 2:
        return None
    answers = learner_answers(dataset, found, taught, units_of(dataset), considered, 0, monitor)
    return np.concatenate([np.zeros((len(taught), dataset.n_classes), np.float32), answers])


def _balanced(rows: Ints, labels: Ints) -> Ints:
    """Return TAUGHT of the labelled rows at most, as many of each class as there are, ascending."""
    shuffled = np.random.default_rng(0).permutation(rows)
    rank = count_before(labels[shuffled][:, None])
    return np.sort(shuffled[np.argsort(rank, kind="stable")[:TAUGHT]])


def _most_probable(believed: Floats | None, order: Ints) -> dict[str, Any]:
    if believed is None:
        return {"classes": np.empty((len(order), 0), np.int64), "shares": np.empty((len(order), 0), np.float32)}
    classes = np.argsort(-believed[order], axis=1, kind="stable")[:, :2]
    return {"classes": classes, "shares": np.take_along_axis(believed[order], classes, axis=1)}
