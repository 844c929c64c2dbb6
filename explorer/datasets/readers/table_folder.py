"""A folder or zip of images with one table (CSV) of `filename,label` and optional `group` and `split`.

An empty label means unlabelled; an image that the table does not name is left out.
"""

import os.path

from explorer.datasets.drafts import Draft, Listed
from explorer.datasets.filedraft import draft_of_files
from explorer.datasets.findings import Notebook
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Entry, Listing
from explorer.datasets.matching import CLEAN, TWIN, matched
from explorer.datasets.names import parts
from explorer.datasets.tables import Table, columns_of, table_of
from explorer.errors import DataError


def recognises(listing: Listing) -> int:
    """Return how many images this reader would read, and one more for a table with the right columns."""
    if not listing.images or not listing.tables:
        return 0
    return len(listing.images) + 1 if any(map(_is_fit, listing.tables)) else 1


def read(listing: Listing, limits: Limits, notebook: Notebook) -> Draft:
    """Return the images that the table names. Raises DataError without exactly one table of the right columns."""
    table = _table(listing, limits)
    table.tell_columns(notebook)
    outer = _outer([entry.name for entry in (*listing.images, *listing.tables)])
    entries = {entry.name[outer:]: entry for entry in listing.images}
    rows = matched(table, entries, notebook)
    for name in entries:
        if name not in rows:
            _tell_unnamed(name, table, notebook)
    items = [Listed(name, row.label, row.group, row.split) for name in entries if (row := rows.get(name)) is not None]
    if not items:
        raise notebook.nothing_left(listing.name, f"no image that {table.name} names")
    twins = {_noisy(name): entry for name, entry in entries.items() if CLEAN in parts(name) and name not in rows}
    clean = [twins.get(item.name) for item in items]
    return draft_of_files([entries[item.name] for item in items], items, limits, notebook, clean=clean)


def _is_fit(entry: Entry) -> bool:
    return columns_of(entry) >= {"filename", "label"}


def _table(listing: Listing, limits: Limits) -> Table:
    fit = [entry for entry in listing.tables if _is_fit(entry)]
    if len(fit) > 1:
        names = ", ".join(entry.name for entry in fit)
        raise DataError(f"{listing.name} holds {len(fit)} tables of labels: {names}. Keep one of them.")
    if not fit:
        table_of(listing.tables[0], limits).needs("filename", "label")
    return table_of((fit or listing.tables)[0], limits)


def _outer(names: list[str]) -> int:
    """Return the length of the folder that holds everything, which a zip often has and a folder does not."""
    folder = os.path.commonpath([os.path.dirname(name) for name in names])  # noqa: PTH120 - names in an archive
    return len(folder) + 1 if folder else 0


def _noisy(name: str) -> str:
    """Return the name of the image whose clean twin has this one: the same outside of the folder."""
    return "/".join(part for part in parts(name) if part != CLEAN)


def _tell_unnamed(name: str, table: Table, notebook: Notebook) -> None:
    if CLEAN in parts(name):
        notebook.add("clean-twin", name, TWIN, noun="image", severity="note")
    else:
        text = f"left out, as not named by {table.name}; an empty label keeps an image as unlabelled"
        notebook.add("not-in-table", name, text, noun="image")
