"""What is said of a study that runs more seeds until its verdicts settle."""

from dataclasses import replace

import pytest

from explorer.errors import StudyError
from explorer.export.settling import (
    confidence,
    progress_words,
    stopped_words,
    until_settled,
    verdicts_words,
)
from explorer.records import Arm, Choice, Look, Study, Until

ARMS = tuple(Arm(name, f"Arm {name}", Choice("hog")) for name in ("a", "b", "c"))
PLAIN = Study("id", "toy", "toy", ARMS, (1, 2), seeds=20)
STUDY = replace(PLAIN, until=Until(30.0, "a"))
FIRST = Look(3, 0.0125, clear=("b",), open=("c",))
LAST = Look(7, 0.0054, clear=("b", "c"), final=True)


def test_a_study_is_made_one_that_settles_against_the_usual_baseline():
    assert until_settled(PLAIN, 30) == STUDY


@pytest.mark.parametrize(
    ("fields", "minutes", "said"),
    [
        ({"arms": ARMS[:1]}, 30, "two techniques or more"),
        ({"seeds": 1}, 30, "two seeds or more, not 1"),
        ({}, 0, "Minutes: 0. Choose a number above 0"),
        ({}, float("nan"), "Minutes: nan."),
        ({}, 1e6, "up to 10,080."),
    ],
)
def test_what_cannot_settle_is_told(fields, minutes, said):
    with pytest.raises(StudyError, match=said):
        until_settled(replace(PLAIN, **fields), minutes)


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (LAST, "Stopped after 7 of 20 seeds: every verdict is clear"),
        (replace(FIRST, final=True), "Stopped after 30 minutes with 3 of 20 seeds: 1 of 2 verdicts not clear yet"),
        (replace(FIRST, seeds=20, final=True), "All 20 seeds were run: 1 of 2 verdicts not clear yet"),
        (Look(1, 0.05, final=True), "Stopped after 30 minutes with 1 of 20 seeds: too few for a verdict"),
    ],
)
def test_why_a_study_has_stopped(look, words):
    assert stopped_words(STUDY, (look,)) == words


def test_a_study_at_work_and_a_plain_one_have_not_stopped():
    assert stopped_words(STUDY, ()) == stopped_words(STUDY, (FIRST,)) == stopped_words(PLAIN, ()) == ""
    assert progress_words(PLAIN, ()) == ()
    assert verdicts_words(PLAIN, ()) == ""


def test_at_which_look_a_study_is_and_what_is_clear():
    assert progress_words(STUDY, ()) == ("The first look at the verdicts comes after 3 seeds.",)
    assert progress_words(STUDY, (FIRST,)) == (
        "Look 1 of at most 6, after 3 seeds: clear against Arm a: Arm b; not clear yet against Arm a: Arm c.",
        "The next look comes after 4 seeds.",
    )
    assert progress_words(STUDY, (FIRST, LAST)) == (
        "Look 2 of at most 5, after 7 seeds: clear against Arm a: Arm b and Arm c.",
    )


def test_on_what_verdicts_rest():
    words = verdicts_words(STUDY, (FIRST, LAST))
    assert words.startswith("Verdicts are those of the look after 7 seeds.")
    assert words.endswith("this one 0.54 %, so that its intervals are of 99.46 %.")
    assert verdicts_words(STUDY, ()).startswith(
        "There are no verdicts yet: the first look at the verdicts comes after 3"
    )
    assert confidence() == "95"
