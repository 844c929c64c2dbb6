"""Rules of growth: exact on their own curves, bounded, and as good as a general optimiser."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from explorer.statistics.growth import RULES, inverse_log, no_change, power_law

N = np.array([10.0, 20, 40, 80, 160, 320])
ONES = np.ones(6)
AT = np.array([640.0, 1280])


def test_each_rule_goes_on_as_its_own_curve():
    assert power_law(N, 0.9 - 2 * N**-0.5, ONES, 1.0, AT) == pytest.approx(0.9 - 2 * AT**-0.5, abs=2e-3)
    assert inverse_log(N, 0.95 - 1.2 / np.log(N), ONES, 1.0, AT) == pytest.approx(0.95 - 1.2 / np.log(AT))
    assert no_change(N, np.linspace(0.5, 0.8, 6), ONES, 1.0, AT).tolist() == [0.8, 0.8]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_no_rule_falls_or_passes_the_best_score(rule):
    for y in (np.linspace(0.9, 0.5, 6), np.linspace(0.4, 0.99, 6), np.full(6, 0.7)):
        found = RULES[rule](N, y, ONES, 1.0, np.array([320.0, 640, 1280]))
        assert (np.diff(found) >= -1e-12).all()
        assert (found <= 1 + 1e-12).all()


def test_the_power_law_fits_as_well_as_a_general_optimiser():
    random = np.random.default_rng(0)
    weights = random.uniform(0.5, 2, 6)
    y = 0.85 - 1.5 * N**-0.6 + 0.01 * random.standard_normal(6)
    ours = power_law(N, y, weights, 1.0, N)
    best = least_squares(
        lambda x: np.sqrt(weights) * (y - x[0] + x[1] * N ** -x[2]), [0.8, 1.0, 0.5], bounds=([0, 0, 0.05], [1, 50, 2])
    )
    assert (weights * (y - ours) ** 2).sum() <= 2 * best.cost * 1.02
