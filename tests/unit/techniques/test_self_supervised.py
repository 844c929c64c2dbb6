"""The network that the pool teaches: what it learns from, that it learns, and what it refuses."""

import functools
from dataclasses import replace

import numpy as np
import pytest

from explorer.errors import Cancelled, TechniqueError
from explorer.records import Arm, Choice, Fact, Slot
from explorer.techniques import adapting, backbone, believing
from explorer.techniques.base import Task
from explorer.techniques.composing import compose
from explorer.techniques.discovery import build, techniques
from explorer.techniques.examples import Examples
from explorer.techniques.models import self_supervised
from explorer.techniques.models.self_supervised import SelfSupervised
from explorer.techniques.models.small_cnn import SmallCnn
from explorer.techniques.monitors import Quiet
from explorer.techniques.settings import settings_of
from explorer.training import contrastive, networks
from tests.unit.techniques.test_fixmatch import Ear
from tests.unit.techniques.toys import SCALING, digest, toy

METHODS = ("contrastive", "autoencoder", "rotation")


def taught(method, *, steps=30, monitor=None, pool=None, seed=3, **settings):
    """Return what a method learns from the pool of the toy."""
    model = SelfSupervised(method=method, steps=steps, **settings)
    return model.learn(toy(12)[0] if pool is None else pool, seed=seed, monitor=monitor or Quiet())


def _answers(model, learnt, rows, labels, seen, **more):
    known = {"n_classes": int(labels.max()) + 1, "seed": 0, "monitor": Quiet(), "learnt": learnt, **more}
    return model.fit(Examples.of(rows, labels), **known)(seen)


def _corners(n, seed):
    """Return noisy images (n, 32, 32, 1) of a corner at a random place, and which of the four corners it is.

    All four have the same strokes: what lies where tells them apart, which random convolutions hardly see.
    """
    random = np.random.default_rng(seed)
    labels = np.arange(n) % 4
    images = random.normal(60, 12, (n, 32, 32, 1))
    corner = np.zeros((11, 11))
    corner[-2:] = corner[:, :2] = 1
    for image, label in zip(images, labels, strict=True):
        top, left = random.integers(0, 22, 2)
        image[top : top + 11, left : left + 11, 0] += 110 * np.rot90(corner, label)
    return self_supervised.Rows(images.clip(0, 255).astype(np.uint8), SCALING), labels.astype(np.int64)


# ---- what it learns ----


@pytest.mark.parametrize("method", METHODS)
def test_the_loss_falls_and_is_recorded(method):
    ear = Ear()
    taught(method, steps=60, monitor=ear, pool=_corners(60, 0)[0])
    losses = ear.records["loss"]
    assert len(losses) == self_supervised.LOSSES
    assert np.mean(losses[-5:]) < 0.85 * losses[0]
    assert ear.records["spread"] > self_supervised.COLLAPSED
    assert ear.notes == []


def test_the_probe_beats_that_of_a_network_that_was_never_taught():
    pool, _ = _corners(240, 0)
    rows, labels = _corners(12, 1)
    seen, truth = _corners(240, 2)
    free = frozenset({Fact.POSITION, Fact.INTENSITY})
    accuracies = []
    for steps in (10, 200):
        model = SelfSupervised(steps=steps).suited(free)
        learnt = model.learn(pool, seed=0, monitor=Quiet())
        accuracies.append((_answers(model, learnt, rows, labels, seen[:]).argmax(axis=1) == truth).mean())
    assert accuracies[0] < 0.7, "an untaught network leaves room"
    assert accuracies[1] > accuracies[0] + 0.15


def test_the_same_seed_learns_the_same_bits_and_another_one_others():
    first, again, other = (digest(taught("contrastive", steps=10, seed=seed)["0"]) for seed in (3, 3, 4))
    assert first == again != other


def test_only_the_pool_is_learnt_from():
    pool, _ = toy(12)
    before = digest(pool.values)
    asked = []

    class Spy(type(pool)):
        def __getitem__(self, chosen):
            found = super().__getitem__(chosen)
            asked.append(found)
            return found

    taught("contrastive", pool=Spy(pool.values, pool.scaling))
    assert digest(pool.values) == before
    known = {each.tobytes() for each in pool[:]}
    assert {each.tobytes() for batch in asked for each in batch} == known
    brighter = type(pool)(np.minimum(pool.values, 200), pool.scaling)
    assert digest(taught("contrastive", pool=brighter)["0"]) != digest(taught("contrastive")["0"])


@pytest.mark.parametrize("method", METHODS)
def test_a_pool_of_one_row_and_oblong_images_are_learnt_from(method):
    images = np.random.default_rng(0).integers(0, 255, (1, 24, 40, 2)).astype(np.uint8)
    learnt = taught(method, steps=10, pool=self_supervised.Rows(images, SCALING))
    assert all(np.isfinite(each).all() for each in learnt.values())


def test_views_of_large_images_are_made_at_the_size_of_the_network(monkeypatch):
    shapes = []

    def views(images, random):
        shapes.append(images.shape)
        return images

    monkeypatch.setattr(SelfSupervised, "_views", lambda self, shape: views)
    images = np.random.default_rng(0).integers(0, 255, (6, 96, 40, 1)).astype(np.uint8)
    taught("contrastive", steps=10, pool=self_supervised.Rows(images, SCALING))
    assert set(shapes) == {(12, 48, 40, 1)}


def test_a_collapse_is_told():
    images = np.full((20, 16, 16, 1), 90, np.uint8)
    ear = Ear()
    taught("autoencoder", steps=10, pool=self_supervised.Rows(images, SCALING), monitor=ear)
    assert ear.notes[0].startswith("The network describes all images alike (spread 0.000 of 1)")


def test_learning_stops_where_it_is_told_to():
    class Stop(Ear):
        def step(self, done, total):
            if done == 4:
                raise Cancelled("ended")

    with pytest.raises(Cancelled):
        taught("contrastive", monitor=Stop())


# ---- what the labels add ----


@pytest.mark.parametrize("then", ["probe", "finetune"])
def test_labels_are_learnt_from_by_both_ways(then, monkeypatch):
    monkeypatch.setattr(self_supervised, "SmallCnn", functools.partial(SmallCnn, steps=60, batch=8))
    rows, labels = toy(6)
    seen, truth = toy(20, seed=1)
    model = SelfSupervised(steps=40, then=then)
    learnt = model.learn(rows, seed=0, monitor=Quiet())
    answers = [_answers(model, learnt, rows, labels, seen[:]) for _ in range(2)]
    assert digest(answers[0]) == digest(answers[1])
    assert (answers[0].argmax(axis=1) == truth).mean() > 0.8
    untaught = {**learnt, "0": learnt["0"][::-1].copy()}
    assert digest(_answers(model, untaught, rows, labels, seen[:])) != digest(answers[0])


# ---- where it does not suit ----


def test_rotation_is_refused_where_orientation_carries_no_meaning():
    arm = Arm("turned", "Turned", Choice("self_supervised", {"method": "rotation"}))
    assert isinstance(compose(arm, free={Fact.INTENSITY}).model, SelfSupervised)
    with pytest.raises(TechniqueError, match=r"Nothing tells how an image was turned.*Choose 'contrastive'"):
        compose(arm, free={Fact.ORIENTATION})


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"start": "imagenet", "method": "autoencoder"}, "teaches a network from scratch"),
        ({"start": "imagenet", "then": "finetune"}, "or the model 'finetune'"),
    ],
)
def test_what_cannot_start_from_imagenet_is_refused(settings, reason):
    with pytest.raises(TechniqueError, match=f"^Mine: Self-supervised CNN cannot be used here. .*{reason}"):
        compose(Arm("a", "Mine", Choice("self_supervised", {"then": "probe", **settings})))


def test_it_cannot_start_from_imagenet_without_weights(monkeypatch):
    monkeypatch.setattr(networks.weights, "missing", lambda: "The weights are not here.")
    assert SelfSupervised(start="imagenet").problem() == "The weights are not here."
    assert SelfSupervised().problem() is None


@pytest.mark.parametrize(("start", "part"), [
    ("scratch", ("augmentation", "strong")),
    ("scratch", ("model", "small_cnn")),
    ("imagenet", ("augmentation", "strong")),
    ("imagenet", ("model", "pretrained")),
])  # fmt: skip
def test_what_was_learnt_is_named_after_the_versions_of_what_it_was_learnt_with(start, part, monkeypatch):
    model = SelfSupervised(start=start)
    before, slot = model.features_key(), Slot(part[0])
    if part[1] == "pretrained":
        monkeypatch.setattr(backbone, "VERSION", backbone.VERSION + 1)
    else:
        used = techniques(slot)[part[1]]
        monkeypatch.setattr(used, "version", used.version + 1)
    assert model.features_key() != before


def test_what_carries_no_meaning_is_part_of_what_was_learnt_but_no_setting():
    plain = build(Slot.MODEL, Choice("self_supervised"))
    told = plain.suited(frozenset({Fact.ORIENTATION, Fact.INTENSITY}))
    assert told.free == (Fact.INTENSITY, Fact.ORIENTATION)
    assert told.features_key() != plain.features_key()
    assert told.key() != plain.key()
    assert "free" not in {each.name for each in settings_of(SelfSupervised)}
    assert replace(told, then="finetune").features_key() == told.features_key()
    assert replace(told, steps=told.steps + 1).features_key() != told.features_key()
    with pytest.raises(TechniqueError, match="has no setting 'free'"):
        build(Slot.MODEL, Choice("self_supervised", {"free": "intensity"}))


# ---- from ImageNet ----


def _profiles(images):
    """Return the means of the columns of images (n, height, width, channels), which show every bar of the toy."""
    return images.mean(axis=1).reshape(len(images), -1)


def test_an_adapter_of_imagenets_features_is_taught(monkeypatch):
    monkeypatch.setattr(adapting, "photographic", _profiles)
    rows, labels = toy(8)
    seen, truth = toy(20, seed=1)
    ear = Ear()
    model = SelfSupervised(start="imagenet", steps=60).suited(frozenset({Fact.INTENSITY}))
    learnt = model.learn(toy(20, seed=2)[0], seed=0, monitor=ear)
    assert np.mean(ear.records["loss"][-5:]) < 0.9 * ear.records["loss"][0]
    assert np.abs(learnt["2"]).max() > 0, "the layer that starts at zero has learnt"
    assert (_answers(model, learnt, rows, labels, seen[:]).argmax(axis=1) == truth).mean() > 0.95
    dimmed = 0.8 * seen[:]
    assert (_answers(model, learnt, rows, labels, dimmed).argmax(axis=1) == truth).mean() > 0.95, "not brightness"


def test_of_a_large_pool_evenly_spaced_images_are_adapted_from(monkeypatch):
    asked = []

    def described(images):
        asked.append(len(images))
        return _profiles(images)

    monkeypatch.setattr(adapting, "photographic", described)
    monkeypatch.setattr(believing, "TAUGHT", 10)
    pool, ear = toy(12)[0], Ear()
    views = SelfSupervised(start="imagenet")._views(pool.shape[1:])
    seen = adapting.seen(pool, views, np.random.default_rng(0), ear)
    assert seen.shape == (10, 5, 16)
    assert seen.dtype == np.float32
    np.testing.assert_array_equal(seen[:, 0], _profiles(pool[[number * 36 // 10 for number in range(10)]]))
    assert ear.notes == ["The pool is large: 10 of its 36 examples, evenly taken, teach."]
    task = Task(1000, (64, 64, 1), 5, 50)
    assert SelfSupervised(start="imagenet").cost(task).prepare < 5 + 10 * 5 * 0.01 + 1500 * self_supervised.ADAPTER


def test_the_weights_stand_beside_the_result(monkeypatch):
    monkeypatch.setattr(adapting, "photographic", _profiles)
    rows, labels = toy(4)
    for start in ("imagenet", "scratch"):
        ear, model = Ear(), SelfSupervised(start=start, steps=10)
        _answers(model, model.learn(rows, seed=0, monitor=Quiet()), rows, labels, rows[:], monitor=ear)
        assert ("weights" in ear.records) == (start == "imagenet")
        assert start == "scratch" or ear.records["weights"]["licence"] == "Apache-2.0"


def test_a_predictor_asks_whether_to_go_on():
    class Stop(Ear):
        def step(self, done, total):
            if self.notes:
                raise Cancelled("ended")

    rows, labels = toy(4)
    stop, model = Stop(), SelfSupervised(steps=10)
    learnt = model.learn(rows, seed=0, monitor=Quiet())
    predictor = model.fit(Examples.of(rows, labels), n_classes=3, seed=0, monitor=stop, learnt=learnt)
    assert predictor(rows[:]).shape == (12, 3)
    stop.note("End it.")
    with pytest.raises(Cancelled):
        predictor(rows[:])


def test_imagenets_own_features_are_what_is_adapted():
    images = toy(1)[0][:]
    found = adapting.photographic(images)
    wanted = build(Slot.MODEL, Choice("pretrained")).features(images)
    np.testing.assert_array_equal(found, wanted.reshape(found.shape))


# ---- what it costs ----


@pytest.mark.parametrize("fast", [True, False])
def test_the_cost_of_teaching_follows_the_steps_and_the_size_of_images(fast, monkeypatch):
    monkeypatch.setattr(self_supervised, "fast_bfloat16", lambda: fast)
    task = Task(1000, (64, 64, 1), 5, 50)
    prepare = SelfSupervised().cost(task).prepare
    assert prepare == pytest.approx(2 * SelfSupervised(steps=SelfSupervised.steps // 2).cost(task).prepare, rel=0.1)
    assert SelfSupervised().cost(replace(task, shape=(32, 32, 1))).prepare < prepare
    assert prepare < 180, "at most three minutes on one core"
    assert SelfSupervised(start="imagenet").cost(task).prepare < 180
    assert SelfSupervised(then="finetune").cost(task).fit > SelfSupervised(then="probe").cost(task).fit
    assert self_supervised.VIEWS == contrastive.BATCH * 2


def test_units_for_bfloat16_make_teaching_cheaper(monkeypatch):
    costs = []
    for fast in (True, False):
        monkeypatch.setattr(self_supervised, "fast_bfloat16", lambda fast=fast: fast)
        costs.append(SelfSupervised().cost(Task(1000, (64, 64, 1), 5, 50)).prepare)
    assert costs[0] < costs[1]


def test_the_works_on_the_network_are_cited_where_labels_train_it_further():
    probe, fine = (SelfSupervised(then=then).works() for then in ("probe", "finetune"))
    assert fine == (*probe, *SmallCnn().works())
