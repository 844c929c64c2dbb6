"""Plans: closed forms, and what a simulated study of that size then showed."""

import math

import numpy as np
import pytest

from explorer.statistics.evidence import cells_of, gathered
from explorer.statistics.planning import TRAINING_DIFFERENCE, planned
from explorer.statistics.spread import spread
from tests.unit.statistics.simulated import LABELS, study


def test_a_fixed_test_set_is_worth_itself_however_many_seeds():
    found = planned(60, 5, overlap=1.0)
    assert found.answers == pytest.approx(60)
    assert found.visible == pytest.approx(1.96 * math.sqrt(0.2 / 60 + TRAINING_DIFFERENCE**2 / 5), rel=1e-3)
    assert found.reliable == pytest.approx(found.visible * (1.96 + 0.8416) / 1.96, rel=1e-3)


def test_redrawn_tests_groups_and_seeds_change_what_can_be_seen():
    plain = planned(60, 5, overlap=0.3)
    assert plain.answers == pytest.approx(300 / 2.2)
    assert planned(60, 5, overlap=0.3, group_size=11).answers == pytest.approx(300 / 2.2 / 2)
    assert planned(60, 10, overlap=0.3).visible < plain.visible < planned(60, 5, overlap=1.0).visible
    assert not plain.can_see(0.02)
    assert planned(6000, 10, overlap=0.3).can_see(0.03)


def test_a_study_of_that_size_has_the_variance_that_was_planned():
    widths = []
    for draw in range(40):
        evidence = gathered(list(cells_of(study({"a": (0.8,)}, (5,), draw=draw, items=108)).values()), LABELS, None)
        widths.append(spread(evidence).items[0])
    found = planned(108, 5, overlap=0.3)
    assert 0.8 * 0.2 / found.answers == pytest.approx(np.mean(widths), rel=0.35)


@pytest.mark.parametrize(("items", "seeds"), [(0, 5), (60, 0)])
def test_nothing_cannot_be_planned(items, seeds):
    with pytest.raises(ValueError, match="needs test items and seeds"):
        planned(items, seeds, overlap=0.3)
