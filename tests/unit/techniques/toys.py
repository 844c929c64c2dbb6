"""Small made-up images on which every model can be tried in a moment, and a way to build a model that is quick."""

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer import trial
from explorer.preparing import Prepared
from explorer.records import Arm, Choice, Rows, Scaling, Slot
from explorer.techniques.base import NOTHING, CombinedModel, FixedModel, TrainedModel
from explorer.techniques.composing import compose, members
from explorer.techniques.discovery import build, techniques
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import Quiet
from explorer.techniques.settings import settings_of

SCALING = Scaling(0.0, 255.0, "8-bit: 0 to 255")


def toy(per_class: int, n_classes: int = 3, channels: int = 1, side: int = 16, seed: int = 0) -> tuple[Rows, Any]:
    """Return images, (n, side, side, channels) uint8 as Rows, and labels: brightness and a bar tell the class."""
    rng = np.random.default_rng([seed, n_classes, channels, side])
    labels = np.tile(np.arange(n_classes), per_class).astype(np.int64)
    images = rng.normal(40, 8, (len(labels), side, side, channels)) + 120 * (labels / n_classes)[:, None, None, None]
    for image, label in zip(images, labels, strict=True):
        image[:, label * side // n_classes] += 60
    return Rows(images.clip(0, 255).astype(np.uint8), SCALING), labels


def quick(name: str) -> Any:
    """Return the model of that name, with few training steps, views, scales and members where it has such settings.

    What many views and both scales do is tested with the networks that see them, and all members of a combination once.
    """
    known = {each.name for each in settings_of(techniques(Slot.MODEL)[name])}
    few = {"steps": 40, "batch": 8, "views": "one", "scales": "one", "made_of": "pseudo_labels, scattering"}
    return build(Slot.MODEL, Choice(name, {each: value for each, value in few.items() if each in known}))


def quick_denoiser(name: str, **settings: Any) -> Any:
    """Return the denoiser of that name, with few training steps where it has such a setting."""
    known = {each.name for each in settings_of(techniques(Slot.DENOISING)[name])}
    few = {"steps": 12, "batch": 4} if "steps" in known else {}
    return build(Slot.DENOISING, Choice(name, {**few, **settings}))


def taught(denoiser: Any, pool: Rows, *, seed: int = 3, monitor: Any = None) -> Any:
    """Return what a denoiser learns from the pool; nothing where it does not look at it."""
    return denoiser.learn(pool, seed=seed, monitor=monitor or Quiet()) if denoiser.learns_from_pool else NOTHING


def probabilities(model: Any, rows: Rows, labels: Any, seen: Any, *, seed: int = 0, **more: Any) -> Any:
    """Return what the model, fitted on rows and labels, answers for `seen`, (m, side, side, channels) in [0, 1]."""
    n_classes = more.pop("n_classes", int(labels.max()) + 1)
    weights = more.pop("weights", None)
    known = {"n_classes": n_classes, "seed": seed, "monitor": Quiet(), **more}
    if isinstance(model, CombinedModel):
        return _combined(model, rows, labels, seen, weights, known)
    if isinstance(model, FixedModel):
        return model.fit(weighted(model.features(rows[:]), labels, weights), **known)(model.features(seen))
    assert isinstance(model, TrainedModel)
    learnt = model.learn(rows, seed=seed, monitor=known["monitor"])
    return model.fit(weighted(rows, labels, weights), learnt=learnt, **known)(seen)


def _combined(model: Any, rows: Rows, labels: Any, seen: Any, weights: Any, known: Mapping[str, Any]) -> Any:
    """Return what a model made of arms answers; its members are fitted as a trial fits them, without a pool."""
    parts = [replace(each, model=quick(each.model.name())) for each in members(compose(Arm("a", "A", _choice(model))))]
    everyone, nobody = np.arange(len(labels)), np.empty(0, np.int64)
    lesson = trial.Lesson(everyone, labels, everyone, nobody, known["n_classes"], known["seed"])
    sources = [Prepared(rows, _described(each.model, rows[:])) for each in parts]
    fits = [functools.partial(trial._fit_arm, *each, lesson) for each in zip(parts, sources, strict=True)]
    examples = weighted(tuple(source.rows(everyone) for source in sources), labels, weights)
    return model.fit(examples, fits, **known)(tuple(_described(each.model, seen) for each in parts))


def _choice(model: Any) -> Choice:
    return Choice(model.name(), {each.name: getattr(model, each.name) for each in settings_of(type(model))})


def _described(model: Any, inputs: Any) -> Any:
    """Return features of inputs (m, side, side, channels), which every member of a combination learns from."""
    assert isinstance(model, FixedModel)
    return model.features(inputs)


def weighted(rows: Any, labels: Any, weights: Any = None) -> Examples:
    """Return examples of these weights, all the same where none are given."""
    plain = Examples.of(rows, labels)
    return plain if weights is None else replace(plain, weights=weights)


def digest(values: npt.NDArray[Any]) -> str:
    """Return a name of the exact bits of an array."""
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


def answers() -> dict[str, str]:
    """Return digests of what every model and every denoiser makes of the toy, for comparison between processes."""
    rows, labels = toy(5)
    seen = toy(4, seed=1)[0][:]
    found = {name: digest(probabilities(quick(name), rows, labels, seen)) for name in techniques(Slot.MODEL)}
    for name in techniques(Slot.DENOISING):
        denoiser = quick_denoiser(name)
        found[f"{name}, cleaned"] = digest(denoiser.clean(seen, taught(denoiser, rows)))
    return found
