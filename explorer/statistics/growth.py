"""Rules by which scores grow with labels, fitted to a curve: power law, inverse logarithm, and no further change.

    power law            y(n) = c - a n^-b        pow3 of Mohr et al. 2022, doi:10.1007/978-3-031-26419-1_1 (LCDB)
    inverse logarithm    y(n) = c - a / ln n      ilog2 there
    no further change    y(n) = y(last)           last1 there

with a >= 0, so that no curve falls, c at most the best possible score, and b from a grid, for each of which c and a
are those of weighted least squares. Scores are such that high is good; labels are counted in total, two at least.

Notation: B = points, Q = places that are asked for.
"""

from collections.abc import Callable, Mapping

import numpy as np

from explorer.records import Floats

#: Exponents that a power law may have.
_EXPONENTS = np.geomspace(0.05, 2.0, 100)

#: From labels (B,), scores (B,), weights (B,), the best possible score and places (Q,) to scores (Q,).
Rule = Callable[[Floats, Floats, Floats, float, Floats], Floats]


def power_law(n: Floats, y: Floats, weights: Floats, best: float, at: Floats) -> Floats:
    """Return what the power law that fits best says at the places."""
    fits = [_bounded(n**-b, y, weights, best) for b in _EXPONENTS]
    misses = [float((weights * (y - c + a * n**-b) ** 2).sum()) for b, (c, a) in zip(_EXPONENTS, fits, strict=True)]
    chosen = int(np.argmin(misses))
    c, a = fits[chosen]
    return np.asarray(c - a * at ** -_EXPONENTS[chosen])


def inverse_log(n: Floats, y: Floats, weights: Floats, best: float, at: Floats) -> Floats:
    """Return what the inverse logarithm that fits best says at the places."""
    c, a = _bounded(1 / np.log(n), y, weights, best)
    return np.asarray(c - a / np.log(at))


def no_change(n: Floats, y: Floats, weights: Floats, best: float, at: Floats) -> Floats:
    """Return the last score at all places."""
    return np.full(len(at), y[-1])


RULES: Mapping[str, Rule] = {"power law": power_law, "inverse log": inverse_log, "no further change": no_change}


def _bounded(x: Floats, y: Floats, weights: Floats, best: float) -> tuple[float, float]:
    """Return c <= best and a >= 0 of the weighted least squares of y = c - a x."""
    shares = weights / weights.sum()
    x_mean, y_mean = float(shares @ x), float(shares @ y)
    slope = max(0.0, -float(shares @ ((x - x_mean) * (y - y_mean))) / float(shares @ (x - x_mean) ** 2))
    if y_mean + slope * x_mean <= best:
        return y_mean + slope * x_mean, slope
    return best, max(0.0, float(shares @ (x * (best - y)) / (shares @ x**2)))
