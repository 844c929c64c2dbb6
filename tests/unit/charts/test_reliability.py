"""The reliability diagram draws the numbers it is given."""

import json

import pytest

from explorer.charts.reliability import reliability
from explorer.statistics.calibration import SPREAD, Bin, Calibration, Measured

FOUND = Calibration(
    bins=(Bin(30, 0.55, Measured(0.4, 0.2, 0.6)), Bin(30, 0.9, Measured(1.0, 1.0, 1.0))),
    error=0.12, by_chance=0.03, at_most=0.06, gap=Measured(0.02, -0.05, 0.1), confidence=0.72, right=0.7,
    spread=(*[0] * 27, 30, *[0] * 17, 30, *[0] * 4), answers=60, images=50, seeds=2,
)  # fmt: skip


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_points_intervals_and_bars(mode):
    drawn = json.loads(reliability(FOUND, mode=mode).to_json())
    points, bars = drawn["data"]
    assert (points["x"], points["y"]) == ([0.55, 0.9], [0.4, 1.0])
    assert points["error_y"]["array"] == pytest.approx([0.2, 0.0])
    assert points["error_y"]["arrayminus"] == pytest.approx([0.2, 0.0])
    assert points["customdata"][0] == [30, "20 to 60 %"]
    assert bars["y"] == list(FOUND.spread)
    assert len(bars["x"]) == SPREAD
    assert bars["customdata"][27] == "54 to 56 %"


def test_axes_hold_all_that_is_drawn_and_the_diagonal_is_one():
    layout = json.loads(reliability(FOUND, mode="light").to_json())["layout"]
    assert layout["xaxis"]["range"][0] < 0.55
    assert layout["yaxis"]["range"][0] < 0.2
    (line,) = layout["shapes"]
    assert (line["x0"], line["x1"]) == (line["y0"], line["y1"])
