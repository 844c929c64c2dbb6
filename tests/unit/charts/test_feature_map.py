"""The map of images, scores by name and the loss: they show the given numbers, told apart without colour too."""

import json

import numpy as np
import pytest

from explorer.charts.feature_map import Kind, feature_map
from explorer.charts.loss_curve import loss_curve
from explorer.charts.scores_by_name import scores_by_name
from explorer.charts.style import GROUNDS

POINTS = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)


def drawn(figure):
    return json.loads(figure.to_json())


def shown(kinds, **more):
    return drawn(feature_map(POINTS, kinds, mode="light", height=300, **more))


def test_every_point_stands_at_its_place_and_knows_its_number():
    kinds = [Kind("a", np.arange(0, 40, 2)), Kind("b", np.arange(1, 40, 2))]
    figure = shown(kinds, axes=("first", "second"))
    for trace, kind in zip(figure["data"], kinds, strict=True):
        assert trace["customdata"] == kind.members.tolist()
        np.testing.assert_allclose(trace["x"], POINTS[kind.members, 0], atol=1e-4)
        np.testing.assert_allclose(trace["y"], POINTS[kind.members, 1], atol=1e-4)
    axes = [figure["layout"][axis] for axis in ("xaxis", "yaxis")]
    assert [axis["title"]["text"] for axis in axes] == ["first", "second"]
    for axis, column in zip(axes, POINTS.T, strict=True):
        low, high = axis["range"]
        assert low < column.min() < column.max() < high


def test_thirty_kinds_are_told_apart_by_colour_and_marker():
    looks = {
        (trace["marker"]["color"], trace["marker"]["symbol"])
        for trace in shown([Kind(str(n), np.array([n])) for n in range(30)])["data"]
    }
    assert len(looks) == 30


def test_the_first_kinds_are_told_apart_by_either():
    traces = shown([Kind(str(n), np.array([n])) for n in range(5)])["data"]
    assert len({trace["marker"]["color"] for trace in traces}) == 5
    assert len({trace["marker"]["symbol"] for trace in traces}) == 5


def test_quiet_kinds_lie_below_and_stand_last_in_the_legend():
    quiet, loud = Kind("unknown", np.arange(10), quiet=True), Kind("a <b>", np.arange(10, 40))
    below, above = shown([quiet, loud])["data"]
    assert (below["name"], above["name"]) == ("unknown · 10", "a &lt;b&gt; · 30")
    assert below["legendrank"] > above["legendrank"]


def test_a_long_name_leaves_room_for_the_map():
    (trace,) = shown([Kind("a very long name of a class " * 9, np.arange(40))])["data"]
    assert "…" in trace["name"]
    assert trace["name"].endswith(" · 40")
    assert len(trace["name"]) < 25


def test_equal_points_make_a_figure():
    figure = drawn(feature_map(np.zeros((4, 2), np.float32), [Kind("a", np.arange(4))], mode="dark", height=200))
    low, high = figure["layout"]["xaxis"]["range"]
    assert low < 0 < high
    assert figure["layout"]["paper_bgcolor"] == GROUNDS["dark"].paper


def test_scores_stand_with_both_ends_of_their_intervals():
    scores = {"one": {"score": 0.8, "low": 0.7, "high": 0.85}, "two": {"score": 0.9, "low": 0.88, "high": 0.97}}
    figure = drawn(scores_by_name(scores, mode="light", chance=0.25))
    points, words = figure["data"]
    assert points["x"] == pytest.approx([80, 90])
    assert points["error_x"]["array"] == pytest.approx([5, 7])
    assert points["error_x"]["arrayminus"] == pytest.approx([10, 2])
    assert [word.strip() for word in words["text"]] == ["80\u00a0%", "90\u00a0%"]
    (line,) = figure["layout"]["shapes"]
    assert line["x0"] == line["x1"] == 25
    low, high = figure["layout"]["xaxis"]["range"]
    assert low <= 25 < 100 < high


def test_the_axis_of_scores_reaches_down_to_the_lowest_end():
    figure = drawn(scores_by_name({"one": {"score": 0.2, "low": 0.03, "high": 0.4}}, mode="light", chance=0.5))
    assert figure["layout"]["xaxis"]["range"][0] == 0


def test_losses_stand_in_the_middle_of_their_steps():
    figure = drawn(loss_curve([3.0, 2.0, 1.0, 0.5], 200, mode="light", height=200, name="loss, nats"))
    (line,) = figure["data"]
    assert line["x"] == [25, 75, 125, 175]
    assert line["y"] == [3.0, 2.0, 1.0, 0.5]
    assert figure["layout"]["xaxis"]["range"] == [0, 200]
    assert figure["layout"]["yaxis"]["title"]["text"] == "loss, nats"
