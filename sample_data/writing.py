"""Writes the folder of a data set: arrays, facts, page of truth and picture; the same input gives the same bytes."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
from PIL import Image

from sample_data.sample import Array, Maker, Sample

# The earliest date that a zip file can hold: with the time of writing in it, no two files would be equal.
_EPOCH = (1980, 1, 1, 0, 0, 0)

_COLUMNS, _ROWS, _TILE, _GAP = 5, 2, 128, 6


def write(folder: Path, maker: Maker, sample: Sample, settings: Mapping[str, float]) -> None:
    """Write arrays, facts and picture of a data set into `folder`, which is made when missing.

    `settings` are the arguments that the maker was given; the facts tell them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_npz(folder / "data.npz", _arrays(sample))
    if sample.clean is not None:
        write_npz(folder / "clean.npz", {"images": sample.clean})
    facts = json.dumps(_facts(maker, settings), indent=2, ensure_ascii=False)
    (folder / "about.json").write_text(facts + "\n", encoding="utf-8")
    contact_sheet(sample).save(folder / "thumbnail.png", optimize=True)


def _facts(maker: Maker, settings: Mapping[str, float]) -> dict[str, object]:
    about = asdict(maker.about)
    about["difficulty"]["value"] = settings.get("difficulty", maker.about.difficulty.value)
    options = "".join(f" --{name.replace('_', '-')} {value:g}" for name, value in settings.items())
    return {"name": maker.name, **about, "command": f"python -m sample_data.make {maker.name}{options}"}


def _arrays(sample: Sample) -> dict[str, Array]:
    optional = {"groups": sample.groups, "split": sample.split}
    arrays = {"images": sample.images, "labels": sample.labels, "class_names": np.array(sample.class_names)}
    return arrays | {name: values for name, values in optional.items() if values is not None}


def write_npz(path: Path, arrays: dict[str, Array]) -> None:
    """Write the arrays as a compressed npz without pickles, with a fixed date in place of the time of writing."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, values in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(values), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            archive.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, 9)


def contact_sheet(sample: Sample) -> Image.Image:
    """Return a picture of 2 × 5 images that go round the classes; transparent between them, for light and dark."""
    size = (_COLUMNS * (_TILE + _GAP) - _GAP, _ROWS * (_TILE + _GAP) - _GAP)
    sheet = Image.new("LA", size, (0, 0))
    for place, row in enumerate(_showpieces(sample)):
        at = (place % _COLUMNS * (_TILE + _GAP), place // _COLUMNS * (_TILE + _GAP))
        sheet.paste(_tile(sample.images[row]), at)
    return sheet


def _showpieces(sample: Sample) -> list[int]:
    k = len(sample.class_names)
    rows = [np.flatnonzero(sample.labels == label) for label in range(k)]
    return [int(rows[place % k][place // k]) for place in range(_COLUMNS * _ROWS)]


def _tile(image: Array) -> Image.Image:
    smooth = Image.Resampling.BICUBIC if image.shape[0] >= 64 else Image.Resampling.NEAREST
    return Image.fromarray(image).convert("LA").resize((_TILE, _TILE), smooth)
