"""Rows of a table ↔ images that they name."""

from collections.abc import Iterable, Mapping

from explorer.datasets.findings import Notebook
from explorer.datasets.names import Matcher, parts
from explorer.datasets.tables import Row, Table

CLEAN = "clean"
"""Folder with the clean twins of noisy images; a table means them only when it says so."""

TWIN = "taken for the clean twins of noisy images, by which denoising is judged"
"""What is done with them, in the words of the findings."""


def matched(table: Table, images: Iterable[str], notebook: Notebook) -> Mapping[str, Row | None]:
    """Return the row of each image that the table names, or None where its rows contradict each other.

    Rows that name no image, repeat or contradict each other are noted.
    """
    every = list(images)
    all_images = Matcher(every)
    noisy = Matcher(name for name in every if CLEAN not in parts(name))
    rows: dict[str, list[Row]] = {}
    for row in table.rows:
        found = all_images.named(row.filename) or noisy.find(row.filename) or all_images.find(row.filename)
        if found is None:
            text = f"named by {table.name} but not there, or there in several folders"
            notebook.add("missing-file", row.filename or "(empty name)", text)
        else:
            rows.setdefault(found, []).append(row)
    return {name: same[0] if _agree(name, same, notebook) else None for name, same in rows.items()}


def _agree(name: str, rows: list[Row], notebook: Notebook) -> bool:
    if len(rows) == 1:
        return True
    if len({(row.label, row.group, row.split) for row in rows}) > 1:
        text = "left out, as several rows of the table contradict each other"
        notebook.add("conflicting-rows", name, text, noun="image")
        return False
    notebook.add("repeated-rows", name, "named by several equal rows, used once", noun="image", severity="note")
    return True
