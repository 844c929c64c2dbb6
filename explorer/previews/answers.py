"""What somebody wants to see, and the file in which the answer is kept; imports nothing heavy, for pages read it.

An answer is one file that appears whole: its arrays, and its facts as JSON. It is named by what was wanted, so that the
same wish is answered once, for every visitor.
"""

import json
import os
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from explorer.blocks import write_arrays
from explorer.records import Array, Floats, Ints, digest

#: Raised when the code changes what previews show, so that nothing stale is read from a cache.
VERSION = 2
#: Answers that are kept: each move of a slider makes one.
KEPT = 400
_FACTS, _PROBLEM = "facts", "problem"
#: What reading a file raises that is not there, is damaged, or holds something else.
_NONE = (OSError, ValueError, LookupError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True)
class Wanted:
    """A preview that is wanted: the name of its file, the fingerprint of a saved data set, and plain JSON options."""

    preview: str
    data: str
    options: Mapping[str, Any] = field(default_factory=dict)

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


@dataclass(frozen=True, eq=False)
class Preview:
    """An answer: arrays by name and plain JSON facts, or the one sentence that says why there is none.

    Images are (n, height, width, channels), float32 or uint8; each preview says what its arrays hold.
    """

    arrays: Mapping[str, Array] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


def named(test: Ints, probabilities: Floats) -> str:
    """Return a name of a trial's answers, (m, k), to its judging rows, (m,), by their bits."""
    rows, exact = np.ascontiguousarray(test, np.int64), np.ascontiguousarray(probabilities, np.float32)
    return digest("answers", rows.tobytes(), exact.tobytes())


def answer(wanted: Wanted, cache: Path) -> Preview | None:
    """Return the answer that is kept; None where there is none."""
    path = _file(wanted, cache)
    try:
        # numpy would leave a damaged file open that it opened itself.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        found = Preview(arrays, json.loads(str(arrays.pop(_FACTS))), str(arrays.pop(_PROBLEM)))
    except _NONE:
        return None
    with suppress(OSError):  # let go just now, or not ours to touch
        os.utime(path)
    return found


def keep(wanted: Wanted, found: Preview, cache: Path) -> None:
    """Keep an answer; where there are many, let those go that nobody has looked at for longest."""
    path = _file(wanted, cache)
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {_FACTS: np.array(json.dumps(found.facts)), _PROBLEM: np.array(found.problem)}
    write_arrays(path, {**found.arrays, **told})
    kept = sorted(path.parent.glob("*.npz"), key=_seen)
    for old in kept[: max(0, len(kept) - KEPT)]:
        old.unlink(missing_ok=True)


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
