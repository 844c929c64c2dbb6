"""A path → a Dataset and its findings: the one door through which data comes in."""

import functools
import lzma
import zipfile
import zlib
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType

import numpy as np

from explorer.datasets import saved
from explorer.datasets.archives import zip_listing
from explorer.datasets.arrays import stored_images
from explorer.datasets.checking import checked
from explorer.datasets.discovery import modules
from explorer.datasets.drafts import Draft
from explorer.datasets.findings import Notebook
from explorer.datasets.grouping import with_groups
from explorer.datasets.ingest import Ingested, check_side, ingest
from explorer.datasets.labeling import labeling
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Listing, file_listing, folder_listing
from explorer.datasets.names import suffix
from explorer.datasets.saved import Reading
from explorer.datasets.scaling import LINEAR, VALUES
from explorer.errors import DataError, StoreError
from explorer.records import Dataset
from explorer.workspace import Workspace


@dataclass(frozen=True)
class ReadOptions:
    """How a data set is read.

    size         side of the square images in pixels, 4 to 1024; None = median of the longer sides, at most 128
    fit          "pad" keeps the proportions of images that are not square, "stretch" does not
    values       "linear" keeps brightness in proportion, "asinh" lets faint things be seen beside bright ones
    groups_file  table of `filename,group` that names the group (patient, plate, slide) of each image
    source       where the data comes from, kept with it; empty = the name of the file or folder
    licence      under which it may be used, kept with it
    clean        .npz whose `images` are those of the data set without noise, in the same order
    limits       what is refused as too large
    """

    size: int | None = None
    fit: str = "pad"
    values: str = LINEAR
    groups_file: Path | None = None
    source: str = ""
    licence: str = ""
    clean: Path | None = None
    limits: Limits = field(default_factory=Limits)


def read(path: Path, workspace: Workspace, options: ReadOptions = ReadOptions(), *, name: str | None = None) -> Reading:
    """Read, check and save a data set; return it memory-mapped, with the findings of this reading.

    `path` is a folder, a .zip, a .npz, a .npy or a .tif. Nothing is written outside of the workspace. Raises DataError
    when it cannot be used, in one sentence that says what to change, and StoreError when the workspace is full or
    read-only.
    """
    check_side(options.size, options.fit)
    if options.values not in VALUES:
        raise DataError(f"Values cannot be spread by '{options.values}'. Choose {' or '.join(VALUES)}.")
    notebook = Notebook()
    path = Path(path)
    path = path.resolve() if path.name in ("", "..") else path  # "." and ".." are places and no names
    try:
        with (
            _listing(path, options.limits, notebook) as listing,
            listing.closing,
            saved.drafting(workspace) as folder,
        ):
            draft = _reader(listing, notebook).read(listing, options.limits, notebook)
            if options.groups_file is not None:
                draft = with_groups(draft, options.groups_file, options.limits, notebook)
            if options.clean is not None:
                draft = replace(draft, clean=functools.partial(stored_images, options.clean))
            return _read(draft, name or listing.name, path, folder, workspace, options, notebook)
    except OSError as error:
        told = f"{path.name} cannot be read into {workspace.home}: {error.strerror or error}."
        raise StoreError(f"{told} Check that it can be read, and that there is room to write to.") from error
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        raise DataError(f"{path.name} is damaged ({error}). Pack or download it again.") from error


def _read(
    draft: Draft,
    name: str,
    path: Path,
    folder: Path,
    workspace: Workspace,
    options: ReadOptions,
    notebook: Notebook,
) -> Reading:
    ingested = ingest(
        draft, notebook, folder, side=options.size, fit=options.fit, values=options.values, limits=options.limits
    )
    dataset = _dataset(draft, ingested, name, options.source or path.name, folder, notebook)
    dataset = replace(dataset, licence=options.licence)
    rows = {item: row for row, item in enumerate(dataset.items)}
    duplicates, troubles = checked(dataset, ingested.measures)
    findings = (*notebook.findings(rows), *troubles)
    dataset = replace(dataset, duplicates=duplicates)
    dataset = replace(dataset, fingerprint=saved.fingerprint(folder / "inputs.npy", dataset))
    means = ingested.scaling.apply(ingested.measures.means)
    (folder / "miniatures.npy").unlink()
    saved.save(workspace, folder, Reading(dataset, findings, ingested.measures.sizes, means))
    return replace(saved.load(workspace, dataset.fingerprint), findings=findings)


def _dataset(draft: Draft, ingested: Ingested, name: str, source: str, folder: Path, notebook: Notebook) -> Dataset:
    labeled = labeling(draft, ingested.kept, notebook)
    return Dataset(
        name=name,
        inputs=np.load(folder / "inputs.npy", mmap_mode="r", allow_pickle=False),
        labels=labeled.labels,
        class_names=labeled.class_names,
        items=tuple(draft.items[number].name for number in ingested.kept),
        scaling=ingested.scaling,
        fingerprint="",
        groups=labeled.groups,
        group_names=labeled.group_names,
        given_test=labeled.given_test,
        source=source,
    )


# ---- which reader ----------------------------------------------------------------------------------------------


def _listing(path: Path, limits: Limits, notebook: Notebook) -> AbstractContextManager[Listing]:
    if path.is_dir():
        return folder_listing(path, limits, notebook)
    if not path.is_file():
        raise DataError(f"There is nothing at {path}. Give a folder, or a .zip, .npz, .npy or .tif file.")
    return zip_listing(path, limits, notebook) if suffix(path.name) == ".zip" else file_listing(path, limits, notebook)


def _reader(listing: Listing, notebook: Notebook) -> ModuleType:
    """Return the reader that would read the most images of the listing. Raises DataError when none would read any."""
    found = [(reader.recognises(listing), reader) for reader in modules("readers")]
    most, best = max(found, key=lambda each: each[0])
    if most:
        return best
    wanted = "nothing that can be read. Give one sub-folder of images per class, or images with a CSV of the columns "
    raise notebook.nothing_left(listing.name, f"{wanted}filename and label, or a .npz with images and labels")
