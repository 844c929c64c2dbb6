"""Writes the page of truth of a data set: what its maker's Markdown says, with the facts and figures filled in."""

import json
from pathlib import Path

import numpy as np

from sample_data.sample import Maker

#: Second-level headings that every page has, in this order; "Measured" is added once figures exist.
HEADINGS = ("Source", "Licence", "How it was made", "Difficulty", "What it teaches", "What it cannot tell", "Contents")


def write_page(folder: Path, maker: Maker) -> None:
    """Write README.md from the maker's page and from data.npz, about.json and, if there, measured.json."""
    about = maker.about
    parts = [
        f"# {about.title}",
        about.one_line,
        f"## Source\n\n{about.source}.",
        f"## Licence\n\n{about.licence}.",
        maker.page.strip(),
        f"## Contents\n\n{_contents(folder)}",
    ]
    if (folder / "measured.json").exists():
        parts.append(f"## Measured\n\n{_measured(folder)}")
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _contents(folder: Path) -> str:
    saved = np.load(folder / "data.npz")
    counts = np.bincount(saved["labels"], minlength=len(saved["class_names"]))
    height, width = saved["images"].shape[1:3]
    lines = [
        f"- `data.npz`: `images` ({len(saved['images'])}, {height}, {width}) {saved['images'].dtype}, `labels`, "
        f"`class_names`{_optional(saved)}",
        f"- images of each class: {', '.join(f'{c} {n}' for c, n in zip(saved['class_names'], counts, strict=True))}",
    ]
    if (folder / "clean.npz").exists():
        lines.append("- `clean.npz`: `images`, the same images in the same order without noise, on the same grey scale")
    command = json.loads((folder / "about.json").read_text(encoding="utf-8"))["command"]
    lines.append(f"- made by `{command}`; the same command makes the same arrays again")
    return "\n".join(lines)


def _optional(saved: "np.lib.npyio.NpzFile") -> str:
    words = ""
    if "groups" in saved:
        words += f", `groups` ({len(np.unique(saved['groups']))} of them)"
    if "split" in saved:
        words += f", `split` ({np.sum(saved['split'] == 'train')} train, {np.sum(saved['split'] == 'test')} test)"
    return words


def _measured(folder: Path) -> str:
    table = json.loads((folder / "measured.json").read_text(encoding="utf-8"))
    head = ["labelled images of each class", *(str(budget) for budget in table["budgets"])]
    rows = [head, ["---"] * len(head)]
    rows += [[title, *(f"{value:.2f}" for value in values)] for title, values in table["methods"].items()]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return (
        f"Balanced accuracy on {table['test']} test images, mean of {table['draws']} draws of the labelled images, "
        f"by `python -m sample_data.measure`. Differences below about 0.03 mean nothing here.\n\n{lines}"
    )
