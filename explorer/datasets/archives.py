"""Zip archives as listings: read in place and never unpacked to disk, so that no name in one can do harm."""

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from explorer.datasets.findings import Notebook
from explorer.datasets.limits import MEGABYTE, Limits
from explorer.datasets.listings import Admission, Entry, Listing, sorted_entries
from explorer.datasets.names import is_clutter, is_unsafe, tidy
from explorer.errors import DataError

_LARGE = 50 * MEGABYTE
"""Below this size the packing ratio of one file says nothing: a black image packs a thousandfold."""


@contextmanager
def zip_listing(path: Path, limits: Limits, notebook: Notebook) -> Iterator[Listing]:
    """Yield the files of a zip archive that are safe to read; the rest is noted.

    Raises DataError for a file that is no zip archive, and for one that passes a limit.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataError(f"{path.name} is not a readable zip archive ({error}). Pack it again.") from error
    with archive:
        infos = archive.infolist()
        check_packing(infos, limits, path.name)
        admission = Admission(limits, notebook, path.name)
        entries = [_entry(archive, info) for info in infos if _admits(info, admission)]
        folders = tuple(tidy(info.filename.rstrip("/")) for info in infos if _is_plain_folder(info))
        yield Listing(path.stem, sorted_entries(entries), folders)


def check_packing(infos: list[zipfile.ZipInfo], limits: Limits, name: str) -> None:
    """Raise DataError when the archive `name`, or a large file of it, is packed tighter than the limit."""
    groups = [infos, *([info] for info in infos)]
    for group in groups:
        unpacked = sum(info.file_size for info in group)
        packed = max(1, sum(info.compress_size for info in group))
        if unpacked > _LARGE and unpacked > limits.ratio * packed:
            raise DataError(
                f"{name} unpacks to {unpacked // packed:,} times its size, as zip bombs do; at most "
                f"{limits.ratio} times is read. Pack the images themselves, for example as PNG."
            )


def _admits(info: zipfile.ZipInfo, admission: Admission) -> bool:
    if info.is_dir():
        return False
    if info.external_attr >> 16 and stat.S_ISLNK(info.external_attr >> 16):
        admission.notebook.add("symbolic-link", info.filename, "left out, as a symbolic link is never followed")
    elif is_unsafe(info.filename):
        admission.notebook.add("unsafe-name", info.filename, "left out, as the name could point out of the archive")
    elif info.flag_bits & 0x1:
        admission.notebook.add("encrypted-file", info.filename, "left out, as encrypted; pack without a password")
    else:
        return admission.admits(tidy(info.filename), info.file_size)
    return False


def _is_plain_folder(info: zipfile.ZipInfo) -> bool:
    return info.is_dir() and not is_unsafe(info.filename) and not is_clutter(info.filename)


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    return Entry(tidy(info.filename), info.file_size, lambda: cast(BinaryIO, archive.open(info)))
