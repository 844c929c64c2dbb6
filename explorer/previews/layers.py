"""What the layers of a fitted model say of images: mean and standard deviation of each channel over the image.

Notation: n = images, d = width of a layer's description.
"""

import itertools

import numpy as np

from explorer.errors import TechniqueError
from explorer.records import Floats, Ints
from explorer.techniques.backbone import Backbone
from explorer.techniques.models.finetune import Tuned
from explorer.techniques.models.small_cnn import Trained
from explorer.trial import Refit

#: What has no layers.
NO_LAYERS = "{title} has no layers that can be compared. Choose an arm with a network."


def layers(fitted: Refit, rows: Ints) -> dict[str, Floats]:
    """Return a description (n, d) of the images `rows` for each layer, early ones first, by the name of the layer.

    Raises TechniqueError for a model without layers.
    """
    if isinstance(fitted.predictor, Trained):
        return _of_cnn(fitted.predictor, fitted.source.inputs[rows])
    if isinstance(fitted.predictor, Tuned):
        return _of_tuned(fitted.predictor, fitted.source.seen(rows))
    model = fitted.parts.model
    if isinstance(model, Backbone):
        return _of_frozen(model, fitted.source.seen(rows))
    raise TechniqueError(NO_LAYERS.format(title=model.title))


def _of_cnn(trained: Trained, inputs: Floats) -> dict[str, Floats]:
    import torch

    from explorer.training import small_net
    from explorer.training.describing import pooled
    from explorer.training.precision import one_thread

    images = trained.model.prepared(trained.model.reduced(inputs), scale=trained.scale)
    with one_thread(), torch.no_grad():
        maps = small_net.maps(trained.parameters[:-2], images)
        return {f"block {at}": pooled(each, last=False).numpy() for at, each in enumerate(maps, 1)}


def _of_tuned(tuned: Tuned, features: Floats) -> dict[str, Floats]:
    """Return the layers of the trained half, of the image itself at its full scale."""
    import torch

    from explorer.training import lite0_top, top_tuning
    from explorer.training.networks import NETWORKS
    from explorer.training.precision import one_thread

    maps = np.asarray(tuned.model.maps(features)[0][:, 0], np.float32)
    with one_thread(), torch.no_grad(), top_tuning.products():
        whole = lite0_top.places(tuned.parameters[:-2], torch.from_numpy(maps)).float().numpy()
    taps = [tap.module for tap in NETWORKS["lite0"].taps if int(tap.module) >= lite0_top.BELOW]
    ends = np.cumsum(lite0_top.PLACES)[:-1]
    return {f"stage {name}": part for name, part in zip(taps, np.split(whole, ends, axis=1), strict=True)}


def _of_frozen(model: Backbone, features: Floats) -> dict[str, Floats]:
    """Return the columns of each layer, of features (n, d) or (n, v, d), of which views are averaged."""
    flat = features if features.ndim == 2 else features.mean(axis=1)
    taps = model.used_taps()
    each = flat.shape[1] // sum(tap.width for tap in taps)  # as often for each plane at each scale
    ends = np.cumsum([0, *(tap.width * each for tap in taps)]).tolist()
    return {
        f"stage {tap.module}": flat[:, start:stop]
        for tap, (start, stop) in zip(taps, itertools.pairwise(ends), strict=True)
    }
