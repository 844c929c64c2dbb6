"""The features of a pretrained network, made for all images where no trial has yet.

options   settings, free: as in `network_features`

facts     n: images described; d: numbers that describe each; depths: names of the depths that are used; options: those
          that they were made for, so that whoever sees an earlier answer knows what it is of
"""

from collections.abc import Mapping
from typing import Any

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.previews.network_features import described
from explorer.records import Dataset

LONG = True


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return what there is now. Raises TechniqueError for a network that cannot be used."""
    found = described(dataset, options, at_work)
    n, d = found.features.shape[0], found.features.shape[-1]
    return Preview(facts={"n": n, "d": d, "depths": list(found.depths), "options": dict(options)})
