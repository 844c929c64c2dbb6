"""Where everything that must outlive a process is kept: one folder, with one place for each kind of thing."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from explorer.errors import StoreError


@dataclass(frozen=True)
class Workspace:
    """The folder that holds data sets, studies and caches.

    Several processes may use one workspace at once: data set folders appear and go by an atomic rename, what is
    replaced in them later (`datasets.saved`) is replaced file by file, the store does its own locking, and only the
    holder of `engine_lock` runs trials.
    """

    home: Path

    @property
    def datasets(self) -> Path:
        """Folder with one sub-folder per data set, named by its fingerprint."""
        return self.home / "datasets"

    @property
    def cache(self) -> Path:
        """Folder of things that can be computed again (features, denoised inputs); safe to delete."""
        return self.home / "cache"

    @property
    def store(self) -> Path:
        """SQLite file that remembers studies, trials and outcomes."""
        return self.home / "studies.db"

    @property
    def engine_lock(self) -> Path:
        """File whose lock the running engine holds."""
        return self.home / "engine.lock"

    @property
    def engine_log(self) -> Path:
        """Text log of the engine."""
        return self.home / "engine.log"

    @classmethod
    def default(cls) -> "Workspace":
        """Return the workspace named by the variable EXPLORER_HOME, else the platform's user-data folder."""
        named = os.environ.get("EXPLORER_HOME")
        return cls(Path(named) if named else platformdirs.user_data_path("data-efficiency-explorer"))

    def make(self) -> "Workspace":
        """Create the folders that do not exist yet, and return the workspace itself. Raises StoreError."""
        for folder in (self.datasets, self.cache):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                remedy = "Set EXPLORER_HOME to a folder that can be written to."
                raise StoreError(f"The folder {folder} cannot be made: {error.strerror}. {remedy}") from error
        return self
