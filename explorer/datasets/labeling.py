"""Texts of labels, groups and splits → the numbers of a Dataset."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from explorer.datasets.drafts import Draft, Listed
from explorer.datasets.findings import Notebook, count, names
from explorer.datasets.names import natural, tidy
from explorer.errors import DataError
from explorer.records import UNLABELED, Array, Ints

TEST = frozenset({"test", "testing", "test_set", "holdout", "hold-out"})
POOL = frozenset({"", "train", "training", "train_set", "val", "valid", "validation", "dev", "pool"})


@dataclass(frozen=True, eq=False)
class Labeling:
    """Labels, groups and the given test split of the rows, as in Dataset."""

    labels: Ints
    class_names: tuple[str, ...]
    groups: Ints | None
    group_names: tuple[str, ...]
    given_test: Array | None


def labeling(draft: Draft, kept: Sequence[int], notebook: Notebook) -> Labeling:
    """Return the numbers for the items of a draft that became rows. Raises DataError for less than two classes."""
    items = _same_spelling([draft.items[number] for number in kept])
    class_names = _class_names(draft, items, notebook)
    number_of = {name: number for number, name in enumerate(class_names)}
    labels = np.array([number_of.get(item.label, UNLABELED) for item in items], np.int64)
    groups, group_names = _groups(items, notebook)
    return Labeling(labels, class_names, groups, group_names, _given_test(items, labels, notebook))


def _same_spelling(items: list[Listed]) -> list[Listed]:
    """Return the items with white space around labels removed, and "3.0" as "3" where all labels are whole numbers."""
    items = [replace(item, label=tidy(item.label.strip()), group=tidy(item.group.strip())) for item in items]
    labels = {item.label for item in items} - {""}
    if not all(_is_whole(label) for label in labels) or all("." not in label for label in labels):
        return items
    return [replace(item, label=str(int(float(item.label))) if item.label else "") for item in items]


def _is_whole(label: str) -> bool:
    try:
        return float(label).is_integer()
    except (ValueError, OverflowError):
        return False


def _class_names(draft: Draft, items: list[Listed], notebook: Notebook) -> tuple[str, ...]:
    met = Counter(item.label for item in items if item.label)
    listed = {tidy(item.label.strip()) for item in draft.items if item.label}
    for gone in sorted(listed - set(met) - {""}):
        if not _is_whole(gone):
            notebook.add("lost-class", gone, "without a single usable image left out", noun="class")
    if len(met) < 2:
        raise _too_few_classes(met, len(items), notebook)
    _tell_lookalikes(met, notebook)
    given = [tidy(name.strip()) for name in draft.class_names]
    return tuple([name for name in given if name in met] + sorted(set(met) - set(given), key=_as_in_a_register))


def _as_in_a_register(name: str) -> tuple[tuple[tuple[int, int, str, str], ...], str]:
    """Return a sort key by which "2" comes before "10" and "cell" before "Debris"; the name itself decides at last."""
    return natural(name.casefold()), name


def _too_few_classes(met: Counter[str], images: int, notebook: Notebook) -> DataError:
    what = f"only one class, '{next(iter(met))}'" if met else "no labels at all"
    trouble = " ".join(each.message for each in notebook.findings() if each.severity == "warning")
    remedy = "Two classes or more are needed: one sub-folder per class, or a table with the columns filename and label."
    have = "has" if images == 1 else "have"
    return DataError(f"The {count(images, 'image')} {have} {what}. {remedy} {trouble}".strip())


def _tell_lookalikes(met: Counter[str], notebook: Notebook) -> None:
    alike: dict[str, list[str]] = {}
    for name in sorted(met):
        alike.setdefault(" ".join(name.casefold().split()), []).append(name)
    for same in alike.values():
        if len(same) > 1:
            notebook.say(
                "similar-classes",
                f"The classes {names(repr(each) for each in same)} differ only in upper and lower case or in spaces. "
                "They are kept apart, as that can be meant; give them one name if it is not.",
                severity="warning",
            )


# ---- groups and splits -----------------------------------------------------------------------------------------


def _groups(items: list[Listed], notebook: Notebook) -> tuple[Ints | None, tuple[str, ...]]:
    """Return group numbers and names; an item without one becomes a group of its own, as nothing ties it to others."""
    if not any(item.group for item in items):
        return None, ()
    for item in items:
        if not item.group:
            notebook.add("no-group", item.name, "without a group treated as groups of their own", noun="image")
    texts = [item.group or f"({item.name})" for item in items]
    group_names = tuple(sorted(set(texts), key=lambda text: (natural(text), text)))
    number_of = {name: number for number, name in enumerate(group_names)}
    return np.array([number_of[text] for text in texts], np.int64), group_names


def _given_test(items: list[Listed], labels: Ints, notebook: Notebook) -> Array | None:
    splits = [item.split.strip().lower() for item in items]
    if not any(splits):
        return None
    for item, split in zip(items, splits, strict=True):
        if split not in TEST | POOL:
            notebook.add("unknown-split", item.name, "with a split that is neither train, val nor test used to learn")
    test = np.array([split in TEST for split in splits], np.bool_)
    if not (test & (labels >= 0)).any() or not (~test & (labels >= 0)).any():
        notebook.say("no-given-test", "The given split has no labelled test or training images; tests are drawn anew.")
        return None
    told = f"{count(int(test.sum()), 'image')} of the given test split judge every arm; none of them is learnt from."
    notebook.say("given-split", told)
    return test
