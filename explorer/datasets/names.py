"""Names of files and classes: which are safe, which are clutter, how they sort and how they match."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath

IMAGES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".tif", ".tiff"})
STACKS = frozenset({".tif", ".tiff"})
TABLES = frozenset({".csv", ".tsv", ".txt"})
ARCHIVES = frozenset({".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"})
_CLUTTER = frozenset({"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin"})
_DRIVE = re.compile(r"^[A-Za-z]:")


def suffix(name: str) -> str:
    """Return the suffix in lower case, with its dot, or nothing."""
    stem, dot, ending = name.rpartition("/")[2].rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""


def parts(name: str) -> tuple[str, ...]:
    """Return the folders and the file name that `name` consists of."""
    return tuple(name.split("/"))


def is_clutter(name: str) -> bool:
    """Tell whether an operating system or an editor left the file there: hidden files, __MACOSX, Thumbs.db."""
    return any(part.lower() in _CLUTTER or (part.startswith(".") and part != "..") for part in parts(name) if part)


def is_unsafe(name: str) -> bool:
    """Tell whether a name in an archive could point out of the archive: absolute, `..`, backslash, drive letter."""
    odd = not name or name.startswith("/") or "\\" in name or "\0" in name or _DRIVE.match(name) is not None
    return odd or ".." in parts(name)


def tidy(name: str) -> str:
    """Return the name in composed Unicode, so that a name typed on one system equals the same name from another."""
    return unicodedata.normalize("NFC", name)


def natural(name: str) -> tuple[tuple[int, int, str, str], ...]:
    """Return a sort key by which "2" comes before "10", for numbers of any length."""
    return tuple(_piece(each) for each in re.split(r"([0-9]+)", name) if each)


def _piece(text: str) -> tuple[int, int, str, str]:
    if not (text.isascii() and text.isdecimal()):
        return 1, 0, text, ""
    digits = text.lstrip("0")
    return 0, len(digits), digits, text


class Matcher:
    """Finds the item that a table means, though the table may leave out folders or the suffix, or differ in case.

    The exact name wins, then the name in any case, then the bare file name, then the file name without its suffix;
    a looser way counts only where exactly one item fits.
    """

    def __init__(self, items: Iterable[str]) -> None:
        every = list(items)
        self._ways = [_by(every, way) for way in _WAYS]

    def find(self, name: str) -> str | None:
        """Return the one item that `name` means, or None."""
        asked = tidy(name.strip()).replace("\\", "/").removeprefix("./")
        for way, known in zip(_WAYS, self._ways, strict=True):
            fits = known.get(way(asked), ())
            if len(fits) == 1:
                return fits[0]
        return None


def _lower_stem(name: str) -> str:
    path = PurePosixPath(name.lower())
    return path.stem if path.suffix in IMAGES else path.name


_WAYS: tuple[Callable[[str], str], ...] = (str, str.lower, lambda name: PurePosixPath(name.lower()).name, _lower_stem)


def _by(items: list[str], way: Callable[[str], str]) -> Mapping[str, list[str]]:
    known: dict[str, list[str]] = {}
    for item in items:
        known.setdefault(way(tidy(item)), []).append(item)
    return known
