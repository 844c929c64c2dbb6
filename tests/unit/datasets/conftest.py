from collections.abc import Callable
from pathlib import Path

import pytest

from explorer.datasets.reading import ReadOptions, read
from explorer.datasets.saved import Reading
from explorer.records import Finding
from explorer.workspace import Workspace
from tests.unit.datasets.making import folder_of


@pytest.fixture
def reading(tmp_path: Path, workspace: Workspace) -> Callable[..., Reading]:
    """Read files given as {name: bytes}, written to a folder, or whatever lies at a path."""

    def run(files: dict[str, bytes] | Path, **options: object) -> Reading:
        path = folder_of(files, tmp_path / "data") if isinstance(files, dict) else files
        return read(path, workspace, ReadOptions(**options))

    return run


@pytest.fixture
def found() -> Callable[[Reading, str], Finding]:
    """Return the one finding of a code, and fail when there is none or several."""

    def find(read: Reading, code: str) -> Finding:
        (only,) = [each for each in read.findings if each.code == code]
        return only

    return find
