"""Takes the alpha channel out of images."""

import numpy as np

from explorer.records import Array


def without_alpha(values: Array) -> tuple[Array, str]:
    """Return (height, width, channels) without the last channel, which is alpha, and what was done.

    An alpha that is the same everywhere says nothing and is dropped. Any other is laid over white, as every viewer
    shows it: what lies under transparent pixels is arbitrary and must not reach a model.
    """
    shown, alpha = values[:, :, :-1], values[:, :, -1:]
    if alpha.min() == alpha.max():
        return np.ascontiguousarray(shown), "opaque-alpha"
    white = np.float32(np.iinfo(values.dtype).max if values.dtype.kind == "u" else 1.0)
    cover = alpha.astype(np.float32) / white
    laid = shown.astype(np.float32) * cover + white * (1 - cover)
    return (np.rint(laid) if values.dtype.kind == "u" else laid).astype(values.dtype), "transparent-image"
