"""What a pretrained network sees of a data set: the features that trials use, from the same cache.

options that all previews of them share    settings: those of the model 'pretrained'; free: facts without meaning
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.errors import DataError
from explorer.preparing import prepared
from explorer.previews.making import AtWork
from explorer.records import Arm, Choice, Dataset, Fact, Floats, Ints
from explorer.techniques.backbone import Backbone
from explorer.techniques.composing import compose
from explorer.techniques.heads import averaged_views

MODEL, ALL = "pretrained", "all"


@dataclass(frozen=True, eq=False)
class Described:
    """Features of all rows, (n, d) or (n, v, d) of v views, memory-mapped, and the model that they belong to."""

    features: Floats
    model: Backbone

    @property
    def depths(self) -> dict[str, slice]:
        """Return the columns of each depth, and of all together where there are several."""
        d = self.features.shape[-1]
        each = dict(self.model.depths(d))
        return {**each, ALL: slice(0, d)} if len(each) > 1 else each

    def part(self, depth: str) -> slice:
        """Return the columns of a depth. Raises DataError for one that is not used."""
        if depth not in self.depths:
            raise DataError(f"The depth '{depth}' is not described. Choose one of {', '.join(self.depths)}.")
        return self.depths[depth]

    def seen(self, rows: Ints, depth: str) -> Floats:
        """Return features (m, width) of rows at a depth, views averaged."""
        return averaged_views(np.asarray(self.features[rows][..., self.part(depth)]))


def described(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Described:
    """Return the features, computed only where no trial has yet. Raises TechniqueError."""
    arm = Arm(MODEL, "The network", Choice(MODEL, options["settings"]))
    parts = compose(arm, dataset.kind, [Fact(each) for each in options["free"]])
    assert isinstance(parts.model, Backbone)
    nothing = np.empty(0, np.int64)  # the network learns nothing from the pool
    found = prepared(dataset, parts, nothing, 0, cache=at_work.cache, monitor=at_work.monitor)
    assert found.features is not None
    return Described(found.features, parts.model)
