"""One small valid source for each reader: a function of the reader's name that writes it and returns its path.

Each is given the same images, (n, height, width) uint8, and the names of their classes, empty for unlabelled ones.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tifffile

from explorer.records import Array
from tests.unit.datasets.making import encoded, folder_of


def class_folders(folder: Path, images: Array, classes: Sequence[str]) -> Path:
    names = [f"{name or 'unlabeled'}/{number}.png" for number, name in enumerate(classes)]
    return folder_of(dict(zip(names, map(encoded, images), strict=True)), folder / "set")


def table_folder(folder: Path, images: Array, classes: Sequence[str]) -> Path:
    files = {f"{number}.png": encoded(image) for number, image in enumerate(images)}
    rows = [f"{name},{kind}" for name, kind in zip(files, classes, strict=True)]
    return folder_of(files | {"labels.csv": "\n".join(["filename,label", *rows]).encode()}, folder / "set")


def npz(folder: Path, images: Array, classes: Sequence[str]) -> Path:
    np.savez(folder / "set.npz", images=images, labels=np.array(classes))
    return folder / "set.npz"


def npy_table(folder: Path, images: Array, classes: Sequence[str]) -> Path:
    np.save(folder / "set.npy", images)
    _labels(folder / "set.csv", classes)
    return folder / "set.npy"


def tiff_stack(folder: Path, images: Array, classes: Sequence[str]) -> Path:
    tifffile.imwrite(folder / "set.tif", images)
    _labels(folder / "set.csv", classes)
    return folder / "set.tif"


def _labels(path: Path, classes: Sequence[str]) -> None:
    rows = [f"{number},{name}" for number, name in enumerate(classes)]  # a line of an empty label alone would be blank
    path.write_text("\n".join(["index,label", *rows]), encoding="utf-8")
