"""Whose weights results rest on: name, source and licence, told beside every result."""

from collections.abc import Iterable
from typing import Any

from explorer.records import Outcome, Study

#: What a technique records under "weights".
ABOUT = ("name", "source", "licence")


def weights_used(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """Return what is known of each file of weights that outcomes rest on, and under "arms" the names of the arms."""
    found: list[dict[str, Any]] = []
    for outcome in outcomes:
        told = outcome.reports.get("weights")
        if told is None:
            continue
        known = next((each for each in found if {**each, "arms": None} == {**told, "arms": None}), None)
        if known is None:
            found.append({**told, "arms": [outcome.trial.arm]})
        elif outcome.trial.arm not in known["arms"]:
            known["arms"].append(outcome.trial.arm)
    return found


def weights_words(study: Study, outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """Return a line for each file of weights: its name, source and licence, and the titles of the arms that use it."""
    return tuple(
        f"{', '.join(str(each[name]) for name in ABOUT if name in each)}"
        f" (used by {', '.join(study.arm(arm).title for arm in each['arms'])})"
        for each in weights_used(outcomes)
    )
