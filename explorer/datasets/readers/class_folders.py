"""A folder or zip with one sub-folder per class.

One outer folder is allowed, and so is a level of train / val / test above the classes; a test split is kept. A
sub-folder named unlabeled, unlabelled or _unlabeled holds unlabelled images, beside the classes or above them. A
sub-folder `clean` that repeats the class folders holds the clean twins of noisy images and is no class.
"""

from collections.abc import Sequence

from explorer.datasets.drafts import Draft, Listed
from explorer.datasets.filedraft import draft_of_files
from explorer.datasets.findings import Notebook
from explorer.datasets.labeling import POOL, TEST
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Entry, Listing
from explorer.datasets.matching import TWIN
from explorer.datasets.names import is_clutter, parts
from explorer.errors import DataError

UNLABELED = frozenset({"unlabeled", "unlabelled", "_unlabeled", "_unlabelled"})
_CLEAN = "clean"


def recognises(listing: Listing) -> int:
    """Return how many images this reader would read: those that lie in a sub-folder."""
    outer = _outer(listing)
    return sum("/" in entry.name[outer:] for entry in listing.images)


def read(listing: Listing, limits: Limits, notebook: Notebook) -> Draft:
    """Return the images of all class folders. Raises DataError when there are none."""
    outer = _outer(listing)
    placed = _placed(listing.images, outer, notebook)
    if not placed:
        raise DataError(f"{listing.name} holds no image in a sub-folder. Make one sub-folder per class.")
    splits = _split_level(placed)
    names = {entry.name[outer:] for entry, _ in placed}
    entries = [entry for entry, _ in placed if splits or not _is_clean(entry.name[outer:], names, notebook)]
    items = [_item(entry.name[outer:], splits) for entry in entries]
    _tell_the_rest(listing, outer, notebook, splits, {item.label for item in items})
    twins = {_below_clean(entry.name[outer:]): entry for entry, _ in placed}
    clean = [None if splits else twins.get(item.name) for item in items]
    return draft_of_files(entries, items, limits, notebook, clean=clean)


def _outer(listing: Listing) -> int:
    """Return the length of the outer folder's name that all images share and that holds folders, else 0."""
    images = listing.images
    first = {parts(entry.name)[0] for entry in images}
    if len(first) != 1 or not any(entry.name.count("/") > 1 for entry in images):
        return 0
    return len(first.pop()) + 1


def _placed(images: Sequence[Entry], outer: int, notebook: Notebook) -> list[tuple[Entry, tuple[str, ...]]]:
    placed = []
    for entry in images:
        folders = parts(entry.name[outer:])[:-1]
        if folders:
            placed.append((entry, folders))
        else:
            notebook.add("image-without-class", entry.name[outer:], "left out, as in no class folder", noun="image")
    return placed


def _split_level(placed: list[tuple[Entry, tuple[str, ...]]]) -> bool:
    """Tell whether the topmost folders, but for unlabelled images, are train, val or test with class folders below."""
    above = [folders for _, folders in placed if not _is_unlabeled(folders[0])]
    named = all(folders[0].strip().lower() in TEST | POOL - {""} and len(folders) > 1 for folders in above)
    return named and bool(above)


def _item(name: str, splits: bool) -> Listed:
    folders = parts(name)[:-1]
    if _is_unlabeled(folders[0]):
        return Listed(name)
    split, label = (folders[0], folders[1]) if splits else ("", folders[0])
    return Listed(name, "" if _is_unlabeled(label) else label, split=split)


def _is_unlabeled(folder: str) -> bool:
    return folder.strip().lower() in UNLABELED


def _below_clean(name: str) -> str:
    """Return the name of the image whose clean twin this is; empty where it lies in no folder of twins."""
    folders = parts(name)[:-1]
    return name[len(folders[0]) + 1 :] if len(folders) > 1 and folders[0].strip().lower() == _CLEAN else ""


def _is_clean(name: str, names: set[str], notebook: Notebook) -> bool:
    twin = _below_clean(name) in names
    if twin:
        notebook.add("clean-twin", name, TWIN, noun="image", severity="note")
    return twin


def _tell_the_rest(listing: Listing, outer: int, notebook: Notebook, splits: bool, labels: set[str]) -> None:
    images = {entry.name for entry in listing.images}
    for entry in listing.entries:
        if entry.name not in images:
            notebook.add("other-file", entry.name[outer:], "ignored, as no image", severity="note")
    depth = 2 if splits else 1
    for folder in listing.folders:
        below = parts(folder[outer:])
        is_class = len(below) == depth and below[-1].strip().lower() not in {_CLEAN, ""}
        if is_class and not any(map(_is_unlabeled, below)) and not is_clutter(folder) and below[-1] not in labels:
            notebook.add("empty-class", below[-1], "without a single image left out", noun="class")
