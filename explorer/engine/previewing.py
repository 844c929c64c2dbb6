"""Previews for pages: a page writes what it wants to see into a small file, and a warm process makes it.

The process belongs to the engine, beside its studies. It has imported what is heavy and opened the data before, so that
an answer takes as long as the work and no longer. Each place of a page wants one thing at a time: what it wants now
replaces what it wanted before, even while that is being made. What takes long is made by a second process, so that
quick previews go on meanwhile; how far it is stands in a small file as well.
"""

import logging
import math
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from explorer.datasets import saved
from explorer.engine.helping import helper
from explorer.errors import Cancelled, StoreError
from explorer.previews.answers import (
    Preview,
    Wanted,
    answer,
    forget_part,
    forget_parts,
    forget_problems,
    keep,
    keep_part,
)
from explorer.workspace import Workspace

#: Seconds between two looks for something that is wanted.
LOOK_EVERY = 0.02
ENDED = "The process that makes previews ended, perhaps for lack of memory. Choose fewer or smaller images."
CHANGED = (
    "The file of this technique was changed just now, or says something else to the engine. Try again; if that does not"
    " help, stop the app and start it again."
)
#: Seconds after which a quick preview is given up when its page does not say any more that it waits.
PATIENCE = 15.0
#: Endings of the files: what is wanted, what is being made, and how far that is.
_WANTED, _TAKEN, _PROGRESS = ".wanted", ".taken", ".progress"
#: Seconds between two reports of how far a preview is.
REPORT_EVERY = 0.2

_log = logging.getLogger(__name__)


# ---- pages -----------------------------------------------------------------------------------------------------


def want(workspace: Workspace, wanted: Wanted, place: str) -> None:
    """Want a preview at a place, instead of what was wanted there before. Raises StoreError.

    `place` is letters, digits, - and _; it names a part of a page of one visitor.
    """
    path = _folder(workspace) / f"{place}{_WANTED}"
    fresh = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.new")
    try:
        workspace.make()
        path.parent.mkdir(exist_ok=True)
        fresh.write_text(wanted.text(), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}. Make room, or set EXPLORER_HOME.") from error


def is_wanted(workspace: Workspace, place: str) -> bool:
    """Tell whether something is still to be made for a place."""
    return any((_folder(workspace) / f"{place}{each}").exists() for each in (_WANTED, _TAKEN))


def is_made(workspace: Workspace, place: str) -> bool:
    """Tell whether what is wanted at a place is being made right now."""
    return (_folder(workspace) / f"{place}{_TAKEN}").exists()


def waits(workspace: Workspace, place: str) -> bool:
    """Say that somebody waits at a place, so that the work is not given up; tell whether it is still to be made.

    The time of access says so: that of writing says what was wanted last, which is made first.
    """
    for each in (_WANTED, _TAKEN):
        path = _folder(workspace) / f"{place}{each}"
        with suppress(OSError):  # not there, or taken away just now
            os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
    return is_wanted(workspace, place)


def want_no_more(workspace: Workspace, place: str) -> None:
    """Want nothing at a place any more; what is being made for it ends at its next step."""
    for ending in (_WANTED, _TAKEN):
        (_folder(workspace) / f"{place}{ending}").unlink(missing_ok=True)


def progress(workspace: Workspace, place: str) -> float | None:
    """Return how much of what is being made for a place is done, in [0, 1]; None while nothing is known of it."""
    try:
        return float((_folder(workspace) / f"{place}{_PROGRESS}").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _folder(workspace: Workspace) -> Path:
    return workspace.home / "wanted"


def _files(workspace: Workspace, ending: str) -> list[Path]:
    """Return the files of that ending, the latest last."""
    found = []
    for path in _folder(workspace).glob(f"*{ending}"):
        with suppress(OSError):  # taken away just now
            if path.is_file():
                found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found)]


# ---- the engine ------------------------------------------------------------------------------------------------


class Previewing:
    """Keeps processes that make previews while any are wanted, from entering to leaving the block.

    One makes the quick ones, another the long ones.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._ended = threading.Event()
        self._makers: dict[bool, Any] = {}
        self._thread = threading.Thread(target=self._watch, name="previewing", daemon=True)

    def __enter__(self) -> Self:
        for ending in (_TAKEN, _PROGRESS):  # what an engine before this one left; who still wants it asks again
            for path in _files(self._workspace, ending):
                path.unlink(missing_ok=True)
        forget_parts(self._workspace.cache)
        forget_problems(self._workspace.cache)  # weights or memory that were missing may be there by now
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for maker in self._makers.values():
            maker.kill()
            maker.join()

    def busy(self) -> bool:
        """Tell whether anything is still to be made."""
        return self._thread.is_alive() and any(_left(self._workspace, long) for long in (False, True))

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            for long in (False, True):
                self._mind(long)

    def _mind(self, long: bool) -> None:
        """Start the process that makes the long or the quick previews where one is wanted and it does not run."""
        maker = self._makers.get(long)
        if maker is not None and maker.is_alive():
            return
        if self._makers.pop(long, None) is not None:
            self._give_up(long)
        if not _left(self._workspace, long):
            return
        try:
            self._makers[long] = _maker(self._workspace, long)
        except OSError as error:  # there may be room for a process later
            _log.warning("Previews cannot be made: %s", error)
            self._ended.wait(1)

    def _give_up(self, long: bool) -> None:
        """Say of everything that ended its maker that it cannot be shown, so that it is not tried for ever.

        A maker that ended before it took anything would end again at whatever is wanted.
        """
        taken = _of_length(_files(self._workspace, _TAKEN), long)
        for path in taken or _of_length(_files(self._workspace, _WANTED), long):
            with suppress(OSError, ValueError, TypeError, LookupError):
                wanted = Wanted.of(path.read_text(encoding="utf-8"))
                keep(wanted, Preview(problem=ENDED), self._workspace.cache)
                forget_part(wanted, self._workspace.cache)
            path.unlink(missing_ok=True)


def _left(workspace: Workspace, long: bool) -> list[Path]:
    return _of_length([*_files(workspace, _WANTED), *_files(workspace, _TAKEN)], long)


def _of_length(paths: list[Path], long: bool) -> list[Path]:
    """Return those files that want a long preview, or the others; one that cannot be read counts as quick."""
    return [path for path in paths if _wants_long(path) == long]


def _wants_long(path: Path) -> bool:
    from explorer.previews.making import is_long

    with suppress(OSError, ValueError, TypeError, LookupError):
        return is_long(Wanted.of(path.read_text(encoding="utf-8")).preview)
    return False


# ---- the process -----------------------------------------------------------------------------------------------


def _maker(workspace: Workspace, long: bool) -> Any:
    """Return the started process that makes the long or the quick previews; it ends with this one."""
    return helper(make_all, workspace.home.absolute(), long)


def make_all(home: Path, long: bool) -> None:
    """Make what is wanted in the workspace at `home`, long or quick, the latest first, until this process is ended."""
    from explorer.previews.making import OPENED, previews

    workspace = Workspace(home)
    previews()
    parent = os.getppid()
    while os.getppid() == parent:  # an engine that was killed cannot end it
        wanted = _of_length(_files(workspace, _WANTED), long)
        if wanted:
            make_one(workspace, wanted[-1])
        else:
            OPENED.let_go()
            time.sleep(LOOK_EVERY)


def make_one(workspace: Workspace, path: Path) -> None:
    """Make what one file wants, unless it is there; stop where that is not wanted at that place any more."""
    taken = path.with_suffix(_TAKEN)
    monitor = Reporting(path, math.inf if _wants_long(path) else PATIENCE)
    try:
        path.replace(taken)
        wanted = Wanted.of(taken.read_text(encoding="utf-8"))
        if answer(wanted, workspace.cache) is None:
            _make(wanted, workspace, monitor)
    except Cancelled:
        _log.info("%s does not want it any more.", path.stem)
    except (OSError, ValueError, TypeError, LookupError) as error:
        _log.warning("What %s wants cannot be read or kept: %s", path.stem, error)
    finally:
        taken.unlink(missing_ok=True)
        monitor.end()


def _make(wanted: Wanted, workspace: Workspace, monitor: "Reporting") -> None:
    """Make a preview and keep it, and on the way what there is of it. Raises Cancelled.

    Why there is none is not kept where the data set is gone: it may be read again.
    """
    from explorer.previews.making import made

    def show(found: Preview) -> None:
        keep_part(wanted, found, workspace.cache)

    try:
        found = made(wanted, workspace, monitor, show) if wanted.is_current else Preview(problem=CHANGED)
        if not found.problem or saved.is_saved(workspace, wanted.data):
            keep(wanted, found, workspace.cache)
    finally:
        forget_part(wanted, workspace.cache)


class Reporting:
    """Where a preview tells how far it is, and learns that its place wants something else, or nothing any more.

    path        the file of what is wanted
    patience    seconds that a place may be silent before nobody is taken to wait there
    """

    def __init__(self, path: Path, patience: float = math.inf) -> None:
        self._path = path
        self._patience = patience
        self._taken = path.with_suffix(_TAKEN)
        self._told = path.with_suffix(_PROGRESS)
        self._next = 0.0
        self.end()  # what a process that was killed has told

    def step(self, done: int, total: int) -> None:
        """Tell how far it is, now and then. Raises Cancelled."""
        if self._path.exists() or not self._is_waited_for():
            raise Cancelled("this is not wanted any more")
        if total and time.monotonic() >= self._next:
            self._next = time.monotonic() + REPORT_EVERY
            self._told.write_text(f"{min(done / total, 1.0):.3f}", encoding="utf-8")

    def _is_waited_for(self) -> bool:
        try:
            return time.time() - self._taken.stat().st_atime < self._patience
        except OSError:
            return False

    def end(self) -> None:
        """Tell nothing any more."""
        self._told.unlink(missing_ok=True)
