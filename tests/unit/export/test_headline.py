"""The sentence over a figure is computed from its curves and claims no more than they show."""

from dataclasses import replace

import pytest

from explorer.export import words
from explorer.export.headline import caution, headline, leading
from explorer.records import State
from explorer.scores import METRICS
from explorer.statistics.curves import Curve, CurvePoint

ACCURACY = METRICS["balanced_accuracy"]


def curve(arm, *means, metric="balanced_accuracy", seeds=5):
    points = tuple(
        CurvePoint(budget, 5.0 * budget, mean, mean - 0.031, mean + 0.042, tuple(range(seeds)), (mean,) * seeds)
        for budget, mean in zip((1, 2, 5, 10, 20), means, strict=False)
    )
    return Curve(arm, arm.upper(), metric, points)


@pytest.mark.parametrize("state", [State.RUNNING, State.DONE])
def test_no_saved_labels_are_read_off_means_alone(state):
    """What is saved has an interval, and is told by the verdict (`verdict_words`), or not at all."""
    arms = (curve("baseline", 0.2, 0.3, 0.4, 0.5, 0.6), curve("transfer", 0.5, 0.58, 0.61, 0.7, 0.8))
    assert headline(arms, ACCURACY, state) == (
        "With 100 labelled images, TRANSFER reached 80\u00a0% balanced accuracy (95\u00a0% interval 77 to 84\u00a0%)"
    )
    assert headline(arms, ACCURACY, state, verdict="TRANSFER helps.") == "TRANSFER helps"


def test_the_fewest_labels_that_reached_it_are_named():
    found = headline((curve("hog", 0.3, 0.5, seeds=2), curve("pixels", 0.9, 0.9, seeds=2)), ACCURACY)
    assert found.startswith("With 5 labelled images, PIXELS reached 90")


def test_a_leading_baseline_is_named_as_the_leader():
    found = headline((curve("baseline", 0.2, 0.3, 0.4, 0.5, 0.9), curve("transfer", 0.5, 0.6, 0.6, 0.6, 0.6)), ACCURACY)
    assert "BASELINE reached 90" in found


def test_an_arm_that_has_not_come_as_far_does_not_lead():
    found = headline((curve("hog", 0.3), curve("pixels", 0.4, 0.9)), ACCURACY)
    assert "With 5 labelled images, PIXELS reached 40" in found  # the largest budget that both have finished


def test_lower_is_better_for_log_loss():
    loss = METRICS["log_loss"]
    arms = (curve("a", 1.6, 0.4, metric="log_loss"), curve("b", 1.2, 0.9, metric="log_loss"))
    assert "A reached 0.40 log loss" in headline(arms, loss)


def test_guessing_may_be_calibrated_and_is_no_floor_of_it():
    error = METRICS["calibration_error"]
    arms = tuple(curve(arm, *means, metric="calibration_error") for arm, means in
                 (("majority", (0.06, 0.04)), ("intensity", (0.3, 0.2)), ("hog", (0.3, 0.1))))  # fmt: skip
    assert "HOG reached 0.10 calibration error" in headline(arms, error)
    assert "INTENSITY reached 0.20 calibration error" in headline(arms[:2], error)
    assert "look for a shortcut" in headline(arms[:2], replace(error, guess="guessing", best="high"))
    assert caution(arms, error) == ""


@pytest.mark.parametrize("curves", [(), (curve("a"),)])
def test_nothing_yet(curves):
    assert headline(curves, ACCURACY, State.QUEUED) == words.NOT_STARTED
    assert headline(curves, ACCURACY, State.RUNNING) == words.JUST_STARTED
    assert headline(curves, ACCURACY) == words.TOO_FEW


def test_nothing_is_claimed_before_every_arm_has_a_common_budget():
    arms = (curve("hog", 0.9), curve("pixels"))
    assert headline(arms, ACCURACY, State.RUNNING) == words.NOT_YET
    assert headline(arms, ACCURACY, State.CANCELLED) == words.TOO_FEW
    assert "HOG reached 90" in headline(arms, ACCURACY, State.DONE)  # every trial of the other failed
    apart = (curve("hog", 0.9), replace(curve("pixels", 0.2, 0.3), points=curve("pixels", 0.2, 0.3).points[1:]))
    assert headline(apart, ACCURACY, State.RUNNING) == words.NOT_YET


def test_guessing_is_never_the_subject():
    found = headline((curve("majority", 0.5), curve("hog", 0.4)), ACCURACY)
    assert found == "With 5 labelled images, no technique did better than guessing, 50\u00a0% balanced accuracy"
    assert headline((curve("majority", 0.5),), ACCURACY) == words.ONLY_GUESSING
    assert "HOG reached" in headline((curve("majority", 0.2), curve("hog", 0.4)), ACCURACY)


def test_what_the_most_frequent_class_reaches_is_no_merit():
    metric = METRICS["accuracy"]
    arms = [curve("majority", 0.14, 0.14), curve("hog", 0.4, 0.6)]
    told = headline(arms, metric, chance=0.69)
    assert told.endswith("no technique did better than always answering the most frequent class, 69\u00a0% accuracy")
    assert "HOG" in headline(arms, metric, chance=0.5)


def test_brightness_that_wins_or_ties_is_a_shortcut():
    expected = "INTENSITY alone reaches 90\u00a0% balanced accuracy: look for a shortcut before trusting any curve"
    for other in (0.8, 0.9):
        assert headline((curve("transfer", other), curve("intensity", 0.9)), ACCURACY) == expected
    assert "TRANSFER reached 95" in headline((curve("transfer", 0.95), curve("intensity", 0.9)), ACCURACY)


def test_what_may_be_luck_is_not_told_as_better_than_guessing():
    arms = (curve("hog", 0.3, 0.34), curve("pixels", 0.31, 0.36))
    assert headline(arms, ACCURACY, chance=1 / 3) == (
        "With 10 labelled images, no technique was clearly better than guessing (33\u00a0%): PIXELS came furthest, "
        "36\u00a0% balanced accuracy (95\u00a0% interval 33 to 40\u00a0%)"
    )
    assert "PIXELS reached 36" in headline(arms, ACCURACY, chance=0.32)


def test_brightness_that_may_be_luck_is_no_shortcut():
    arms = (curve("hog", 0.3, 0.31), curve("intensity", 0.31, 0.36))
    assert "no technique was clearly better than guessing" in headline(arms, ACCURACY, chance=1 / 3)
    assert "shortcut" not in headline(arms, ACCURACY, chance=0.3)
    assert "shortcut" in headline(arms, ACCURACY, chance=0.25)


def test_leaders_that_are_shown_as_equal_are_named_together():
    two = (curve("hog", 0.5, 0.898), curve("pixels", 0.4, 0.902), curve("transfer", 0.6, 0.89))
    assert headline(two, ACCURACY) == (
        "With 10 labelled images, PIXELS and HOG reached 90\u00a0% balanced accuracy "
        "(95\u00a0% intervals within 87 to 94\u00a0%)"
    )
    four = (*two, curve("knn", 0.3, 0.901), curve("scattering", 0.3, 0.897))
    assert "PIXELS, KNN and 2 more reached 90" in headline(four, ACCURACY)
    sooner = (curve("hog", 0.91, 0.9, seeds=2), curve("pixels", 0.4, 0.898, seeds=2))
    assert headline(sooner, ACCURACY) == (
        "With 5 labelled images, HOG reached 91\u00a0% balanced accuracy (95\u00a0% interval 88 to 95\u00a0%); no "
        "clear difference to PIXELS at 10"
    )  # the other took more labels


def test_the_cheapest_of_arms_that_are_statistically_tied_is_named():
    """The best mean at the end says nothing of who came there with the fewest labels."""
    quick, slow = curve("hog", 0.979, 0.978, 0.979, 0.978, 0.979), curve("knn", 0.5, 0.6, 0.7, 0.8, 0.985)
    assert headline((slow, quick), ACCURACY, tied={"hog"}) == (
        "With 5 labelled images, HOG reached 98\u00a0% balanced accuracy (95\u00a0% interval 95 to 102\u00a0%); no "
        "clear difference to KNN at 100"
    )
    clear = curve("knn", 0.5, 0.6, 0.7, 0.8, 0.999)  # better at every seed by as much
    assert "HOG" not in headline((clear, curve("hog", 0.979, 0.978, 0.979, 0.978, 0.979)), ACCURACY)


def test_a_tied_arm_that_never_comes_as_far_as_the_best_is_not_said_to():
    arms = (curve("knn", 0.5, 0.6, 0.7, 0.8, 0.90), curve("hog", 0.87, 0.87, 0.87, 0.87, 0.87))
    found = headline(arms, ACCURACY, tied={"hog"})
    assert found.startswith("With 100 labelled images, KNN reached 90")
    assert found.endswith("; no clear difference to HOG at 100")


def test_brightness_that_is_merely_tied_does_not_lead():
    found = headline((curve("hog", 0.9), curve("intensity", 0.88)), ACCURACY, tied={"intensity"})
    assert found.startswith("With 5 labelled images, HOG reached 90")
    assert "INTENSITY" not in found


def test_brightness_that_is_shown_as_equal_is_a_shortcut():
    arms = (curve("intensity", 0.5, 0.898), curve("hog", 0.6, 0.902))
    assert headline(arms, ACCURACY).startswith("INTENSITY alone reaches 90")
    assert caution(arms, ACCURACY, chance=0.2) == ""


def test_where_all_is_right_it_is_said_with_how_sure_that_is():
    made = curve("hog", 1.0)
    sure = replace(made, points=tuple(replace(each, low=0.98672, high=1.0) for each in made.points))
    assert headline((sure,), ACCURACY).endswith("all judging images right (95\u00a0% interval 99 to 100\u00a0%)")


def test_brightness_that_comes_near_the_best_is_a_caution():
    arms = (curve("majority", 0.07, 0.07, 0.07), curve("intensity", 0.7, 0.91, 0.93), curve("hog", 0.8, 0.94, 0.99))
    assert caution(arms, ACCURACY) == (
        "With 10 labelled images, INTENSITY alone reached 91\u00a0% balanced accuracy, the best of the others "
        "94\u00a0%: brightness or colour may explain most of this. Check how the images were taken."
    )
    assert caution(arms[1:], ACCURACY, chance=1 / 15) == caution(arms, ACCURACY)
    assert caution(arms[1:], ACCURACY) == ""  # nobody knows what guessing reaches
    assert caution(arms, ACCURACY, State.RUNNING) == ""


@pytest.mark.parametrize(
    ("bright", "hog"),
    [
        ((0.5, 0.6), (0.56, 0.7)),  # never near
        ((0.29, 0.29), (0.30, 0.31)),  # hardly above guessing
        ((0.40, 0.45), (0.42, 0.98)),  # near with few labels only, where there is little to tell yet
        ((0.6, 0.9), (0.6, 0.9)),  # leads: the headline says so
    ],
)
def test_brightness_that_explains_little_or_leads_is_no_caution(bright, hog):
    arms = (curve("intensity", *bright), curve("hog", *hog))
    assert caution(arms, ACCURACY, chance=0.2) == ""
    assert caution(arms[:1], ACCURACY, chance=0.2) == caution(arms[1:], ACCURACY, chance=0.2) == ""


def test_a_caution_is_about_points():
    loss = METRICS["log_loss"]
    arms = (curve("intensity", 1.0, 0.42, metric="log_loss"), curve("hog", 1.0, 0.4, metric="log_loss"))
    assert caution(arms, loss, chance=1.6) == ""


def test_the_leader_is_the_best_of_the_techniques_at_the_last_common_budget():
    arms = (curve("majority", 0.99, 0.99), curve("hog", 0.5, 0.6, 0.7), curve("knn", 0.6, 0.5), curve("late"))
    assert leading(arms, ACCURACY) == ("hog", 2)
    assert leading(arms[:1], ACCURACY) is leading((), ACCURACY) is None
    loss = (curve("a", 1.6, 0.4, metric="log_loss"), curve("b", 1.2, 0.9, metric="log_loss"))
    assert leading(loss, METRICS["log_loss"]) == ("a", 2)
