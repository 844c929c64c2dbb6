"""How often each change of an augmentation turns an answer of which a frozen network was sure into another one.

The probe is what the model `pretrained` is: features of a network that has learnt from photographs, and its head. It
learns from labelled images of the pool and is asked about others of it; no image that judges in a study of that seed is
used. Each image is described as it stands and not in its flips and turns, whose mean would hide what turning does, and
at one scale, which takes half the time.

Every change is switched on for every image, whatever its probability in the pipeline is. Changes of the size and what
changes the size back are one step.

options   technique, settings: the augmentation; free: the facts that carry no meaning; seed

arrays    before and after (s, height, width, channels), float32 in [0, 1]: for each of s steps an image and what became
          of it, no larger than they are shown; one whose answer changed, where there is one
facts     taught, asked: images that the probe learnt from and that it was asked about; sure: those of which it was
          sure; right: those of them that it answered rightly; steps: for each its name, its code, how many of the sure
          answers changed, the ends of the 95 % interval of their share, and the answers about the example
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.blocks import once
from explorer.errors import TechniqueError
from explorer.previews.answers import Preview
from explorer.previews.augment import augmentation
from explorer.previews.making import AtWork
from explorer.previews.pipelines import part_code, pipeline_of, tree_of
from explorer.previews.showing import split
from explorer.proportions import wilson
from explorer.records import Choice, Dataset, Fact, Floats, Ints, Rows, Slot, digest
from explorer.techniques.base import FixedModel, Float32s, Predictor
from explorer.techniques.discovery import build
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import QUIET
from explorer.techniques.pipelines import viewed
from explorer.techniques.resizing import resized

#: The model whose features and head are the probe.
PROBE = Choice("pretrained", {"views": "one", "scales": "one"})
#: Images that the probe learns from at most, and is asked about at most.
TAUGHT, ASKED = 200, 60
#: Probability from which on an answer counts as sure.
SURE = 0.8
#: Images that are held at full size at once, between two looks whether the answer is still wanted.
CHUNK = 8
#: Longer side of an example in px: twice what a page shows.
LARGEST = 144


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return what each step does to the answers. Raises TechniqueError where probe or augmentation cannot be had."""
    free = frozenset(Fact(each) for each in options["free"])
    probe = _Probe.of(dataset, at_work)
    shape = probe.images.shape[1:]
    pipeline = pipeline_of(augmentation(options, free), shape, free)
    judges = pipeline is not None and len(probe.images)
    found = steps(tree_of(pipeline), shape) if judges else []
    judged = [probe.judged(step, np.random.default_rng([options["seed"], at])) for at, step in enumerate(found)]
    empty = np.empty((0, *shape), np.float32)
    arrays = {side: np.array([each[side] for each, _ in judged]) if judged else empty for side in ("before", "after")}
    return Preview(arrays, {**probe.facts, "steps": [told for _, told in judged]})


# ---- the steps of a pipeline -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Step:
    """One change by itself: the parts it is made of, and the pipeline that always makes it."""

    parts: Sequence[Mapping[str, Any]]
    pipeline: Any

    @property
    def name(self) -> str:
        """Names of the transforms, as albumentations has them."""
        return " + ".join(each["__class_fullname__"].rpartition(".")[2] for each in self.parts)

    @property
    def code(self) -> str:
        """Python code of the transforms."""
        return ", ".join(part_code(each) for each in self.parts)


def steps(tree: Mapping[str, Any], shape: tuple[int, ...]) -> list[Step]:
    """Return the changes of a pipeline for images (height, width, channels), in its order."""
    found: list[Step] = []
    parts: list[Mapping[str, Any]] = []
    for leaf in _leaves(tree):
        parts.append({**leaf, "p": 1.0})
        step = Step(tuple(parts), _built(parts))
        trial = np.zeros(shape, np.float32)
        if step.pipeline(image=trial)["image"].shape == shape:
            found.append(step)
            parts = []
    return found


def _leaves(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the transforms inside a part, but for those that change nothing."""
    if "transforms" in tree:
        for each in tree["transforms"]:
            yield from _leaves(each)
    elif tree["__class_fullname__"] != "NoOp":
        yield tree


def _built(parts: Sequence[Mapping[str, Any]]) -> Any:
    import albumentations

    whole = {"__class_fullname__": "Compose", "p": 1.0, "transforms": list(parts)}
    return albumentations.from_dict({"transform": whole})


# ---- the probe -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Probe:
    """A fitted probe, and the images (n, height, width, channels) of which it is sure, with its answers (n,)."""

    model: FixedModel
    predictor: Predictor
    images: Rows
    answers: Ints
    facts: Mapping[str, int]
    at_work: AtWork

    @classmethod
    def of(cls, dataset: Dataset, at_work: AtWork) -> "_Probe":
        """Return the probe of a data set. Raises TechniqueError where the network cannot be used here."""
        model = build(Slot.MODEL, PROBE)
        assert isinstance(model, FixedModel)
        problem = model.problem()
        if problem is not None:
            raise TechniqueError(f"{model.title} cannot be used here. {problem}")
        taught, asked = sides(dataset)
        known = _known(model, dataset, np.concatenate([taught, asked]), at_work)
        examples = Examples.of(known[: len(taught)], dataset.labels[taught])
        predictor = model.fit(examples, n_classes=dataset.n_classes, seed=0, monitor=QUIET)
        found = predictor(known[len(taught) :])
        sure = found.max(axis=1) >= SURE
        answers = found.argmax(axis=1)[sure]
        right = int((answers == dataset.labels[asked][sure]).sum())
        facts = {"taught": len(taught), "asked": len(asked), "sure": int(sure.sum()), "right": right}
        return cls(model, predictor, dataset.rows(asked[sure]), answers, facts, at_work)

    def judged(self, step: Step, random: np.random.Generator) -> tuple[Mapping[str, Float32s], Mapping[str, Any]]:
        """Return an example of a step, before and after, and what it does to the answers."""
        answers, example = self._answered(step, random)
        changed = answers != self.answers
        low, high = wilson(int(changed.sum()), len(changed))
        one = int(changed.argmax())
        told = {
            "name": step.name, "code": step.code, "changed": int(changed.sum()), "low": low, "high": high,
            "was": int(self.answers[one]), "became": int(answers[one]),
        }  # fmt: skip
        return example, told

    def _answered(self, step: Step, random: np.random.Generator) -> tuple[Ints, Mapping[str, Float32s]]:
        """Return what is answered after a step, (n,), and the first image whose answer changed, else the first one."""
        found: list[Ints] = []
        example: Mapping[str, Float32s] = {}
        changed = False
        for start in range(0, len(self.images), CHUNK):
            before = self.images[start : start + CHUNK]
            after = viewed(step.pipeline, before, random)
            found.append(self.predictor(described(self.model, after, self.at_work)).argmax(axis=1))
            others = found[-1] != self.answers[start : start + CHUNK]
            if not example or (others.any() and not changed):
                one = int(others.argmax())
                example = {"before": shown(before[one]), "after": shown(after[one])}
            changed = changed or bool(others.any())
        return np.concatenate(found), example


def shown(image: Float32s) -> Float32s:
    """Return an image (height, width, channels) whose longer side has LARGEST pixels at most."""
    height, width = image.shape[:2]
    scale = LARGEST / max(height, width)
    if scale >= 1:
        return image
    sides = (max(1, round(scale * each)) for each in (height, width))
    return np.asarray(np.clip(resized(image[None], *sides)[0], 0.0, 1.0), np.float32)


def sides(dataset: Dataset) -> tuple[Ints, Ints]:
    """Return the rows that the probe learns from and those that it is asked about: labelled rows of the pool.

    No unit (a group, copies of one image) is on both sides. Raises DataError where there is nothing to learn.
    """
    chosen = split(dataset)
    units = chosen.units[chosen.order]
    in_order = units[np.sort(np.unique(units, return_index=True)[1])]
    teaching = np.isin(units, in_order[: (len(in_order) + 1) // 2])
    return chosen.order[teaching][:TAUGHT], chosen.order[~teaching][:ASKED]


def _known(model: FixedModel, dataset: Dataset, rows: Ints, at_work: AtWork) -> Floats:
    """Return features (n, d) of rows as they are, which are kept: every pipeline is judged by the same ones."""
    name = digest("probe", dataset.fingerprint, model.features_key(), rows.tobytes())

    def made() -> Mapping[str, Floats]:
        return {"features": described(model, dataset.rows(rows), at_work)}

    return once(at_work.cache / f"{name}.npz", made, at_work.monitor)["features"]


def described(model: FixedModel, images: Float32s | Rows, at_work: AtWork) -> Floats:
    """Return features (n, d) of images (n, height, width, channels). Raises Cancelled through the monitor."""
    found = []
    for start in range(0, len(images), CHUNK):
        at_work.monitor.step(start, len(images))
        found.append(model.features(images[start : start + CHUNK]))
    return np.concatenate(found)
