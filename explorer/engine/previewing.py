"""Previews for pages: a page writes what it wants to see into a small file, and a warm process makes it.

The process belongs to the engine, beside its studies. It has imported what is heavy and opened the data before, so that
an answer takes as long as the work and no longer. Each place of a page wants one thing at a time: what it wants now
replaces what it wanted before, even while that is being made.
"""

import logging
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from explorer.engine.cluster import THREADS
from explorer.errors import Cancelled, StoreError
from explorer.previews.answers import Preview, Wanted, answer, keep
from explorer.workspace import Workspace

#: Seconds between two looks for something that is wanted.
LOOK_EVERY = 0.02
ENDED = "The process that makes previews ended, perhaps for lack of memory. Choose fewer or smaller images."
#: Endings of the files: what is wanted, and what is being made.
_WANTED, _TAKEN = ".wanted", ".taken"

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


def _folder(workspace: Workspace) -> Path:
    return workspace.home / "wanted"


def _files(workspace: Workspace, ending: str) -> list[Path]:
    """Return the files of that ending, the latest last."""
    found = []
    for path in _folder(workspace).glob(f"*{ending}"):
        with suppress(OSError):  # taken away just now
            found.append((path.stat().st_mtime_ns, path))
    return [path for _, path in sorted(found)]


# ---- the engine ------------------------------------------------------------------------------------------------


class Previewing:
    """Keeps a process that makes previews while any are wanted, from entering to leaving the block."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._ended = threading.Event()
        self._process: Any = None
        self._thread = threading.Thread(target=self._watch, name="previewing", daemon=True)

    def __enter__(self) -> Self:
        self._give_up()  # what an engine before this one left
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def busy(self) -> bool:
        """Tell whether anything is still to be made."""
        return self._thread.is_alive() and bool(self._left())

    def _left(self) -> list[Path]:
        return [*_files(self._workspace, _WANTED), *_files(self._workspace, _TAKEN)]

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            if not self._left() or (self._process is not None and self._process.is_alive()):
                continue
            self._give_up()
            try:
                self._process = _maker(self._workspace)
            except OSError as error:  # there may be room for a process later
                _log.warning("Previews cannot be made: %s", error)
                self._ended.wait(1)

    def _give_up(self) -> None:
        """Say of everything that ended its maker that it cannot be shown, so that it is not tried for ever."""
        for path in _files(self._workspace, _TAKEN):
            with suppress(OSError, ValueError, TypeError, LookupError):
                keep(Wanted.of(path.read_text(encoding="utf-8")), Preview(problem=ENDED), self._workspace.cache)
            path.unlink(missing_ok=True)


# ---- the process -----------------------------------------------------------------------------------------------


def _maker(workspace: Workspace) -> Any:
    """Return the started process that makes previews; it ends with this one."""
    import multiprocessing

    for name in THREADS:
        os.environ[name] = "1"  # the process inherits them; two threads in torch are slower than one
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=make_all, args=(workspace.home.absolute(),), daemon=True)
    process.start()
    return process


def make_all(home: Path) -> None:
    """Make what is wanted in the workspace at `home`, the latest first, until this process is ended."""
    from explorer.previews.making import previews

    workspace = Workspace(home)
    previews()
    parent = os.getppid()
    while os.getppid() == parent:  # an engine that was killed cannot end it
        wanted = _files(workspace, _WANTED)
        if wanted:
            make_one(workspace, wanted[-1])
        else:
            time.sleep(LOOK_EVERY)


def make_one(workspace: Workspace, path: Path) -> None:
    """Make what one file wants, unless it is there; stop where something else is wanted at that place meanwhile."""
    from explorer.previews.making import made

    taken = path.with_suffix(_TAKEN)
    try:
        path.replace(taken)
        wanted = Wanted.of(taken.read_text(encoding="utf-8"))
        if answer(wanted, workspace.cache) is None:
            keep(wanted, made(wanted, workspace, Superseded(path)), workspace.cache)
    except Cancelled:
        _log.info("%s wants something else now.", path.stem)
    except (OSError, ValueError, TypeError, LookupError) as error:
        _log.warning("What %s wants cannot be read or kept: %s", path.stem, error)
    finally:
        taken.unlink(missing_ok=True)


class Superseded:
    """Where a preview learns that its place wants something else."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def step(self, done: int, total: int) -> None:
        """Go on, or raise Cancelled."""
        if self._path.exists():
            raise Cancelled("something else is wanted")
