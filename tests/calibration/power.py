"""How often a true difference of three points is found, beside the exact paired test on the same answers."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from explorer.records import Floats, Ints
from explorer.statistics.evidence import Judged
from explorer.statistics.verdicts import Verdict, compared
from tests.calibration.populations import HARD, Design, Population
from tests.calibration.studies import METRIC, Model, nearest_mean, trials, truth

#: 500 items judge at each of five seeds.
DESIGN = Design(Population(HARD), 1667, (50,))
#: Noise on the features of the worse arm that costs it three points.
NOISE = 0.42


def noisy(features: Floats, labels: Ints, asked: Floats, random: np.random.Generator) -> Floats:
    """Answer the nearest mean from features that were measured again, and less well."""
    worse = [each + NOISE * random.standard_normal(each.shape) for each in (features, asked)]
    return nearest_mean(worse[0], labels, worse[1], random)


ARMS: dict[str, Model] = {"noisy": noisy, "plain": nearest_mean}


@dataclass(frozen=True)
class Power:
    """Shares of studies in which the difference is found, and the difference itself.

    ours     by the verdict
    exact    by the exact sign test (McNemar) over test items, each counting once, for the arm that it favours at more
             seeds
    known    by one who knows the standard deviation of the mean difference over all possible studies
    """

    ours: float
    exact: float
    known: float
    difference: float


def power(studies: int, truths: int) -> Power:
    """Return the power of the verdict and of what it is held against."""
    expected = truth(DESIGN, ARMS, truths)
    (budget,) = DESIGN.budgets
    found, exact, values = [], [], []
    for number in range(studies):
        done, labels, groups = trials(DESIGN, ARMS, number)
        said = compared(done, "noisy", labels, groups, METRIC)
        found.append(said[0].verdict is Verdict.HELPS)
        values.append(said[0].difference)
        exact.append(_sign_test(done, len(labels)) <= 0.05)
    limit = 1.96 * float(np.std(values, ddof=1))
    known = float(np.mean(np.array(values) > limit))
    return Power(
        float(np.mean(found)), float(np.mean(exact)), known, expected["plain", budget] - expected["noisy", budget]
    )


def _sign_test(done: list[Judged], n: int) -> float:
    favour = np.zeros(n)
    for each in done:
        favour[each.rows] += (1 if each.trial.arm == "plain" else -1) * np.sign(each.pulls)
    more, fewer = int((favour > 0).sum()), int((favour < 0).sum())
    return float(binomtest(more, more + fewer).pvalue) if more + fewer else 1.0
