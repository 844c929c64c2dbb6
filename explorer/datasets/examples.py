"""The example data sets that ship with the explorer, found by their folders in `sample_data/`.

An example is a folder with data.npz, about.json (the facts of its card) and README.md (its page of truth); some hold
clean.npz, the noise-free images in the same order.
"""

import contextlib
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import DataError
from explorer.records import digest
from explorer.workspace import Workspace

if TYPE_CHECKING:
    from explorer.datasets.reading import ReadOptions
    from explorer.datasets.saved import Reading

ROOT = Path(__file__).parents[2] / "sample_data"
#: What a path begins with that names an example.
EXAMPLE = "example:"

_FILES = ("data.npz", "about.json", "README.md")


@dataclass(frozen=True)
class Example:
    """An example data set and the facts that its card shows.

    name        short and stable: that of its folder
    one_line    what it is, in one line
    teaches     what a study of it shows
    difficulty  the setting that makes it harder or easier, its value here, and what it does, in one sentence
    folder      where its files are
    """

    name: str
    title: str
    one_line: str
    teaches: str
    source: str
    licence: str
    made_how: str
    difficulty: str
    folder: Path

    @property
    def data(self) -> Path:
        """The file that the readers read."""
        return self.folder / "data.npz"

    @property
    def clean(self) -> Path | None:
        """The npz with the noise-free `images` in the same order; None where no truth is known."""
        path = self.folder / "clean.npz"
        return path if path.is_file() else None

    @property
    def thumbnail(self) -> Path:
        """A picture of ten of its images, 2 × 5, about 660 × 260 pixels, transparent between them."""
        return self.folder / "thumbnail.png"

    @property
    def page(self) -> Path:
        """Its page of truth in Markdown: source, licence, how it was made, what it teaches, what it cannot tell."""
        return self.folder / "README.md"


def examples(root: Path = ROOT) -> Mapping[str, Example]:
    """Return the examples in `root` by name, in alphabetical order; folders that are not complete are no examples."""
    folders = sorted(root.iterdir()) if root.is_dir() else []
    return {folder.name: _example(folder) for folder in folders if all((folder / name).is_file() for name in _FILES)}


def _example(folder: Path) -> Example:
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    setting = about["difficulty"]
    texts = {name: about[name] for name in ("title", "one_line", "teaches", "source", "licence", "made_how")}
    difficulty = f"{setting['name']}: {setting['value']:g} ({setting['unit']}). {setting['effect']}"
    return Example(name=folder.name, folder=folder, difficulty=difficulty, **texts)


def open_example(name: str, workspace: Workspace, *, root: Path = ROOT) -> "Reading":
    """Return an example, memory-mapped, with its findings; it is read and checked the first time only.

    Raises DataError for a name that no example has.
    """
    example = _named(name, root)
    return _known(example, workspace) or _read(example, workspace)


def read_example(name: str, workspace: Workspace, options: "ReadOptions", *, root: Path = ROOT) -> "Reading":
    """Read an example anew with options of one's own, such as another size; source and licence are its own.

    Raises DataError for a name that no example has, and where the options do not suit.
    """
    return _read_with(_named(name, root), workspace, options)


def example_of(fingerprint: str, workspace: Workspace, *, root: Path = ROOT) -> str | None:
    """Return the name of the example that was read as the data set `fingerprint`; None where none was."""
    for example in examples(root).values():
        with contextlib.suppress(OSError):  # one that was not read yet, or is being read anew
            if _note(example, workspace).read_text(encoding="ascii") == fingerprint:
                return example.name
    return None


def _named(name: str, root: Path) -> Example:
    known = examples(root)
    if name not in known:
        raise DataError(f"There is no example '{name}'. Choose one of {', '.join(known)}.")
    return known[name]


# The contents of data.npz and clean.npz name the note that holds the fingerprint, so that a new version of an example
# is read anew.
def _note(example: Example, workspace: Workspace) -> Path:
    files = [path for path in (example.data, example.clean) if path is not None]
    changed = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return workspace.cache / "examples" / _contents(example.name, changed)


@functools.lru_cache(maxsize=32)
def _contents(name: str, files: tuple[tuple[Path, int, int], ...]) -> str:
    """Return a name of the contents of an example; time and size of its files tell when they are others."""
    data, *clean = (path.read_bytes() for path, *_ in files)
    return digest(name, data, b"".join(clean))


def _known(example: Example, workspace: Workspace) -> "Reading | None":
    from explorer.datasets.saved import load

    note = _note(example, workspace)
    if not note.is_file():
        return None
    try:
        return load(workspace, note.read_text(encoding="ascii"))
    except DataError:  # its folder was deleted or damaged, or saved by another version
        return None


def _read(example: Example, workspace: Workspace) -> "Reading":
    from explorer.datasets.reading import ReadOptions

    reading = _read_with(example, workspace, ReadOptions())
    note = _note(example, workspace)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(reading.dataset.fingerprint, encoding="ascii")
    return reading


def _read_with(example: Example, workspace: Workspace, options: "ReadOptions") -> "Reading":
    from explorer.datasets.reading import read

    told = replace(options, source=example.source, licence=example.licence, clean=example.clean)
    return read(example.data, workspace, told, name=example.title)
