"""Which arms can be compared: one answer for the pages and the command line."""

import itertools
from collections.abc import Iterable

from explorer.errors import TechniqueError
from explorer.records import Arm, Fact
from explorer.techniques.composing import compose, members


def problem(arm: Arm, kind: str = "image", free: Iterable[Fact] | None = ()) -> str | None:
    """Return why an arm cannot be run here on data of that kind, and the remedy; None when it can.

    `free` are the facts that carry no meaning in the data, or None where that is not known yet: then only an arm is
    refused that could not be run whatever they are.
    """
    if free is not None:
        return _refusal(arm, kind, free)
    every = (each for n in range(len(Fact) + 1) for each in itertools.combinations(Fact, n))
    return None if None in (_refusal(arm, kind, each) for each in every) else _refusal(arm, kind, ())


def _refusal(arm: Arm, kind: str, free: Iterable[Fact]) -> str | None:
    try:
        members(compose(arm, kind, free), kind)
    except TechniqueError as error:
        return str(error)
    return None
