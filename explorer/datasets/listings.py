"""What a path holds, as a flat list of named files: a folder, an archive or one file look the same to readers."""

import functools
import lzma
import os
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from explorer.datasets.findings import Notebook
from explorer.datasets.limits import Limits
from explorer.datasets.names import ARCHIVES, IMAGES, TABLES, is_clutter, natural, suffix, tidy
from explorer.errors import DataError


@contextmanager
def intact(name: str) -> Iterator[None]:
    """Raise DataError on what unpacking a damaged or unusual archive raises, before its end or in it."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError) as error:
        raise DataError(f"{name} cannot be unpacked ({error}). Pack or download it again.") from error


@dataclass(frozen=True)
class Entry:
    """One file: its name with `/` between folders, its size in bytes unpacked, and how to open it."""

    name: str
    size: int
    opener: Callable[[], BinaryIO]

    def open(self) -> BinaryIO:
        """Return the file opened for reading. Raises OSError, or DataError when it is damaged."""
        with intact(self.name):
            return self.opener()

    def read(self) -> bytes:
        """Return the content; one that is longer than its stated size is cut there and never unpacked further.

        Raises OSError, or DataError when it is damaged.
        """
        with intact(self.name), self.opener() as file:
            return file.read(self.size)


@dataclass(frozen=True)
class Listing:
    """The files of a data set in natural order of their names, and all its folders, empty ones too.

    `closing` closes what a reader keeps open, as soon as reading is over.
    """

    name: str
    entries: tuple[Entry, ...]
    folders: tuple[str, ...] = ()
    closing: ExitStack = field(default_factory=ExitStack)

    def keep(self, entry: Entry) -> BinaryIO:
        """Return the file opened until reading is over; needed where several parts are read in turn."""
        return self.closing.enter_context(entry.open())

    def having(self, suffixes: frozenset[str]) -> tuple[Entry, ...]:
        """Return the files with one of these suffixes."""
        return tuple(each for each in self.entries if suffix(each.name) in suffixes)

    @functools.cached_property
    def images(self) -> tuple[Entry, ...]:
        """The files that are images by their suffix."""
        return self.having(IMAGES)

    @functools.cached_property
    def tables(self) -> tuple[Entry, ...]:
        """The files that may be tables by their suffix."""
        return self.having(TABLES)


class Admission:
    """Decides file by file what enters a Listing, and notes what does not and why."""

    def __init__(self, limits: Limits, notebook: Notebook, source: str) -> None:
        self.limits = limits
        self.notebook = notebook
        self.source = source
        self.files = 0
        self.total = 0
        self.names: set[str] = set()

    def admits(self, name: str, size: int) -> bool:
        """Tell whether a file enters. Raises DataError when the whole passes a limit."""
        self._count(size)
        reason = self._refusal(name, size)
        if reason is None:
            self.names.add(name)
            return True
        code, text, severity = reason
        self.notebook.add(code, name, text, severity=severity)
        return False

    def _count(self, size: int) -> None:
        self.files += 1
        self.total += size
        if self.files > self.limits.files:
            raise DataError(
                f"{self.source} holds more than {self.limits.files:,} files. Give a part of it, or one .npz file."
            )
        if self.total > self.limits.total_bytes:
            allowed = self.limits.total_bytes / 1e9
            raise DataError(f"{self.source} unpacks to more than {allowed:g} GB. Give a part of it or smaller images.")

    def _refusal(self, name: str, size: int) -> tuple[str, str, str] | None:
        if is_clutter(name):
            return "system-file", "of the operating system ignored", "note"
        if len(name) > self.limits.name:
            return "long-name", f"left out, as the name has more than {self.limits.name} characters", "warning"
        if suffix(name) in ARCHIVES:
            return "nested-archive", "left out, as an archive within is never unpacked", "warning"
        if name in self.names:
            return "same-name", "left out, as the name comes twice", "warning"
        if size == 0:
            return "empty-file", "left out, as there is nothing in it (0 bytes)", "warning"
        if size > self.limits.file_bytes:
            return "large-file", f"left out, as larger than {self.limits.file_bytes / 1e9:g} GB", "warning"
        return None


def sorted_entries(entries: list[Entry]) -> tuple[Entry, ...]:
    """Return the entries in natural order of their names, the same for a folder and an archive of it."""
    return tuple(sorted(entries, key=lambda entry: (natural(entry.name), entry.name)))


@contextmanager
def folder_listing(path: Path, limits: Limits, notebook: Notebook) -> Iterator[Listing]:
    """Yield what a folder and its sub-folders hold; symbolic links are noted and never followed."""
    admission = Admission(limits, notebook, path.name)
    entries: list[Entry] = []
    folders: list[str] = []
    for found, name in _walk(path, notebook):
        if found.is_dir(follow_symlinks=False):
            folders.append(name)
        elif admission.admits(name, found.stat(follow_symlinks=False).st_size):
            entries.append(_file_entry(Path(found.path), name))
    yield Listing(path.name, sorted_entries(entries), tuple(folders))


@contextmanager
def file_listing(path: Path, limits: Limits, notebook: Notebook) -> Iterator[Listing]:
    """Yield one file together with the table beside it: of the same name, else the only one of its folder."""
    tables = [each for each in sorted(path.parent.iterdir()) if suffix(each.name) in {".csv", ".tsv"}]
    own = [each for each in tables if each.stem == path.stem] or (tables if len(tables) == 1 else [])
    admission = Admission(limits, notebook, path.name)
    files = [path, *(each for each in own[:1] if each != path and each.is_file() and not each.is_symlink())]
    entries = [_file_entry(each, tidy(each.name)) for each in files if admission.admits(each.name, each.stat().st_size)]
    yield Listing(path.stem, tuple(entries))


def _walk(root: Path, notebook: Notebook) -> Iterator[tuple[os.DirEntry[str], str]]:
    waiting = [(str(root), "")]
    while waiting:
        folder, prefix = waiting.pop()
        with os.scandir(folder) as inside:
            found = sorted(inside, key=lambda each: each.name)
        for each in found:
            name = prefix + readable(each.name)
            if each.is_symlink():
                notebook.add("symbolic-link", name, "left out, as a symbolic link is never followed")
            elif each.is_dir(follow_symlinks=False):
                if not is_clutter(name):
                    yield each, name
                    waiting.append((each.path, f"{name}/"))
            elif each.is_file(follow_symlinks=False):
                yield each, name


def readable(name: str) -> str:
    """Return a file name as composed Unicode; bytes that are no text in it become replacement characters."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def _file_entry(path: Path, name: str) -> Entry:
    return Entry(name, path.stat().st_size, lambda: path.open("rb"))
