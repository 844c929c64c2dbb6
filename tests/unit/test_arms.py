"""Which arms can be run here, whatever they are made of and whatever carries no meaning."""

import json

import pytest

from explorer.arms import problem
from explorer.facts import matter
from explorer.records import Arm, Choice, Fact
from explorer.training import weights

EVERYTHING = Arm("everything", "Everything", Choice("everything"))


@pytest.fixture
def flip(tmp_path):
    """Return an arm whose pipeline flips images, which only data without an orientation allows."""
    tree = {
        "__class_fullname__": "Compose",
        "p": 1.0,
        "transforms": [{"__class_fullname__": "HorizontalFlip", "p": 0.5}],
    }
    path = tmp_path / "flip.json"
    path.write_text(json.dumps({"transform": tree}))
    return Arm("x", "X", Choice("small_cnn"), augmentation=Choice("custom", {"pipeline": str(path)}))


def test_an_arm_made_of_arms_is_refused_where_one_of_them_is(monkeypatch):
    assert problem(EVERYTHING) is None
    monkeypatch.setattr(weights, "missing", lambda: "The weights are missing.")
    assert "The weights are missing." in problem(EVERYTHING)
    assert matter([EVERYTHING], "image")


def test_an_arm_made_of_arms_that_are_made_of_arms_is_refused():
    nested = Arm("x", "X", Choice("everything", {"made_of": "everything, transfer"}))
    assert "is made of an arm that is made of arms" in problem(nested)


def test_an_arm_may_need_facts_that_carry_no_meaning(flip):
    assert "HorizontalFlip" in problem(flip)
    assert problem(flip, free=(Fact.INTENSITY,)) is not None
    assert problem(flip, free=(Fact.ORIENTATION,)) is None
    assert problem(flip, free=None) is None
    assert matter([flip], "image")


def test_an_arm_that_no_fact_helps_is_refused_before_they_are_known():
    assert "There is no model technique" in problem(Arm("x", "X", Choice("no_such")), free=None)
