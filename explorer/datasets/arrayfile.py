"""Array files that are written as the rows come."""

from pathlib import Path

import numpy as np

from explorer.datasets.drafts import KINDS
from explorer.records import Array


class ArrayFile:
    """Writes a .npy file row by row through ordinary writes, never held in memory; the count comes at the end."""

    def __init__(self, path: Path, shape: tuple[int, ...], kind: str) -> None:
        self._path = path
        self._shape = shape
        self._dtype = np.dtype(KINDS[kind])
        self._rows = 0

    def __enter__(self) -> "ArrayFile":
        self._file = self._path.open("wb")
        self._write_header(10**9)
        return self

    def append(self, row: Array) -> None:
        """Write one row of the shape and type given at the start. Raises ValueError for any other."""
        if row.shape != self._shape or row.dtype != self._dtype:
            raise ValueError(f"A row of shape {self._shape} and type {self._dtype} is wanted, not {row.shape}.")
        self._file.write(np.ascontiguousarray(row).data)
        self._rows += 1

    def __exit__(self, *failure: object) -> None:
        self._file.seek(0)
        self._write_header(self._rows)
        self._file.close()

    def _write_header(self, rows: int) -> None:
        # numpy leaves room in its header for a first axis that grows, so both headers are of the same length
        about = {"descr": self._dtype.str, "fortran_order": False, "shape": (rows, *self._shape)}
        np.lib.format.write_array_header_1_0(self._file, about)
