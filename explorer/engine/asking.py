"""What is asked of a data set before any study: pages ask by a small file, and the answer appears in the cache.

An answer is looked for in a process of its own. It needs torch, whose memory goes with the process, and it need not
wait for the study that is running.
"""

import logging
import threading
from pathlib import Path
from typing import Any, Self

from explorer.datasets import saved
from explorer.engine.helping import helper
from explorer.errors import ExplorerError, StoreError
from explorer.facts import known, suggestion
from explorer.suggesting import Suggestion, unjudged
from explorer.training.weights import missing
from explorer.workspace import Workspace

#: Seconds between two looks for a question, and for the end.
LOOK_EVERY = 0.2
FAILED = "looking at the images ended with an error, which engine.log or the lines above tell."

_log = logging.getLogger(__name__)


# ---- pages -----------------------------------------------------------------------------------------------------


def ask(workspace: Workspace, fingerprint: str) -> None:
    """Ask the engine what carries no meaning in a saved data set; cheap to repeat. Raises StoreError."""
    path = _question(workspace, fingerprint)
    workspace.make()
    try:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}. Make room, or set EXPLORER_HOME.") from error


def is_asked(workspace: Workspace, fingerprint: str) -> bool:
    """Tell whether the engine still has to answer."""
    return _question(workspace, fingerprint).exists()


def _question(workspace: Workspace, fingerprint: str) -> Path:
    return workspace.home / "asked" / fingerprint


# ---- the engine ------------------------------------------------------------------------------------------------


class Answering:
    """Answers the questions of a workspace one after another in a thread, from entering to leaving the block."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._answer_all, name="answering", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def busy(self) -> bool:
        """Tell whether a question is still to be answered."""
        return self._thread.is_alive() and any(self._questions())

    def _questions(self) -> list[Path]:
        folder = _question(self._workspace, "any").parent
        return sorted(each for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []

    def _answer_all(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            for question in self._questions():
                _log.info("What carries no meaning in %s?", question.name)
                try:
                    self._answer(question.name)
                except OSError as error:  # no process could be started: the next question may have more luck
                    _log.warning("What carries no meaning in %s was not judged: %s", question.name, error)
                if not self._ended.is_set():  # else the next engine answers
                    question.unlink(missing_ok=True)

    def _answer(self, fingerprint: str) -> None:
        process = _looking(self._workspace, fingerprint)
        while process.is_alive() and not self._ended.is_set():
            process.join(LOOK_EVERY)
        process.kill()
        process.join()


# ---- the command line ------------------------------------------------------------------------------------------


def asked(workspace: Workspace, fingerprint: str) -> Suggestion:
    """Return what a saved data set suggests, found now unless it is known; one that was not judged says why."""
    if known(fingerprint, workspace.cache) is None:
        process = _looking(workspace, fingerprint)
        try:
            process.join()
        finally:
            process.kill()  # still at it only where this one is interrupted
    return known(fingerprint, workspace.cache) or unjudged(missing() or FAILED)


# ---- the process -----------------------------------------------------------------------------------------------


def _looking(workspace: Workspace, fingerprint: str) -> Any:
    """Return the started process that looks for an answer; it ends with this one."""
    return helper(look, workspace.home.absolute(), fingerprint)


def look(home: Path, fingerprint: str) -> None:
    """Look for what carries no meaning in a data set of the workspace at `home`, and keep it in the cache."""
    workspace = Workspace(home)
    try:
        suggestion(saved.load(workspace, fingerprint).dataset, cache=workspace.cache)
    except ExplorerError as error:
        _log.warning("What carries no meaning in %s was not judged: %s", fingerprint, error)
