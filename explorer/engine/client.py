"""How pages start the engine and ask whether it runs; imports nothing heavy.

The engine lives where the lock of the workspace is held. The system frees a lock when its holder dies, however it died.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from filelock import FileLock, Timeout

import explorer
from explorer.errors import EngineError
from explorer.workspace import Workspace

#: Seconds that a started engine has to take the lock before another one is started.
STARTING = 20.0

_started: dict[Path, tuple[float, "subprocess.Popen[bytes]"]] = {}


def engine_running(workspace: Workspace) -> bool:
    """Tell whether an engine holds the workspace."""
    if not workspace.engine_lock.exists():
        return False
    try:
        with FileLock(workspace.engine_lock, timeout=0):
            return False
    except Timeout:
        return True


def ensure_engine(workspace: Workspace) -> bool:
    """Start an engine for the workspace unless one runs or is starting; return at once whether one runs already.

    It is cheap to repeat. The engine outlives this process and writes to `engine.log`. Raises EngineError when it
    cannot be started.
    """
    if engine_running(workspace):
        return True
    if _starting(workspace):
        return False
    root = str(Path(explorer.__file__).parents[1])
    path = os.pathsep.join(each for each in (root, os.environ.get("PYTHONPATH", "")) if each)
    environment = {**os.environ, "EXPLORER_HOME": str(workspace.home.absolute()), "PYTHONPATH": path}
    try:
        workspace.make()
        with workspace.engine_log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "explorer", "engine"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
    except OSError as error:
        raise EngineError(f"The engine cannot be started: {error}. Check the folder {workspace.home}.") from error
    _started[workspace.home] = (time.monotonic(), process)
    return False


def _starting(workspace: Workspace) -> bool:
    """Tell whether an engine started from here is still on its way to the lock."""
    if workspace.home not in _started:
        return False
    since, process = _started[workspace.home]
    return process.poll() is None and time.monotonic() - since < STARTING
