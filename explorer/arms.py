"""Which arms can be compared: one answer for the pages and the command line."""

from explorer.errors import TechniqueError
from explorer.records import Arm
from explorer.techniques.composing import compose


def problem(arm: Arm, kind: str = "image") -> str | None:
    """Return why an arm cannot be run here on data of that kind, and the remedy; None when it can."""
    try:
        compose(arm, kind)
    except TechniqueError as error:
        return str(error)
    return None
