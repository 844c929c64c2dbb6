"""A .npz with `images` and `labels`, or in the layout of MedMNIST, whose given test split is kept.

Plain: `images` (n, h, w), (n, h, w, c) or (n, c, h, w); `labels` (n,), (n, 1), one-hot (n, k) or text, -1 or empty =
unlabelled; optional `groups` (n,), `split` (n,) text, `class_names` (k,), `items` (n,) names.
MedMNIST (Yang et al. 2023, doi:10.1038/s41597-022-01721-8): `train_images`, `train_labels`, `val_…`, `test_…`.
"""

import functools
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import BinaryIO, cast

import numpy as np

from explorer.datasets.archives import check_packing
from explorer.datasets.arrays import Images, Stored, draft_of_arrays, images_of, stored
from explorer.datasets.columns import label_texts, texts
from explorer.datasets.drafts import Draft, Listed
from explorer.datasets.findings import Notebook
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Entry, Listing
from explorer.datasets.names import tidy
from explorer.errors import DataError

_IMAGES = ("images", "x", "data", "inputs")
_LABELS = ("labels", "y", "targets", "label")
_PARTS = ("train", "val", "test")


def recognises(listing: Listing) -> int:
    """Return 1 for every .npz there is: how many images one holds is not known before it is opened."""
    return len(listing.having(frozenset({".npz"})))


def read(listing: Listing, limits: Limits, notebook: Notebook) -> Draft:
    """Return the images of one .npz. Raises DataError for arrays that are missing, damaged or do not fit together."""
    files = listing.having(frozenset({".npz"}))
    if len(files) > 1:
        raise DataError(f"{listing.name} holds {len(files)} .npz files. Give one of them.")
    arrays = _arrays(listing, files[0], limits)
    class_names = _class_names(arrays)
    medmnist = [part for part in _PARTS if f"{part}_images" in arrays]
    parts = [_part(arrays, part, class_names, limits, notebook) for part in medmnist or [""]]
    items = [item for _, listed in parts for item in listed]
    _tell_unused(arrays, notebook)
    return draft_of_arrays([images for images, _ in parts], items, limits, class_names)


def _arrays(listing: Listing, entry: Entry, limits: Limits) -> Mapping[str, Stored]:
    try:
        archive = listing.closing.enter_context(zipfile.ZipFile(listing.keep(entry)))
        infos = {PurePosixPath(info.filename).stem.lower(): info for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataError(f"{entry.name} is not a readable .npz file. Save it again with numpy.savez.") from error
    if any(info.flag_bits & 0x1 for info in infos.values()):
        raise DataError(f"{entry.name} is encrypted. Save it without a password.")
    check_packing(list(infos.values()), limits, entry.name)
    return {name: _array(f"'{name}' of {entry.name}", archive, info, limits) for name, info in infos.items()}


def _array(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> Stored:
    found = stored(name, functools.partial(_opened, archive, info, name), limits)
    if int(np.prod(found.shape, dtype=np.int64)) * found.dtype.itemsize > info.file_size:
        raise DataError(f"{name} is shorter than its shape {found.shape} says. Save it again.")
    return found


def _opened(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> BinaryIO:
    try:
        return cast(BinaryIO, archive.open(info))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{name} cannot be unpacked ({error}). Save it again with numpy.savez.") from error


def _part(
    arrays: Mapping[str, Stored], part: str, class_names: tuple[str, ...], limits: Limits, notebook: Notebook
) -> tuple[Images, list[Listed]]:
    prefix = f"{part}_" if part else ""
    images = images_of(_wanted(arrays, prefix, _IMAGES), notebook, limits)
    labels = label_texts(_wanted(arrays, prefix, _LABELS), len(images), class_names)
    groups = _optional(arrays, f"{prefix}groups", len(images))
    splits = [part] * len(images) if part else _optional(arrays, "split", len(images))
    names = _names(arrays, part, len(images))
    rows = zip(names, labels, groups, splits, strict=True)
    return images, [Listed(*row) for row in rows]


def _wanted(arrays: Mapping[str, Stored], prefix: str, names: tuple[str, ...]) -> Stored:
    for name in names:
        if prefix + name in arrays:
            return arrays[prefix + name]
    has = ", ".join(arrays) or "none"
    raise DataError(f"The .npz holds no array '{prefix}{names[0]}'; it has {has}. Save one of that name.")


def _optional(arrays: Mapping[str, Stored], name: str, n: int) -> list[str]:
    return texts(arrays[name], n) if name in arrays else [""] * n


def _names(arrays: Mapping[str, Stored], part: str, n: int) -> list[str]:
    given = [name for name in ("items", "names", "filenames") if name in arrays and not part]
    names = texts(arrays[given[0]], n) if given else []
    if names and len(set(names)) == n and "" not in names:
        return names
    return [f"{part}/{number:05d}" if part else f"{number:05d}" for number in range(n)]


def _class_names(arrays: Mapping[str, Stored]) -> tuple[str, ...]:
    """Return the names of the classes by number. Raises DataError where two are alike, or one says nothing."""
    for name in ("class_names", "label_names", "classes"):
        if name in arrays and len(arrays[name].shape) == 1:
            found = tuple(texts(arrays[name], arrays[name].shape[0]))
            plain = [tidy(each.strip()) for each in found]
            wrong = next((each for each in plain if not each or plain.count(each) > 1), None)
            if wrong is not None:
                told = f"'{wrong}' {plain.count(wrong)} times" if wrong else "a name of no letters"
                raise DataError(f"The array '{name}' has {told}. Give each class a name of its own.")
            return found
    return ()


_KNOWN = {*_IMAGES, *_LABELS, "groups", "split", "items", "names", "filenames", "class_names", "label_names", "classes"}


def _tell_unused(arrays: Mapping[str, Stored], notebook: Notebook) -> None:
    known = _KNOWN | {f"{part}_{name}" for part in _PARTS for name in ("images", "labels", "groups")}
    for name in arrays:
        if name not in known:
            notebook.add("unused-array", name, "of the .npz not used", noun="array", severity="note")
