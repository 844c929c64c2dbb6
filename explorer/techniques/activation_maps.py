"""Class-activation maps of a linear layer on the last layer of a frozen network: which places add up to its logit.

Zhou et al. 2016, arXiv:1512.04150. The features of an image at one scale are its last maps averaged over P places and
divided by their length L, averaged over views; so that a logit is a bias and a sum over places, with nothing left out:

    logit_c = bias_c + sum over scales, views, places of weight_c · map(place) / (V P L)

Notation: n = images, V = views, P = places, d = columns of the last layer in the features.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.records import Floats, Ints
from explorer.techniques.backbone import Backbone, planes
from explorer.techniques.base import Float32s
from explorer.techniques.turns import unturned


def class_activations(model: Backbone, inputs: Float32s, weights: Floats, network: Any) -> list[Floats]:
    """Return what each place adds to a logit, for each scale (n, rows, columns), which sums to the logit less its bias.

    weights    (n, d), of the class that is asked for each image, in the order of the features
    network    a `Lite0`, as it is or with its last layer drawn anew
    """
    channels, seen = network.folded[-1][0].shape[0], planes(inputs)
    scales = np.split(weights, len(model.sides()), axis=1)
    return [
        np.mean([
            unturned(each, number)
            for number, each in enumerate(_of_scale(model, seen, side, part.reshape(len(part), -1, channels), network))
        ], axis=0)
        for side, part in zip(model.sides(), scales, strict=True)
    ]  # fmt: skip


def _of_scale(model: Backbone, seen: list[Float32s], side: int, weights: Floats, network: Any) -> Iterator[Floats]:
    """Yield the contributions (n, rows, columns) of each view; weights are (n, planes, channels)."""
    for views in zip(*(model.shown(plane, side) for plane in seen), strict=True):
        maps = np.stack([last_maps(network, view) for view in views], axis=1)  # (n, planes, channels, rows, columns)
        length = np.linalg.norm(maps.mean(axis=(3, 4)).reshape(len(maps), -1), axis=1)
        places = maps.shape[3] * maps.shape[4]
        found = np.einsum("npc,npcij->nij", weights, maps, optimize=True)
        yield found / (places * np.maximum(length, 1e-12))[:, None, None]


def last_maps(network: Any, images: Float32s) -> Float32s:
    """Return the maps of the last layer, (n, channels, rows, columns), of images (n, side, side, 3) in [0, 1]."""
    from explorer.training.describing import blockwise
    from explorer.training.lite0 import LAST

    def last(maps: Any) -> Any:
        return next(each for stage, each in network.stages(maps.to(network.dtype)) if stage == LAST)

    return blockwise(images * np.float32(2) - np.float32(1), last)


def without_last(network: Any, seed: int) -> Any:
    """Return a `Lite0` whose last layer is drawn anew."""
    from explorer.training.attribution import forgotten

    return replace(network, folded=(*network.folded[:-1], tuple(forgotten(network.folded[-1], (0, 1), seed))))


def class_weights(weight: Floats, present: Ints, targets: Ints) -> Floats:
    """Return the row of the layer's weight, (k', d), of each target, (n, d); zeros for a class that it never learnt."""
    found = np.zeros((len(targets), weight.shape[1]))
    for place, target in enumerate(targets.tolist()):
        if target in present:
            found[place] = weight[np.flatnonzero(present == target)[0]]
    return found
