"""The square of likeness draws the numbers it is given."""

import json

import numpy as np
import pytest

from explorer.charts.likeness import likeness, likeness_height


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_cells_are_the_numbers_and_texts_say_them(mode):
    found = np.array([[0.987, 0.2, -0.03], [np.nan, 0.6, 0.5]])
    titles = ("<one>", "other")
    drawn = json.loads(likeness(found, ["a", "b"], ["x", "y", "z"], titles=titles, mode=mode).to_json())
    cells, *texts = drawn["data"]
    assert cells["z"] == [[0.987, 0.2, -0.03], [None, 0.6, 0.5]]
    said = {(y, x): text for trace in texts for x, y, text in zip(trace["x"], trace["y"], trace["text"], strict=True)}
    assert said == {(0, 0): "0.99", (0, 1): "0.20", (0, 2): "-0.03", (1, 0): "–", (1, 1): "0.60", (1, 2): "0.50"}
    assert cells["customdata"][1][1] == "b and y: 0.60"
    assert drawn["layout"]["yaxis"]["title"]["text"] == "&lt;one&gt;"
    assert drawn["layout"]["yaxis"]["ticktext"] == ["a", "b"]
    assert drawn["layout"]["height"] == likeness_height(2)
