"""Shortcuts: does the size, the mean intensity or colour, or the border of the images alone tell the class?

Published collections hold classes that are recognisable by what has nothing to do with them: another scanner, frame,
crop or file size (Geirhos et al. 2020, doi:10.1038/s42256-020-00257-z). A model that learns these fails elsewhere.
"""

from collections.abc import Iterator

import numpy as np

from explorer.datasets.checking import Subject
from explorer.datasets.findings import count, names
from explorer.datasets.measuring import RING, Measures
from explorer.datasets.probe import FOLDS, Answers, Guess, Way, asked, best_guess, guess
from explorer.records import Finding, Floats, Ints
from explorer.score_words import percent
from explorer.splits import units_of

WELL_ABOVE = 0.15
"""Share of the way from chance to perfect that the lower bound must pass."""

_SIDES = 4
"""Sides of a ring."""

SURELY = 0.5
"""The same from which on mean intensity is a warning, and from which on a single class is told from all others."""


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what predicts the label well above chance, by cross-validation that keeps groups and copies together.

    Classes too small for that are left out, and named in a note.
    """
    measures, labels, units = subject.measures, subject.dataset.labels, units_of(subject.with_copies)
    sizes = guess(_size_features(measures.sizes), labels, units, linear=False) if _vary(measures.sizes) else None
    for told, _ in _told(sizes, subject):
        text = f"The original size of the images alone tells {told}. Resizing hides part of it only"
        yield Finding("shortcut-size", f"{text}; crop all classes alike before reading.", "warning")
    what = "mean intensity" if measures.channels.shape[1] == 1 else "mean intensity or colour (mean of each channel)"
    for told, severity in _told(guess(_channel_features(measures), labels, units, linear=False), subject):
        text = f"The {what} alone tells {told}. The technique 'Mean intensity' shows what it is worth"
        yield Finding("shortcut-intensity", f"{text}; exposure or staining may differ between classes.", severity)
    yield from _border(subject, units)
    yield from _unasked(subject, units)


def _border(subject: Subject, units: Ints) -> Iterator[Finding]:
    """Tell of the border; it is suspicious where it surely tells more than as many pixels further in."""
    labels = subject.dataset.labels
    found = best_guess(_ring_ways(subject.measures.borders), labels, units)
    if found is None or found.together.skill <= WELL_ABOVE:
        return
    border = found.together
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
    found = [best_guess(_ring_ways(part), subject.dataset.labels, units) for part in parts]
    return max((each.together.accuracy for each in found if each is not None), default=0.0)


def _unasked(subject: Subject, units: Ints) -> Iterator[Finding]:
    dataset = subject.dataset
    small = np.setdiff1d(np.flatnonzero(dataset.class_counts), asked(dataset.labels, units))
    if not len(small):
        return
    which = tuple(dataset.class_names[each] for each in small)
    told = names(f"'{name}' ({dataset.class_counts[each]:,})" for name, each in zip(which, small, strict=True))
    why = f"too small for cross-validation (fewer than {FOLDS} images, or all in one group or set of copies)"
    text = f"The checks for shortcuts by size, mean intensity and border leave out {count(len(small), 'class')} {why}"
    none = " No two classes are left, so nothing was looked for." if dataset.n_classes - len(small) < 2 else ""
    yield Finding("shortcut-unasked", f"{text}: {told}.{none}", "note", which)


def _told(found: Answers | None, subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield what the answers tell and how bad that is: all classes surely, else one class, else all somewhat."""
    if found is None:
        return
    if found.together.skill <= SURELY < found.alone.skill:
        name = subject.dataset.class_names[found.single]
        yield f"the class '{name}' from all others {_words(found.alone)}", "warning"
    elif found.together.skill > WELL_ABOVE:
        yield f"the class {_words(found.together)}", "warning" if found.together.skill > SURELY else "note"


def _words(found: Guess) -> str:
    low = max(found.low, found.chance)
    sure = f"chance {percent(found.chance)}, surely above {percent(low)}"
    return f"with a balanced accuracy of {percent(found.accuracy)} ({sure})"


def _vary(sizes: Ints) -> bool:
    return bool((sizes != sizes[0]).any())


def _size_features(sizes: Ints) -> Floats:
    height, width = np.log(sizes.astype(np.float64)).T
    return np.stack([height + width, height - width], axis=1)


def _channel_features(measures: Measures) -> Floats:
    """Return the mean intensity, then how far each further channel is from the first: (n, channels).

    So colour counts as much as brightness, which is common to all channels and would hide a tint that is fainter.
    """
    channels = measures.channels.astype(np.float64)
    return np.column_stack([measures.means, channels[:, 1:] - channels[:, :1]])


def _ring_ways(rings: Floats) -> tuple[Way, ...]:
    """Return what may tell the class of one ring, (n, 64), or of two, (n, 128).

    All values with mean and spread of each side see where along the ring classes differ; mean and spread of the sides,
    and of the whole ring, see a difference all along it that noise hides in single values. Neighbours find a class
    that lies between two others, which a fit of straight lines passes over.
    """
    sides = rings.reshape(len(rings), -1, RING).astype(np.float64)
    each_side = _mean_and_spread(sides)
    whole = _mean_and_spread(sides.reshape(len(rings), -1, _SIDES * RING))
    every = np.concatenate([rings, each_side], axis=1)
    few = tuple(Way(each, linear) for each in (each_side, whole) for linear in (True, False))
    return Way(every, linear=True), *few


def _mean_and_spread(parts: Floats) -> Floats:
    """Return the means of all parts, then their spreads: (n, 2 · parts) of (n, parts, values)."""
    return np.concatenate([parts.mean(axis=2), parts.std(axis=2)], axis=1)
