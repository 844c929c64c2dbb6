"""Tables of labels as people save them: any separator, encoding, order of columns and spelling of the header."""

import codecs
import contextlib
import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.datasets.findings import Notebook, count, names
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Entry, intact
from explorer.errors import DataError

PEOPLE = ("patient", "patientid", "donor", "donorid", "subjectid", "animalid", "mouseid", "specimenid", "lesionid")
"""Columns that tell which images belong together whatever is asked of them, the widest first."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "filename": ("filename", "file", "filepath", "imagename", "imagefile", "imagepath", "image", "path", "imageid"),
    "label": ("label", "labels", "class", "classname", "target", "category"),
    "group": ("group", "groups", "groupid", *PEOPLE),
    "split": ("split", "subset", "partition"),
    "index": ("index", "frame", "page", "slice"),
}
"""What each column may be called, best first; case, spaces, `_` and `-` do not matter."""

BINDING = ("patient", "subject", "donor", "animal", "mouse", "plate", "well", "slide", "specimen", "batch", "lesion")
"""Words in the names of columns that often tell which images belong together."""

_SEPARATORS = ",;\t|"
_START = 100_000
_LARGEST = 200_000_000


@dataclass(frozen=True)
class Row:
    """One row of a table as text without surrounding white space; what it lacks is empty."""

    filename: str = ""
    label: str = ""
    group: str = ""
    split: str = ""
    index: str = ""


@dataclass(frozen=True)
class Table:
    """A table: which of the known columns it has, all columns as they are spelt, and its rows."""

    name: str
    columns: frozenset[str]
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def unused(self) -> tuple[str, ...]:
        """The columns, as they are spelt, that say nothing to any reader."""
        read = set(_places(self.header).values())
        return tuple(name for at, name in enumerate(self.header) if at not in read and name)

    def tell_columns(self, notebook: Notebook) -> None:
        """Say which column groups images where it is not called so, and which are not used.

        That is a warning where one of these may tell which images belong together, perhaps in wider groups.
        """
        grouping = self.header[_places(self.header)["group"]] if "group" in self.columns else ""
        if _plain(grouping) in PEOPLE:
            notebook.say(
                "grouping-column",
                f"Of {self.name}, '{grouping}' tells which images belong together: those that share it never stand on "
                "both sides of a split.",
            )
        if not self.unused:
            return
        binding = [name for name in self.unused if any(word in name.lower() for word in BINDING)]
        remedy = f" Rename '{binding[0]}' to 'group' if images that share it belong together." if binding else ""
        notebook.say(
            "unused-columns",
            f"Of {self.name}, {count(len(self.unused), 'column')} will not be used: {names(self.unused)}.{remedy}",
            severity="warning" if binding else "note",
        )

    def needs(self, *columns: str) -> None:
        """Raise DataError when one of these columns is missing, naming those that are there."""
        for column in columns:
            if column not in self.columns:
                has = ", ".join(f"'{each}'" for each in self.header[:8]) or "none"
                raise DataError(f"{self.name} has no column '{column}'; its first line has {has}. Add or rename it.")


def columns_of(entry: Entry) -> frozenset[str]:
    """Return the known columns that the first line of a file names; none where it is no table. Reads its start only."""
    with contextlib.suppress(DataError, csv.Error), entry.open() as file, intact(entry.name):
        text = _text(file.read(_START), whole=False)
        return frozenset(_places(next(_lines(text, _separator(text)), [])))
    return frozenset()


def table_of(entry: Entry, limits: Limits) -> Table:
    """Return the table in a file. Raises DataError when it is empty, damaged or passes a limit.

    Every value stays text: a class may be called "NA", "nan" or "007".
    """
    if entry.size > _LARGEST:
        raise DataError(f"{entry.name} has {entry.size / 1e6:,.0f} MB, which is too large for a table of labels.")
    text = _text(entry.read())
    try:
        return _parsed(entry.name, text, limits.files)
    except csv.Error as error:
        raise DataError(f"{entry.name} is no readable table ({error}). Save it as CSV, encoded in UTF-8.") from error


def _parsed(name: str, text: str, most: int) -> Table:
    lines = _lines(text, _separator(text))
    header = next(lines, [])
    if not header:
        raise DataError(f"{name} is empty. A table starts with a line that names its columns.")
    place = _places(header)
    rows = [Row(**{role: _cell(line, at) for role, at in place.items()}) for line in itertools.islice(lines, most + 1)]
    if len(rows) > most:
        raise DataError(f"{name} has more than {most:,} rows. Keep those of the images that you give.")
    return Table(name, frozenset(place), tuple(header), tuple(rows))


def _text(content: bytes, *, whole: bool = True) -> str:
    """Return the text of a file: UTF-8 or UTF-16 by their marks or their pattern, else Windows-1252.

    whole    False = its beginning, which may end within a character
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    start = content[:2000]
    if start[1::2].count(0) > len(start) // 4:
        return content.decode("utf-16-le", "replace")
    if start[::2].count(0) > len(start) // 4:
        return content.decode("utf-16-be", "replace")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(content, final=whole)
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """Return the separator under which the first line names the most known columns, then the most columns."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    headers = {each: next(csv.reader([first], delimiter=each), []) for each in _SEPARATORS}
    return max(_SEPARATORS, key=lambda each: (len(_places(headers[each])), len(headers[each])))


def _lines(text: str, separator: str) -> Iterator[list[str]]:
    for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True):
        if any(cell.strip() for cell in line):
            yield [cell.strip() for cell in line]


def _places(header: Sequence[str]) -> dict[str, int]:
    plain = [_plain(cell) for cell in header]
    places = {}
    for role, called in COLUMNS.items():
        found = [plain.index(each) for each in called if each in plain]
        if found:
            places[role] = found[0]
    return places


def _plain(cell: str) -> str:
    """Return the name of a column without what people write differently."""
    return "".join(letter for letter in cell.lower() if letter not in " _-\t\"'")


def _cell(line: Sequence[str], place: int) -> str:
    return line[place] if place < len(line) else ""
