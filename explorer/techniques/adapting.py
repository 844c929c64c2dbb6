"""ImageNet's features of images, and a small adapter of them that the pool teaches to hold views of one image together.

Notation: n = images (n, height, width, channels) in [0, 1], d = features.
"""

import numpy as np

from explorer.records import Choice, Rows, Slot
from explorer.techniques import believing
from explorer.techniques.backbone import Backbone
from explorer.techniques.base import Float32s, Learnt, Views
from explorer.techniques.discovery import build
from explorer.techniques.monitors import Monitor

#: Views of each image that the network sees beside the image itself, and images that it sees at once.
SEEN, CHUNK = 4, 64


def photographer() -> Backbone:
    """Return the model whose features are adapted."""
    model = build(Slot.MODEL, Choice("pretrained"))
    assert isinstance(model, Backbone)
    return model


def photographic(images: Float32s) -> Float32s:
    """Return ImageNet's features of images, (n, d)."""
    return np.asarray(photographer().features(images), np.float32)


def seen(pool: Rows, views: Views | None, random: np.random.Generator, monitor: Monitor) -> Float32s:
    """Return ImageNet's features of images of the pool and of some views of each, (n, 1 + SEEN, d).

    Of a large pool, whose features would take gigabytes, a part teaches, and it is told. Raises what `monitor` raises.
    """
    chosen = believing.evenly(len(pool), monitor)
    found = np.empty((len(chosen), 1 + SEEN, photographic(pool[chosen[:1]]).shape[1]), np.float32)
    for start in range(0, len(chosen), CHUNK):
        images = pool[chosen[start : start + CHUNK]]
        for number in range(1 + SEEN):
            monitor.step(0, 0)
            view = images if number == 0 or views is None else views(images, random)
            found[start : start + CHUNK, number] = photographic(view)
    return found


def taught_adapter(
    seen: Float32s, steps: int, random: np.random.Generator, seed: int, monitor: Monitor
) -> tuple[Learnt, list[float]]:
    """Return the adapter's parameters by number, learnt from features (n, v, d) of views, and each step's loss.

    Raises StudyError when training diverges, and what `monitor` raises.
    """
    from explorer.training import adapter, contrastive
    from explorer.training.pretext import Pretext, taught

    start = adapter.initial(seen.shape[-1], seed)
    heads = contrastive.projection(seen.shape[-1], seed)
    pretext = Pretext(contrastive.objective(adapter.adapted), heads, adapter.pairs(seen, random))
    trained, losses = taught(start, pretext, steps, monitor.step)
    return {str(index): each.detach().numpy() for index, each in enumerate(trained[: len(start)])}, losses


def adapted(learnt: Learnt, images: Float32s) -> Float32s:
    """Return the adapted features of ImageNet's network, rows of length 1, (n, d)."""
    import torch

    from explorer.training import adapter
    from explorer.training.precision import one_thread

    parameters = [torch.from_numpy(np.array(learnt[str(index)])) for index in range(len(learnt))]
    features = torch.from_numpy(photographic(images))
    with one_thread(), torch.inference_mode():
        found: Float32s = torch.nn.functional.normalize(adapter.adapted(parameters, features), dim=1).numpy()
    return found
