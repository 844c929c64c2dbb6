"""Data sets on disk: `datasets/<fingerprint>/` of the workspace, memory-mapped.

    inputs.npy                          (n, height, width, channels) stored values
    labels.npy groups.npy duplicates.npy given_test.npy sizes.npy means.npy    (n, ...) as in Dataset and Reading
    clean.npy                           as inputs.npy, the same without noise, where that is known
    about.json                          everything else, the findings too

A folder is written under another name and appears by one rename, so that no process ever sees half of it. What the
fingerprint covers never changes; the rest (about.json, sizes.npy, means.npy, clean.npy) is that of the latest reading
that had it, and each file is replaced by one rename.
"""

import hashlib
import json
import os
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.errors import DataError, StoreError
from explorer.records import Array, Dataset, Finding, Floats, Ints, Scaling, digest
from explorer.workspace import Workspace

FORMAT = 1
_OPTIONAL = ("groups", "duplicates", "given_test")
CLEAN = "clean.npy"
#: How the folders begin that take what is deleted, and seconds in which what rests on that is deleted, too.
_ASIDE, DELETING = ".deleted-", 60.0
#: The same of folders in which a data set is being read.
_READING, READING = ".reading-", 24 * 3600.0
_LATEST = ("sizes.npy", "means.npy", "about.json")


@dataclass(frozen=True, eq=False)
class Reading:
    """A data set as it was read, and what was noticed.

    findings   those of the reader and of the checks together
    sizes      (n, 2) int64, original height and width of each image in pixels
    means      (n,) float32, mean intensity of each original image, in [0, 1] by the scaling of the data set
    """

    dataset: Dataset
    findings: tuple[Finding, ...]
    sizes: Ints
    means: Floats


def fingerprint(inputs: Path, dataset: Dataset) -> str:
    """Return the name of the contents: pixels, labels, groups, given split, duplicates, names of classes and items.

    It does not depend on where the data came from: a folder and a zip of it have the same.
    """
    with inputs.open("rb") as file:
        pixels = hashlib.file_digest(file, "sha256").hexdigest()
    arrays = [_bytes(dataset.labels), _bytes(dataset.groups), _bytes(dataset.given_test)]
    texts = json.dumps([dataset.class_names, dataset.group_names, dataset.items, dataset.scaling.to_dict()])
    copies = [] if dataset.duplicates is None else [_bytes(dataset.duplicates)]
    return digest(pixels, *arrays, texts, *copies)


def _bytes(array: Array | None) -> bytes:
    return b"" if array is None else array.tobytes()


@contextmanager
def drafting(workspace: Workspace) -> Iterator[Path]:
    """Yield a new folder of the workspace to write a data set into; what is left of it afterwards is removed."""
    workspace.make()
    folder = Path(tempfile.mkdtemp(prefix=_READING, dir=workspace.datasets))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def save(workspace: Workspace, folder: Path, reading: Reading) -> None:
    """Add what `folder`/inputs.npy lacks, and rename the folder to the fingerprint.

    Where that exists, what is told of the contents is replaced and the contents stay; where they are damaged, the whole
    folder is replaced.
    """
    dataset = reading.dataset
    arrays = {"labels": dataset.labels, "sizes": reading.sizes, "means": reading.means}
    arrays |= {name: getattr(dataset, name) for name in _OPTIONAL if getattr(dataset, name) is not None}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    (folder / "about.json").write_text(json.dumps(_about(reading)), encoding="utf-8")
    target = workspace.datasets / dataset.fingerprint
    try:
        folder.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        if not _is_whole(workspace, dataset.fingerprint):
            _put_in_place(folder, target)
            return
        for name in (CLEAN, *_LATEST):
            if (folder / name).exists():
                os.replace(folder / name, target / name)  # noqa: PTH105 - says what it does


def _is_whole(workspace: Workspace, name: str) -> bool:
    """Tell whether a saved data set still holds the contents that its fingerprint names; reads all of it."""
    try:
        dataset = load(workspace, name).dataset
        return fingerprint(workspace.datasets / name / "inputs.npy", dataset) == name
    except DataError:
        return False


def _put_in_place(folder: Path, target: Path) -> None:
    """Rename the folder to `target`, and remove what was there."""
    with tempfile.TemporaryDirectory(prefix=".damaged-", dir=target.parent) as aside:
        target.rename(Path(aside) / target.name)
        folder.rename(target)


def _about(reading: Reading) -> dict[str, Any]:
    dataset = reading.dataset
    texts = ("name", "class_names", "items", "fingerprint", "group_names", "source", "licence", "kind")
    about: dict[str, Any] = {name: getattr(dataset, name) for name in texts}
    findings = [asdict(finding) for finding in reading.findings]
    return {"format": FORMAT, **about, "scaling": dataset.scaling.to_dict(), "findings": findings}


def load(workspace: Workspace, fingerprint: str) -> Reading:
    """Return a saved data set, memory-mapped and read-only. Raises DataError for one that is not there or damaged."""
    if not is_saved(workspace, fingerprint):
        raise DataError(f"There is no data set '{fingerprint}' in {workspace.datasets}. Open its files again.")
    try:
        return _loaded(workspace.datasets / fingerprint)
    except (OSError, EOFError, ValueError, TypeError, KeyError, AttributeError) as error:
        told = f"The data set '{fingerprint}' in {workspace.datasets} is damaged ({error}). Open its files again."
        raise DataError(told) from error


def _loaded(folder: Path) -> Reading:
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    if about.pop("format") != FORMAT:
        raise DataError(f"The data set '{folder.name}' was saved by another version. Open its files again.")
    findings = tuple(_finding(each) for each in about.pop("findings"))
    scaling = Scaling(**about.pop("scaling"))
    tuples: dict[str, Any] = {name: tuple(about.pop(name)) for name in ("class_names", "items", "group_names")}
    arrays: dict[str, Any] = {name: _small(folder, name) for name in _OPTIONAL if (folder / f"{name}.npy").exists()}
    inputs = np.load(folder / "inputs.npy", mmap_mode="r", allow_pickle=False)
    if (folder / CLEAN).exists():
        arrays["clean"] = np.load(folder / CLEAN, mmap_mode="r", allow_pickle=False)
    dataset = Dataset(inputs=inputs, labels=_small(folder, "labels"), scaling=scaling, **arrays, **tuples, **about)
    return Reading(dataset, findings, _small(folder, "sizes"), _small(folder, "means"))


#: Time in ns and size in bytes of about.json, which is written last.
_Stamp = tuple[int, int] | None


class Opened:
    """Saved data sets that a process keeps open, the latest ones of them; any thread may ask for one.

    One that was deleted or saved anew meanwhile is let go of at the next look, and with it what its memory maps hold on
    the disk.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[Workspace, str], tuple[Reading, _Stamp]] = OrderedDict()
        self._guard = threading.Lock()

    def __call__(self, workspace: Workspace, fingerprint: str) -> Reading:
        """Return a saved data set, opened now where it is not yet. Raises DataError as `load` does."""
        self.let_go()
        key = workspace, fingerprint
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        stamp = _stamp(*key)  # before it is read: one that is replaced meanwhile is read again
        found = load(workspace, fingerprint)
        with self._guard:
            self._kept[key] = found, stamp
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found

    def let_go(self, *, of_all: bool = False) -> None:
        """Let go of those that were deleted or saved anew, or of all."""
        with self._guard:
            for key in [each for each, (_, known) in self._kept.items() if of_all or _stamp(*each) != known]:
                del self._kept[key]


def _stamp(workspace: Workspace, fingerprint: str) -> _Stamp:
    """Return what tells one saving of a data set from another; None where there is none."""
    try:
        found = (workspace.datasets / fingerprint / "about.json").stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def is_saved(workspace: Workspace, fingerprint: str) -> bool:
    """Tell whether there is a saved data set of that name; a hidden folder, or a path, is none."""
    named = fingerprint[:1] not in ("", ".") and Path(fingerprint).name == fingerprint
    return named and (workspace.datasets / fingerprint / "about.json").is_file()


def list_saved(workspace: Workspace) -> tuple[str, ...]:
    """Return the fingerprints of all saved data sets, those read last first."""
    if not workspace.datasets.is_dir():
        return ()
    found = [each for each in workspace.datasets.iterdir() if is_saved(workspace, each.name)]
    return tuple(each.name for each in sorted(found, key=lambda each: (-_changed(each), each.name)))


def _changed(folder: Path) -> float:
    """Return when a folder was changed last; one that somebody deletes just now comes last."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


@contextmanager
def deleting(workspace: Workspace, fingerprint: str) -> Iterator[None]:
    """Delete a saved data set at the end of the block, which deletes what rests on it; where that fails, both stay.

    Raises DataError where there is none, StoreError where the system keeps it; then the block is not begun.
    """
    if not is_saved(workspace, fingerprint):
        raise DataError(f"There is no data set '{fingerprint}' in {workspace.datasets}. Choose one from the list.")
    target = workspace.datasets / fingerprint
    with _set_aside(target) as aside:
        try:
            yield
        except BaseException:
            (Path(aside) / target.name).rename(target)
            raise


def _set_aside(target: Path) -> "tempfile.TemporaryDirectory[str]":
    """Return a folder that takes the target with it; it moves there at once, so that nobody opens half of it."""
    try:
        aside = tempfile.TemporaryDirectory(prefix=_ASIDE, dir=target.parent, ignore_cleanup_errors=True)
        try:
            target.rename(Path(aside.name) / target.name)
        except OSError:
            aside.cleanup()
            raise
    except OSError as error:
        raise StoreError(f"{target} cannot be deleted: {error.strerror}. Close what uses it.") from error
    return aside


def remove_deleted(workspace: Workspace) -> None:
    """Remove what deletions and readings left behind that were ended by force; one that still goes on is younger."""
    for prefix, patience in ((_ASIDE, DELETING), (_READING, READING)):
        for left in workspace.datasets.glob(f"{prefix}*"):
            if time.time() - _changed(left) > patience:
                shutil.rmtree(left, ignore_errors=True)


def _finding(values: dict[str, Any]) -> Finding:
    return Finding(**{**values, "items": tuple(values["items"]), "rows": tuple(values["rows"])})


def _small(folder: Path, name: str) -> Any:
    array = np.load(folder / f"{name}.npy", allow_pickle=False)
    array.setflags(write=False)
    return array
