"""Several tests at once: so many chances to be fooled that each needs more."""

import numpy as np

from explorer.records import Floats


def holm(p_values: Floats) -> Floats:
    """Return p-values adjusted for testing all of them, (J,): each may be held against the level as if it were alone.

    The smallest of J counts J times, the next J - 1 times, and so on, none less than one before it: whatever depends on
    what, the chance of any false claim stays below the level (Holm 1979, Scand. J. Statist. 6, 65-70, jstor 4615733).
    """
    return np.minimum(_adjusted(p_values), 1.0)


def counts(p_values: Floats) -> Floats:
    """Return how often each p-value counts when all of them are tested, (J,), 1 or more: `holm` by p, not cut off at 1.

    One of 0 counts J times.
    """
    times = np.full(len(p_values), float(len(p_values)))
    return np.asarray(np.divide(_adjusted(p_values), p_values, out=times, where=p_values > 0))


def _adjusted(p_values: Floats) -> Floats:
    order = np.argsort(p_values, kind="stable")
    times = len(p_values) - np.arange(len(p_values))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.maximum.accumulate(times * p_values[order])
    return adjusted
