"""What a denoiser does to images of the pool, in figures: those that every trial records.

options   technique, settings: the denoiser with the noise that is added on purpose

facts     report: see `explorer.denoising_report.report`; finding: its sentence, or None
          calibration: the measured curves, one for each plane, see `explorer.techniques.calibrating.Curve.told`; empty
          where the strength was set
          notes: what it told while it learnt
"""

from collections.abc import Mapping
from typing import Any

from explorer import denoising_report
from explorer.preparing import truth
from explorer.previews.answers import Preview
from explorer.previews.cleaning import Cleaning, pool_rows
from explorer.previews.making import AtWork
from explorer.previews.showing import SEED
from explorer.records import Dataset, Ints

#: Pixels of all images that are looked at, at most; fewer images are where they are large.
PIXELS = 64 * 128 * 128
#: So many are looked at even so.
FEWEST = 4


def make(dataset: Dataset, options: Mapping[str, Any], at_work: AtWork) -> Preview:
    """Return the figures. Raises TechniqueError and Cancelled."""
    cleaning = Cleaning.of(dataset, options, at_work)
    rows = rows_of(dataset)
    given = cleaning.given[rows]
    cleaned = cleaning.clean(given)
    seen = denoising_report.Seen(given, cleaned, *truth(dataset, rows, cleaning.technique.noise))
    found = denoising_report.report(seen, cleaning.clean)
    told = {
        "report": found,
        "finding": denoising_report.sentence(found),
        "calibration": cleaning.journal.records.get("calibration", []),
        "notes": cleaning.journal.notes,
    }
    return Preview(facts=told)


def rows_of(dataset: Dataset) -> Ints:
    """Return the rows that are looked at: those of a trial of seed 0, fewer of them where images are large."""
    height, width = dataset.inputs.shape[1:3]
    rows = denoising_report.rows_of(pool_rows(dataset), SEED)
    return rows[: max(FEWEST, PIXELS // (height * width))]
