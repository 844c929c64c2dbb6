"""Forecasts in the figure: where they stand, that they end, and that nobody takes them for a measurement."""

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from explorer.charts.cost_axis import labelling_axis, labels_axis
from explorer.charts.drawing import Drawing
from explorer.charts.forecast_lines import WORDS
from explorer.charts.label_axis import Tick
from explorer.charts.label_curves import label_curves
from explorer.charts.svg import svg
from explorer.scores import METRICS
from explorer.statistics.curves import Curve, CurvePoint
from explorer.statistics.forecasts import forecast

METRIC = METRICS["accuracy"]
N = [5.0, 10.0, 20.0, 40.0, 80.0]
TICKS = tuple(Tick(n, f"{n:.0f}") for n in N)
HIGH, LOW = 0.95 - 0.8 * np.array(N) ** -0.5, 0.8 - 1.2 * np.array(N) ** -0.5
CURVES = tuple(
    Curve(name, f"Title <{name}>", METRIC.name, tuple(
        CurvePoint(int(n), n, mean, mean - 0.05, mean + 0.05, (0, 1), (mean, mean), error=0.01)
        for n, mean in zip(N, scores.tolist(), strict=True)
    ))
    for name, scores in (("high", HIGH), ("low", LOW), ("other", LOW - 0.1))
)  # fmt: skip
FORECASTS = {name: forecast(N, scores, [0.01] * 5) for name, scores in (("high", HIGH), ("low", LOW))}


def figure(mode="light", axis=None, forecasts=FORECASTS):
    axis = axis or labels_axis(TICKS, 320.0)
    return label_curves(Drawing(CURVES, METRIC, axis, seeds=2, forecasts=forecasts), mode=mode)


def drawn(**given):
    return json.loads(figure(**given).to_json())


def lines(made, kind):
    return {trace["name"]: trace for trace in made["data"] if trace["meta"] == kind}


def test_lines_go_on_from_the_last_budget_to_twice_and_faded_to_four_times_the_labels():
    made = drawn()
    near, far = lines(made, "forecast"), lines(made, "forecast-far")
    assert set(near) == set(far) == {"Title &lt;high&gt;, forecast", "Title &lt;low&gt;, forecast"}
    one, other = near["Title &lt;high&gt;, forecast"], far["Title &lt;high&gt;, forecast"]
    assert [one["x"][0], one["x"][-1], other["x"][0], other["x"][-1]] == pytest.approx([80, 160, 160, 320])
    middle, low, high = FORECASTS["high"].at([160])
    assert one["y"][-1] == other["y"][0] == pytest.approx(middle[0])
    bands = [each for each in made["data"] if each.get("name") == "Title &lt;high&gt;, band of the forecast"]
    assert [max(each["x"]) for each in bands] == pytest.approx([160, 320])
    at = len(one["x"]) - 1
    assert (bands[0]["y"][at], bands[0]["y"][at + 1]) == pytest.approx((high[0], low[0]))


def test_nobody_takes_them_for_a_measurement():
    made = drawn()
    for trace in (*lines(made, "forecast").values(), *lines(made, "forecast-far").values()):
        assert (trace["mode"], trace["line"]["dash"]) == ("lines", "dash")
        assert trace["hovertemplate"].startswith("Forecast, no measurement")
        assert not trace["showlegend"]
    notes = [each["text"] for each in made["layout"]["annotations"] if each["name"] == WORDS]
    assert len(notes) == 2
    assert all(re.fullmatch(r"forecast \d+\u00a0% \(\d+ to \d+\u00a0%\)", each) for each in notes)
    assert made["layout"]["title"]["text"] == "Accuracy; named scores: measured at 80", "the axis goes on behind it"
    for trace in made["data"]:
        if trace["meta"] in ("mean", "seeds"):
            assert max(trace["x"]) < 85


def test_the_words_of_two_stand_apart():
    notes = [each for each in drawn()["layout"]["annotations"] if each["name"] == WORDS]
    by_height = sorted(notes, key=lambda each: each["y"])
    assert by_height[0]["yshift"] < 0 < by_height[1]["yshift"]
    assert all(each["x"] == pytest.approx(np.log10(160)) for each in notes)


def test_they_follow_the_unit_of_the_axis():
    made = drawn(axis=labelling_axis(TICKS, 36.0, 320.0))
    assert lines(made, "forecast")["Title &lt;low&gt;, forecast"]["x"][-1] == pytest.approx(1.6)
    words = [each["x"] for each in made["layout"]["annotations"] if each["name"] == WORDS]
    assert words == pytest.approx([np.log10(1.6)] * 2)


def test_without_forecasts_there_is_none():
    made = drawn(forecasts={}, axis=labels_axis(TICKS))
    assert not lines(made, "forecast")
    assert not [each for each in made["layout"]["annotations"] if each["name"] == WORDS]


def test_a_saved_picture_has_them_too():
    root = ElementTree.fromstring(svg(figure(), width=900, above="Above", below="Below"))
    texts = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert len([each for each in texts if each.startswith("forecast ")]) == 2
    names = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")]
    assert names.count("Title <high>, forecast") == 2
