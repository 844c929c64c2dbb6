"""What an arm needs once per data set: cleaned inputs and features of all rows, cached on disk by their content.

Several processes may want the same thing at once: they share the work block by block. A block is held by a file lock,
which the system frees when its holder dies; finished blocks are put together by whoever comes first, and files appear
by an atomic rename.
"""

import functools
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from explorer.errors import TechniqueError
from explorer.journal import Journal
from explorer.records import Array, Dataset, Ints, Rows, Scaling, digest
from explorer.techniques.base import Denoising, FixedModel, Float32s, Steps, Views
from explorer.techniques.composing import Parts

#: Rows computed between two looks at the monitor.
CHUNK = 64
#: Rows of a block at least, and blocks at most.
BLOCK_ROWS = 128
BLOCKS = 64

UNIT = Scaling(0.0, 1.0, "values in [0, 1]")

#: Views made of each row where an augmentation meets a fixed model, beside the row itself.
VIEWS = 4

#: From inputs (m, ...) in [0, 1] and the number of the first one to one row each.
Mapper = Callable[[Float32s, int], Float32s]


@dataclass(frozen=True)
class Recipe:
    """The names under which cleaned inputs and features of an arm are cached; None = nothing of that kind is."""

    cleaned: str | None
    features: str | None

    @property
    def key(self) -> str | None:
        """Name of the last thing that has to be there before a trial can start; None = nothing has to."""
        return self.features or self.cleaned


@dataclass(frozen=True, eq=False)
class Prepared:
    """Inputs of all rows, cleaned where the arm says so, and their features for a fixed model; memory-mapped.

    Features are (n, d), or (n, v, d) with v views of each row. `reports` are figures that the denoiser kept of itself.
    """

    inputs: Rows
    features: Float32s | None
    reports: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, chosen: Ints) -> Rows:
        """Return the inputs of the chosen rows, copied, without labels."""
        return Rows(np.ascontiguousarray(self.inputs.values[chosen]), self.inputs.scaling)


def recipe(dataset: Dataset, parts: Parts, pool: Ints, seed: int) -> Recipe:
    """Return under which names the arm's preparation is cached; a denoiser that learns depends on pool and seed."""
    cleaned = None if parts.denoising is None else _cleaned_key(dataset, parts.denoising, pool, seed)
    if not isinstance(parts.model, FixedModel):
        return Recipe(cleaned, None)
    views = () if parts.augmentation is None else (parts.augmentation.key(), str(VIEWS), *sorted(parts.free))
    return Recipe(cleaned, digest("features", dataset.fingerprint, cleaned or "", parts.model.features_key(), *views))


def is_ready(key: str, cache: Path) -> bool:
    """Tell whether the preparation of that name is there."""
    return _loaded(_file(cache, key)) is not None


def prepared(dataset: Dataset, parts: Parts, pool: Ints, seed: int, *, cache: Path, monitor: Steps) -> Prepared:
    """Compute what is not cached yet, together with other processes that want the same, and return it.

    `pool` holds the rows that a denoiser may learn from. Raises Cancelled or OutOfTime through `monitor`, and
    TechniqueError when a technique returns something of the wrong shape.
    """
    wanted = recipe(dataset, parts, pool, seed)
    inputs, reports = Rows(dataset.inputs, dataset.scaling), {}
    if parts.denoising is not None and wanted.cleaned is not None:
        denoising, raw = parts.denoising, inputs
        rows = dataset.rows(pool if denoising.learns else pool[:0])
        report = cache / f"{wanted.cleaned}.json"
        cleaned = _mapped(raw, lambda: _cleaner(denoising, rows, seed, report, monitor), wanted.cleaned, cache, monitor)
        inputs, reports = Rows(cleaned, UNIT), json.loads(report.read_text(encoding="utf-8"))
    if not isinstance(parts.model, FixedModel) or wanted.features is None:
        return Prepared(inputs, None, reports)
    views = None if parts.augmentation is None else parts.augmentation.views(inputs.shape[1:], parts.free)
    describe = functools.partial(_describer, parts.model, views)
    return Prepared(inputs, _mapped(inputs, describe, wanted.features, cache, monitor), reports)


def _cleaned_key(dataset: Dataset, denoising: Denoising, pool: Ints, seed: int) -> str:
    learnt = (str(seed), pool.astype(np.int64).tobytes()) if denoising.learns else ()
    return digest("cleaned", dataset.fingerprint, denoising.key(), *learnt)


def _cleaner(denoising: Denoising, pool: Rows, seed: int, report: Path, monitor: Steps) -> Mapper:
    """Return what cleans inputs, fitted on the pool; what it tells of itself is kept in the file `report`."""
    journal = Journal(monitor, math.inf)
    clean = denoising.fit(pool, seed=seed, monitor=journal)
    partial = _partial(report)
    partial.write_text(json.dumps(journal.records), encoding="utf-8")
    partial.replace(report)
    return lambda inputs, _: clean(inputs)


def _describer(model: FixedModel, views: Views | None) -> Mapper:
    """Return what makes features of inputs, with views of each where there is an augmentation.

    All rows get views, as answers are averaged over them; they are drawn once, by row, whatever seeds a study has.
    """
    if views is None:
        return lambda inputs, _: model.features(inputs)

    def describe(inputs: Float32s, first: int) -> Float32s:
        seen = [inputs, *(_view(views, inputs, first, number) for number in range(VIEWS))]
        each = [model.features(np.asarray(view, np.float32)) for view in seen]
        return np.concatenate([found.reshape(len(inputs), -1, found.shape[-1]) for found in each], axis=1)

    return describe


def _view(views: Views, inputs: Float32s, first: int, number: int) -> Float32s:
    """Return one view of each input; which one depends on its row and the number of the view alone."""
    each = [views(image[None], np.random.default_rng([first + at, number])) for at, image in enumerate(inputs)]
    return np.concatenate(each)


# ---- block by block --------------------------------------------------------------------------------------------


def _mapped(inputs: Rows, make: Callable[[], Mapper], key: str, cache: Path, monitor: Steps) -> Float32s:
    """Return make() of all inputs as a memory-mapped array; `make` is called only where a block is left to compute."""
    whole = _file(cache, key)
    kept = _loaded(whole)
    if kept is not None:
        return kept
    whole.parent.mkdir(parents=True, exist_ok=True)
    _discard_damaged(whole, monitor)
    blocks = _blocks(len(inputs), whole)
    _share(inputs, make, blocks, monitor)
    _assemble(whole, [path for _, path in blocks], monitor)
    mapped: Float32s = np.load(whole, mmap_mode="r", allow_pickle=False)
    return mapped


def _loaded(path: Path) -> Float32s | None:
    """Return a file of the cache, memory-mapped; None where there is none, or one that cannot be read."""
    try:
        kept: Float32s = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return kept


def _discard_damaged(whole: Path, monitor: Steps) -> None:
    with _held(whole, monitor, patient=True):
        if whole.exists() and _loaded(whole) is None:
            whole.unlink()


def _file(cache: Path, key: str) -> Path:
    return cache / f"{key}.npy"


def _blocks(n: int, whole: Path) -> list[tuple[range, Path]]:
    size = max(BLOCK_ROWS, -(-n // BLOCKS))
    return [(range(start, min(start + size, n)), _part(whole, start)) for start in range(0, n, size)]


def _part(whole: Path, start: int) -> Path:
    return whole.with_suffix(f".{start}.npy")


def _share(inputs: Rows, make: Callable[[], Mapper], blocks: list[tuple[range, Path]], monitor: Steps) -> None:
    """Compute the blocks that nobody else does, then wait for the others'; take over from one that died."""
    mapper: Mapper | None = None
    for patient in (False, True):
        for rows, path in blocks:
            if _left(path):
                with _held(path, monitor, patient) as mine:
                    if mine and _left(path):
                        mapper = mapper or make()
                        _write(path, _computed(inputs, rows, mapper, monitor))


def _left(path: Path) -> bool:
    """Tell whether a block is still to be computed: neither it can be read nor the whole it ends up in exists."""
    whole = path.with_suffix("").with_suffix(".npy")
    return not whole.exists() and _loaded(path) is None


@contextmanager
def _held(path: Path, monitor: Steps, patient: bool) -> Iterator[bool]:
    """Hold the lock that belongs to `path` and yield True; yield False at once when not patient and it is taken."""
    lock = FileLock(path.with_suffix(".lock"))
    while True:
        try:
            lock.acquire(timeout=0.1 if patient else 0)
            break
        except Timeout:
            if not patient:
                yield False
                return
            monitor.step(0, 0)
    try:
        yield True
    finally:
        lock.release()


def _computed(inputs: Rows, rows: range, mapper: Mapper, monitor: Steps) -> Float32s:
    done = []
    for start in range(rows.start, rows.stop, CHUNK):
        monitor.step(start, len(inputs))
        chunk = inputs[start : min(start + CHUNK, rows.stop)]
        found = np.asarray(mapper(chunk, start), np.float32)
        if len(found) != len(chunk):
            raise TechniqueError(
                f"A technique made {len(found)} rows of {len(chunk)} inputs. It must make one of each."
            )
        done.append(found)
    return np.concatenate(done)


def _write(path: Path, values: Array) -> None:
    partial = _partial(path)
    with partial.open("wb") as file:
        np.save(file, values, allow_pickle=False)
    partial.replace(path)


def _partial(path: Path) -> Path:
    return path.with_suffix(f".{os.getpid()}.partial")


def _assemble(whole: Path, parts: list[Path], monitor: Steps) -> None:
    with _held(whole, monitor, patient=True):
        if not whole.exists():
            first = np.load(parts[0], mmap_mode="r", allow_pickle=False)
            n = sum(len(np.load(part, mmap_mode="r", allow_pickle=False)) for part in parts)
            partial = _partial(whole)
            joined = np.lib.format.open_memmap(partial, mode="w+", dtype=np.float32, shape=(n, *first.shape[1:]))
            start = 0
            for part in parts:
                block = np.load(part, allow_pickle=False)
                joined[start : start + len(block)] = block
                start += len(block)
            joined.flush()
            partial.replace(whole)
    for part in parts:
        part.unlink(missing_ok=True)
        part.with_suffix(".lock").unlink(missing_ok=True)
