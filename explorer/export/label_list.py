"""What to label next as people read it: the list as a table, why each image is in it, and what its order is worth."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.export.curve_table import csv_text
from explorer.export.folder import plain_cell
from explorer.previews.answers import Preview
from explorer.previews.to_label import Replayed
from explorer.records import Dataset
from explorer.score_words import PERCENT, difference_shown, differences_shown, spoken, whole_percent
from explorer.scores import METRICS
from explorer.statistics.savings import Saving
from explorer.statistics.verdicts import Verdict

#: The columns of the list, and what they hold.
COLUMNS: Mapping[str, str] = {
    "order": "1 = label this image first",
    "item": "name of the image",
    "reason": "why it is asked for",
    "most_probable": "class that the model takes for most probable",
    "probability": "its probability, from 0 to 1",
    "second": "class that the model takes for second",
    "second_probability": "its probability, from 0 to 1",
}
TYPICAL = "typical of a group of images without labels"
UNDECIDED = f"undecided between {{first}} and {{second}}: {{one}} and {{two}}{PERCENT}"
SURER = f"hardly undecided; rather {{first}} than {{second}}: {{one}} and {{two}}{PERCENT}"
#: A class that is more than so many times as probable as the second leaves the model hardly undecided.
_DECIDED = 4.0

SAVES = (
    f"On your own labelled images this order reached with {{needed}} labels what random order reached with {{n}}"
    f" (95{PERCENT} interval: {{low}} to {{high}} labels)."
)
FEWEST, MORE_THAN = "{n} or fewer", "more than {n}"
AHEAD = f"Over the whole curve: {{by}} points of {{metric}} against random order (95{PERCENT} interval {{interval}})."
CAUGHT_UP = (
    "With {n} labels, the most that were tried, the two orders do not differ clearly any more: further labels may as"
    " well be drawn at random."
)
BETTER = "On your own labelled images this order does better than random order."
WORSE = "On your own labelled images this order does worse than random order: label at random."
ALIKE = {
    Verdict.SAME: "No practical difference on your own labelled images: label at random, it is simpler.",
    Verdict.OPEN: "It is not clear yet whether this order does better on your own labelled images than random order.",
}


@dataclass(frozen=True)
class Entry:
    """One image to label: its place, 1 = first, its row, why, and the classes that are most probable, if any."""

    place: int
    row: int
    reason: str
    believed: Sequence[tuple[str, float]]


def entries(dataset: Dataset, found: Preview) -> list[Entry]:
    """Return the images of the preview `label_next`, in order."""
    names, way = dataset.class_names, found.facts["way"]
    listed = []
    for at, row in enumerate(found.arrays["rows"].tolist()):
        classes, shares = found.arrays["classes"][at].tolist(), found.arrays["shares"][at].tolist()
        believed = [(names[number], share) for number, share in zip(classes, shares, strict=True)]
        listed.append(Entry(at + 1, row, _reason(way, believed), believed))
    return listed


def _reason(way: str, believed: Sequence[tuple[str, float]]) -> str:
    if way == "typical" or len(believed) < 2:
        return TYPICAL
    (first, one), (second, two) = believed
    words = UNDECIDED if one <= _DECIDED * two else SURER
    return words.format(first=first, second=second, one=whole_percent(one), two=whole_percent(two))


def label_list_csv(dataset: Dataset, found: Preview) -> str:
    """Return the list with the columns COLUMNS; class and probability are empty where no two classes have a label."""
    return csv_text(COLUMNS, (list(_cells(dataset, each)) for each in entries(dataset, found)))


def _cells(dataset: Dataset, entry: Entry) -> Iterator[object]:
    yield entry.place
    yield plain_cell(dataset.items[entry.row])
    yield plain_cell(entry.reason.replace(PERCENT, " %"))  # in ASCII, as spreadsheets guess how a file is encoded
    for name, share in entry.believed:
        yield plain_cell(name)
        yield f"{share:.4f}"
    yield from [""] * (4 - 2 * len(entry.believed))


# ---- what the order is worth -----------------------------------------------------------------------------------


def worth_sentence(found: Replayed, metric: str) -> str:
    """Return what labelling in this order would have saved; empty while there is no comparison over the whole curve."""
    whole = found.whole
    if whole is None:
        return ""
    score = METRICS[metric]
    ahead = AHEAD.format(
        by=difference_shown(whole.difference, score),
        metric=spoken(score),
        interval=differences_shown(whole.low, whole.high, score),
    )
    if whole.verdict is Verdict.HELPS:
        return " ".join(filter(None, [_saves(found.saving), ahead, _at_the_end(found)]))
    return f"{WORSE if whole.verdict is Verdict.HURTS else ALIKE[whole.verdict]} {ahead}"


def _at_the_end(found: Replayed) -> str:
    """Return that the other order has caught up with the last labels, where it has; else nothing."""
    last = max((each for each in found.comparisons if each.budget is not None), key=lambda each: each.budget or 0)
    return "" if last.verdict is Verdict.HELPS else CAUGHT_UP.format(n=f"{last.budget:,}")


def _saves(saving: Saving | None) -> str:
    if saving is None or not 1 < saving.ratio < math.inf:  # better elsewhere on the curve, or from its first point on
        return BETTER
    low = FEWEST.format(n=_labels(saving.fewest)) if math.isinf(saving.high) else _labels(saving.n / saving.high)
    high = MORE_THAN.format(n=_labels(saving.most)) if saving.low == 0 else _labels(saving.n / saving.low)
    return SAVES.format(needed=_labels(saving.needed), n=_labels(saving.n), low=low, high=high)


def _labels(n: float) -> str:
    return f"{math.ceil(n - 1e-9):,}"
