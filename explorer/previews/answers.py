"""What somebody wants to see, and the file in which the answer is kept; imports nothing heavy, for pages read it.

An answer is one file that appears whole: its arrays, and its facts as JSON. It is named by what was wanted, and by what
the techniques were of which it was wanted: so the same wish is answered once, for every visitor, and a technique that
was changed is never shown by what it did before. What takes seconds may leave parts of its answer beside it on the way.
"""

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from explorer.blocks import write_arrays
from explorer.records import Array, Floats, Ints, Slot, digest
from explorer.techniques.base import CombinedModel, Technique
from explorer.techniques.discovery import techniques

#: Raised when the code changes what previews show, so that nothing stale is read from a cache.
VERSION = 5
#: Answers that are kept: each move of a slider makes one.
KEPT = 400
_FACTS, _PROBLEM = "facts", "problem"
#: Ending of the file of an answer that is still being made.
_PART = ".part"
#: What reading a file raises that is not there, is damaged, or holds something else.
_NONE = (OSError, ValueError, LookupError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True)
class Wanted:
    """A preview that is wanted: the name of its file, the fingerprint of a saved data set, and plain JSON options.

    `made_of` names the techniques of the options as they were when it was wanted; see `is_current`.
    """

    preview: str
    data: str
    options: Mapping[str, Any] = field(default_factory=dict)
    made_of: str = ""

    def __post_init__(self) -> None:
        """Take the techniques as they are, unless it is told how they were. Raises TechniqueError as discovery does."""
        if not self.made_of:
            object.__setattr__(self, "made_of", _made_of(self.options))

    @property
    def is_current(self) -> bool:
        """Whether the techniques that it is of are here what they were where it was wanted."""
        return self.made_of == _made_of(self.options)

    @property
    def key(self) -> str:
        """A name of the answer."""
        return digest("preview", str(VERSION), self.text())

    def text(self) -> str:
        """Return what is wanted as JSON, the same text for the same wish."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def of(cls, text: str) -> "Wanted":
        """Return what a text of `text` says. Raises ValueError, TypeError or LookupError for any other."""
        return cls(**json.loads(text))


def _made_of(options: Mapping[str, Any]) -> str:
    """Return a name of the techniques that options name, with their versions and, of the user's own, their code."""
    used = {technique for name in _names(options) for technique in _called(name)}
    if any(issubclass(each, CombinedModel) for each in used):  # its arms may be made of any
        used = {technique for slot in Slot for technique in techniques(slot).values()}
    told = sorted(f"{each.slot} {each.name()} {each.version} {each.source}" for each in used)
    return digest("made of", *told, *_files(options))


def _names(options: Any) -> Iterator[str]:
    """Yield the techniques that are named anywhere in options; their settings stand beside them."""
    inside = options.values() if isinstance(options, Mapping) else options if isinstance(options, list | tuple) else ()
    if isinstance(options, Mapping) and isinstance(options.get("technique"), str):
        yield options["technique"]
    for each in inside:
        yield from _names(each)


def _files(options: Any) -> Iterator[str]:
    """Yield what tells of the files that options name, such as a checkpoint, whether they were changed."""
    if isinstance(options, Mapping | list | tuple):
        for each in options.values() if isinstance(options, Mapping) else options:
            yield from _files(each)
    elif isinstance(options, str) and os.sep in options:
        with suppress(OSError, ValueError):  # it is no path, or of no file
            found = Path(options).stat()
            yield f"{found.st_mtime_ns} {found.st_size}"


def _called(name: str) -> Iterator[type[Technique]]:
    """Yield the techniques of that name: several slots may have one, and options need not say which is meant."""
    yield from (known[name] for known in map(techniques, Slot) if name in known)


@dataclass(frozen=True, eq=False)
class Preview:
    """An answer: arrays by name and plain JSON facts, or the one sentence that says why there is none.

    Images are (n, height, width, channels), float32 or uint8; each preview says what its arrays hold. One that is not
    `whole` is what there is of an answer that is still being made.
    """

    arrays: Mapping[str, Array] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    whole: bool = True


def named(test: Ints, probabilities: Floats) -> str:
    """Return a name of a trial's answers, (m, k), to its judging rows, (m,), by their bits."""
    rows, exact = np.ascontiguousarray(test, np.int64), np.ascontiguousarray(probabilities, np.float32)
    return digest("answers", rows.tobytes(), exact.tobytes())


def answer(wanted: Wanted, cache: Path) -> Preview | None:
    """Return the answer that is kept; None where there is none."""
    path = _file(wanted, cache)
    found = _read(path)
    if found is not None:
        with suppress(OSError):  # let go just now, or not ours to touch
            os.utime(path)
    return found


def _read(path: Path) -> Preview | None:
    try:
        # numpy would leave a damaged file open that it opened itself.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        return Preview(arrays, json.loads(str(arrays.pop(_FACTS))), str(arrays.pop(_PROBLEM)))
    except _NONE:
        return None


def keep(wanted: Wanted, found: Preview, cache: Path) -> None:
    """Keep an answer; where there are many, let those go that nobody has looked at for longest."""
    path = _file(wanted, cache)
    _write(path, found)
    kept = sorted(path.parent.glob("*.npz"), key=_seen)
    for old in kept[: max(0, len(kept) - KEPT)]:
        old.unlink(missing_ok=True)


def _write(path: Path, found: Preview) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {_FACTS: np.array(json.dumps(found.facts)), _PROBLEM: np.array(found.problem)}
    write_arrays(path, {**found.arrays, **told})


def part(wanted: Wanted, cache: Path) -> Preview | None:
    """Return what there is of an answer that is still being made; None where there is nothing."""
    found = _read(_part(wanted, cache))
    return None if found is None else replace(found, whole=False)


def part_made(wanted: Wanted, cache: Path) -> int:
    """Return when the latest part of an answer was made, in ns; 0 where there is none."""
    try:
        return _part(wanted, cache).stat().st_mtime_ns
    except OSError:
        return 0


def keep_part(wanted: Wanted, found: Preview, cache: Path) -> None:
    """Keep what there is of an answer, in place of what there was; the answer comes also where that cannot be."""
    with suppress(OSError):  # a full disk, or a system that keeps a file which somebody reads
        _write(_part(wanted, cache), found)


def forget_part(wanted: Wanted, cache: Path) -> None:
    """Let the part of an answer go that is not being made any more."""
    _let_go(_part(wanted, cache))


def forget_parts(cache: Path) -> None:
    """Let the parts of all answers go: nobody is making one any more."""
    for path in _folder(cache).glob(f"*{_PART}"):
        _let_go(path)


def _let_go(part: Path) -> None:
    with suppress(OSError):  # read just now, where the system then keeps it; an answer comes before its part
        part.unlink(missing_ok=True)


def forget(wanted: Wanted, cache: Path) -> None:
    """Let an answer go, so that it is made anew."""
    _file(wanted, cache).unlink(missing_ok=True)


def forget_problems(cache: Path) -> None:
    """Let every answer go that says why there is none, so that it is made anew where it is wanted again."""
    for path in _folder(cache).glob("*.npz"):
        with suppress(*_NONE):
            with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
                problem = str(kept[_PROBLEM])
            if problem:
                path.unlink(missing_ok=True)


def _seen(path: Path) -> float:
    """Return when an answer was last looked at; one that another process let go just now comes first."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _folder(cache: Path) -> Path:
    return cache / "previews"


def _file(wanted: Wanted, cache: Path) -> Path:
    return _folder(cache) / f"{wanted.key}.npz"


def _part(wanted: Wanted, cache: Path) -> Path:
    return _folder(cache) / f"{wanted.key}{_PART}"
