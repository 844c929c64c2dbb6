"""Scores in words: the same title, unit and digits wherever one is told."""

import pytest

from explorer.score_words import (
    better,
    difference_shown,
    differences_shown,
    distance_shown,
    finely_shown,
    interval_shown,
    percent,
    score_shown,
    spoken,
    sure_shown,
    titled,
)
from explorer.scores import METRICS

BALANCED, ACCURACY, LOSS = METRICS["balanced_accuracy"], METRICS["accuracy"], METRICS["log_loss"]


def test_a_title_within_a_sentence_keeps_what_is_spelled_in_capitals():
    assert [spoken(each) for each in METRICS.values()] == [
        "balanced accuracy", "accuracy", "macro F1", "AUROC", "log loss", "calibration error",
    ]  # fmt: skip


def test_what_is_better_low_says_so_over_numbers():
    assert (titled(METRICS["auroc"]), titled(LOSS)) == ("AUROC", "Log loss (lower is better)")
    assert better(BALANCED) == "higher is better"


@pytest.mark.parametrize(("share", "words"), [(0.8149999999999998, "82"), (0.815, "82"), (0.125, "12"), (0.004, "0")])
def test_shares_are_rounded_alike_whatever_their_last_bits_say(share, words):
    assert percent(share) == f"{words}\u00a0%"


def test_half_a_percent_is_rounded_alike_whatever_the_last_bits_say():
    by_class, by_items = 0.8149999999999998, 0.815  # the same answers, as balanced and as plain accuracy
    assert score_shown(by_class, BALANCED) == score_shown(by_items, ACCURACY) == "82\u00a0%"
    assert (score_shown(0.875, ACCURACY), score_shown(0.125, ACCURACY)) == ("88\u00a0%", "12\u00a0%"), "both make 100"
    assert score_shown(0.8149, ACCURACY) == "81\u00a0%"


def test_what_is_no_share_has_two_decimals():
    assert (score_shown(0.837, ACCURACY), score_shown(0.837, LOSS)) == ("84\u00a0%", "0.84")


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.8449, "84"), (0.9949, "99"), (0.998, "99.8"), (0.99999, "99.9"), (1.0, "100"), (1 - 1e-9, "100")],
)
def test_what_is_not_perfect_is_never_shown_as_such(value, told):
    assert score_shown(value, BALANCED) == f"{told}\u00a0%"


def test_an_interval_has_its_unit_once_and_is_never_rounded_to_all():
    assert interval_shown(0.5, 1.0, BALANCED, "–") == "50–100\u00a0%"
    assert interval_shown(0.99789, 1.0, BALANCED, "–") == "99.8–100\u00a0%"
    assert interval_shown(0.5, 1.25, LOSS) == "0.50 to 1.25"
    assert sure_shown(0.58, 0.65, BALANCED) == "(95\u00a0% interval 58 to 65\u00a0%)"


def test_differences_have_a_sign_and_a_digit_more():
    assert (difference_shown(0.042, BALANCED), difference_shown(-0.05, LOSS)) == ("+4.2", "−0.050")
    assert differences_shown(-0.012, 0.04, BALANCED) == "−1.2 to +4.0"
    assert (distance_shown(0.042, BALANCED), distance_shown(0.042, LOSS)) == ("4.2 points", "0.042")
    assert (finely_shown(0.8371, BALANCED), finely_shown(0.8371, LOSS)) == ("83.7", "0.837")
