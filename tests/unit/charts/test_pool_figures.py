"""Figures of what is believed of the pool show the given numbers, in both modes."""

import json

import pytest

from explorer.charts.pool_classes import classes_height, pool_classes
from explorer.charts.pool_rounds import Round, pool_rounds
from explorer.charts.style import GROUNDS
from explorer.charts.threshold_path import threshold_path

ROUNDS = [Round(0.16, 1.0, 40, (0.9, 1.0)), Round(0.48, None), Round(0.8, 0.75, 400, (0.7, 0.8))]
HISTORY = [{"step": 50 * n, "threshold": 0.1 * n, "used": 0.05 * n} for n in range(1, 9)]


def drawn(figure):
    return json.loads(figure.to_json())


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_rounds_are_shares_with_their_intervals(mode):
    figure = drawn(pool_rounds(ROUNDS, mode=mode, height=260))
    used, right = figure["data"]
    assert used["y"] == [0.16, 0.48, 0.8]
    assert right["y"] == [1.0, None, 0.75]
    assert right["error_y"]["array"] == pytest.approx([0, 0, 0.05])
    assert right["error_y"]["arrayminus"] == pytest.approx([0.1, 0, 0.05])
    assert right["customdata"][1] == "Round 2: truth known of none"
    assert right["customdata"][2] == "Round 3: 75.0% of 400 right (95 % interval 70% to 80%)"
    assert figure["layout"]["xaxis"]["tickvals"] == [1, 2, 3]
    assert figure["layout"]["paper_bgcolor"] == GROUNDS[mode].paper
    assert used["line"]["dash"] != right["line"]["dash"]  # told apart without colour


def test_names_stand_at_the_ends_of_lines_and_do_not_overlap():
    same = [Round(0.8, 0.8)]
    figure = drawn(pool_rounds(same, mode="light", height=260))
    first, second = figure["layout"]["annotations"]
    assert (first["text"], second["text"]) == ("believed<br>80\u00a0%", "of these right<br>80\u00a0%")
    per_unit = (260 - figure["layout"]["margin"]["t"] - figure["layout"]["margin"]["b"]) / 1.04
    assert abs(first["y"] - second["y"]) * per_unit >= 35


def test_a_course_in_which_no_truth_is_known_has_one_name():
    figure = drawn(pool_rounds([Round(0.5, None)], mode="dark", height=260))
    assert [each["text"] for each in figure["layout"]["annotations"]] == ["believed<br>50\u00a0%"]


def test_the_path_shows_threshold_and_use():
    figure = drawn(threshold_path(HISTORY, mode="light", height=260))
    threshold, used = figure["data"]
    assert threshold["y"] == [each["threshold"] for each in HISTORY]
    assert used["y"] == [each["used"] for each in HISTORY]
    assert threshold["x"] == used["x"] == [50 * n for n in range(1, 9)]
    assert figure["layout"]["xaxis"]["tickvals"] == [50, 100, 200, 300, 400]


def test_classes_have_a_row_each_and_truth_where_it_is_known():
    names, prior, believed = ["a<b", "c"], [0.5, 0.5], [0.9, 0.1]
    figure = drawn(pool_classes(names, prior, believed, [0.8, 0.2], mode="dark"))
    joins, truth, labeled, pool = figure["data"]
    assert (truth["x"], labeled["x"], pool["x"]) == ([0.8, 0.2], prior, believed)
    assert joins["x"] == [0.5, 0.9, None, 0.5, 0.1, None]
    assert joins["y"] == [0, 0, None, 1, 1, None]
    assert labeled["customdata"] == ["a&lt;b", "c"]
    assert figure["layout"]["height"] == classes_height(2)
    assert figure["layout"]["xaxis"]["range"][1] > 0.9
    assert len(drawn(pool_classes(names, prior, believed, None, mode="dark"))["data"]) == 3
