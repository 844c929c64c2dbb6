"""The grid has one cell per trial, in the right place, shape and shade."""

import json

import numpy as np
import pytest

from explorer.charts.label_axis import Tick
from explorer.charts.trial_grid import grid_height, trial_grid
from explorer.records import Arm, Choice, State, Study, Trial

ARMS = (Arm("hog", "HOG", Choice("hog")), Arm("pixels", "Pixels with a very, very long title", Choice("pixels")))
STUDY = Study("s", "name", "f", ARMS, (1, 2, 10), seeds=4)
TICKS = tuple(Tick(5.0 * budget, str(budget)) for budget in STUDY.budgets)


def drawn(states, mode="light", study=STUDY, ticks=TICKS):
    return json.loads(trial_grid(study, states, mode=mode, ticks=ticks).to_json())


def test_every_trial_is_one_cell_of_its_state():
    states = {
        Trial("hog", 1, 0): State.DONE,
        Trial("hog", 2, 3): State.FAILED,
        Trial("pixels", 10, 1): State.RUNNING,
    }
    cells = {trace["name"]: trace for trace in drawn(states)["data"]}
    assert {name: len(trace["x"]) for name, trace in cells.items()} == {
        "queued": 21,
        "running": 1,
        "done": 1,
        "failed": 1,
    }
    assert cells["running"]["y"] == [1]
    assert cells["done"]["customdata"] == [["HOG", "1", 0]]
    assert len({trace["marker"]["symbol"] for trace in cells.values()}) == 4
    assert len({trace["marker"]["color"] for trace in cells.values()}) == 4


def test_columns_stand_under_the_ticks_and_cells_do_not_touch():
    (trace,) = drawn({})["data"]
    for budget in STUDY.budgets:
        places = sorted(x for x, about in zip(trace["x"], trace["customdata"], strict=True) if about[1] == str(budget))
        assert np.mean(places) == pytest.approx(np.log10(5 * budget))
        assert np.diff(np.unique(np.round(places, 9))).min() > 0
    assert len({(round(x, 9), y) for x, y in zip(trace["x"], trace["y"], strict=True)}) == 24


def test_budgets_too_close_together_are_spaced_evenly():
    study = Study("s", "name", "f", ARMS, (100, 101, 1000), seeds=4)
    (trace,) = drawn({}, study=study, ticks=tuple(Tick(float(each), str(each)) for each in study.budgets))["data"]
    middles = [
        np.mean([x for x, about in zip(trace["x"], trace["customdata"], strict=True) if about[1] == str(budget)])
        for budget in study.budgets
    ]
    assert np.diff(middles) == pytest.approx([np.diff(middles)[0]] * 2)


@pytest.mark.parametrize("seeds", [1, 5, 20, 50])
def test_cells_of_many_seeds_stay_on_the_axis(seeds):
    study = Study("s", "name", "f", ARMS, (1, 2, 5, 10), seeds=seeds)
    figure = drawn({}, study=study, ticks=tuple(Tick(3.0 * each, str(each)) for each in study.budgets))
    low, high = figure["layout"]["xaxis"]["range"]
    (trace,) = figure["data"]
    assert low <= min(trace["x"]) <= max(trace["x"]) <= high


def test_titles_are_no_tags():
    study = Study("s", "name", "f", (Arm("own", "<i>own", Choice("hog")),), (1,), seeds=1)
    figure = drawn({}, study=study, ticks=TICKS[:1])
    assert figure["data"][0]["customdata"][0][0] == "&lt;i&gt;own"
    assert "&lt;i&gt;own" in figure["layout"]["yaxis"]["ticktext"][0]


def test_height_and_titles():
    layout = drawn({})["layout"]
    assert layout["height"] == grid_height(2)
    assert "Pixels with a…y long title" in layout["yaxis"]["ticktext"][1]
