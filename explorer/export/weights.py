"""Whose weights results rest on: name, source and licence, told beside every result."""

from collections.abc import Iterable, Iterator
from typing import Any

from explorer.records import Outcome, Study
from explorer.techniques.monitors import WEIGHTS

#: What a technique records under WEIGHTS, of each file of them.
ABOUT = ("name", "source", "licence")


def weights_used(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Return what is known of each file of weights that outcomes rest on, and under "arms" the names of the arms."""
    found: list[dict[str, Any]] = []
    for outcome, told in _told(outcomes):
        known = next((each for each in found if {**each, "arms": None} == {**told, "arms": None}), None)
        if known is None:
            found.append({**told, "arms": [outcome.trial.arm]})
        elif outcome.trial.arm not in known["arms"]:
            known["arms"].append(outcome.trial.arm)
    return found


def _told(outcomes: Iterable[Outcome]) -> Iterator[tuple[Outcome, dict[str, Any]]]:
    """Yield each outcome with what is known of each file; an arm made of arms tells of several in a list."""
    for outcome in outcomes:
        told = outcome.reports.get(WEIGHTS, [])
        yield from ((outcome, each) for each in (told if isinstance(told, list) else [told]))


def weights_words(study: Study, outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Return a line for each file of weights: its name, source and licence, and the titles of the arms that use it."""
    return tuple(
        f"{', '.join(str(each[name]) for name in ABOUT if name in each)}"
        f" (used by {', '.join(study.arm(arm).title for arm in each['arms'])})"
        for each in weights_used(outcomes)
    )
