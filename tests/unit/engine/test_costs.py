"""Arms are ordered by what they cost, without a list that is kept by hand."""

from explorer.engine.costs import from_cheap_to_dear
from explorer.records import Arm, Choice
from explorer.techniques.discovery import ready_arms


def test_arms_go_from_cheap_to_dear_and_those_that_cannot_be_run_come_last():
    impossible = Arm("odd", "Odd", Choice("nothing_of_this_name"))
    found = [arm.name for arm in from_cheap_to_dear([impossible, *ready_arms().values()])]
    rising = ["majority", "pixels", "hog", "transfer", "everything"]
    assert [name for name in found if name in rising] == rising
    assert found[-1] == "odd"
