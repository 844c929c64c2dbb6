"""How images come in: files, a folder of this machine, or a data set that was read before."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Protocol

import streamlit as st

from explorer.datasets.limits import MEGABYTE, Limits
from explorer.datasets.names import TABLES, suffix
from explorer.datasets.reading import ReadOptions, read
from explorer.datasets.saved import list_saved
from explorer.errors import DataError
from explorer.hosting import hosted
from explorer.ui import deleting, limits, shell, study_read, texts
from explorer.ui.first import first_of
from explorer.ui.formats import escaped

_TYPES = ["zip", "npz", "npy", "csv", "tsv", "txt", "tif", "tiff", "png", "jpg", "jpeg", "bmp", "gif", "webp"]
_EARLIER = 12


class Upload(Protocol):
    """A file as the browser handed it over."""

    name: str

    def getbuffer(self) -> memoryview:
        """Return its bytes."""
        ...


def own_images() -> None:
    """Show every way to bring one's own images; a successful one opens the data set."""
    with st.container(border=True, key="own"):
        number = st.session_state.setdefault("upload-number", 0)
        files = st.file_uploader(
            texts.UPLOAD, _TYPES, accept_multiple_files=True, key=f"upload-{number}", help=texts.UPLOAD_TIP
        )
        folder = "" if hosted() else _folder()
        options, groups = _options(number)
        # Always to be pressed, and the same button: what is typed in the box arrives with the press that leaves it.
        if st.button(texts.READ, key="read", type="primary"):
            _read_chosen(files, folder, options, groups)
        st.caption(texts.READ_NOTE)
        if hosted():
            st.caption(texts.HOSTED_LIMITS.format(images=limits.IMAGES, megabytes=limits.MEGABYTES))


def _folder() -> str:
    return str(
        st.text_input(texts.FOLDER, key="folder", help=texts.FOLDER_TIP, placeholder=texts.FOLDER_EXAMPLE)
    ).strip()


def _options(number: int) -> tuple[ReadOptions, Upload | None]:
    with st.expander(texts.OPTIONS, key="options"):
        left, right = st.columns(2)
        size = left.number_input(
            texts.SIZE, 8, 512, None, 8, key="size", help=texts.SIZE_TIP, placeholder=texts.SIZE_AUTO
        )
        fit = right.selectbox(
            texts.FIT, list(texts.FIT_WORDS), format_func=texts.FIT_WORDS.__getitem__, key="fit", help=texts.FIT_TIP
        )
        values = left.selectbox(
            texts.VALUES,
            list(texts.VALUES_WORDS),
            format_func=texts.VALUES_WORDS.__getitem__,
            key="values",
            help=texts.VALUES_TIP,
        )
        groups = st.file_uploader(texts.GROUPS, ["csv", "tsv", "txt"], key=f"groups-{number}", help=texts.GROUPS_TIP)
    options = ReadOptions(size=size and int(size), fit=fit, values=values)
    if hosted():
        most = 10 * limits.MEGABYTES * MEGABYTE
        tight = Limits(
            files=limits.IMAGES, images=limits.IMAGES, total_bytes=most, array_bytes=most, pixels=limits.PIXELS
        )
        options = replace(options, limits=tight)
    return options, groups


def _read_chosen(files: Sequence[Upload], folder: str, options: ReadOptions, groups: Upload | None) -> None:
    """Read the files or the folder; where neither or both are given, say so."""
    if bool(files) == bool(folder):
        nothing = texts.READ_NOTHING_HOSTED if hosted() else texts.READ_NOTHING
        st.warning(texts.READ_BOTH if files else nothing)
    elif folder:
        _read(Path(folder).expanduser(), options, groups)
    else:
        _read_uploaded(files, options, groups)


def _read(path: Path, options: ReadOptions, groups: Upload | None) -> None:
    with tempfile.TemporaryDirectory() as kept:
        _finish(path, options, groups, Path(kept))


def _read_uploaded(files: Sequence[Upload], options: ReadOptions, groups: Upload | None) -> None:
    """Write the uploads to a folder that is removed afterwards; a single archive or array is read as it is.

    What is wrong with the files is told of the folder by its name, and the data set is called by it.
    """
    with shell.told(), tempfile.TemporaryDirectory() as kept:
        _check_size(files)
        folder = Path(kept) / "files" / _called([_plain_name(file) for file in files])
        folder.mkdir(parents=True)
        written = [_write(folder, file) for file in files]
        _finish(written[0] if len(written) == 1 else folder, options, groups, Path(kept))


def _called(names: Sequence[str]) -> str:
    """Return what files of these names are called together: as the only one that is no table, else by their number."""
    told = [name for name in names if suffix(name) not in TABLES]
    return PurePosixPath(told[0]).stem if len(told) == 1 else texts.UPLOAD_OF.format(n=len(names))


def _check_size(files: Sequence[Upload]) -> None:
    megabytes = sum(file.getbuffer().nbytes for file in files) / MEGABYTE
    if hosted() and megabytes > limits.MEGABYTES:
        raise DataError(texts.TOO_LARGE.format(megabytes=megabytes, most=limits.MEGABYTES))


def _plain_name(file: Upload) -> str:
    """Return the name of a file without folders. Raises DataError for one that is no name."""
    name = PurePosixPath(file.name.replace("\\", "/")).name
    if name in ("", ".", ".."):
        raise DataError(f"A file is named '{file.name}'. Rename it and choose it again.")
    return name


def _write(folder: Path, file: Upload) -> Path:
    name = _plain_name(file)
    target = folder / name
    try:
        with target.open("xb") as out:
            out.write(file.getbuffer())
    except FileExistsError as error:
        told = f"Two of the files are named '{name}'. Rename one, or choose a zip of their folders."
        raise DataError(told) from error
    return target


def _finish(path: Path, options: ReadOptions, groups: Upload | None, kept: Path) -> None:
    with shell.told(), st.spinner(texts.READING):
        if groups is not None:
            options = replace(options, groups_file=_write(kept, groups))
        found = read(path, shell.workspace(), options)
        # A fresh uploader: Streamlit would keep the bytes of the old one in memory.
        st.session_state["upload-number"] += 1
        open_data(found.dataset.fingerprint)


def open_data(fingerprint: str) -> None:
    """Make a saved data set the chosen one and show it."""
    shell.forget("study")
    shell.remember(data=fingerprint)
    st.rerun()


def earlier() -> None:
    """Offer the data sets that were read before, the last one first."""
    known = [] if hosted() else list_saved(shell.workspace())
    if not known:
        return
    st.subheader(texts.EARLIER, help=texts.EARLIER_TIP, anchor=False)
    with st.container(key="earlier-data", gap="xxsmall"):
        for fingerprint in first_of(known, _EARLIER, "earlier"):
            with shell.told():
                data = study_read.dataset(fingerprint)
                facts = texts.LINE_DATA.format(name=escaped(data.name), n=len(data), k=data.n_classes)
                label = facts.removeprefix("Data set ")
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    if st.button(label, key=f"earlier-{fingerprint}", type="tertiary"):
                        open_data(fingerprint)
                    deleting.data_button(fingerprint, "earlier", label)
