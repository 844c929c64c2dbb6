"""Making a preview: finding its file, running it, and telling what went wrong in one sentence."""

import functools
import importlib
import logging
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from explorer.datasets import saved
from explorer.errors import Cancelled, ExplorerError
from explorer.previews.answers import Preview, Wanted
from explorer.records import Dataset
from explorer.techniques.monitors import Steps
from explorer.workspace import Workspace

#: The data sets that the process of previews has opened.
OPENED = saved.Opened(4)

_log = logging.getLogger(__name__)


def _unshown(found: Preview) -> None:
    """Show a part to nobody."""


@dataclass(frozen=True)
class AtWork:
    """Where a preview keeps what can be used again, and where it learns that nobody wants it any more.

    show    takes what there is of a preview that takes seconds, for those who wait for it
    """

    cache: Path
    monitor: Steps
    show: Callable[[Preview], None] = _unshown


#: From a data set and options to the preview. Raises ExplorerError with a sentence for users.
Make: TypeAlias = Callable[[Dataset, Mapping[str, Any], AtWork], Preview]


@functools.cache
def _files() -> Mapping[str, ModuleType]:
    """Return every file of the folder that declares a preview, by its name."""
    package = importlib.import_module("explorer.previews")
    names = (each.name for each in pkgutil.iter_modules(package.__path__))
    modules = {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}
    return {name: each for name, each in modules.items() if hasattr(each, "make")}


def previews() -> Mapping[str, Make]:
    """Return the previews by name."""
    return {name: each.make for name, each in _files().items()}


def is_long(preview: str) -> bool:
    """Tell whether a preview takes more than some seconds: its file says LONG = True, so that no other waits for it."""
    return bool(getattr(_files().get(preview), "LONG", False))


def made(wanted: Wanted, workspace: Workspace, monitor: Steps, show: Callable[[Preview], None] = _unshown) -> Preview:
    """Return the preview, or one that says why there is none; `show` takes parts of it. Raises Cancelled."""
    make = previews().get(wanted.preview)
    if make is None:
        return Preview(problem=f"There is no preview '{wanted.preview}'. Choose one of {', '.join(previews())}.")
    try:
        return make(_opened(workspace.home, wanted.data), wanted.options, AtWork(workspace.cache, monitor, show))
    except Cancelled:
        raise
    except ExplorerError as error:
        return Preview(problem=str(error))
    except Exception as error:  # noqa: BLE001 - one preview that fails must not keep others from being made
        _log.exception("The preview %s of %s failed.", wanted.preview, wanted.data)
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return Preview(problem=f"This could not be shown ({reason}). Choose another setting; engine.log tells more.")


def _opened(home: Path, fingerprint: str) -> Dataset:
    return OPENED(Workspace(home), fingerprint).dataset
