"""Label savings: against a plain loop, and what is not extrapolated."""

import numpy as np
import pytest
from sklearn.isotonic import isotonic_regression

from explorer.statistics.evidence import cells_of
from explorer.statistics.savings import ratios, saving
from tests.unit.statistics.simulated import LABELS, study

N = np.array([3.0, 6.0, 15.0, 30.0])


def plain(n_arm, arm, n_other, other, n):
    """Return the ratio by walking along one rising curve in small steps."""
    goal = np.interp(np.log(n), np.log(n_other), isotonic_regression(other))
    curve = isotonic_regression(arm)
    if curve[0] > goal:
        return np.inf
    for step in np.linspace(np.log(n_arm[0]), np.log(n_arm[-1]), 200_001):
        if np.interp(step, np.log(n_arm), curve) >= goal - 1e-12:
            return n / np.exp(step)
    return 0.0


def test_ratios_are_those_of_a_walk_along_each_curve():
    random = np.random.default_rng(0)
    arm = np.sort(random.random((12, 4)), axis=1) + 0.1 * random.standard_normal((12, 4))
    other = np.sort(random.random((12, 4)), axis=1)
    found = ratios(N, arm, N, other, 10.0)
    expected = [plain(N, one, N, two, 10.0) for one, two in zip(arm, other, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-3)
    assert {0.0, np.inf} & set(found.tolist())


def test_an_arm_that_learns_twice_as_fast_saves_half():
    chances = (0.4, 0.5, 0.4 + 0.1 * np.log2(5), 0.4 + 0.1 * np.log2(10))
    faster = tuple(each + 0.1 for each in chances)
    done = study({"slow": chances, "fast": faster}, seeds=10, items=200)
    found = saving(cells_of(done), "fast", "slow", 15, LABELS, None, "balanced_accuracy")
    assert found.ratio == pytest.approx(2, rel=0.25)
    assert found.low < 2 < found.high
    assert found.low > 1
    assert found.needed == pytest.approx(15 / found.ratio)
    assert (found.fewest, found.most, found.seeds, found.n) == (3, 30, 10, 15)
    back = saving(cells_of(done), "slow", "fast", 15, LABELS, None, "balanced_accuracy")
    assert back.ratio == pytest.approx(0.5, rel=0.3)


def test_nothing_is_extrapolated():
    done = study({"low": (0.3, 0.35, 0.4, 0.45), "high": (0.8, 0.85, 0.9, 0.95)})
    better = saving(cells_of(done), "high", "low", 15, LABELS, None, "balanced_accuracy")
    assert (better.ratio, better.low, better.high, better.needed) == (np.inf, np.inf, np.inf, 0)
    worse = saving(cells_of(done), "low", "high", 15, LABELS, None, "balanced_accuracy")
    assert (worse.ratio, worse.low, worse.high, worse.needed) == (0, 0, 0, np.inf)


def test_where_low_is_good_curves_are_turned():
    done = study({"low": (0.5, 0.55, 0.6, 0.65), "high": (0.55, 0.6, 0.65, 0.7)}, metric="log_loss")
    found = saving(cells_of(done), "high", "low", 15, LABELS, None, "log_loss")
    assert found.ratio > 1
    assert found.goal == pytest.approx(np.mean([
        each.value for each in done if each.trial.arm == "low" and each.trial.budget == 5
    ]), rel=0.1)  # fmt: skip


def test_n_must_lie_within_the_budgets_of_the_other():
    done = study({"low": (0.3, 0.35, 0.4, 0.45), "high": (0.8, 0.85, 0.9, 0.95)})
    with pytest.raises(ValueError, match="outside"):
        saving(cells_of(done), "high", "low", 60, LABELS, None, "balanced_accuracy")
