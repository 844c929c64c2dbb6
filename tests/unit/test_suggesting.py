from dataclasses import replace

import numpy as np
import pytest

from explorer.datasets.examples import examples, open_example
from explorer.errors import Cancelled
from explorer.records import Dataset, Fact, Scaling
from explorer.splits import make_split
from explorer.suggesting import LEAST, LIMIT, UPPER, Suggestion, suggested
from explorer.techniques.monitors import Quiet
from explorer.training import weights
from explorer.workspace import Workspace


def made(images, **more):
    """Return a data set of images (n, height, width, channels) in [0, 1], in which every other one is of class 1."""
    n = len(images)
    known = {"name": "made", "class_names": ("a", "b"), "items": tuple(map(str, range(n))), "fingerprint": "made"}
    scaling = Scaling(0.0, 1.0, "values in [0, 1]")
    return Dataset(inputs=images.astype(np.float32), labels=np.arange(n) % 2, scaling=scaling, **known | more)


def blobs(n=40, side=24, channels=1, middle=False, upright=False, seed=0):
    """Return noisy images of spots, anywhere or two about the middle; `upright` makes the upper half brighter.

    Spots that are anywhere may also lie beside an image, whose border would else be the darker part.
    """
    random = np.random.default_rng(seed)
    images = random.normal(0.3, 0.03, (n, side, side, channels))
    grid = np.arange(side)
    for image in images:
        for _ in range(2 if middle else 5):
            at = random.normal(side / 2, 1, 2) if middle else random.uniform(-side / 4, 1.25 * side, 2)
            distance = (grid[:, None] - at[0]) ** 2 + (grid[None] - at[1]) ** 2
            image += 0.4 * np.exp(-distance / 8)[..., None]
        if upright:
            image[: side // 2] += 0.15
    return images.clip(0, 1)


def ask(dataset, seed=0, rows=None):
    rows = np.arange(len(dataset)) if rows is None else rows
    return suggested(dataset, rows, seed=seed, monitor=Quiet())


@pytest.fixture(scope="module")
def anywhere():
    return ask(made(blobs(48)))


@pytest.fixture(scope="module")
def centred():
    return ask(made(blobs(middle=True, upright=True)))


def test_what_no_probe_can_see_is_suggested(anywhere):
    assert set(anywhere.free) == {Fact.ORIENTATION, Fact.POSITION}
    assert all(anywhere.figures[name] + 1.6 * anywhere.figures[f"{name} error"] < LIMIT for name in NAMES)


def test_what_a_probe_sees_is_not(centred):
    assert centred.free == ()
    assert all(centred.figures[name] > 0.8 for name in NAMES)


NAMES = ("turned", "mirrored", "shifted")


def test_every_fact_has_its_reason_and_the_figure_is_in_it(anywhere, centred):
    for found in (anywhere, centred):
        assert set(found.reasons) == set(Fact)
        assert set(found.figures) == {*NAMES, *(f"{name} error" for name in NAMES)}
        for fact, reason in found.reasons.items():
            assert reason.startswith("Suggested: " if fact in found.free else "Not suggested: ")
            assert reason.endswith(".")
    assert f"in {100 * centred.figures['shifted']:.0f} % of the cases, at most " in centred.reasons[Fact.POSITION]


def test_a_reason_says_the_rule_by_which_it_was_judged(anywhere, centred):
    for found, words in ((anywhere, "That lies below 75 %"), (centred, "That does not lie below 75 %")):
        upper = 100 * (found.figures["shifted"] + UPPER * found.figures["shifted error"])
        reason = found.reasons[Fact.POSITION]
        assert f"at most {upper:.1f} % (one-sided 95 % bound; guessing: 50 %). {words}, halfway between" in reason
        assert (upper < 100 * LIMIT) == (Fact.POSITION in found.free)


def marked(images, mark):
    """Return images with a trace of how they were taken: it is the same in all of them."""
    side = images.shape[1]
    if mark == "slanting light":
        return images * (1 + 0.3 * np.linspace(-1, 1, side)[None, None, :, None])
    if mark == "colour fringes":
        return np.concatenate([images, np.roll(images, 1, axis=2)], axis=3)
    bars = np.broadcast_to(np.median(images, axis=(1, 2), keepdims=True), (len(images), side // 6, side, 1))
    return np.concatenate([bars, images[:, side // 6 : -(side // 6)], bars], axis=1)


@pytest.mark.parametrize("mark", ["slanting light", "colour fringes", "bars"])
def test_how_images_were_taken_is_not_what_they_show(mark):
    found = ask(made(marked(blobs(48, side=96), mark).clip(0, 1)))
    assert Fact.ORIENTATION in found.free


def test_bars_that_fill_up_images_of_mixed_sizes_are_not_what_they_show():
    images = blobs(120, side=64)
    for at, image in enumerate(images):
        cut = (0, 4, 7, 10)[at % 4]
        filled = image if at % 8 < 4 else image.swapaxes(0, 1)
        if cut:
            filled[:cut] = filled[-cut:] = np.median(image)
    assert set(ask(made(images)).free) == {Fact.ORIENTATION, Fact.POSITION}


def test_one_kind_of_images_that_has_an_upright_way_is_enough():
    upright = blobs(40, middle=True, upright=True)
    found = ask(made(np.concatenate([blobs(120), upright])))
    assert Fact.ORIENTATION not in found.free
    assert found.figures["mirrored"] + 1.6 * found.figures["mirrored error"] < LIMIT
    assert "Among images of one kind it is at least " in found.reasons[Fact.ORIENTATION]


def test_images_of_one_colour_and_of_the_smallest_size_are_judged():
    found = ask(made(np.full((LEAST, 4, 4, 5), 0.5)))
    assert found.judged == {Fact.ORIENTATION, Fact.POSITION}


def test_intensity_is_never_suggested(anywhere):
    assert "only labels can tell" in anywhere.reasons[Fact.INTENSITY]


def test_labels_count_for_nothing_and_the_same_seed_finds_the_same():
    images = blobs(32, channels=2, side=9)
    dataset = made(images)
    hidden = replace(dataset, labels=np.full(32, -1), class_names=())
    first, again = ask(dataset), ask(hidden)
    assert isinstance(first, Suggestion)
    assert first == again
    assert ask(dataset, seed=1) != first


def test_rows_that_are_not_given_and_those_of_a_given_test_split_are_not_looked_at():
    images = blobs(70)
    dataset = made(images, given_test=np.arange(70) >= 50)
    spoilt = replace(dataset, inputs=images.astype(np.float32).copy())
    spoilt.inputs[40:] = blobs(30, upright=True, middle=True, seed=1)
    rows = np.concatenate([np.arange(40), np.arange(50, 70)])
    assert ask(spoilt, rows=rows) == ask(dataset, rows=rows)
    few = ask(made(images, given_test=np.arange(70) >= LEAST - 1))
    assert few.free == ()
    assert few.reasons[Fact.ORIENTATION].endswith(f"There are {LEAST - 1} images to look at, and it takes {LEAST}.")


def test_images_of_one_group_are_never_learnt_from_and_judged():
    """Of each picture there are eight noisy copies: alone they look alike, so that a probe would know them again."""
    pictures = np.repeat(blobs(10, seed=3), 8, axis=0)
    images = (pictures + np.random.default_rng(0).normal(0, 0.01, pictures.shape)).clip(0, 1)
    alone, grouped = ask(made(images)), ask(made(images, groups=np.repeat(np.arange(10), 8)))
    assert alone.figures["turned"] > 0.9
    assert grouped.figures["turned"] < 0.75


def test_without_weights_it_says_why_it_was_not_judged(monkeypatch):
    monkeypatch.setattr(weights, "missing", lambda: "The weights are not there.")
    found = ask(made(blobs()))
    assert found.free == ()
    assert found.reasons[Fact.POSITION] == "Not suggested, since it was not judged: The weights are not there."


def test_it_can_be_cancelled():
    class Stop(Quiet):
        def step(self, done, total):
            raise Cancelled("ended")

    with pytest.raises(Cancelled):
        suggested(made(blobs()), np.arange(40), seed=0, monitor=Stop())


FREE = {
    "cells": {Fact.ORIENTATION},
    "digits": set(),
    "galaxies": {Fact.ORIENTATION},
    "ising": {Fact.ORIENTATION, Fact.POSITION},
    "lattices": {Fact.ORIENTATION, Fact.POSITION},
    "textures": {Fact.POSITION},  # bricks lie in rows
}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(examples()))
def test_the_example_sets_are_judged_rightly(name, tmp_path):
    dataset = open_example(name, Workspace(tmp_path).make()).dataset
    found = ask(dataset, rows=make_split(dataset, 0, 0.3).pool)
    assert set(found.free) == FREE[name]
