"""The confusion matrix draws the counts it is given, and says each cell in words."""

import json

import numpy as np
import pytest

from explorer.charts.confusion_matrix import confusion_matrix, matrix_height, told

NAMES = ("round", "<b>striped", "dotted")
COUNTS = np.array([[8, 2, 0], [1, 9, 390], [0, 0, 0]])


@pytest.fixture(params=["light", "dark"])
def drawn(request):
    return json.loads(confusion_matrix(NAMES, COUNTS, mode=request.param, opened=(0, 1)).to_json())


def test_colours_are_shares_of_rows_right_and_wrong_apart(drawn):
    right, wrong = (trace for trace in drawn["data"] if trace["type"] == "heatmap")
    assert right["z"] == [[0.8, None, None], [None, 0.0225, None], [None, None, 0.0]]
    assert wrong["z"] == [[None, 0.2, 0.0], [0.0025, None, 0.975], [0.0, 0.0, None]]
    assert right["colorscale"] != wrong["colorscale"]


def test_texts_stand_in_their_cells_and_empty_cells_say_nothing(drawn):
    said = {(y, x): text for trace in drawn["data"] if trace["type"] == "scatter"
            for x, y, text in zip(trace["x"], trace["y"], trace["text"], strict=True)}  # fmt: skip
    assert len(said) == 9
    assert said[0, 0] == "<b>80 %</b><br>8"
    assert said[1, 0] == "<b>&lt;1 %</b><br>1"
    assert said[0, 2] == said[2, 2] == ""


def test_the_open_cell_is_framed(drawn):
    (frame,) = drawn["layout"]["shapes"]
    assert (frame["x0"] + frame["x1"], frame["y0"] + frame["y1"]) == pytest.approx((2, 0))


def test_rows_name_their_class_and_its_answers_and_tags_are_plain(drawn):
    assert drawn["layout"]["yaxis"]["ticktext"] == ["round  10", "&lt;b&gt;striped  400", "dotted  0"]
    assert drawn["data"][0]["customdata"][1][0] == "&lt;b&gt;striped answered as round: 1 of 400 answers, 0 %"
    assert told(NAMES, COUNTS, 2, 0) == "dotted answered as round: 0 of 0 answers"


def test_many_classes_are_lower_and_turned_and_say_less():
    names = tuple(f"a long class {number}" for number in range(20))
    made = json.loads(confusion_matrix(names, np.eye(20, dtype=np.int64), mode="light").to_json())
    assert made["layout"]["xaxis"]["tickangle"] == -40
    assert [trace["type"] for trace in made["data"]] == ["heatmap", "heatmap"]
    assert made["layout"]["height"] == matrix_height(names) < 20 * 56
