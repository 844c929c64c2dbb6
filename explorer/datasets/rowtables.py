"""Tables whose rows describe the images of one array or stack."""

from dataclasses import dataclass

from explorer.datasets.drafts import Listed
from explorer.datasets.findings import Notebook, count
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Listing
from explorer.datasets.tables import Row, Table, columns_of, table_of
from explorer.errors import DataError

_LONGEST = 20
"""Digits of a number of an image, at most."""


@dataclass(frozen=True)
class RowTable:
    """The table beside an array or stack; its rows are in the order of the images unless it has a column `index`."""

    table: Table

    def __len__(self) -> int:
        return len(self.table.rows)

    def items(self, n: int, of: str) -> list[Listed]:
        """Return the n items that the rows describe. Raises DataError when their number or `index` does not fit."""
        rows = self.table.rows
        if len(rows) != n:
            raise DataError(
                f"{self.table.name} has {count(len(rows), 'row')}, but {of} holds {count(n, 'image')}. "
                "Give one row per image."
            )
        ordered = self._by_index(rows) if "index" in self.table.columns else list(rows)
        names = [row.filename for row in ordered]
        unique = len(set(names)) == n and "" not in names
        return [
            Listed(names[number] if unique else f"{number:05d}", row.label, row.group, row.split)
            for number, row in enumerate(ordered)
        ]

    def _by_index(self, rows: tuple[Row, ...]) -> list[Row]:
        numbers = [int(row.index) if row.index.isdecimal() and len(row.index) < _LONGEST else -1 for row in rows]
        first = min(numbers)
        if sorted(numbers) != list(range(first, first + len(rows))) or first not in (0, 1):
            raise DataError(
                f"The column of image numbers in {self.table.name} does not count every image once from 0 or 1. "
                "Correct it or leave it out."
            )
        return [row for _, row in sorted(zip(numbers, rows, strict=True), key=lambda each: each[0])]


def row_table(listing: Listing, of: str, limits: Limits, notebook: Notebook) -> RowTable:
    """Return the one table with a column `label`. Raises DataError when there is none, or more than one."""
    if not listing.tables:
        raise DataError(f"There is no table beside {of}. Add a CSV of the same name with a column 'label'.")
    fit = [entry for entry in listing.tables if "label" in columns_of(entry)]
    if len(fit) > 1:
        raise DataError(f"There are {len(fit)} tables of labels beside {of}. Keep one of them.")
    if not fit:
        table_of(listing.tables[0], limits).needs("label")
    table = table_of((fit or listing.tables)[0], limits)
    table.tell_columns(notebook)
    return RowTable(table)
