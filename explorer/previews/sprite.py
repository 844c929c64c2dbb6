"""Small pictures of the images of a map, side by side in one picture, so that two thousand of them stay light.

options   none

arrays    rows (m,): those of the maps; jpeg (bytes,), uint8: the picture, row after row from its upper left
facts     side: of a small picture in px; columns: small pictures beside each other
"""

import io
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image

from explorer.datasets.pictures import pictured
from explorer.previews.answers import Preview
from explorer.previews.making import AtWork
from explorer.previews.showing import shown_rows
from explorer.records import Array, Dataset

#: Pixels of the whole picture at most, about, and sides of a small one in px.
PIXELS, LEAST, MOST = 1_500_000, 24, 72
#: Of JPEG, from 1 to 100. A PNG takes twenty times as long to write, and half as many bytes again.
QUALITY = 95


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the pictures."""
    rows = shown_rows(dataset)
    side = int(np.clip(math.sqrt(PIXELS / len(rows)), LEAST, MOST))
    columns = math.ceil(math.sqrt(len(rows)))
    whole = Image.new("RGB", (columns * side, math.ceil(len(rows) / columns) * side))
    for place, row in enumerate(rows.tolist()):
        at_work.monitor.step(0, 0)
        small = _small(dataset.scaling.apply(np.asarray(dataset.inputs[row])), side)
        left, top = place % columns * side, place // columns * side
        whole.paste(small, (left + (side - small.width) // 2, top + (side - small.height) // 2))
    return Preview({"rows": rows, "jpeg": _jpeg(whole)}, {"side": side, "columns": columns})


def _small(pixels: Array, side: int) -> Image.Image:
    """Return pixels (h, w, c) in [0, 1] as a picture whose longer side is `side`."""
    image = Image.fromarray(pictured(pixels)).convert("RGB")
    scale = side / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS)


def _jpeg(whole: Image.Image) -> Array:
    kept = io.BytesIO()
    whole.save(kept, "JPEG", quality=QUALITY, subsampling=0)
    return np.frombuffer(kept.getvalue(), np.uint8)
