"""Which notes of a trial warn: it is said where a note is made, and kept beside the notes in every file."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

#: What stands in quotation marks, such as the name of a class, says nothing of a note; an apostrophe begins none.
_NAME = re.compile(r"(?<!\w)'[^']*'(?!\w)")
#: By what earlier versions, which did not keep it, told the notes that warn.
_WARNED = re.compile(r"\b(mislead|only|wrong|hardly|alike|no|not|nothing|left)\b", re.IGNORECASE)


class Caution(str):
    """A note of a trial that warns: something is missing, was left out or may lead astray. Any other `str` informs."""

    __slots__ = ()


def kept(notes: Sequence[str]) -> dict[str, list[str]]:
    """Return notes as plain JSON values: all of them as `notes`, and those that warn once more as `warnings`."""
    return {"notes": [str(each) for each in notes], "warnings": [str(each) for each in notes if is_caution(each)]}


def is_caution(note: str) -> bool:
    """Tell whether a note warns."""
    return isinstance(note, Caution)


def of_kept(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the notes that `kept` has made into JSON, or an earlier version without `warnings`."""
    notes, warnings = told.get("notes", ()), told.get("warnings")
    warn = _warned if warnings is None else frozenset(warnings).__contains__
    return tuple(Caution(each) if warn(each) else each for each in notes)


def _warned(note: str) -> bool:
    return _WARNED.search(_NAME.sub("", note)) is not None
