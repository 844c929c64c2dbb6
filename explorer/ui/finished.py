"""The finished study that ships with the app: curves within two seconds of the first visit."""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.datasets.examples import Example, examples
from explorer.export.folder import read
from explorer.statistics.curves import curves
from explorer.ui.budgets import drawn_pool
from explorer.ui.figures import View, view


@dataclass(frozen=True)
class Finished:
    """A shipped example, the view of its finished study, and how many images it was run on."""

    example: Example
    shown: View
    n_items: int


@functools.cache
def finished() -> Finished | None:
    """Return the first shipped example that has a finished study, None when there is none."""
    for example in examples().values():
        kept = example.folder.parent / "finished" / example.name
        if (kept / "study.json").exists():
            return _read(example, kept)
    return None


def _read(example: Example, kept: Path) -> Finished:
    written = read(kept)
    counts = np.bincount(written.labels[written.labels >= 0], minlength=len(written.class_names))
    drawn = curves(written.study, written.outcomes, written.labels, len(counts), written.groups)
    pool = drawn_pool(counts, written.study.test_share)
    return Finished(example, view(written.study, drawn, written.study.metric, pool), len(written.labels))
