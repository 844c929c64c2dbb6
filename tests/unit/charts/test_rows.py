"""Figures with one row per class show the given numbers."""

import json

import numpy as np
import pytest

from explorer.charts.brightness import DOTS, brightness, medians
from explorer.charts.class_counts import class_counts
from explorer.charts.rows import rows_height, short


def test_bars_are_the_counts():
    figure = json.loads(class_counts(["a", "b", "none"], [12, 1200, 0], mode="dark").to_json())
    (bars,) = figure["data"]
    assert (bars["x"], bars["text"]) == ([12, 1200, 0], ["12", "1,200", "0"])
    assert figure["layout"]["height"] == rows_height(3)
    assert figure["layout"]["yaxis"]["ticktext"] == ["a", "b", "none"]


def test_dots_stay_in_their_row_and_medians_are_exact():
    random = np.random.default_rng(0)
    means = {"few": np.array([0.1, 0.5, 0.3]), "none": np.empty(0), "many": random.random(5000)}
    figure = json.loads(brightness(means, mode="light").to_json())
    dots, marks = figure["data"]
    rows = np.round(dots["y"]).astype(int)
    assert np.bincount(rows).tolist() == [3, 0, DOTS]
    assert sorted(x for x, row in zip(dots["x"], rows, strict=True) if row == 0) == [0.1, 0.3, 0.5]
    assert marks["x"] == [0.3, float(np.median(means["many"]))]
    assert marks["y"] == [0, 2]
    assert "none" not in medians(means)
    low, high = figure["layout"]["xaxis"]["range"]
    assert low <= 0 < 1 <= high


def test_the_axis_encloses_the_values_in_tenths():
    figure = json.loads(brightness({"a": np.array([0.21, 0.38]), "b": np.empty(0)}, mode="light").to_json())
    assert figure["layout"]["xaxis"]["range"] == pytest.approx([0.194, 0.406])
    assert not figure["data"][0]["cliponaxis"]
    assert brightness({"a": np.empty(0)}, mode="light").layout.xaxis.range


def test_names_are_no_tags():
    counts = json.loads(class_counts(["<b>bold<", "a & b"], [1, 2], mode="light").to_json())
    means = json.loads(brightness({"<b>bold<": np.array([0.5])}, mode="light").to_json())
    assert (
        counts["layout"]["yaxis"]["ticktext"] == counts["data"][0]["customdata"] == ["&lt;b&gt;bold&lt;", "a &amp; b"]
    )
    assert means["layout"]["yaxis"]["ticktext"] == means["data"][1]["customdata"] == ["&lt;b&gt;bold&lt;"]


def test_long_names_are_shortened():
    assert short(["Staphylococcus aureus", "short"]) == ["Staphylo…aureus", "short"]
