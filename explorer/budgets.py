"""Label budgets as people type them, the same in the browser and on the command line, and what they really buy."""

import re

import numpy as np
import numpy.typing as npt

from explorer.errors import StudyError
from explorer.records import Ints, Study

#: The largest budget; far above any number of labels that somebody makes by hand.
LARGEST = 1_000_000
#: What stands before a budget that some class, or the data set, cannot fill; behind one of each class, and of all.
AT_MOST, PER_CLASS, IN_ALL = "≤ ", " / class", " in all"
BAD_BUDGETS = "'{text}' is not a list of whole numbers above 0. Write for instance 1, 2, 5, 10, 20."
#: Characters of a wrong text that are repeated to its author.
_SHOWN = 40


def parsed_budgets(text: str) -> tuple[int, ...]:
    """Return the whole numbers in `text`, 1 .. `LARGEST`, ascending, each once; commas, semicolons or spaces between.

    A budget above the number of labelled examples is allowed. Raises StudyError for anything else.
    """
    parts = [part.lstrip("0") for part in re.split(r"[,;\s]+", text.strip()) if part]
    if not parts or not all(part.isdecimal() for part in parts):
        raise StudyError(BAD_BUDGETS.format(text=_short(text)))
    for part in parts:
        # The length first: Python refuses to turn thousands of digits into a number.
        if len(part) > len(str(LARGEST)) or int(part) > LARGEST:
            raise StudyError(f"The budget {_short(part)} is too large. Choose at most {LARGEST:,} labels.")
    return tuple(sorted({int(part) for part in parts}))


def expected(study: Study, budget: int, pool: Ints) -> float:
    """Return how many labelled examples a budget buys from a pool of (k,) labels of each class."""
    return float(pool.clip(max=budget).sum() if study.per_class else min(budget, pool.sum()))


def is_short(budget: int, n_labeled: float, n_classes: int, *, per_class: bool) -> bool:
    """Tell whether `n_labeled` examples are fewer than the budget asks for, half an example aside."""
    return n_labeled < budget * (n_classes if per_class else 1) - 0.5


def used_up(n_labeled: float, pool: Ints) -> npt.NDArray[np.bool_]:
    """Tell which classes gave fewer labels than others, (k,), as they had no more when `n_labeled` were taken in turn.

    pool    labels that each class can give, (k,)
    """
    levels = np.arange(int(pool.max()) + 1)
    bought = np.minimum.outer(levels, pool).sum(axis=1)
    return np.asarray(pool < np.searchsorted(bought, n_labeled - 0.5))


def budget_words(budget: int, n_labeled: float, n_classes: int, *, per_class: bool) -> str:
    """Return a budget as people read it: "20 / class", "≤ 50 / class" where it bought fewer, or "60 in all"."""
    most = AT_MOST if is_short(budget, n_labeled, n_classes, per_class=per_class) else ""
    return f"{most}{budget:,}{PER_CLASS if per_class else IN_ALL}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
