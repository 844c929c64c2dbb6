"""What study.json may say, field by field: somebody may have written in it by hand.

Only fields that are read back are looked at; those that only tell people something, such as `state`, may say anything.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explorer.budgets import LARGEST
from explorer.records import Fact, Slot
from explorer.scores import METRICS
from explorer.statistics.stopping import SPENDING

#: The form of the files of a study, raised when an earlier version could not read it any more.
FORMAT = 1
#: More seeds than this are a slip of the hand: their trials alone would fill the memory.
_MOST_SEEDS = 10_000
#: Larger numbers are none that anybody can mean.
_HUGE = 1e300
#: Characters of a value that are shown.
_SHOWN = 60


@dataclass(frozen=True)
class _Rule:
    """What a value must be, in words that go on after "not", and whether one is."""

    words: str
    holds: Callable[[Any], bool]


def check(described: Any) -> None:
    """Raise ValueError where the contents of study.json cannot be read back; its text says which field, and why."""
    _fields(described, "", _FILE)
    _fields(described["dataset"], "dataset", _DATASET)
    study = described["study"]
    names = _checked_study(study)
    for place, look in _each(described, "", "looks"):
        _fields(look, place, _LOOK, closed=True)
        for what in ("clear", "open"):
            _hold(look[what], f"{place}.{what}", _several(_one_of(names), "names of arms of the study"))
        _hold(look["seeds"], f"{place}.seeds", _whole(1, study.get("seeds", _MOST_SEEDS)))
    if isinstance(described.get("reading"), dict):
        _fields(described["reading"], "reading", _READING)


def _checked_study(study: Mapping[str, Any]) -> Sequence[str]:
    """Check what defines the study, and return the names of its arms."""
    _fields(study, "study", _STUDY, closed=True)
    for place, arm in _each(study, "study", "arms"):
        _fields(arm, place, _ARM, closed=True)
        for slot in (slot.value for slot in Slot if arm.get(slot.value) is not None):
            _fields(arm[slot], f"{place}.{slot}", _CHOICE, closed=True)
    names = [arm["name"] for arm in study["arms"]]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"study.arms has two of the name {_shown(twice[0])}")
    if study.get("until") is not None:
        _fields(study["until"], "study.until", {**_UNTIL, "against": (_one_of(names), True)}, closed=True)
        needs = " or more, as study.until is given"
        _hold(study.get("seeds", 2), "study.seeds", _Rule(f"2{needs}", lambda seeds: seeds > 1))
        _hold(study["arms"], "study.arms", _Rule(f"2 arms{needs}", lambda arms: len(arms) > 1))
    return names


# ---- how it is looked at ---------------------------------------------------------------------------------------

#: What the fields of an object must be, and whether they must be there.
_Fields = Mapping[str, tuple[_Rule, bool]]


def _fields(values: Any, place: str, fields: _Fields, *, closed: bool = False) -> None:
    """Check the fields of an object at a place; a closed one has no others."""
    _hold(values, place or "all of it", _OBJECT)
    dot = f"{place}." if place else ""
    for name, (rule, needed) in fields.items():
        if name in values:
            _hold(values[name], dot + name, rule)
        elif needed:
            raise ValueError(f"{dot}{name} is missing; it must be {rule.words}")
    if others := [name for name in values if closed and name not in fields]:
        raise ValueError(f"{dot}{others[0]} is nothing that this version knows")


def _each(values: Mapping[str, Any], place: str, name: str) -> Iterable[tuple[str, Any]]:
    """Return the items of a list of an object, each with its place."""
    return [(f"{place}.{name}[{at}]".lstrip("."), each) for at, each in enumerate(values.get(name, ()))]


def _hold(value: Any, place: str, rule: _Rule) -> None:
    if not rule.holds(value):
        raise ValueError(f"{place} is {_shown(value)}, not {rule.words}")


def _shown(value: Any) -> str:
    text = "nothing" if value is None else re.sub(r"\s+", " ", repr(value))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


# ---- rules -----------------------------------------------------------------------------------------------------


def _whole(low: int, high: float = _HUGE) -> _Rule:
    words = f"a whole number from {low}" + ("" if high == _HUGE else f" to {high:,}")
    return _Rule(f"{words} on" if high == _HUGE else words, lambda value: type(value) is int and low <= value <= high)


def _number(words: str, inside: Callable[[float], bool]) -> _Rule:
    """Return the rule of a finite number."""
    return _Rule(words, lambda value: type(value) in (int, float) and abs(value) < _HUGE and inside(value))


def _one_of(names: Iterable[str]) -> _Rule:
    known = [str(name) for name in names]
    return _Rule(f"one of {', '.join(known)}", lambda value: isinstance(value, str) and value in known)


def _several(rule: _Rule, words: str) -> _Rule:
    return _Rule(f"a list of {words}", lambda value: isinstance(value, list) and all(map(rule.holds, value)))


def _or_nothing(rule: _Rule) -> _Rule:
    return _Rule(f"{rule.words}, or null", lambda value: value is None or rule.holds(value))


def _is_ascending(value: Any) -> bool:
    whole = isinstance(value, list) and len(value) > 0 and all(map(_whole(1, LARGEST).holds, value))
    return whole and all(before < after for before, after in itertools.pairwise(value))


_TEXT = _Rule("a text", lambda value: isinstance(value, str))
_FLAG = _Rule("true or false", lambda value: isinstance(value, bool))
_OBJECT = _Rule("an object of fields", lambda value: isinstance(value, dict))
_VALUE = _Rule("a setting", lambda value: isinstance(value, bool | str) or _number("", lambda _: True).holds(value))
_BUDGETS = _Rule(f"a list of whole numbers from 1 to {LARGEST:,}, ascending", _is_ascending)
_ARMS = _Rule("a list of arms, one at least", lambda value: isinstance(value, list) and len(value) > 0)
_SETTINGS = _Rule("settings", lambda value: isinstance(value, dict) and all(map(_VALUE.holds, value.values())))
_VERSIONS = _Rule("names with texts", lambda value: isinstance(value, dict) and all(map(_TEXT.holds, value.values())))
_LIST = _Rule("a list", lambda value: isinstance(value, list))
_POSITIVE = _number("a number above 0", lambda value: value > 0)
_NOT_NEGATIVE = _number("a number from 0 on", lambda value: value >= 0)
_SHARE = _number("a number between 0 and 1", lambda value: 0 < value < 1)
_NAMES = _several(_TEXT, "texts")

_FILE: _Fields = {
    "format": (_Rule(f"{FORMAT}, the only form that this version reads", lambda value: value == FORMAT), False),
    "study": (_OBJECT, True),
    "dataset": (_OBJECT, True),
    "looks": (_LIST, False),
    "versions": (_VERSIONS, False),
    "other_versions": (_several(_VERSIONS, "names with texts"), False),
    "facts": (_OBJECT, False),
    "seconds": (_NOT_NEGATIVE, False),
}
_STUDY: _Fields = {
    "id": (_TEXT, True),
    "name": (_TEXT, True),
    "dataset": (_TEXT, True),
    "arms": (_ARMS, True),
    "budgets": (_BUDGETS, True),
    "per_class": (_FLAG, False),
    "seeds": (_whole(1, _MOST_SEEDS), False),
    "test_share": (_SHARE, False),
    "metric": (_one_of(METRICS), False),
    "seconds": (_POSITIVE, False),
    "free": (_several(_one_of(Fact), ", ".join(Fact)), False),
    "until": (_or_nothing(_OBJECT), False),
}
_DATASET: _Fields = {"name": (_TEXT, True), "class_names": (_NAMES, True)}
_ARM: _Fields = {
    "name": (_TEXT, True),
    "title": (_TEXT, True),
    **{slot.value: (_or_nothing(_OBJECT), False) for slot in Slot},
    Slot.MODEL.value: (_OBJECT, True),
}
_CHOICE: _Fields = {"technique": (_TEXT, True), "settings": (_SETTINGS, False)}
_UNTIL: _Fields = {
    "minutes": (_POSITIVE, True),
    "practical": (_NOT_NEGATIVE, False),
    "spending": (_one_of(SPENDING), False),
}
_LOOK: _Fields = {
    "seeds": (_whole(1), True),
    "level": (_SHARE, True),
    "clear": (_NAMES, True),
    "open": (_NAMES, True),
    "final": (_FLAG, False),
}
_READING: _Fields = {
    "path": (_TEXT, False),
    "size": (_or_nothing(_whole(1)), False),
    "groups": (_or_nothing(_TEXT), False),
    "values": (_TEXT, False),
}
