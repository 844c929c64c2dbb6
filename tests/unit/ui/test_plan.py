"""What a plan offers and what it refuses."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.engine.bill import Bill
from explorer.errors import StudyError
from explorer.records import Arm, Choice, Slot, Study, Until
from explorer.techniques.discovery import ready_arms, techniques
from explorer.ui import plan

TOYS = Path(__file__).parents[2] / "toys"


def test_an_arm_that_cannot_be_composed_is_not_offered(monkeypatch):
    boxes = []
    monkeypatch.setenv("EXPLORER_TECHNIQUES", str(TOYS))
    monkeypatch.setattr(plan.st, "checkbox", lambda label, **shown: boxes.append((label, shown)) or shown["value"])
    possible = Arm("spy", "Spy", Choice("spy_trained"))
    late = Arm("late", "Late", Choice("spy_trained"))
    impossible = Arm("odd", "Odd", Choice("spy_trained"), semi_supervised=Choice("fixed_only"))
    monkeypatch.setattr(plan, "declaring", lambda name: techniques(Slot.MODEL)["spy_trained"])
    monkeypatch.setattr(plan, "ready_arms", lambda: {"spy": possible, "odd": impossible, "late": late})
    monkeypatch.setattr(plan, "first_arms", lambda: {"spy": possible, "odd": impossible})
    assert plan._arms("image", ("spy", "odd")) == (possible,)
    assert plan._arms("signal", ("spy", "odd")) == ()
    (_, open_box), (_, closed_box), (_, late_box), (_, other_kind), *_ = boxes
    assert (open_box["disabled"], closed_box["disabled"], other_kind["disabled"]) == (False, True, True)
    assert (late_box["disabled"], late_box["value"]) == (False, False)
    assert "Fixed only does not work with models that are trained" in closed_box["help"]
    assert "not signal" in other_kind["help"]


def test_budgets_are_cut_at_the_data(make_dataset):
    assert plan.default_budgets(make_dataset(np.repeat([0, 1], 40))) == (1, 2, 5, 10, 20)
    assert plan.default_budgets(make_dataset(np.repeat([0, 1], 500))) == (1, 2, 5, 10, 20, 50)
    assert plan.default_budgets(make_dataset([0, 1])) == (1,)


@pytest.mark.parametrize("text", ["1, 2, 5", "5 2 1", "1;2;5;5", " 1,2,,5, "])
def test_lists_of_numbers_are_understood(text):
    assert plan.parsed_budgets(text) == (1, 2, 5)


@pytest.mark.parametrize("text", ["", "0", "1.5", "one", "1, -2", "²"])
def test_other_texts_are_named(text):
    with pytest.raises(StudyError, match="is not a list of whole numbers above 0"):
        plan.parsed_budgets(text)


@pytest.fixture
def priced(monkeypatch):
    """Price every trial at 10 s, and those of the small CNN at 60 s."""

    def price(study, dataset):
        each = {arm.name: 60.0 if arm.name == "baseline" else 10.0 for arm in study.arms}
        by_arm = {name: seconds * len(study.budgets) * study.seeds for name, seconds in each.items()}
        return Bill(len(study.trials()), sum(by_arm.values()), by_arm)

    monkeypatch.setattr(plan, "price", price)
    return price


def study(**fields):
    arms = tuple(ready_arms()[name] for name in ("hog", "majority", "baseline"))
    return Study(**{"id": "s", "name": "n", "dataset": "d", "arms": arms, "budgets": (1, 2, 5), "seeds": 5, **fields})


def test_bill_in_words(priced):
    made = study()
    words = plan.bill_words(made, priced(made, None))
    assert words == "3 techniques × 3 budgets × 5 seeds = **45 trials**, about 20 min here"


def test_bill_of_a_study_that_runs_until_its_verdicts_settle_is_what_it_is_at_most(priced):
    made = study(seeds=20, until=Until(30.0, "baseline"))
    words = plan.bill_words(made, priced(made, None))
    assert words == ("3 techniques × 3 budgets × at most 20 seeds = at most **180 trials**, at most about 30 min here")
    short = replace(made, seeds=5)
    assert "at most about 20 min here" in plan.bill_words(short, priced(short, None))
    assert plan.thinner(made, priced(made, None), None) == ""


def test_bill_of_one_of_each(priced):
    made = study(arms=(ready_arms()["hog"],), budgets=(1,), seeds=1)
    assert plan.bill_words(made, priced(made, None)).startswith("1 technique × 1 budget × 1 seed = **1 trial**, ")


def test_hints_name_the_two_that_save_most_with_their_own_price(priced):
    made = study()
    words = plan.thinner(made, priced(made, None), None)
    assert words.startswith("Shorter: without Small CNN")
    assert words.endswith(", about 5 min; 3 seeds, about 12 min.")  # 2 × 15 trials of 10 s; 3/5 of 20 min


def test_a_short_study_gets_no_hints(priced):
    made = study(arms=(ready_arms()["hog"],), budgets=(1,), seeds=5)
    assert plan.thinner(made, priced(made, None), None) == ""
