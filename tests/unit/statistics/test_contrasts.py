"""Weighted sums of cells: the seeds they use, areas, and intervals."""

import numpy as np
import pytest

from explorer.statistics.contrasts import area_difference, area_weights, difference, measured
from explorer.statistics.evidence import cells_of
from tests.unit.statistics.simulated import LABELS, study

BUDGETS = (1, 2, 5, 10)


@pytest.fixture
def found():
    return study({"a": (0.5, 0.55, 0.6, 0.7), "b": (0.6, 0.7, 0.8, 0.9)}, BUDGETS)


def test_a_difference_is_the_mean_over_the_seeds_of_both(found):
    some = [each for each in found if (each.trial.arm, each.trial.budget, each.trial.seed) != ("b", 2, 3)]
    values = {(each.trial.arm, each.trial.budget, each.trial.seed): each.value for each in some}
    one, other = measured([difference("b", "a", 2), difference("b", "a", 5)], cells_of(some), LABELS, None)
    assert one.mean == pytest.approx(np.mean([values["b", 2, s] - values["a", 2, s] for s in (0, 1, 2, 4)]))
    assert other.mean == pytest.approx(np.mean([values["b", 5, s] - values["a", 5, s] for s in range(5)]))
    assert (one.seeds, one.items, other.seeds, other.items) == (4, 480, 5, 600)


def test_sums_measured_together_are_those_measured_alone(found):
    wanted = [difference("b", "a", budget) for budget in BUDGETS]
    together = measured(wanted, cells_of(found), LABELS, None)
    for each, one in zip(wanted, together, strict=True):
        (alone,) = measured([each], cells_of(found), LABELS, None)
        assert (alone.mean, alone.half, alone.p) == pytest.approx((one.mean, one.half, one.p))


def test_pairs_are_surer_than_two_curves(found):
    (pair,) = measured([difference("b", "a", 5)], cells_of(found), LABELS, None)
    alone = measured([{("a", 5): 1.0}, {("b", 5): 1.0}], cells_of(found), LABELS, None)
    assert pair.half < 0.8 * np.hypot(alone[0].half, alone[1].half)


def test_an_area_is_the_integral_over_the_log_axis(found):
    n = {budget: 3.0 * budget for budget in BUDGETS}
    (area,) = measured([area_difference("b", "a", n)], cells_of(found), LABELS, None)
    each = [measured([difference("b", "a", budget)], cells_of(found), LABELS, None)[0].mean for budget in BUDGETS]
    fine = np.linspace(np.log(3), np.log(30), 20_001)
    assert area.mean == pytest.approx(np.interp(fine, np.log(list(n.values())), each).mean(), abs=1e-5)
    assert area_weights([1, 10, 100]) == pytest.approx([0.25, 0.5, 0.25])


@pytest.mark.parametrize("n", [[3.0], [3.0, 3.0], [5.0, 3.0]])
def test_an_area_needs_two_budgets_that_differ(n):
    with pytest.raises(ValueError, match="two budgets"):
        area_weights(n)
