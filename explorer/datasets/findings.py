"""Collects what a reader notices, and says equal things once, with names and counts."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from explorer.errors import DataError
from explorer.records import Finding

SHOWN = 3
"""How many names a sentence spells out; the Finding holds them all."""


def names(items: Iterable[str]) -> str:
    """Return the first few names and how many more there are: "a.png, b.png and 4 more"."""
    every = [item if len(item) <= 60 else f"{item[:40]}…{item[-16:]}" for item in items]
    if len(every) <= SHOWN:
        return ", ".join(every)
    return f"{', '.join(every[:SHOWN])} and {len(every) - SHOWN:,} more"


def listed(names: list[str]) -> str:
    """Return names as a list in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def count(number: int, noun: str) -> str:
    """Return the number with its noun: "1 image", "1,200 images", "3 classes", "2 studies"."""
    if number != 1:
        noun = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}{'es' if noun.endswith('s') else 's'}"
    return f"{number:,} {noun}"


@dataclass
class _Entry:
    noun: str
    text: str
    severity: str
    items: list[str] = field(default_factory=list)


class Notebook:
    """Takes notes while a data set is read; notes of one code and text become one Finding."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], _Entry] = {}

    def add(self, code: str, item: str, text: str, *, noun: str = "file", severity: str = "warning") -> None:
        """Note that `item`, a file by default, is concerned by `text`, a phrase that fits one and many."""
        entry = self._entries.setdefault((code, text), _Entry(noun, text, severity))
        entry.items.append(item)

    def say(self, code: str, sentence: str, *, severity: str = "note") -> None:
        """Note a whole sentence that concerns no single item."""
        self._entries.setdefault((code, sentence), _Entry("", sentence, severity))

    def findings(self, rows: dict[str, int] | None = None) -> tuple[Finding, ...]:
        """Return one Finding per code and text; `rows` tells the row of the items that have one."""
        return tuple(_finding(code, entry, rows or {}) for (code, _), entry in self._entries.items())

    def nothing_left(self, source: str, wanted: str) -> DataError:
        """Return the error for a source of which nothing remains, with what was left out and why."""
        left_out = " ".join(each.message for each in self.findings() if each.severity == "warning")
        return DataError(f"{source} holds {wanted}. {left_out}".strip())


def _finding(code: str, entry: _Entry, rows: dict[str, int]) -> Finding:
    if not entry.items:
        return Finding(code, entry.text, entry.severity)
    message = f"{count(len(entry.items), entry.noun)} {entry.text}: {names(entry.items)}."
    found = tuple(rows[item] for item in entry.items if item in rows)
    return Finding(code, message, entry.severity, tuple(entry.items), found)
