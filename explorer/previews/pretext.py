"""What the pool would teach a network by, on some images: the task of self-supervised learning as the network meets it.

options   settings: of the model 'self_supervised'; free: the facts that carry no meaning; rows: images; count: examples
          of each; seed

arrays    images (n, height, width, channels) at the size of the network; shown (n, count, height, width, channels):
          for contrastive learning views of each, for the autoencoder each with blanks, for rotation its quarter turns;
          float32 in [0, 1]
facts     method: the task
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.records import Array, Choice, Dataset, Fact, Slot
from explorer.techniques.discovery import build
from explorer.techniques.models.self_supervised import SelfSupervised
from explorer.techniques.models.small_cnn import SmallCnn


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the examples. Raises TechniqueError for a setting that does not exist."""
    model = build(Slot.MODEL, Choice("self_supervised", options["settings"]))
    model = model.suited(frozenset(Fact(each) for each in options["free"]))
    assert isinstance(model, SelfSupervised)
    given = dataset.rows(np.asarray(options["rows"], np.int64))[:]
    images = SmallCnn().reduced(given)
    random = np.random.default_rng(options["seed"])
    if model.method == "rotation":
        images = _squared(images)
        shown = [np.rot90(images, turns, (1, 2)) for turns in range(options["count"])]
    elif model.method == "autoencoder":
        shown = [_blanked(images, random) for _ in range(options["count"])]
    else:
        views = model.small_views(given.shape[1:])
        shown = [images if views is None else views(given, random) for _ in range(options["count"])]
    return Preview({"images": images, "shown": np.stack(shown, axis=1)}, {"method": model.method})


def _squared(images: Array) -> Array:
    """Return the middle of images (n, height, width, channels), as high as wide."""
    height, width = images.shape[1:3]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return images[:, top : top + side, left : left + side]


def _blanked(images: Array, random: np.random.Generator) -> Array:
    """Return images with squares that hold the mean of all of them, as blank is the mean for the network."""
    from explorer.training import autoencoder

    kept = autoencoder.kept(len(images), images.shape[1:3], random).numpy().transpose(0, 2, 3, 1)
    return np.asarray(images * kept + images.mean(axis=(0, 1, 2)) * (1 - kept), np.float32)
