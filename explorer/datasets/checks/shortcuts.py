"""Shortcuts: does the size, the mean intensity or the border of the images alone tell the class?

Published collections hold classes that are recognisable by what has nothing to do with them: another scanner, frame,
crop or file size (Geirhos et al. 2020, doi:10.1038/s42256-020-00257-z). A model that learns these fails elsewhere.
"""

from collections.abc import Iterator
from typing import TypeGuard

import numpy as np

from explorer.datasets.checking import Subject
from explorer.datasets.measuring import RING
from explorer.datasets.probe import Guess, guess
from explorer.records import Finding, Floats, Ints

WELL_ABOVE = 0.15
"""Share of the way from chance to perfect that the lower bound must pass."""


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what predicts the label well above chance, by cross-validation that keeps groups and copies together."""
    measures, labels, units = subject.measures, subject.dataset.labels, _units(subject)
    sizes = guess(_size_features(measures.sizes), labels, units, linear=False) if _vary(measures.sizes) else None
    if _tells(sizes):
        text = f"The original size of the images alone tells the class {_words(sizes)}. Resizing hides part of it only"
        yield Finding("shortcut-size", f"{text}; crop all classes alike before reading.", "warning")
    brightness = guess(measures.means[:, None], labels, units, linear=False)
    if _tells(brightness):
        text = (
            f"The mean intensity alone tells the class {_words(brightness)}. The arm 'intensity' shows what it is worth"
        )
        yield Finding(
            "shortcut-intensity", f"{text}; exposure or staining may differ between classes.", _severity(brightness)
        )
    yield from _border(subject, units)


def _border(subject: Subject, units: Ints) -> Iterator[Finding]:
    """Tell of the border; it is suspicious where it surely tells more than as many pixels further in."""
    labels = subject.dataset.labels
    border = guess(_ring_features(subject.measures.borders), labels, units, linear=True)
    if not _tells(border):
        return
    suspicious = border.low > _of_inner_pixels(subject, units)
    text = f"The outermost pixels alone tell the class {_words(border)}"
    if suspicious:
        text += ", better than pixels further in do. Look for frames, labels or backgrounds that follow the class."
    else:
        text += ", no better than pixels further in do, as where texture or background fills the image."
    yield Finding("shortcut-border", text, "warning" if suspicious else "note")


def _of_inner_pixels(subject: Subject, units: Ints) -> float:
    """Return the best balanced accuracy of the inner rings, each and both; 0 where none can be told.

    Both hold at least as many pixels as the border, so that noise is averaged as well; one has as many features, so
    that the fit is as easy.
    """
    inners = subject.measures.inners
    half = inners.shape[1] // 2
    parts = (inners, inners[:, :half], inners[:, half:])
    found = [guess(_ring_features(part), subject.dataset.labels, units, linear=True) for part in parts]
    return max((each.accuracy for each in found if each is not None), default=0.0)


def _tells(found: Guess | None) -> TypeGuard[Guess]:
    return found is not None and found.skill > WELL_ABOVE


def _severity(found: Guess) -> str:
    return "warning" if found.skill > 0.5 else "note"


def _words(found: Guess) -> str:
    return f"with a balanced accuracy of {found.accuracy:.0%} (chance {found.chance:.0%})"


def _vary(sizes: Ints) -> bool:
    return bool((sizes != sizes[0]).any())


def _size_features(sizes: Ints) -> Floats:
    height, width = np.log(sizes.astype(np.float64)).T
    return np.stack([height + width, height - width], axis=1)


def _ring_features(rings: Floats) -> Floats:
    """Return the 64 values of each ring, then mean and spread of each side: (n, 72) of one ring, (n, 144) of two."""
    sides = rings.reshape(len(rings), -1, RING).astype(np.float64)
    return np.concatenate([rings, sides.mean(axis=2), sides.std(axis=2)], axis=1)


def _units(subject: Subject) -> Ints:
    """Return a number per row that rows share where they belong to one group, else to one cluster of duplicates."""
    dataset = subject.dataset
    if dataset.groups is not None:
        return dataset.groups
    alone = np.arange(len(dataset), dtype=np.int64) + len(dataset)
    return np.where(subject.duplicates.every >= 0, subject.duplicates.every, alone)
