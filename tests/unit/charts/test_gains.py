"""The forest plot: a row an arm, hollow where nothing is clear, and room for all intervals."""

import pytest

from explorer.charts.gains import ROW, Gain, gains, gains_height

ROWS = (
    Gain("transfer", "ImageNet <b>", 12.0, 9.0, 15.0, "+12.0 (+9.0 to +15.0)", "helps", True),
    Gain("hog", "HOG", -0.4, -3.0, 2.2, "−0.4 (−3.0 to +2.2)", "not clear yet", False),
)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_arm_has_a_row_with_its_interval_and_verdict(mode):
    figure = gains(ROWS, mode=mode, axis="Points", practical=1.0)
    one, other = figure.data
    assert (one.x[0], one.y[0], one.error_x.array[0], one.error_x.arrayminus[0]) == (12.0, 0, 3.0, 3.0)
    assert one.marker.color == one.marker.line.color
    assert other.marker.color == figure.layout.paper_bgcolor, "hollow where nothing is clear"
    assert [each.text for each in figure.layout.annotations][1] == "−0.4 (−3.0 to +2.2)<br>not clear yet"
    assert figure.layout.yaxis.ticktext[0] == "ImageNet &lt;b&gt;", "names are no markup"
    low, high = figure.layout.xaxis.range
    assert low < -3.0 < 15.0 < high
    assert figure.layout.xaxis.title.text == "Points"


def test_the_strip_is_what_nobody_would_act_on_and_nothing_is_a_line():
    strip, nothing = gains(ROWS, mode="light", axis="", practical=2.0).layout.shapes
    assert (strip.x0, strip.x1) == (-2.0, 2.0)
    assert (nothing.x0, nothing.x1) == (0, 0)


def test_nothing_stays_on_the_axis_where_all_differences_lie_on_one_side():
    low, high = gains(ROWS[:1], mode="light", axis="", practical=1.0).layout.xaxis.range
    assert low < 0 < high
    assert gains_height(3) - gains_height(2) == ROW
