"""Words beside and below the figure."""

from dataclasses import replace

from explorer.charts.label_curves import interval_shown
from explorer.scores import METRICS
from explorer.statistics.curves import CurvePoint
from explorer.ui.formats import exact


def test_an_interval_without_width_is_left_out_of_the_numbers():
    metric = METRICS["balanced_accuracy"]
    point = CurvePoint(1, 3.0, 1.0, 1.0, 1.0, (0,), (1.0,))
    assert interval_shown(point, metric) == ""
    assert interval_shown(replace(point, low=0.5), metric, "–") == "50–100\u00a0%"
    bound = replace(point, low=0.99789, one_sided=True)
    assert interval_shown(bound, metric, "–") == "≥\u00a099.7\u00a0%", "rounded down, and never to all"


def test_limits_are_exact():
    assert (exact(900.0), exact(90.0), exact(30)) == ("15 min", "90 s", "30 s")
