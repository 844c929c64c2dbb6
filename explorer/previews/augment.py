"""Views of some images as an augmentation makes them for a network that is trained.

options   technique, settings: the augmentation; free: the facts that carry no meaning; rows: labelled images of the
          data set, together a batch; count: views of each; seed; blend: whether images are blended where it does so

arrays    images (n, height, width, channels) and views (n, count, height, width, channels), float32 in [0, 1], made
          smaller where a side has more than SHOWN px; where they are blended, shares (n, count, k) of the classes,
          which sum to 1
facts     rows: as in the options; idle: whether the augmentation changes nothing where these facts are free; code,
          serialised, refused: see `explorer.previews.pipelines`
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.previews.pipelines import pipeline_of, told
from explorer.records import Choice, Dataset, Fact, Slot
from explorer.techniques.base import Augmentation, Float32s, Mixer, Views
from explorer.techniques.discovery import build
from explorer.techniques.resizing import resized

#: Largest side of the pictures in px: what is shown of them is not larger, and there are hundreds.
SHOWN = 208


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the views. Raises TechniqueError for a technique or a setting that does not exist."""
    free = frozenset(Fact(each) for each in options["free"])
    technique = augmentation(options, free)
    rows = np.asarray(options["rows"], np.int64)
    images = dataset.rows(rows)[:]
    classes = np.eye(dataset.n_classes, dtype=np.float32)[dataset.labels[rows]]
    views, mixer = technique.views(images.shape[1:], free), technique.mixer() if options["blend"] else None
    random = np.random.default_rng(options["seed"])
    found, shares = [], []
    for _ in range(options["count"]):
        at_work.monitor.step(0, 0)
        seen, classed = _drawn(images, classes, views, mixer, random)
        found.append(_small(seen))
        shares.append(classed)
    arrays = {"images": _small(images), "views": np.stack(found, axis=1)}
    blended = {} if mixer is None else {"shares": np.stack(shares, axis=1)}
    pipeline = pipeline_of(technique, images.shape[1:], free)
    idle = views is None and mixer is None
    facts = {"rows": rows.tolist(), "idle": idle, **told(pipeline, images.shape[1:], free)}
    return Preview({**arrays, **blended}, facts)


def augmentation(options: Mapping[str, Any], free: frozenset[Fact]) -> Augmentation:
    """Return the augmentation that options name, as it suits data in which the facts `free` carry no meaning.

    Raises TechniqueError.
    """
    technique = build(Slot.AUGMENTATION, Choice(options["technique"], options["settings"])).suited(free)
    assert isinstance(technique, Augmentation)
    return technique


def _drawn(images: Any, classes: Any, views: Views | None, mixer: Mixer | None, random: np.random.Generator) -> Any:
    """Return one view of each image (n, ...) and its shares of the classes (n, k)."""
    seen = images if views is None else views(images, random)
    return (seen, classes) if mixer is None else mixer(seen, classes, random)


def _small(images: Float32s) -> Float32s:
    """Return images (n, height, width, channels) in [0, 1], none of whose sides is larger than SHOWN."""
    height, width = images.shape[1:3]
    scale = SHOWN / max(height, width)
    if scale >= 1:
        return images
    return resized(images, max(1, round(scale * height)), max(1, round(scale * width)), filter="box")
