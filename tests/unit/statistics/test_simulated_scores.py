"""Intervals of scores that hold items against each other, in simulated studies whose data sets are drawn anew."""

import numpy as np
import pytest

from explorer.records import Arm, Choice, Study
from explorer.statistics.curves import curves_of
from tests.calibration.populations import HARD, Design, Population
from tests.calibration.studies import nearest_mean, trials

STUDIES = 150
DESIGN = Design(Population(HARD), 200, (2, 40))
STUDY = Study("s", "s", "f", (Arm("mean", "Mean", Choice("majority")),), DESIGN.budgets)


@pytest.fixture(params=["auroc", "calibration_error"])
def points(request):
    """Return means and ends of intervals of studies of 60 test items at 5 seeds, (studies, budgets, 3)."""
    found = []
    for number in range(STUDIES):
        done, labels, groups = trials(DESIGN, {"mean": nearest_mean}, number, request.param)
        (curve,) = curves_of(STUDY, done, request.param, labels, groups)
        found.append([(point.mean, point.low, point.high) for point in curve.points])
    return np.array(found)


def test_they_hold_what_all_data_sets_of_this_size_give_in_the_mean(points):
    """An interval of 95 % falls below the bound by chance once in a thousand times."""
    means, low, high = np.moveaxis(points, -1, 0)
    expected = means.mean(axis=0)
    assert ((low <= expected) & (expected <= high)).mean(axis=0).min() > 0.88
    needed = 1.96 * means.std(axis=0)
    assert ((high - low).mean(axis=0) / 2 < 1.95 * needed).all(), "nor are they wide beyond use"
