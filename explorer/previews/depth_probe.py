"""How well the classes are told from each depth of a pretrained network, inside the pool of seed 0.

options   settings, free: as in `network_features`

arrays    rows (q,): labelled rows that were asked; labels (q,); one array (q,) of answers for each depth, by its name
facts     scores: by depth, balanced accuracy with the ends of its 95 % interval; n, units, folds: how many there are
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.previews.network_features import ALL, Described, described
from explorer.previews.probing import Asked
from explorer.previews.showing import split
from explorer.records import Dataset
from explorer.techniques.base import Head
from explorer.techniques.logistic import Apart
from explorer.techniques.models.pretrained import STRENGTH, STRENGTH_LAST
from explorer.training.networks import LAST

LONG = True


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the answers. Raises TechniqueError for a network that cannot be used, DataError where none is asked."""
    found = described(dataset, options, at_work)
    asked = Asked.of(dataset, split(dataset))
    answers = {}
    for place, depth in enumerate(found.depths):
        at_work.monitor.step(place, len(found.depths))
        features = np.asarray(found.features[asked.rows])
        answers[depth] = asked.answers(_head(found, depth), features, dataset.n_classes, at_work.monitor)
    scores = {depth: asked.score(each) for depth, each in answers.items()}
    return Preview({"rows": asked.rows, "labels": asked.labels, **answers}, {"scores": scores, **asked.size})


def _head(found: Described, depth: str) -> Head:
    """Return what a trial would learn with, from one depth or from all."""
    if depth == ALL:
        return found.model.learner(found.features.shape[-1])
    return Apart((found.part(depth),), (STRENGTH_LAST if depth == LAST else STRENGTH,))
