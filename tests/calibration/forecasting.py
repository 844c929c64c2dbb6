"""How often the forecast band holds what real curves then did, and how wide it is beside an oracle's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.records import Floats
from explorer.statistics.forecasts import Forecast, forecast
from explorer.statistics.growth import RULES
from tests.calibration.real_curves import RealCurve


@dataclass(frozen=True)
class Forecasted:
    """What became of all forecasts; misses and widths in the unit of the score.

    metrics   (curves,) names of the scores
    misses    (curves,) of the combined rules, and `widths` of their bands, `held` whether the band held the score
    by_rule   (curves, rules) misses of each rule alone
    """

    refused: int
    metrics: npt.NDArray[np.str_]
    misses: Floats
    widths: Floats
    held: Floats
    by_rule: Floats

    @property
    def oracle(self) -> Floats:
        """Width of the band of 90 % of an oracle, (curves,).

        It knows the rule that is best under each score, and how far it then misses.
        """
        found = np.empty(len(self.misses))
        for metric in np.unique(self.metrics):
            mine = self.metrics == metric
            found[mine] = 2 * np.quantile(np.abs(self.by_rule[mine]), 0.9, axis=0).min()
        return found


def forecasted(curves: Sequence[RealCurve]) -> Forecasted:
    """Return how forecasts from all budgets but the last came out at the last."""
    rows, metrics, refused = [], [], 0
    for curve in curves:
        high = curve.metric != "log_loss"
        found = forecast(curve.n[:-1], curve.y[:-1], curve.error[:-1], high=high, best=1.0 if high else 0.0)
        if not isinstance(found, Forecast):
            refused += 1
            continue
        (said,), (low,), (top,) = found.at([min(curve.n[-1], found.furthest)])
        metrics.append(curve.metric)
        rows.append((said - curve.y[-1], top - low, low <= curve.y[-1] <= top, *_alone(found, curve)))
    table = np.array(rows, np.float64)
    return Forecasted(refused, np.array(metrics), table[:, 0], table[:, 1], table[:, 2], table[:, 3:])


def _alone(found: Forecast, curve: RealCurve) -> list[float]:
    """Return the miss of each rule alone."""
    weights = 1 / np.maximum(found.error, max(float(found.error.max()) / np.sqrt(10), 1e-9)) ** 2
    at = np.array(curve.n[-1:])
    told = [rule(found.n, found.sign * found.y, weights, found.best, at)[0] for rule in RULES.values()]
    return [float(found.sign * each - curve.y[-1]) for each in told]
