"""The images that a pretrained network finds most like one image.

options   settings, free: as in `network_features`; depth: which layers; row: the image; count: of its neighbours

arrays    rows (count,) of the pool of seed 0, the nearest first; cosines (count,) in [-1, 1]; kin (count,), bool:
          whether a neighbour is of the same group as the image, or a copy of it
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.previews.network_features import described
from explorer.previews.showing import split
from explorer.records import Dataset, Floats

#: Rows whose features are read at once.
CHUNK = 1024


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the neighbours. Raises TechniqueError for a network that cannot be used."""
    found, row = described(dataset, options, at_work), int(options["row"])
    units = split(dataset).units
    others = split(dataset).pool
    others = others[others != row]
    like = _unit(found.seen(np.array([row]), options["depth"]))[0]
    cosines = np.empty(len(others), np.float32)
    for start in range(0, len(others), CHUNK):
        at_work.monitor.step(0, 0)
        part = slice(start, start + CHUNK)
        cosines[part] = _unit(found.seen(others[part], options["depth"])) @ like
    nearest = np.argsort(-cosines, kind="stable")[: options["count"]]
    rows = others[nearest]
    return Preview({"rows": rows, "cosines": cosines[nearest], "kin": units[rows] == units[row]})


def _unit(features: Floats) -> Floats:
    return np.asarray(features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12))
