"""Groups (patient, plate, slide) from a table of their own."""

from dataclasses import replace
from pathlib import Path

from explorer.datasets.drafts import Draft
from explorer.datasets.findings import Notebook
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Entry
from explorer.datasets.matching import matched
from explorer.datasets.tables import table_of
from explorer.errors import DataError


def with_groups(draft: Draft, path: Path, limits: Limits, notebook: Notebook) -> Draft:
    """Return the draft with the groups that a table of `filename,group` names; they replace those it had.

    Raises DataError when the table is missing, damaged or without these columns, or names no image at all.
    """
    if not path.is_file():
        raise DataError(f"There is no table of groups at {path}. Give a CSV with the columns filename and group.")
    table = table_of(Entry(path.name, path.stat().st_size, lambda: path.open("rb")), limits)
    table.needs("filename", "group")
    rows = matched(table, [item.name for item in draft.items], notebook)
    if not rows:
        raise DataError(f"No row of {path.name} names an image of the data set, such as '{draft.items[0].name}'.")
    groups = {name: row.group for name, row in rows.items() if row is not None}
    return replace(draft, items=tuple(replace(item, group=groups.get(item.name, "")) for item in draft.items))
