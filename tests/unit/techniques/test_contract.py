"""What every discovered technique must keep, whoever wrote it; a new file is a tested file."""

import itertools
import json
import os
import subprocess
import sys
import time

import numpy as np
import pytest

from explorer.errors import Cancelled, OutOfTime, TechniqueError
from explorer.records import Arm, Choice, Slot
from explorer.techniques.base import Cost, FixedModel, Task, TrainedModel
from explorer.techniques.composing import compose
from explorer.techniques.discovery import build, ready_arms, techniques
from explorer.techniques.monitors import Quiet
from explorer.techniques.settings import settings_of
from tests.unit.techniques.semi_toys import semi_answers
from tests.unit.techniques.toys import answers, digest, probabilities, quick, quick_denoiser, taught, toy

EVERY = [(slot, name) for slot in Slot for name in techniques(slot)]
MODELS = list(techniques(Slot.MODEL))
DENOISERS = list(techniques(Slot.DENOISING))
FIXED = [name for name in MODELS if issubclass(techniques(Slot.MODEL)[name], FixedModel)]
#: One model of each kind of features: those of one name that are made by the same code cannot differ.
DESCRIBING = list({(type(quick(name)).features, quick(name).features_key()): name for name in FIXED}.values())
TRAINED = [name for name in MODELS if issubclass(techniques(Slot.MODEL)[name], TrainedModel)]


def _is_probabilities(found, rows, classes):
    assert found.shape == (rows, classes)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-5)


# ---- what it says about itself ----


@pytest.mark.parametrize(("slot", "name"), EVERY)
def test_it_says_what_it_is(slot, name):
    technique = techniques(slot)[name]
    assert technique.name() == name
    assert 0 < len(technique.title) <= 28, "titles are curve labels"
    assert any(mark in technique.paper for mark in ("doi:", "arXiv:"))
    assert technique.fails.endswith(".")
    sentences = technique.summary().replace("!", ".").replace("?", ".").rstrip(".").split(". ")
    assert len(sentences) == 2, "the first paragraph of the docstring is two plain sentences"
    assert technique.summary().endswith(".")


@pytest.mark.parametrize(("slot", "name"), EVERY)
def test_defaults_lie_inside_their_ranges_and_labels_are_filled(slot, name):
    technique = techniques(slot)[name]
    for each in settings_of(technique):
        assert each.checked(each.default, name) == each.default
        assert each.label
        assert each.help.endswith(".")
        assert each.choices or isinstance(each.default, bool | str) or None not in (each.low, each.high)
    assert build(slot, Choice(name)) == technique()


def _outside(each):
    """Return values that a setting must refuse, beyond both ends of its range or of another kind, with the reason."""
    if each.choices:
        other = max(each.choices) + type(each.default)(" more" if isinstance(each.default, str) else 1)
        return [(other, "Choose one of")]
    if isinstance(each.default, bool):
        return [("perhaps", "neither yes nor no")]
    if isinstance(each.default, str):
        return [(True, "not a text")]
    beyond = [end + step for end, step in ((each.low, -1), (each.high, 1)) if end is not None]
    return [(type(each.default)(value), "Choose a value from") for value in beyond]


@pytest.mark.parametrize(("slot", "name"), EVERY)
def test_settings_out_of_range_are_refused(slot, name):
    with pytest.raises(TechniqueError, match=f"{name} has no setting 'nothing'"):
        build(slot, Choice(name, {"nothing": 1}))
    for each in settings_of(techniques(slot)[name]):
        outside = _outside(each)
        assert len(outside) == (2 if each.kind in ("number", "whole number") else 1), each.name
        for value, reason in outside:
            with pytest.raises(TechniqueError, match=rf"'{each.name}' (is|has value) .*{reason}"):
                build(slot, Choice(name, {each.name: value}))


@pytest.mark.parametrize(("slot", "name"), EVERY)
def test_it_is_available_here_and_its_cost_is_positive_and_grows(slot, name):
    technique = techniques(slot)[name]
    assert technique.unavailable() is None
    small, large = (build(slot, Choice(name)).cost(Task(n, (64, 64, 1), 5, n // 10)) for n in (100, 2000))
    assert isinstance(small, Cost)
    assert 0 <= small.prepare <= large.prepare
    assert 0 <= small.fit <= large.fit


@pytest.mark.parametrize("name", MODELS)
def test_every_model_can_be_composed(name):
    assert compose(Arm("a", "A", Choice(name))).model.name() == name


@pytest.mark.parametrize("name", list(ready_arms()))
def test_ready_made_arms_can_be_composed(name):
    assert compose(ready_arms()[name]).all()


# ---- what it answers ----


@pytest.fixture
def elsewhere():
    """Digests of the same answers, with unlabelled images and without, made by another process."""
    code = """
import json
from tests.unit.techniques.semi_toys import semi_answers
from tests.unit.techniques.toys import answers
print(json.dumps([answers(), semi_answers()]))
"""
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def test_same_seed_same_bits_in_another_process_too(elsewhere):
    assert [answers(), semi_answers()] == elsewhere


@pytest.mark.parametrize("name", MODELS)
def test_inputs_are_not_changed(name):
    rows, labels = toy(4)
    weights = np.linspace(0.5, 2, len(labels))
    seen = toy(2, seed=1)[0][:]
    before = [digest(each) for each in (rows.values, labels, weights, seen)]
    probabilities(quick(name), rows, labels, seen, weights=weights)
    assert [digest(each) for each in (rows.values, labels, weights, seen)] == before


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_any_number_of_channels_at_eight_pixels_with_one_label_a_class(name, channels):
    rows, labels = toy(1, channels=channels, side=8)
    seen = toy(3, channels=channels, side=8, seed=1)[0][:]
    _is_probabilities(probabilities(quick(name), rows, labels, seen), 9, 3)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("classes", [2, 15])
def test_two_and_fifteen_classes_of_very_different_counts(name, classes):
    rows, labels = toy(6, n_classes=classes, side=15)
    chosen = np.flatnonzero((labels == 0) | (np.arange(len(labels)) < 2 * classes))
    few = type(rows)(rows.values[chosen], rows.scaling)
    found = probabilities(quick(name), few, labels[chosen], rows[: 2 * classes])
    _is_probabilities(found, 2 * classes, classes)


@pytest.mark.parametrize("name", MODELS)
def test_a_class_without_labels_is_an_answer_that_is_not_given(name):
    rows, labels = toy(3)
    found = probabilities(quick(name), rows, labels, rows[:], n_classes=5)
    _is_probabilities(found, 9, 5)
    assert found[:, 3:].max() < 0.2


@pytest.mark.parametrize("name", [name for name in MODELS if techniques(Slot.MODEL)[name].learns])
@pytest.mark.parametrize("per_class", [1, 8])
def test_it_beats_chance_on_separable_images(name, per_class):
    rows, labels = toy(per_class)
    seen, truth = toy(20, seed=1)
    found = probabilities(quick(name), rows, labels, seen[:])
    assert (found.argmax(axis=1) == truth).mean() > (0.55 if per_class == 1 else 0.85)


@pytest.mark.parametrize("name", MODELS)
def test_rows_of_weight_zero_count_for_nothing(name):
    rows, labels = toy(4)
    weights = np.ones(len(labels))
    weights[labels == 2] = 0
    found = probabilities(quick(name), rows, labels, toy(5, seed=1)[0][:], weights=weights)
    assert found[:, 2].max() < 0.2


@pytest.mark.parametrize("name", MODELS)
def test_black_images_give_finite_answers(name):
    rows, labels = toy(3)
    black = type(rows)(np.zeros_like(rows.values), rows.scaling)
    _is_probabilities(probabilities(quick(name), black, labels, black[:]), 9, 3)


# ---- fixed models ----


@pytest.mark.parametrize("name", DESCRIBING)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_row_of_features_depends_on_its_image_alone(name, channels):
    model = quick(name)
    images = toy(7, channels=channels, side=20)[0][:]
    together = model.features(images)
    assert together.dtype in (np.float32, np.float16)
    assert together.shape[0] == len(images)
    order = np.random.default_rng(0).permutation(len(images))
    assert digest(model.features(images[order])) == digest(together[order])
    for rows in ([0], [20], [3, 4, 5], list(range(2, 20))):
        assert digest(model.features(images[rows])) == digest(together[rows])
    assert digest(model.features(images[::-1])) == digest(together[::-1])


@pytest.mark.parametrize("name", FIXED)
def test_only_settings_that_change_features_change_their_key(name):
    model = techniques(Slot.MODEL)[name]
    for each in settings_of(model):
        others = [choice for choice in each.choices if choice != each.default]
        other = model(**{each.name: others[-1] if others else type(each.default)(each.high)})
        assert (other.features_key() != model().features_key()) == each.features


# ---- trained models ----


class Stop(Quiet):
    """A monitor that ends the trial after some steps, and notes when it was asked."""

    def __init__(self, error, after):
        self.error, self.after, self.times, self.seen = error, after, [], []

    def step(self, done, total):
        self.times.append(time.perf_counter())
        self.seen.append((done, total))
        if self.error is not None and len(self.times) > self.after:
            raise self.error("ended")


@pytest.mark.parametrize("name", TRAINED)
@pytest.mark.parametrize("error", [Cancelled, OutOfTime])
def test_cancellation_and_time_limit_end_a_training(name, error):
    rows, labels = toy(3)
    monitor = Stop(error, after=3)
    with pytest.raises(error, match="ended"):
        probabilities(build(Slot.MODEL, Choice(name)), rows, labels, rows[:], monitor=monitor)
    assert len(monitor.times) == 4


@pytest.mark.parametrize("name", TRAINED)
def test_a_training_asks_often_whether_it_may_go_on_and_tells_how_far_it_is(name):
    rows, labels = toy(8, channels=3, side=64)
    monitor = Stop(None, 0)
    probabilities(quick(name), rows, labels, rows[:1], monitor=monitor)
    assert max(np.diff(monitor.times)) < 2.0, "a cancelled study must stop within three seconds"
    backwards = [later for (before, _), (later, _) in itertools.pairwise(monitor.seen) if later < before]
    assert set(backwards) <= {0}, "it goes forward, or begins anew: first what the pool teaches, then the labels"
    assert monitor.seen[-1][0] == monitor.seen[-1][1]


@pytest.mark.parametrize("name", TRAINED)
def test_views_are_what_a_trained_model_sees(name):
    rows, labels = toy(3)
    shapes = []

    def black(batch, rng):
        assert isinstance(rng, np.random.Generator)
        assert batch.min() >= 0
        assert batch.max() <= 1
        shapes.append(batch.shape[1:])
        return np.zeros_like(batch)

    found = probabilities(quick(name), rows, labels, rows[:], views=black)
    assert set(shapes) == {rows.shape[1:]}
    assert found.max() < 0.9, "a model that has seen only black images knows nothing"


# ---- denoisers ----


def _is_clean(found, like):
    assert found.shape == like.shape
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert found.max() <= 1


@pytest.mark.parametrize("name", DENOISERS)
@pytest.mark.parametrize("channels", [1, 2, 3, 5])
@pytest.mark.parametrize("side", [8, 15])
def test_cleaned_images_are_images_of_the_same_shape(name, channels, side):
    pool = toy(3, channels=channels, side=side)[0]
    denoiser = quick_denoiser(name)
    _is_clean(denoiser.clean(pool[:], taught(denoiser, pool)), pool[:])


@pytest.mark.parametrize("name", DENOISERS)
@pytest.mark.parametrize("value", [0, 90, 255])
def test_an_image_without_anything_in_it_stays_so(name, value):
    pool = toy(3)[0]
    plain = type(pool)(np.full_like(pool.values, value), pool.scaling)
    denoiser = quick_denoiser(name)
    _is_clean(denoiser.clean(plain[:], taught(denoiser, pool)), plain[:])
    found = denoiser.clean(plain[:], taught(denoiser, plain))
    _is_clean(found, plain[:])
    np.testing.assert_allclose(found, plain[:], atol=0.05 if "steps" in dir(denoiser) else 1e-3)


@pytest.mark.parametrize("name", DENOISERS)
@pytest.mark.parametrize("channels", [1, 3])
def test_a_cleaned_row_depends_on_its_image_and_on_what_was_learnt_alone(name, channels):
    denoiser = quick_denoiser(name)
    pool = toy(7, channels=channels, side=20)[0]
    learnt = taught(denoiser, pool)
    images = pool[:]
    together = denoiser.clean(images, learnt)
    for rows in ([0], [20], [3, 4, 5], list(range(2, 20)), np.random.default_rng(0).permutation(len(images))):
        assert digest(denoiser.clean(images[rows], learnt)) == digest(together[rows])


@pytest.mark.parametrize("name", DENOISERS)
def test_what_a_denoiser_is_given_is_not_changed(name):
    denoiser = quick_denoiser(name)
    pool = toy(4)[0]
    seen = toy(2, seed=1)[0][:]
    before = [digest(each) for each in (pool.values, seen)]
    learnt = taught(denoiser, pool)
    taught_bits = {key: digest(each) for key, each in learnt.items()}
    found = denoiser.clean(seen, learnt)
    found[:] = 0
    assert [digest(each) for each in (pool.values, seen)] == before
    assert {key: digest(each) for key, each in learnt.items()} == taught_bits


@pytest.mark.parametrize("name", DENOISERS)
def test_what_is_learnt_is_small_and_needs_no_pickle(name):
    denoiser = quick_denoiser(name)
    learnt = taught(denoiser, toy(4)[0])
    assert all(isinstance(each, np.ndarray) and not each.dtype.hasobject for each in learnt.values())
    assert sum(each.nbytes for each in learnt.values()) < 2_000_000


@pytest.mark.parametrize("name", [name for name in DENOISERS if quick_denoiser(name).learns_from_pool])
@pytest.mark.parametrize("error", [Cancelled, OutOfTime])
def test_cancellation_and_time_limit_end_what_is_learnt_from_the_pool(name, error):
    monitor = Stop(error, after=3)
    with pytest.raises(error, match="ended"):
        taught(build(Slot.DENOISING, Choice(name)), toy(5, side=32)[0], monitor=monitor)
    assert len(monitor.times) == 4


@pytest.mark.parametrize("name", DENOISERS)
def test_added_noise_is_told_by_the_key_and_leaves_the_cleaning_alone(name):
    plain, noisy = quick_denoiser(name), quick_denoiser(name, added_noise="poisson", photons=5)
    assert plain.noise is None
    assert (noisy.noise.kind, noisy.noise.level) == ("poisson", 5)
    assert plain.key() != noisy.key()
    pool = toy(4)[0]
    learnt = taught(plain, pool)
    assert digest(plain.clean(pool[:], learnt)) == digest(noisy.clean(pool[:], learnt))
