"""Whether the order of the best two techniques may be luck."""

import pytest

from explorer.statistics.curves import Curve, CurvePoint
from explorer.ui.checked import seeds


def curve(name, *values):
    mean = sum(values) / len(values)
    point = CurvePoint(5, 10.0, mean, min(values), max(values), tuple(range(len(values))), values)
    return Curve(name, name, "balanced_accuracy", (point,))


@pytest.mark.parametrize(
    ("other", "state"), [((0.98, 0.98), "look"), ((0.97, 0.97), "good")], ids=["a tie", "apart by more than seeds"]
)
def test_a_tie_is_never_beyond_luck(other, state):
    assert seeds("Study", [curve("a", 0.98, 0.98), curve("b", *other)]).state == state
