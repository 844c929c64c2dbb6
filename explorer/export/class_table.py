"""A study's curves class by class, as a table: one row for each class, arm and number of labels."""

from collections.abc import Iterator, Mapping, Sequence

from explorer.export.curve_table import csv_text
from explorer.export.folder import plain_cell
from explorer.records import Dataset, Outcome, Study
from explorer.splits import counted_units
from explorer.statistics.class_curves import class_curves
from explorer.statistics.curves import Curve

#: The columns, and what they hold.
COLUMNS: Mapping[str, str] = {
    "class": "name of the class",
    "arm": "short name of the technique",
    "title": "its name for people",
    "budget": "labels that were asked for, as the study counts them",
    "n_labeled": "labelled images of all classes that were really used, mean over seeds",
    "recall": "share of the judging images of the class that are recognised, 0 to 1, mean over seeds",
    "low": "lower end of its 95 % interval",
    "high": "upper end of its 95 % interval",
    "seeds": "number of finished seeds at which the class judged",
}


def classes_csv(study: Study, dataset: Dataset, outcomes: Sequence[Outcome]) -> str:
    """Return the recall of every class, arm and budget, with the columns COLUMNS."""
    found = class_curves(study, outcomes, dataset.labels, counted_units(dataset), dataset.n_classes)
    named = zip(dataset.class_names, found, strict=True)
    return csv_text(COLUMNS, (row for name, curves in named for curve in curves for row in _rows(name, curve)))


def _rows(name: str, curve: Curve) -> Iterator[list[object]]:
    for point in curve.points:
        yield [
            plain_cell(name),
            plain_cell(curve.arm),
            plain_cell(curve.title),
            point.budget,
            f"{point.n_labeled:g}",
            f"{point.mean:.6f}",
            f"{point.low:.6f}",
            f"{point.high:.6f}",
            len(point.seeds),
        ]
