"""Words beside and below the figure."""

from dataclasses import replace

from explorer.charts.label_curves import interval_shown
from explorer.scores import METRICS
from explorer.statistics.curves import CurvePoint
from explorer.ui.formats import exact


def test_an_interval_is_shown_in_whole_percent_and_never_rounded_to_all():
    metric = METRICS["balanced_accuracy"]
    point = CurvePoint(1, 3.0, 1.0, 0.5, 1.0, (0,), (1.0,))
    assert interval_shown(point, metric, "–") == "50–100\u00a0%"
    assert interval_shown(replace(point, low=0.99789), metric, "–") == "99.7–100\u00a0%"


def test_limits_are_exact():
    assert (exact(900.0), exact(90.0), exact(30)) == ("15 min", "90 s", "30 s")
