"""The charts of a denoiser show the given numbers, in both modes."""

import json

import pytest

from explorer.charts.autocorrelation import Alike, autocorrelation
from explorer.charts.calibration import MOST, Words, calibration

WORDS = Words("How", "px", "error", "chosen", "noise alone", "channel {n}", ", {shown} of {n}")
ALIKE = Alike("T", "px", "r", "noise")
CURVE = {"strengths": [0.1, 0.2, 0.4], "losses": [0.03, 0.01, 0.02], "chosen": 0.2, "noise_variance": 0.008}


def drawn(figure):
    return json.loads(figure.to_json())


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_chosen_strength_is_marked_on_its_curve(mode):
    figure = drawn(calibration([CURVE], words=WORDS, mode=mode, height=280))
    line, floor, mark = figure["data"]
    assert (line["x"], line["y"]) == (CURVE["strengths"], CURVE["losses"])
    assert (mark["x"], mark["y"], mark["name"]) == ([0.2], [0.01], "chosen")
    assert floor["y"] == [0.008, 0.008]
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 0.008 < 0.03 < high
    assert figure["layout"]["xaxis"]["tickvals"] == CURVE["strengths"]


def test_images_that_are_left_as_they_are_have_no_mark():
    figure = drawn(calibration([{**CURVE, "chosen": 0.0}], words=WORDS, mode="light", height=280))
    assert [trace["name"] for trace in figure["data"]] == ["error", "noise alone"]


def test_channels_have_a_curve_each_and_one_entry_for_what_they_share():
    figure = drawn(calibration([CURVE] * 7, words=WORDS, mode="dark", height=280))
    named = [trace["name"] for trace in figure["data"] if trace.get("showlegend", True)]
    assert named == ["channel 1", "noise alone", "chosen", *(f"channel {n}" for n in range(2, MOST + 1))]
    assert len({trace["line"]["color"] for trace in figure["data"] if trace["name"].startswith("channel")}) == MOST
    assert figure["layout"]["title"]["text"] == f"How, {MOST} of 7"
    assert drawn(calibration([CURVE] * MOST, words=WORDS, mode="dark", height=280))["layout"]["title"]["text"] == "How"


def test_correlations_stand_at_their_distance_over_the_band_of_noise():
    along = {"columns": [0.7, 0.3], "rows": [-0.2, 0.1]}
    figure = drawn(
        autocorrelation(
            [1, 2], along, (-0.45, 0.2), names={"columns": "down", "rows": "across"}, words=ALIKE,
            mode="light", height=280,
        )
    )  # fmt: skip
    columns, rows = figure["data"]
    assert (columns["x"], columns["y"], columns["name"]) == ([1, 2], along["columns"], "down")
    assert rows["y"] == along["rows"]
    band = figure["layout"]["shapes"][0]
    assert (band["y0"], band["y1"]) == (-0.45, 0.2)
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < -0.45 < 0.7 < high
    assert figure["layout"]["annotations"][0]["text"] == "noise"
