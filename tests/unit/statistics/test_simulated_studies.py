"""The quick form of `make calibration`: a few simulated studies, and the page of the long form."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.records import UNLABELED
from explorer.splits import labeled_rows, make_split
from tests.calibration.__main__ import KEPT, TARGET
from tests.calibration.coverage import covered, false_alarms, stopped
from tests.calibration.equivalence import DESIGNS as EQUIVALENT
from tests.calibration.equivalence import equivalent
from tests.calibration.forecasting import forecasted
from tests.calibration.page import figures, page
from tests.calibration.populations import DESIGNS, Design, Population, dataset
from tests.calibration.real_curves import kept
from tests.calibration.replaying import DESIGNS as REPLAYS
from tests.calibration.replaying import replays

SMALL = Design(Population(1.8), 200, (1, 2, 5, 20))
PLATES = Design(Population(1.8, 10, True, 0.5), 200, (1, 2, 5, 20))


@pytest.mark.parametrize("design", [SMALL, PLATES], ids=["items", "plates"])
def test_intervals_hold_the_truth(design):
    """Of 40 studies; an interval of 95 % falls below these bounds by chance once in a thousand times."""
    tally = covered(design, 40, 150)
    assert np.mean(tally.shares("point")) > 0.88
    assert np.mean(tally.shares("difference")) > 0.88
    assert np.mean(tally.shares("area")) > 0.82
    assert np.mean(tally.shares("saving")) > 0.86


def test_intervals_of_what_an_order_is_worth_hold_the_truth():
    """Of 12 replays at 4 numbers of labels each, on data sets of 60 test items."""
    tally = replays(replace(REPLAYS["60 test items"], seeds=6), 12, 60)
    assert np.mean(tally.shares("difference")) > 0.8
    assert np.mean(tally.shares("area")) > 0.65


def test_one_arm_under_two_names_hardly_ever_differs_from_itself():
    assert false_alarms(SMALL, 40).shares("any")[0] <= 0.15
    looked = stopped(SMALL, 15, most=6)
    assert looked.shares("with spending")[0] <= 0.2
    assert looked.shares("out of minutes")[0] <= 0.2


def test_what_is_said_to_make_no_practical_difference_makes_none():
    """Of 20 studies in which fewer labels are nearly as good, and often truly so."""
    tally = equivalent(EQUIVALENT["1,500 test items, easy"], 20, 60)
    assert np.mean(tally.shares("fewer said")) > 0.5
    assert np.mean(tally.shares("fewer false")) <= 0.1
    assert len(tally.hits["alike false"]) > 100
    assert np.mean(tally.shares("alike false")) <= 0.1


def test_forecasts_of_real_curves_hold_what_came():
    found = forecasted(kept())
    assert len(found.misses) >= 60
    assert found.held.mean() >= 0.85
    assert np.median(found.widths / found.oracle) < 2


def test_the_page_is_that_of_the_kept_figures_and_every_promise_holds():
    figures_kept = json.loads(KEPT.read_text(encoding="utf-8"))
    assert Path(TARGET).read_text(encoding="utf-8") == page(figures_kept)
    assert all(each.holds for each in figures(figures_kept))


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_designs_can_pay_their_budgets(name):
    design = DESIGNS[name]
    data = dataset(design, np.random.default_rng(0))
    split = make_split(data, 0, 0.3)
    assert (data.labels != UNLABELED).all()
    counts = np.bincount(data.labels[labeled_rows(split, max(design.budgets), per_class=True)])
    assert (counts >= 0.6 * max(design.budgets)).all()
