"""Plans: closed forms, and what a simulated study of that size then showed."""

import functools
import math
from pathlib import Path

import numpy as np
import pytest

from explorer.export.folder import read
from explorer.statistics.evidence import cells_of, gathered, judged
from explorer.statistics.planning import ACROSS, TRAINING_DIFFERENCE, left_of, planned
from explorer.statistics.spread import spread
from explorer.statistics.verdicts import Verdict, compared
from tests.unit.statistics.simulated import LABELS, differing, study


def test_a_fixed_test_set_is_worth_itself_however_many_seeds():
    found = planned(60, 5, overlap=1.0)
    assert found.answers == pytest.approx(60)
    normal = 1.96 * math.sqrt(0.2 / 60 + TRAINING_DIFFERENCE**2 / 5)
    assert normal < found.visible < 1.1 * normal
    assert found.reliable == pytest.approx(found.visible + 0.8416 * normal / 1.96, rel=0.02)


def test_with_many_seeds_and_items_it_is_the_normal_distribution():
    found = planned(6000, 200, overlap=0.3, shared=0.5)
    variance = 0.2 / found.answers + TRAINING_DIFFERENCE**2 * (1 / 200 + 0.25 / 0.75)
    assert found.visible == pytest.approx(1.96 * math.sqrt(variance), rel=0.02)
    many = planned(6000, 200, overlap=0.3, shared=0.5, comparisons=60)
    assert many.visible == pytest.approx(3.34 * math.sqrt(variance), rel=0.04)


def test_few_seeds_and_labels_in_common_make_less_of_it_visible_and_one_seed_nothing():
    two, five = (planned(600, seeds, overlap=0.3) for seeds in (2, 5))
    assert two.visible > 1.6 * five.visible
    assert planned(600, 5, overlap=0.3, shared=0.7).visible > 1.2 * five.visible
    one = planned(600, 1, overlap=0.3)
    assert (one.visible, one.reliable) == (math.inf, math.inf)
    assert not one.can_see(1.0)
    assert 0 < one.half_width < 0.2


@functools.cache
def alike(draw):
    """Return judged trials of thirty arms that are equally good."""
    names = ["base", *(f"same {number}" for number in range(29))]
    return [each for name in names for each in differing(name, 0.6, draw, spread=TRAINING_DIFFERENCE / math.sqrt(2))]


@pytest.mark.parametrize(("counted", "fewest", "most"), [(30, 0.6, 1.0), (1, 0.0, 0.6)])
def test_what_is_promised_is_found_among_all_that_is_compared(counted, fewest, most):
    """A planned difference is found in about four of five studies; one that leaves out the other arms is not."""
    reliable = planned(120, 5, overlap=1 / 3, comparisons=counted).reliable
    found = []
    for draw in range(25):
        up = differing("up", 0.6 + reliable, draw, spread=TRAINING_DIFFERENCE / math.sqrt(2))
        said = compared([*alike(draw), *up], "base", LABELS, None, "accuracy")
        found += [each.verdict is Verdict.HELPS for each in said if each.arm == "up"]
    assert fewest <= np.mean(found) <= most


def test_the_promise_for_whole_curves_is_what_a_finished_study_gave():
    """Galaxies: 360 judging images in groups of ten, ten arms, five seeds; within a factor of 1.5."""
    written = read(Path(__file__).parents[3] / "sample_data" / "finished" / "galaxies")
    study, labels = written.study, written.labels
    done = [judged(each, labels, study.metric) for each in written.outcomes]
    arms = [arm.name for arm in study.arms]
    said = [each for arm in arms for each in compared(done, arm, labels, written.units, study.metric)]
    group_size = len(labels) / len(np.unique(written.units))
    for whole, left in ((True, left_of(study.budgets)), (False, 1.0)):
        half = float(np.median([(each.high - each.low) / 2 for each in said if (each.budget is None) == whole]))
        found = planned(360, study.seeds, overlap=study.test_share, group_size=group_size, left=left)
        assert 1 / 1.5 < found.apart / half < 1.5


def test_a_whole_curve_keeps_as_much_of_the_variance_as_its_budgets_share():
    assert left_of((1, 2)) == pytest.approx(0.5 + 0.5 * ACROSS)
    assert left_of((1, 2, 4, 8, 16)) < left_of((1, 2, 4)) < 1
    whole, single = (planned(60, 5, overlap=0.3, left=left) for left in (0.25, 1.0))
    assert whole.half_width == single.half_width
    assert whole.apart < single.apart
    assert whole.reliable < single.reliable
    assert planned(60, 1, overlap=0.3, left=0.25).apart == math.inf


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
