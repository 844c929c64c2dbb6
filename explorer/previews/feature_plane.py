"""The plane in which the features of a pretrained network lie widest apart: the first two principal components.

options   settings, free: as in `network_features`; depth: which layers

arrays    rows (m,) of the pool of seed 0, evenly taken where it is large; points (m, 2), float32
facts     shares: of the variance, one for each direction, in [0, 1]; pool: images in the pool
"""

from collections.abc import Mapping
from typing import Any

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.previews.network_features import described
from explorer.previews.showing import plane, principal, shown_rows, split
from explorer.records import Dataset


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the plane. Raises TechniqueError for a network that cannot be used."""
    rows = shown_rows(dataset)
    found, shares = principal(described(dataset, options, at_work).seen(rows, options["depth"]), 2)
    facts = {"shares": [*shares, 0.0][:2], "pool": len(split(dataset).pool)}
    return Preview({"rows": rows, "points": plane(found)}, facts)
