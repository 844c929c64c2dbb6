"""What curves are drawn against: places, marks, ends of lines, and what is told of a point."""

import json
import math
from dataclasses import replace

import pytest

from explorer.charts.cost_axis import LEAST, Against, computing_axis, labelling_axis, labels_axis, took
from explorer.charts.drawing import Drawing
from explorer.charts.end_labels import END_LABEL
from explorer.charts.label_axis import Tick, log_range
from explorer.charts.label_curves import label_curves
from explorer.scores import METRICS
from explorer.statistics.curves import Curve, CurvePoint

METRIC = METRICS["balanced_accuracy"]
TICKS = (Tick(5.0, "1 / class"), Tick(10.0, "2 / class"), Tick(50.0, "10 / class"))


def curve(arm, *seconds):
    points = tuple(
        CurvePoint(budget, 5.0 * budget, mean, mean - 0.1, mean + 0.1, (0, 1), (mean, mean), seconds=each)
        for budget, mean, each in zip((1, 2, 10), (0.3, 0.5, 0.7), seconds, strict=False)
    )
    return Curve(arm, f"Title of {arm}", METRIC.name, points)


CURVES = (curve("quick", 0.001, 0.2, 3.0), curve("slow", 30.0, 90.0, 600.0))


def drawn(axis, curves=CURVES, **more):
    figure = label_curves(Drawing(curves, METRIC, axis, seeds=2, **more), mode="light")
    return json.loads(figure.to_json())


def means(figure):
    return {trace["name"]: trace for trace in figure["data"] if trace["meta"] == "mean"}


def ends(figure):
    return [each["text"].replace("<br>", " ") for each in figure["layout"]["annotations"] if each["name"] == END_LABEL]


def test_each_curve_has_its_own_computing_time_at_each_budget():
    axis = computing_axis(CURVES)
    figure = drawn(axis)
    assert means(figure)["Title of slow"]["x"] == pytest.approx([30 / 3600, 90 / 3600, 600 / 3600])
    assert means(figure)["Title of quick"]["x"] == pytest.approx([LEAST / 3600, 0.2 / 3600, 3 / 3600]), "none is below"
    assert means(figure)["Title of slow"]["customdata"][1][4] == "one fit in 1.5 min"
    assert means(figure)["Title of quick"]["customdata"][0][4] == "one fit in under 0.1 s"
    assert ", %{customdata[4]}" in means(figure)["Title of slow"]["hovertemplate"]
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < math.log10(LEAST / 3600) < math.log10(600 / 3600) < high
    assert figure["layout"]["xaxis"]["ticktext"] == ["0.1 s", "1 s", "10 s", "1 min", "10 min"]
    assert figure["layout"]["xaxis"]["tickvals"][3] == pytest.approx(1 / 60)
    assert "computing" in figure["layout"]["xaxis"]["title"]["text"]
    band = next(trace for trace in figure["data"] if trace["meta"] == "band" and "slow" in trace["name"])
    assert band["x"][:3] == pytest.approx(means(figure)["Title of slow"]["x"])


def test_what_was_prepared_is_contained_where_it_is_known_of_all():
    points = [replace(each, whole=each.seconds + 40.0) for each in CURVES[0].points]
    quick = replace(CURVES[0], points=tuple(points))
    slow = replace(CURVES[1], points=tuple(replace(each, whole=each.seconds) for each in CURVES[1].points))
    axis = computing_axis((quick, slow))
    assert axis.prepared
    assert "its preparation" in axis.title
    figure = drawn(axis, (quick, slow))
    assert means(figure)["Title of quick"]["x"] == pytest.approx([40.001 / 3600, 40.2 / 3600, 43 / 3600])
    assert means(figure)["Title of quick"]["customdata"][2][4] == "one fit in 3 s, with preparation 43 s"
    assert means(figure)["Title of slow"]["customdata"][1][4] == "one fit in 1.5 min", "nothing was prepared"
    assert axis.ends[0] < math.log10(40 / 3600)
    bare = computing_axis((quick, CURVES[1]))
    assert not bare.prepared
    assert "preparation" not in bare.title
    assert means(drawn(bare, (quick, CURVES[1])))["Title of quick"]["x"][2] == pytest.approx(3 / 3600)


def test_a_curve_is_joined_to_its_label_by_a_dotted_leader_wherever_it_ends():
    figure = drawn(computing_axis(CURVES))
    assert sorted(ends(figure)) == ["Title of quick 70\u00a0%", "Title of slow 70\u00a0%"]
    early = drawn(computing_axis(CURVES), (CURVES[0], curve("slow", 30.0)))
    assert "Title of slow 30\u00a0%\u00a0at\u00a05\u00a0labels" in ends(early)
    leaders = [trace for trace in figure["data"] if trace["meta"] == "leader"]
    assert [each["line"]["dash"] for each in leaders] == ["dot", "dot"], "it would look like more of the curve"
    assert sorted(each["x"][0] for each in leaders) == pytest.approx([3 / 3600, 600 / 3600])


@pytest.mark.parametrize("seconds", [(2.0, 2.0, 2.0), (20.0, 25.0, 40.0), ()])
def test_an_axis_of_alike_times_has_marks_as_well(seconds):
    axis = computing_axis([curve("one", *seconds)])
    assert len(axis.marks) >= 3
    assert axis.ends[1] - axis.ends[0] >= 1


def test_labelling_takes_as_long_as_it_is_said():
    axis = labelling_axis(TICKS, 90.0)
    figure = drawn(axis)
    assert {tuple(each["x"]) for each in means(figure).values()} == {(0.125, 0.25, 1.25)}
    assert figure["layout"]["xaxis"]["tickvals"] == [0.125, 0.25, 1.25]
    assert figure["layout"]["xaxis"]["ticktext"] == [
        "7.5 min<br>1 / class",
        "15 min<br>2 / class",
        "1.2 h<br>10 / class",
    ]
    assert "90 s per label" in figure["layout"]["xaxis"]["title"]["text"]
    told = means(figure)["Title of slow"]["customdata"][2]
    assert (told[0], told[4]) == ("50", "labelled in 1.2 h")
    assert ends(figure) == ends(drawn(labels_axis(TICKS)))
    assert [axis.ends[at] - log_range(TICKS)[at] for at in (0, 1)] == pytest.approx([math.log10(0.025)] * 2), (
        "the grid of trials still stands below its budgets"
    )
    assert all(each["line"]["dash"] == "solid" for each in figure["data"] if each["meta"] == "leader")


def test_budgets_that_no_class_can_pay_share_one_mark():
    ticks = (*TICKS, replace(TICKS[-1], budget="≤ 20 / class"))
    assert labelling_axis(ticks, 36.0).marks[0.5] == "30 min<br>10 / class"
    assert len(labels_axis(ticks).marks) == 3


def test_an_axis_with_forecasts_goes_on_and_says_so():
    axis = labels_axis(TICKS, 200.0)
    assert list(axis.marks)[-2:] == [100.0, 200.0]
    assert axis.marks[200.0] == "200<br>forecast"
    assert axis.ends == log_range(TICKS, 200.0)
    assert axis.ends[1] > math.log10(200)
    assert labelling_axis(TICKS, 36.0, 200.0).marks[2.0] == "2 h<br>forecast"
    figure = drawn(axis)
    assert {each["line"]["dash"] for each in figure["data"] if each["meta"] == "leader"} == {"dot"}


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.01, "under 0.1 s"), (0.345, "0.34 s"), (12.4, "12 s"), (75, "1.2 min"), (5400, "1.5 h"), (4.4e5, "120 h")],
)
def test_times_are_read_with_their_unit(seconds, told):
    assert took(seconds) == told


def test_the_names_are_those_of_the_address():
    assert [each.value for each in Against] == ["labels", "labelling", "computing"]
