"""What is kept of a suggestion, and which arms ask for it."""

from dataclasses import replace

import numpy as np
import pytest

from explorer import facts
from explorer.errors import Cancelled
from explorer.records import Arm, Choice, Fact
from explorer.splits import make_split
from explorer.suggesting import Suggestion
from explorer.techniques.monitors import Quiet


@pytest.fixture
def looks(monkeypatch):
    """Return the rows of each look at the images; what it finds is made up."""
    seen = []

    def look(dataset, rows, *, seed, monitor):
        seen.append(rows)
        monitor.step(0, 1)
        return Suggestion((Fact.ORIENTATION,), dict.fromkeys(Fact, "Because."), {"turned": 0.5})

    monkeypatch.setattr(facts, "suggested", look)
    return seen


@pytest.fixture
def dataset(make_dataset):
    return make_dataset(np.repeat([0, 1], 20), given_test=np.arange(40) % 4 == 0)


def test_the_images_are_asked_once_and_never_those_of_a_given_test_split(dataset, looks, tmp_path):
    assert facts.known(dataset.fingerprint, tmp_path) is None
    first = facts.suggestion(dataset, cache=tmp_path / "cache")
    assert facts.suggestion(dataset, cache=tmp_path / "cache") == first
    assert facts.known(dataset.fingerprint, tmp_path / "cache") == first
    (rows,) = looks
    assert rows.tolist() == np.flatnonzero(~dataset.given_test).tolist()
    facts.suggestion(replace(dataset, fingerprint="other"), cache=tmp_path / "cache")
    assert len(looks) == 2


def test_what_is_looked_at_judges_nowhere_at_the_first_seed(make_dataset, looks, tmp_path):
    drawn = make_dataset(np.repeat([0, 1], 20))
    facts.suggestion(drawn, cache=tmp_path)
    (rows,) = looks
    assert not set(rows) & set(make_split(drawn, 0, facts.SHARE).test)


def test_what_was_ended_or_spoilt_is_asked_again(dataset, looks, tmp_path):
    class Stop(Quiet):
        def step(self, done, total):
            raise Cancelled("ended")

    with pytest.raises(Cancelled):
        facts.suggestion(dataset, cache=tmp_path, monitor=Stop())
    assert facts.known(dataset.fingerprint, tmp_path) is None
    found = facts.suggestion(dataset, cache=tmp_path)
    (kept,) = tmp_path.glob("*.json")
    for text in ("", "[]", '{"free": ["colour"], "reasons": {}, "figures": {}}'):
        kept.write_text(text)
        assert facts.known(dataset.fingerprint, tmp_path) is None
        assert facts.suggestion(dataset, cache=tmp_path) == found


@pytest.mark.parametrize(
    ("arm", "asks"),
    [
        (Arm("a", "A", Choice("pixels")), False),
        (Arm("a", "A", Choice("hog"), denoising=Choice("median")), False),
        (Arm("a", "A", Choice("pixels"), augmentation=Choice("gentle")), True),
        (Arm("a", "A", Choice("pretrained")), True),
    ],
)
def test_only_arms_that_would_do_something_else_ask(arm, asks):
    assert facts.matter([arm], "image") is asks
    assert facts.matter([Arm("b", "B", Choice("majority")), arm], "image") is asks


def test_what_was_not_judged_for_want_of_a_package_is_asked_again(dataset, looks, tmp_path, monkeypatch):
    monkeypatch.setattr(facts, "missing", lambda: "The weights are not installed.")
    facts.suggestion(dataset, cache=tmp_path)
    assert facts.known(dataset.fingerprint, tmp_path) is None
    monkeypatch.setattr(facts, "missing", lambda: None)
    facts.suggestion(dataset, cache=tmp_path)
    assert facts.known(dataset.fingerprint, tmp_path) is not None
