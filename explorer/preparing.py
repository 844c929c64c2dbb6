"""What an arm needs before its trials: cleaned inputs, what is learnt from the pool, features; kept by their content.

Every file is named by all that it was made of, so that arms and seeds that need the same share it. A manifest under the
name of the recipe says which files belong to an arm.
"""

import functools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np

from explorer import cautions, denoising_report
from explorer.blocks import Mapper, loaded, mapped, named, once, took, write_json
from explorer.journal import Journal, Patience
from explorer.recipes import (
    FILES,
    VIEWS,
    cleaning_key,
    made_key,
    manifest,
    manifest_file,
    recipe_of,
    seed_for,
    views_key,
)
from explorer.records import Array, Dataset, Floats, Ints, Rows, Scaling, digest
from explorer.techniques.base import NOTHING, Denoising, FixedModel, Float32s, Learnt, Technique, Views
from explorer.techniques.composing import Parts
from explorer.techniques.monitors import Steps
from explorer.techniques.noise import Noise

UNIT = Scaling(0.0, 1.0, "values in [0, 1]")


@dataclass(frozen=True, eq=False)
class Prepared:
    """Inputs of all rows, cleaned where the arm says so, and their features for a fixed model; memory-mapped.

    features    (n, d), or (n, v, d) with v views of each row; None for a trained model
    learnt      what the model has learnt from the pool
    reports     figures that techniques told of themselves, by name, and `notes` their sentences
    took        seconds on one core in which each file was made, by its name, whoever made it; None = not known
    """

    inputs: Rows
    features: Floats | None = None
    learnt: Learnt = field(default_factory=dict)
    reports: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[str] = ()
    took: Mapping[str, float | None] = field(default_factory=dict)

    def rows(self, chosen: Ints) -> Floats | Rows:
        """Return what a model is fitted on: features (m, ...) of a fixed one, else inputs; always a copy."""
        if self.features is not None:
            return np.asarray(self.features[chosen])
        return Rows(np.ascontiguousarray(self.inputs.values[chosen]), self.inputs.scaling)

    def seen(self, chosen: Ints) -> Floats:
        """Return what a predictor takes: features (m, ...) of a fixed model, else inputs (m, ...) in [0, 1]."""
        return self.inputs[chosen] if self.features is None else np.asarray(self.features[chosen])


def prepared(
    dataset: Dataset,
    parts: Parts,
    pool: Ints,
    seed: int,
    *,
    cache: Path,
    monitor: Steps,
    seconds: float = math.inf,
) -> Prepared:
    """Compute what is not kept yet, together with other processes that want the same, and return it.

    `pool` holds the rows that techniques may learn from, `seed` is that of the trial. `seconds` limit what
    a technique learns from the pool, and how long no further row may get ready. Raises OutOfTime beyond them, Cancelled
    through `monitor`, and TechniqueError when a technique returns something of the wrong shape.
    """
    key = recipe_of(dataset, parts, pool, seed)
    if key is None:
        return Prepared(Rows(dataset.inputs, dataset.scaling))
    kept = manifest(key, cache)
    found = None if kept is None else _opened(dataset, kept, cache)
    return found or _Kitchen(dataset, pool, seed, cache, monitor, seconds).made(parts, key)


def _opened(dataset: Dataset, kept: Mapping[str, Any], cache: Path) -> Prepared | None:
    """Return what a manifest names; None where a file of it is damaged."""
    found = {name: loaded(cache / kept[name]) for name in ("inputs", "features") if kept[name] is not None}
    arrays = {name: each for name, each in found.items() if each is not None}
    if len(arrays) < len(found):
        return None
    inputs = Rows(arrays["inputs"], UNIT) if "inputs" in arrays else Rows(dataset.inputs, dataset.scaling)
    learnt = NOTHING if kept["learnt"] is None else named(cache / kept["learnt"])
    if learnt is None:
        return None
    seconds = kept.get("took", dict.fromkeys(filter(None, map(kept.get, FILES))))  # earlier versions noted none
    return Prepared(inputs, arrays.get("features"), learnt, kept["reports"], cautions.of_kept(kept), seconds)


@dataclass(frozen=True, eq=False)
class _Kitchen:
    """Makes what an arm needs of one data set, pool and seed; `used` gathers the names of the files."""

    dataset: Dataset
    pool: Ints
    seed: int
    cache: Path
    monitor: Steps
    seconds: float
    used: list[str] = field(default_factory=list)

    def made(self, parts: Parts, key: str) -> Prepared:
        """Make everything, write the manifest and return what was made."""
        journal = Journal(self.monitor, math.inf)  # of what is told; what takes time has limits of its own
        inputs, cleaned = self._cleaned(parts.denoising, journal)
        learnt, learnt_name = self._learnt(parts.model, inputs, cleaned or self.dataset.fingerprint, journal)
        features, features_name = self._features(parts, inputs, cleaned, learnt)
        names = {"inputs": cleaned, "features": features_name, "learnt": learnt_name if learnt else None}
        seconds = {name: took(self.cache / name) for name in self.used}
        told = {"reports": journal.records, **cautions.kept(journal.notes), "took": seconds}
        write_json(manifest_file(key, self.cache), {**names, **told})
        return Prepared(inputs, features, learnt, journal.records, journal.notes, seconds)

    def _cleaned(self, denoising: Denoising | None, journal: Journal) -> tuple[Rows, str | None]:
        """Return the inputs of all rows and the file of the cleaned ones; None where they are not cleaned."""
        raw = Rows(self.dataset.inputs, self.dataset.scaling)
        if denoising is None:
            return raw, None
        given, source = self._noisy(raw, denoising.noise)
        learnt, _ = self._learnt(denoising, given, source, journal)
        name = f"{digest('cleaned', source, cleaning_key(denoising), contents(learnt))}.npy"
        cleaner = functools.partial(_cleaner, denoising, learnt)
        cleaned = Rows(self._mapped(given, cleaner, name), UNIT)
        if self.dataset.kind == "image":
            self._report(denoising, learnt, given, cleaned, journal)
        return cleaned, name

    def _noisy(self, raw: Rows, noise: Noise | None) -> tuple[Rows, str]:
        """Return the inputs of all rows with the noise that is added on purpose, and a name of them."""
        name = source_of(self.dataset, noise)
        return (raw if noise is None else Rows(self._mapped(raw, noise.added, name), UNIT)), name

    def _mapped(self, inputs: Rows, mapper: Mapper, name: str) -> Floats:
        """Return the mapper's rows of all inputs, kept in a file of that name."""
        self.used.append(name)
        return mapped(inputs, mapper, self.cache / name, Patience(self.monitor, self.seconds))

    def _report(self, denoising: Denoising, learnt: Learnt, given: Rows, cleaned: Rows, journal: Journal) -> None:
        """Record what cleaning did to some rows of the pool; to some of all rows where nothing was learnt from it.

        For what does not depend on the pool is made once for all of them, and must not depend on who is first.
        """
        learns = denoising.learns_from_pool
        rows = denoising_report.rows_of(self.pool if learns else np.arange(len(self.dataset)), self.seed * learns)
        seen = denoising_report.Seen(given[rows], cleaned[rows], *truth(self.dataset, rows, denoising.noise))
        found = denoising_report.report(seen, functools.partial(denoising.clean, learnt=learnt))
        journal.record("denoising", found)
        if (told := denoising_report.sentence(found)) is not None:
            journal.note(told)

    def _learnt(self, technique: Technique, inputs: Rows, source: str, journal: Journal) -> tuple[Learnt, str | None]:
        """Return what a technique learns from the pool of `inputs`, and its file; what it tells goes to the journal."""
        if not technique.learns_from_pool:
            return NOTHING, None
        file = learnt_file(technique, source, self.pool, self.seed, self.cache)
        self.used.append(file.name)
        limited = Journal(self.monitor, self.seconds, "preparation")
        pool = Rows(cast(Array, Picked(inputs.values, self.pool)), inputs.scaling)
        return learnt_once(technique, pool, self.seed, file, limited, journal), file.name

    def _features(
        self, parts: Parts, inputs: Rows, cleaned: str | None, learnt: Learnt
    ) -> tuple[Floats | None, str | None]:
        """Return the features of all rows and their file, for a fixed model."""
        model = parts.model
        if not isinstance(model, FixedModel):
            return None, None
        augmentation = None if parts.is_idle else parts.augmentation
        views = None if augmentation is None else augmentation.views(inputs.shape[1:], parts.free)
        made = ["features", self.dataset.fingerprint, cleaned or "", made_key(model), contents(learnt)]
        name = f"{digest(*made, *views_key(parts))}.npy"
        describe = functools.partial(_described, model, learnt, views)
        return self._mapped(inputs, describe, name), name


# ---- what single techniques learn from a pool ------------------------------------------------------------------


def source_of(dataset: Dataset, noise: Noise | None) -> str:
    """Return a name of the inputs with the noise that is added on purpose: where there is some, that of their file."""
    return dataset.fingerprint if noise is None else f"{digest('noisy', dataset.fingerprint, noise.key())}.npy"


def truth(dataset: Dataset, rows: Ints, noise: Noise | None) -> tuple[Float32s | None, str]:
    """Return the rows without noise and what they are in words; None where nobody knows them."""
    if dataset.clean is not None:
        return dataset.scaling.apply(dataset.clean[rows]), denoising_report.CLEAN
    if noise is not None:
        return dataset.scaling.apply(dataset.inputs[rows]), denoising_report.BEFORE
    return None, ""


def learnt_file(technique: Technique, source: str, pool: Ints, seed: int, cache: Path) -> Path:
    """Return the file of what a technique learns from the pool of the inputs called `source` at the seed of a trial."""
    own = str(seed_for(seed, technique.slot))
    return cache / f"{digest('learnt', source, made_key(technique), own, pool.astype(np.int64).tobytes())}.npz"


def learnt_once(technique: Technique, pool: Rows, seed: int, file: Path, steps: Steps, journal: Journal) -> Learnt:
    """Return what `file`, a `learnt_file`, keeps of the pool, learnt now where it does not.

    What the technique tells goes to the journal, now and whenever the file is used. Raises what `steps` raises.
    """
    told = file.with_suffix(".told.json")
    if not told.is_file():  # who clears a cache by age may leave one of the two
        file.unlink(missing_ok=True)

    def make() -> Learnt:
        own = Journal(steps, math.inf)
        learnt = technique.learn(pool, seed=seed_for(seed, technique.slot), monitor=own)
        write_json(told, {"records": own.records, **cautions.kept(own.notes)})
        return learnt

    learnt = once(file, make, steps)
    found = json.loads(told.read_text(encoding="utf-8"))
    journal.take({"records": found["records"], "notes": cautions.of_kept(found)})
    return learnt


class Picked:
    """Stands for the chosen rows of an array, (m, ...), which are read when they are indexed along the first axis.

    A technique that learns from some hundred images of a pool need not hold all of it in memory.
    """

    def __init__(self, values: Array, chosen: Ints) -> None:
        self._values, self._chosen = values, chosen
        self.shape = (len(chosen), *values.shape[1:])
        self.dtype = values.dtype

    def __len__(self) -> int:
        return len(self._chosen)

    def __getitem__(self, which: Any) -> Array:
        return np.asarray(self._values[self._chosen[which]])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.asarray(self[:], dtype)


def contents(learnt: Learnt) -> str:
    """Return a name of what was learnt, by its bits."""
    parts = [(name, str(values.dtype), str(values.shape), np.ascontiguousarray(values).tobytes())
             for name, values in sorted(learnt.items())]  # fmt: skip
    return digest("learnt", *(each for part in parts for each in part))


def _cleaner(denoising: Denoising, learnt: Learnt, inputs: Float32s, first: int) -> Float32s:
    return denoising.clean(inputs, learnt)


def _described(model: FixedModel, learnt: Learnt, views: Views | None, inputs: Float32s, first: int) -> Floats:
    """Return features of inputs, with views of each where there is an augmentation.

    All rows get views, as answers are averaged over them; they are drawn once, by row, whatever seeds a study has.
    """
    if views is None:
        return model.features(inputs, learnt)
    seen = [inputs, *(_view(views, inputs, first, number) for number in range(VIEWS))]
    each = [model.features(np.asarray(view, np.float32), learnt) for view in seen]
    return np.concatenate([found.reshape(len(inputs), -1, found.shape[-1]) for found in each], axis=1)


def _view(views: Views, inputs: Float32s, first: int, number: int) -> Float32s:
    """Return one view of each input; which one depends on its row and the number of the view alone."""
    each = [views(image[None], np.random.default_rng([first + at, number])) for at, image in enumerate(inputs)]
    return np.concatenate(each)
