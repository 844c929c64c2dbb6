"""Names of files and classes: which are safe, which are clutter, how they sort and how they match."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

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

    The exact name wins, then the name in any case, then one that differs from it by outer folders only: one path is
    the end of the other; each with or without the suffix of an image. The closest way by which any item fits decides;
    where several fit by it, none is meant. So "p9/0.png" never means "p1/0.png".
    """

    def __init__(self, items: Iterable[str]) -> None:
        every = list(items)
        self._exact = _by(every, lambda name: [name])
        self._lower = _by(every, lambda name: [name.lower()])
        self._stem = _by(every, lambda name: [_stem(name)])
        self._lower_ends = _by(every, lambda name: _ends(name.lower()))
        self._stem_ends = _by(every, lambda name: _ends(_stem(name)))

    def named(self, name: str) -> str | None:
        """Return the one item of that very name, in any case, or None."""
        return _decided(self._whole(_path(name.strip())))

    def find(self, name: str) -> str | None:
        """Return the one item that `name` means, or None."""
        return _decided(self._fitting(_path(name.strip())))

    def fitting(self, name: str) -> Sequence[str]:
        """Return the items that fit `name` by the closest way by which any does; several where none is meant."""
        return next(filter(None, self._fitting(_path(name.strip()))), ())

    def _whole(self, asked: str) -> Iterator[Sequence[str]]:
        yield self._exact.get(asked, ())
        yield self._lower.get(asked.lower(), ())

    def _fitting(self, asked: str) -> Iterator[Sequence[str]]:
        """Yield the items that fit by each way, the closest way first."""
        yield from self._whole(asked)
        yield self._lower_ends.get(asked.lower(), ())
        yield self._stem_ends.get(_stem(asked), ())
        for end in _ends(asked)[1:]:
            yield from self._whole(end)
            yield self._stem.get(_stem(end), ())


def _decided(ways: Iterable[Sequence[str]]) -> str | None:
    fits = next(filter(None, ways), ())
    return fits[0] if len(fits) == 1 else None


def _path(name: str) -> str:
    """Return a name as people write paths with `/` between its parts only."""
    return "/".join(part for part in tidy(name).replace("\\", "/").split("/") if part not in ("", "."))


def _ends(path: str) -> list[str]:
    """Return the path itself and what remains without its outermost folders, the longest first."""
    every = parts(path)
    return ["/".join(every[first:]) for first in range(len(every))]


def _stem(path: str) -> str:
    """Return the path in lower case, without the suffix of an image."""
    return path.lower().removesuffix(suffix(path)) if suffix(path) in IMAGES else path.lower()


def _by(items: list[str], keys: Callable[[str], list[str]]) -> Mapping[str, list[str]]:
    known: dict[str, list[str]] = {}
    for item in items:
        for key in keys(_path(item)):
            known.setdefault(key, []).append(item)
    return known
