"""Which arms a study compares, and what it takes for meaningless, as the options of `run` say it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from explorer.arms import problem
from explorer.errors import StudyError
from explorer.records import Arm, Fact
from explorer.techniques.discovery import first_arms, ready_arms, self_contained
from explorer.techniques.spelling import typed_arm

NONE, AUTO, ALL = "none", "auto", "all"


def chosen_arms(names: str | None, typed: Sequence[str], free: Sequence[Fact] | None = ()) -> tuple[Arm, ...]:
    """Return the ready-made arms of these names, then the arms that are composed; those that come first where none is.

    The name `all` stands for all ready-made arms that can be run here. `free` are the facts that carry no meaning, None
    where the images are yet to suggest them.

    Raises StudyError or TechniqueError for an unknown name, one that is used twice, and an arm that cannot be run here.
    """
    composed = tuple(_composed(text) for text in typed)
    if names in (None, ALL) and not composed:
        known = first_arms() if names is None else ready_arms()
        return tuple(arm for arm in known.values() if not _left_out(arm, free))
    for arm in composed:
        if arm.name in ready_arms():  # sentences and looks know what a ready-made arm is by its name
            raise StudyError(f"'{arm.name}' is a ready-made arm. Give the composed one another name.")
    chosen = (*_named(names), *composed)
    for arm in chosen:
        if [each.name for each in chosen].count(arm.name) > 1:
            raise StudyError(f"Two arms are called '{arm.name}'. Give the composed one another name.")
        reason = problem(arm, free=free)
        if reason:
            raise StudyError(reason)
    return chosen


def _composed(text: str) -> Arm:
    """Return the arm that a text composes, with what stands in files that it names. Raises TechniqueError."""
    arm = typed_arm(text)
    made: dict[str, Any] = {slot.value: self_contained(slot, choice) for slot, choice in arm.choices()}
    return replace(arm, **made)


def chosen_facts(text: str) -> tuple[Fact, ...] | None:
    """Return the facts that `text` names as meaningless, in their order; None where the images are to suggest them.

    Raises StudyError for any other word.
    """
    words = {word.strip() for word in text.split(",")} - {""}
    if words == {AUTO}:
        return None
    known = [fact.value for fact in Fact]
    unknown = words - {NONE, *known}
    if unknown or (NONE in words and len(words) > 1) or not words:
        choices = ", ".join([AUTO, NONE, *known])
        raise StudyError(f"--free is '{text}'. Choose from {choices}; several of the last three with commas between.")
    return tuple(fact for fact in Fact if fact.value in words)


def _named(names: str | None) -> tuple[Arm, ...]:
    known = ready_arms()
    wanted = dict.fromkeys(name.strip() for name in (names or "").split(",") if name.strip())
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise StudyError(f"There is no arm '{unknown[0]}'. Choose from {', '.join(known)}.")
    return tuple(known[name] for name in wanted)


def _left_out(arm: Arm, free: Sequence[Fact] | None) -> bool:
    reason = problem(arm, free=free)
    if reason:
        click.echo(f"Left out: {reason}", err=True)
    return reason is not None
