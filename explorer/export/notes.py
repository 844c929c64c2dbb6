"""The notes of a study's trials, told once a kind: what differs in digits only is one line with ranges of its numbers.

Each trial tells its own figures, so that a study of many trials says nearly the same many times and hides what was said
once. Rare kinds, and those that warn, come first.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explorer.cautions import is_caution
from explorer.datasets.findings import count
from explorer.records import Outcome, Trial

#: A name in quotation marks, whose digits belong to it; an apostrophe within a word begins none.
_NAME = r"(?<!\w)'[^']*'(?!\w)"
#: A number that stands for itself, and no part of a word, with what says that it is rounded.
_NUMBER = r"(?:about )?(?<![\w.,-])(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?!\w|[.,]\d)"
_PARTS = re.compile(rf"(?P<name>{_NAME})|{_NUMBER}")
#: The end of a counted noun, "2 labels", so that it is of one kind with "1 label".
_PLURAL = re.compile(r"(?<=# )(\w+?)s\b")


@dataclass(frozen=True)
class NoteKind:
    """Notes of the same words: `text` with the range of each number that varies, and the trials that told one.

    warns    whether one of them warns, as it was said where it was made
    """

    text: str
    trials: tuple[Trial, ...]
    warns: bool = False

    @property
    def line(self) -> str:
        """The text with the number of trials: "The pool was not used. (12 trials)"."""
        return f"{self.text} ({count(len(self.trials), 'trial')})"


def note_kinds(outcomes: Iterable[Outcome]) -> list[NoteKind]:
    """Return the notes of all trials by kind: those that warn first, and among these and the others the rarest."""
    told = defaultdict[str, list[str]](list)
    trials = defaultdict[str, dict[Trial, None]](dict)
    for outcome in outcomes:
        for note in outcome.notes:
            kind = _kind(note)
            told[kind].append(note)
            trials[kind][outcome.trial] = None
    kinds = [
        NoteKind(_together(notes), tuple(trials[kind]), any(map(is_caution, notes))) for kind, notes in told.items()
    ]
    return sorted(kinds, key=lambda each: (not each.warns, len(each.trials), each.text))


def _kind(note: str) -> str:
    """Return the words of a note without its numbers."""
    return _PLURAL.sub(r"\1", _PARTS.sub(lambda part: part["name"] or "#", note))


def _together(notes: Sequence[str]) -> str:
    """Return notes of one kind as one, in its plural where one of them has it."""
    numbers = zip(*map(_numbers, notes), strict=True)
    ranges = iter([_range(each) for each in numbers])
    widest = max(dict.fromkeys(notes), key=lambda note: len(_PARTS.sub(lambda part: part["name"] or "", note)))

    def ranged(part: re.Match[str]) -> str:
        return part["name"] or next(ranges)

    return _PARTS.sub(ranged, widest)


def _numbers(note: str) -> list[str]:
    """Return the numbers of a note as they are written, each with "about" where it is rounded."""
    return [part[0] for part in _PARTS.finditer(note) if not part["name"]]


def _range(numbers: Sequence[str]) -> str:
    """Return "61–67" of numbers that differ, "about 1–19.1" where one of them is rounded, and a single one as it is."""
    least, most = min(numbers, key=_value), max(numbers, key=_value)
    if _value(least) == _value(most):
        return least
    rounded = any(each.startswith("about ") for each in numbers)
    return f"{'about ' if rounded else ''}{least.removeprefix('about ')}–{most.removeprefix('about ')}"


def _value(number: str) -> float:
    return float(number.removeprefix("about ").replace(",", ""))
