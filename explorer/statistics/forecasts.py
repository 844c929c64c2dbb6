"""What a curve will reach with more labels than were tried: a forecast that knows how well it forecast before.

Three rules (`growth`) are fitted, moved up or down to the last point, and averaged: least squares need not pass near
it, and may end below what was measured. Their weights, and the width of the band, come from a rolling backtest
on the curve itself: the last budget, then the last two, then three, are hidden, the rules fitted to what is left and
asked for the first hidden budget. Goodness of fit tells little of this (Viering and Loog 2022,
doi:10.1109/TPAMI.2022.3220744).

* A rule weighs 1 / (mean squared miss)^2.
* The band is nominally one of 90 %: the larger of the backtest's miss, which grows with the doublings of labels, and
  the spread of the rules, and beside it 1.645 standard errors of the last budget, both as independent. On real curves,
  to which rules never fit exactly, it holds what it says (docs/calibration.md).

There is a forecast up to four times the largest number of labels, and none beyond.

Notation: B = budgets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.records import Floats
from explorer.statistics.growth import RULES

#: Budgets at least, budgets that the shortest fit of the backtest has, and times that something is hidden.
FEWEST, _SHORTEST, _HIDDEN = 5, 3, 3
#: Times the largest number of labels up to which a forecast is drawn in full, and up to which there is one.
SURE, FAR = 2.0, 4.0
#: Standard deviations of a normal distribution that hold 90 % of it.
_NORMAL = 1.645
#: Places at which a forecast is asked whether it reaches a score.
_PLACES = 400
#: A squared miss that is none.
_TINY = 1e-8
#: A fall of so many standard errors is no noise.
_NOISE = 2.5

TOO_FEW = "A forecast needs five budgets or more; this curve has {n}."
FALLS = "The curve falls at {n:g} labels by more than its noise. No rule of growth describes it."


@dataclass(frozen=True)
class Refusal:
    """Why there is no forecast, in a sentence for the user."""

    reason: str


@dataclass(frozen=True)
class Needed:
    """The labelled examples that a score takes, from the last budget on; None = not reached up to the furthest.

    labels          by the forecast itself
    fewest, most    by the better and the worse end of its band
    """

    labels: float | None
    fewest: float | None
    most: float | None


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a curve may reach, in the unit of the score.

    n              (B,) labelled examples of its points, `y` their scores, and `error` their standard errors
    best           best possible score, in `sign` times the score
    weights        of each rule, summing to 1, in the order of `growth.RULES`
    miss           root mean square of the misses of the combined rules in the backtest, one budget ahead
    per_doubling   the same for each doubling of labels that was ahead
    sign           1 where a high score is good, else -1
    """

    n: Floats
    y: Floats
    error: Floats
    best: float
    weights: Floats
    miss: float
    per_doubling: float
    sign: float

    @property
    def furthest(self) -> float:
        """Labelled examples beyond which there is no forecast."""
        return FAR * float(self.n[-1])

    def at(self, places: Sequence[float]) -> tuple[Floats, Floats, Floats]:
        """Return the score and both ends of its band at each place, (Q,) each, from the last budget to `furthest`.

        Raises ValueError for places outside.
        """
        asked = np.asarray(places, np.float64)
        if (asked < self.n[-1]).any() or (asked > self.furthest).any():
            raise ValueError(f"A forecast reaches from {self.n[-1]:g} to {self.furthest:g} labels.")
        said = np.stack(_told(self.n, self.sign * self.y, self.error, self.best, asked))
        middle = self.weights @ said
        spread = np.sqrt(self.weights @ (said - middle) ** 2)
        doublings = np.log2(asked / self.n[-1])
        half = np.hypot(np.maximum(self.per_doubling * doublings, spread), _NORMAL * self.error[-1])
        ends = self.sign * np.stack([middle - half, np.minimum(middle + half, self.best)])
        return self.sign * middle, ends.min(axis=0), ends.max(axis=0)

    def needed(self, target: float) -> "Needed":
        """Return the labelled examples with which the forecast, and either end of its band, reach a score.

        A score that the curve has reached needs no more than its last budget.
        """
        places = np.linspace(float(self.n[-1]), self.furthest, _PLACES)
        middle, low, high = self.at(places.tolist())
        worse, better = (low, high) if self.sign > 0 else (high, low)
        reached = [np.flatnonzero(self.sign * line >= self.sign * target) for line in (middle, better, worse)]
        return Needed(*(float(places[each[0]]) if len(each) else None for each in reached))


def forecast(
    n: Sequence[float], y: Sequence[float], error: Sequence[float], *, high: bool = True, best: float = 1.0
) -> Forecast | Refusal:
    """Return what the curve may reach, or why that is not to be told.

    n        labelled examples of each budget, ascending; a budget of a single one, which no rule describes, is left out
    y        mean scores, and `error` their standard errors
    high     whether a high score is good
    best     best possible score: 1 for shares, 0 for losses
    """
    labels, error_ = np.asarray(n, np.float64), np.asarray(error, np.float64)
    sign = 1.0 if high else -1.0
    scores = sign * np.asarray(y, np.float64)
    labels, scores, error_ = (each[labels >= 2] for each in (labels, scores, error_))
    if len(labels) < FEWEST:
        return Refusal(TOO_FEW.format(n=len(labels)))
    fall = _fall(scores, error_)
    if fall is not None:
        return Refusal(FALLS.format(n=labels[fall]))
    return _forecast(labels, scores, error_, sign, sign * best)


def _fall(y: Floats, error: Floats) -> int | None:
    """Return the first point that lies below an earlier one by more than noise; None where there is none."""
    for place in range(1, len(y)):
        noise = np.hypot(error[:place], error[place])
        if (y[:place] - y[place] > _NOISE * noise).any():
            return place
    return None


def _forecast(n: Floats, y: Floats, error: Floats, sign: float, best: float) -> Forecast:
    cuts = [cut for cut in range(len(n) - 1, len(n) - 1 - _HIDDEN, -1) if cut >= _SHORTEST]
    misses = np.array([_misses(n, y, error, best, cut) for cut in cuts])
    weights = 1 / ((misses**2).mean(axis=0) + _TINY) ** 2
    weights = weights / weights.sum()
    combined = misses @ weights
    steps = np.array([np.log2(n[cut] / n[cut - 1]) for cut in cuts])
    return Forecast(
        n=n,
        y=sign * y,
        error=error,
        best=best,
        weights=weights,
        miss=float(np.sqrt((combined**2).mean())),
        per_doubling=float(np.sqrt(((combined / steps) ** 2).mean())),
        sign=sign,
    )


def _misses(n: Floats, y: Floats, error: Floats, best: float, cut: int) -> list[float]:
    """Return by how much each rule, fitted to the points before `cut`, misses the point there."""
    told = _told(n[:cut], y[:cut], error[:cut], best, n[[cut]])
    return [float(each[0] - y[cut]) for each in told]


def _told(n: Floats, y: Floats, error: Floats, best: float, at: Floats) -> list[Floats]:
    """Return what each rule says at the places, moved to the last point, (Q,) each, none above the best score.

    Points count by their standard errors in the fit, none more than ten times as much as another.
    """
    least = max(float(error.max()) / np.sqrt(10), 1e-9)
    weights = 1 / np.maximum(error, least) ** 2
    fits = (rule(n, y, weights, best, np.r_[n[-1], at]) for rule in RULES.values())
    return [np.minimum(y[-1] + fit[1:] - fit[0], best) for fit in fits]
