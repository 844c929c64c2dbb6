"""Rows of a table ↔ images that they name."""

from collections.abc import Iterable, Mapping

from explorer.datasets.findings import Notebook
from explorer.datasets.names import IMAGES, Matcher, parts, suffix
from explorer.datasets.tables import Row, Table

CLEAN = "clean"
"""Folder with the clean twins of noisy images; a table means them only when it says so."""

TWIN = "taken for the clean twins of noisy images, by which denoising is judged"
"""What is done with them, in the words of the findings."""


LOST = "named by {} but not there; correct the name, or bring the file"
SEVERAL = (
    "named by {}, but that fits several images; write the whole name, with its folders and its ending such as .png"
)
ENDING = (
    "without an ending in {} taken for the one image of that name; write the whole name, such as img1.png, to be sure"
)
"""What is said of names in a table, given its own name."""


def matched(table: Table, images: Iterable[str], notebook: Notebook) -> Mapping[str, Row | None]:
    """Return the row of each image that the table names, or None where its rows contradict each other.

    Rows that name no image, or none surely, repeat or contradict each other are noted, with what mends that.
    """
    every = list(images)
    all_images = Matcher(every)
    noisy = Matcher(name for name in every if CLEAN not in parts(name))
    rows: dict[str, list[Row]] = {}
    for row in table.rows:
        found = all_images.named(row.filename) or noisy.find(row.filename) or all_images.find(row.filename)
        if found is None:
            several = len(all_images.fitting(row.filename)) > 1
            notebook.add(
                "missing-file", row.filename or "(empty name)", (SEVERAL if several else LOST).format(table.name)
            )
            continue
        if suffix(found) in IMAGES and suffix(row.filename) not in IMAGES:
            notebook.add("name-without-ending", row.filename, ENDING.format(table.name), noun="name", severity="note")
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
