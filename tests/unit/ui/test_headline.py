"""The sentence over a figure is computed from its curves and claims no more than they show."""

import pytest

from explorer.scores import METRICS
from explorer.statistics.curves import Curve, CurvePoint
from explorer.ui import texts
from explorer.ui.headline import headline

ACCURACY = METRICS["balanced_accuracy"]


def curve(arm, *means, metric="balanced_accuracy", seeds=5):
    points = tuple(
        CurvePoint(budget, 5.0 * budget, mean, mean - 0.031, mean + 0.042, tuple(range(seeds)), (mean,) * seeds)
        for budget, mean in zip((1, 2, 5, 10, 20), means, strict=False)
    )
    return Curve(arm, arm.upper(), metric, points)


def test_saved_labels_against_the_baseline():
    found = headline(
        (curve("baseline", 0.2, 0.3, 0.4, 0.5, 0.6), curve("transfer", 0.5, 0.58, 0.61, 0.7, 0.8)), ACCURACY
    )
    assert found.startswith("TRANSFER got from 25 labelled images what BASELINE got from 100 at its best: 60\u00a0%")
    assert "5 seeds" in found


def test_no_saving_is_claimed_below_a_half():
    found = headline(
        (curve("baseline", 0.2, 0.3, 0.4, 0.5, 0.6), curve("transfer", 0.1, 0.2, 0.3, 0.4, 0.61)), ACCURACY
    )
    assert (
        found
        == "With 100 labelled images, TRANSFER reached 61\u00a0% balanced accuracy (95\u00a0% interval 58 to 65\u00a0%)"
    )


def test_a_leading_baseline_is_named_as_the_leader():
    found = headline((curve("baseline", 0.2, 0.3, 0.4, 0.5, 0.9), curve("transfer", 0.5, 0.6, 0.6, 0.6, 0.6)), ACCURACY)
    assert "BASELINE reached 90" in found


def test_an_arm_that_has_not_come_as_far_does_not_lead():
    found = headline((curve("hog", 0.9), curve("pixels", 0.3, 0.4)), ACCURACY)
    assert "With 10 labelled images, PIXELS reached 40" in found


def test_lower_is_better_for_log_loss():
    loss = METRICS["log_loss"]
    arms = (curve("a", 1.6, 0.4, metric="log_loss"), curve("b", 1.2, 0.9, metric="log_loss"))
    assert "A reached 0.40 log loss" in headline(arms, loss)


@pytest.mark.parametrize("curves", [(), (curve("a"),)])
def test_nothing_yet(curves):
    assert headline(curves, ACCURACY) == texts.NOT_YET


def test_the_baseline_counts_at_its_best_and_a_few_seeds_claim_nothing():
    falling, better = (0.2, 0.7, 0.4, 0.3, 0.3), (0.6, 0.71, 0.8, 0.8, 0.8)
    found = headline((curve("baseline", *falling), curve("transfer", *better)), ACCURACY)
    assert found.startswith("With 100 labelled images, TRANSFER reached 80")  # 10 against 10 saves nothing
    few = (curve("baseline", 0.2, 0.3, 0.4, 0.5, 0.6, seeds=2), curve("transfer", 0.7, 0.7, 0.7, 0.7, 0.7, seeds=2))
    assert headline(few, ACCURACY).startswith("With 100 labelled images, TRANSFER reached 70")
