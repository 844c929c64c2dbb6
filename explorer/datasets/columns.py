"""Arrays of labels, groups and names → texts."""

import numpy as np

from explorer.datasets.arrays import CUT_SHORT, Stored
from explorer.errors import DataError
from explorer.records import Array

_LARGEST = 400_000_000
"""Bytes of a column at most: far more than any honest list of labels takes."""


def texts(array: Stored, n: int) -> list[str]:
    """Return n texts of an array (n,) or (n, 1) of numbers or text; whole floats lose their ".0", NaN is empty.

    Raises DataError for another shape or type.
    """
    values = _whole(array)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.shape != (n,):
        raise DataError(f"{array.name} has shape {array.shape}, but there are {n:,} images. It needs shape ({n},).")
    return [_text(value) for value in values.tolist()]


def label_texts(array: Stored, n: int, class_names: tuple[str, ...]) -> list[str]:
    """Return n labels as texts, empty where unlabelled (-1, NaN, empty text, a one-hot row of zeros).

    Numbers become the names of their classes where those are given. Raises DataError for labels that do not fit.
    """
    if len(array.shape) == 2 and array.shape[1] > 1:
        return _from_one_hot(array, n, class_names)
    found = texts(array, n)
    if array.dtype.kind in "iufb":
        return [_class_of(text, class_names, array.name) for text in found]
    return found


def _class_of(text: str, class_names: tuple[str, ...], name: str) -> str:
    if text in ("", "-1"):
        return ""
    if not class_names:
        return text
    number = int(text) if text.isdecimal() else -1
    if not 0 <= number < len(class_names):
        raise DataError(
            f"{name} holds {text}, but there are {len(class_names)} class names. Use 0 to {len(class_names) - 1}."
        )
    return class_names[number]


def _from_one_hot(array: Stored, n: int, class_names: tuple[str, ...]) -> list[str]:
    values = _whole(array)
    ones = values.astype(np.float64) if values.dtype.kind in "iufb" else np.full(values.shape, 2.0)
    if values.shape[0] != n or not np.isin(ones, (0, 1)).all() or (ones.sum(axis=1) > 1).any():
        raise DataError(
            f"{array.name} has shape {array.shape}, which is neither one label nor one-hot labels for {n:,} images. "
            "Labels have shape (n,); several labels per image cannot be used."
        )
    names = class_names if len(class_names) == values.shape[1] else tuple(str(k) for k in range(values.shape[1]))
    return [names[int(row.argmax())] if row.any() else "" for row in ones]


def _whole(array: Stored) -> Array:
    if array.dtype.kind not in "iufbUS":
        raise DataError(f"{array.name} has values of type {array.dtype}. Save whole numbers or text.")
    if int(np.prod(array.shape, dtype=np.int64)) * array.dtype.itemsize > _LARGEST:
        raise DataError(f"{array.name} has shape {array.shape} and is too large for a list of labels or names.")
    try:
        return array.whole()
    except CUT_SHORT as error:
        raise DataError(f"{array.name} is cut short. Copy or download it again.") from error


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() else f"{value:g}"
    if isinstance(value, bool):
        return str(int(value))
    return str(value).strip()
