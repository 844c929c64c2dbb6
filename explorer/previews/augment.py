"""Views of some images as an augmentation makes them for a network that is trained.

options   technique, settings: the augmentation; free: the facts that carry no meaning; rows: images of the data set;
          count: views of each; seed

arrays    images (n, height, width, channels) and views (n, count, height, width, channels), float32 in [0, 1]
facts     idle: whether the augmentation changes nothing where these facts are free
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.records import Choice, Dataset, Fact, Slot
from explorer.techniques.base import Augmentation
from explorer.techniques.discovery import build


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the views. Raises TechniqueError for a technique or a setting that does not exist."""
    free = frozenset(Fact(each) for each in options["free"])
    technique = build(Slot.AUGMENTATION, Choice(options["technique"], options["settings"])).suited(free)
    assert isinstance(technique, Augmentation)
    images = dataset.rows(np.asarray(options["rows"], np.int64))[:]
    views = technique.views(images.shape[1:], free)
    random = np.random.default_rng(options["seed"])
    found = []
    for _ in range(options["count"]):
        at_work.monitor.step(0, 0)
        found.append(images if views is None else views(images, random))
    return Preview({"images": images, "views": np.stack(found, axis=1)}, {"idle": views is None})
