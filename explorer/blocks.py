"""Arrays of one row for each input, computed by several processes together and kept as files.

Several processes may want the same thing at once: they share the work block by block. A block is held by a file lock,
which the system frees when its holder dies; finished blocks are put together by whoever comes first, and files appear
by an atomic rename. Beside each file stands what it took to make it, in a file of its own, for those who find it ready.
"""

import json
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from explorer.errors import TechniqueError
from explorer.records import Array, Floats, Rows
from explorer.techniques.base import Float32s
from explorer.techniques.monitors import Steps

#: Rows computed between two looks at the monitor: of the slowest networks so many take a second or two.
CHUNK = 16
#: Rows of a block at least, and blocks at most.
BLOCK_ROWS = 128
BLOCKS = 64

#: From inputs (m, ...) in [0, 1] and the number of the first one to one row each.
Mapper = Callable[[Float32s, int], Floats]


def mapped(inputs: Rows, mapper: Mapper, whole: Path, monitor: Steps) -> Floats:
    """Return the mapper's rows of all inputs, float32 or float16, as an array mapped from the file `whole`.

    Computes what is left of it, together with other processes. Raises Cancelled or OutOfTime through `monitor`, and
    TechniqueError when the mapper does not make one row of each input.
    """
    kept = loaded(whole)
    if kept is not None:
        return kept
    whole.parent.mkdir(parents=True, exist_ok=True)
    _discard_damaged(whole, monitor)
    blocks = _blocks(len(inputs), whole)
    _share(inputs, mapper, blocks, monitor)
    _assemble(whole, [path for _, path in blocks], monitor)
    found: Floats = np.load(whole, mmap_mode="r", allow_pickle=False)
    return found


def loaded(path: Path) -> Floats | None:
    """Return a file of the cache, memory-mapped; None where there is none, or one that cannot be read."""
    try:
        kept: Floats = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return kept


def readable(path: Path) -> bool:
    """Tell whether a file of the cache, of one array or of several, can be read."""
    return (loaded(path) if path.suffix == ".npy" else named(path)) is not None


def once(path: Path, make: Callable[[], Mapping[str, Array]], monitor: Steps) -> Mapping[str, Array]:
    """Return the named arrays of a file; the first process that wants them makes them, others wait for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = named(path)
    if kept is None:
        with _held(path, monitor, patient=True):
            kept = named(path)
            if kept is None:
                began = time.perf_counter()
                kept = make()
                _note(path, time.perf_counter() - began)
                write_arrays(path, kept)
    return kept


def took(path: Path) -> float | None:
    """Return the seconds on one core in which a file of the cache was made; None where nobody noted them.

    Where several processes made it together, those of all of them count.
    """
    try:
        return float(_noted(path).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write named arrays to a file that appears whole."""
    _replaced(path, lambda partial: _save_named(partial, arrays))


def write_json(path: Path, values: Any) -> None:
    """Write plain JSON values to a file that appears whole."""
    _replaced(path, lambda partial: partial.write_text(json.dumps(values), encoding="utf-8"))


def named(path: Path) -> Mapping[str, Array] | None:
    """Return the named arrays of a file; None where it is not there, or damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
        return None


def _save_named(path: Path, arrays: Mapping[str, Array]) -> None:
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _noted(path: Path) -> Path:
    """Return the file that says what it took to make a file."""
    return path.with_suffix(".took")


def _note(path: Path, seconds: float) -> None:
    _replaced(_noted(path), lambda partial: partial.write_text(repr(seconds), encoding="ascii"))


def _replaced(path: Path, write: Callable[[Path], object]) -> None:
    partial = _partial(path)
    write(partial)
    partial.replace(path)


def _discard_damaged(whole: Path, monitor: Steps) -> None:
    with _held(whole, monitor, patient=True):
        if whole.exists() and loaded(whole) is None:
            whole.unlink()
            _noted(whole).unlink(missing_ok=True)


def _blocks(n: int, whole: Path) -> list[tuple[range, Path]]:
    size = max(BLOCK_ROWS, -(-n // BLOCKS))
    return [(range(start, min(start + size, n)), _part(whole, start)) for start in range(0, n, size)]


def _part(whole: Path, start: int) -> Path:
    return whole.with_suffix(f".{start}.npy")


def _share(inputs: Rows, mapper: Mapper, blocks: list[tuple[range, Path]], monitor: Steps) -> None:
    """Compute the blocks that nobody else does, then wait for the others'; take over from one that died.

    Told are the rows that all have finished and those of one's own block, so that all tell about the same. Each block
    that is waited for is told as a step, so that whoever waits is known to get on.
    """
    for patient in (False, True):
        for rows, path in blocks:
            if _left(path):
                with _held(path, monitor, patient) as mine:
                    if mine and _left(path):
                        before = _finished(blocks)
                        began = time.perf_counter()
                        made = _computed(inputs, rows, mapper, monitor, before)
                        _note(path, time.perf_counter() - began)
                        _write(path, made)
            if patient:
                monitor.step(max(rows.stop, _finished(blocks)), len(inputs))


def _finished(blocks: list[tuple[range, Path]]) -> int:
    """Return how many rows stand in blocks of their own; none once the whole is put together."""
    return sum(len(rows) for rows, path in blocks if path.exists())


def _left(path: Path) -> bool:
    """Tell whether a block is still to be computed: neither it can be read nor the whole it ends up in exists."""
    whole = path.with_suffix("").with_suffix(".npy")
    return not whole.exists() and loaded(path) is None


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


def _computed(inputs: Rows, rows: range, mapper: Mapper, monitor: Steps, before: int) -> Floats:
    done = []
    for start in range(rows.start, rows.stop, CHUNK):
        monitor.step(before + start - rows.start, len(inputs))
        chunk = inputs[start : min(start + CHUNK, rows.stop)]
        found = np.asarray(mapper(chunk, start))
        found = found if found.dtype == np.float16 else found.astype(np.float32, copy=False)
        if len(found) != len(chunk):
            raise TechniqueError(
                f"A technique made {len(found)} rows of {len(chunk)} inputs. It must make one of each."
            )
        done.append(found)
    return np.concatenate(done)


def _write(path: Path, values: Array) -> None:
    _replaced(path, lambda partial: _save(partial, values))


def _save(path: Path, values: Array) -> None:
    with path.open("wb") as file:
        np.save(file, values, allow_pickle=False)


def _partial(path: Path) -> Path:
    return path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.partial")


def _assemble(whole: Path, parts: list[Path], monitor: Steps) -> None:
    with _held(whole, monitor, patient=True):
        if not whole.exists():
            seconds = [each for each in map(took, parts) if each is not None]
            if len(seconds) == len(parts):  # else an earlier version began it
                _note(whole, sum(seconds))
            first = np.load(parts[0], mmap_mode="r", allow_pickle=False)
            n = sum(len(np.load(part, mmap_mode="r", allow_pickle=False)) for part in parts)
            partial = _partial(whole)
            joined = np.lib.format.open_memmap(partial, mode="w+", dtype=first.dtype, shape=(n, *first.shape[1:]))
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
        _noted(part).unlink(missing_ok=True)
