"""A study's curves as a table: one row for each arm, number of labels and score."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from explorer.budgets import is_short
from explorer.export.folder import plain_cell
from explorer.records import Dataset, Outcome, Study
from explorer.splits import counted_units
from explorer.statistics.curves import Curve, curves

#: The columns, and what they hold.
COLUMNS: Mapping[str, str] = {
    "arm": "short name of the technique",
    "title": "its name for people",
    "metric": "name of the score",
    "budget": "labels that were asked for: of each class, or in total, as the study counts them",
    "n_labeled": "labelled images that were really used, mean over seeds",
    "budget_met": "no where a class, or the data set, had fewer labels than were asked for, else yes",
    "mean": "mean of the score over seeds",
    "low": "lower end of its 95 % interval",
    "high": "upper end of its 95 % interval",
    "seeds": "number of seeds that were finished",
    "fit_seconds": "median over seeds of the seconds of learning and answering on one core, without what was kept from"
    " before",
    "trial_seconds": "median over seeds of these with a share of what was prepared for them, such as features, which"
    " the trials of a technique at a seed, one for each budget, share evenly; empty where that is not known",
}


def study_curves(
    study: Study, dataset: Dataset, outcomes: Sequence[Outcome], metric: str | None = None
) -> tuple[Curve, ...]:
    """Return the curves of a study on its data set, under a score or its own."""
    return curves(study, outcomes, dataset.labels, counted_units(dataset), metric)


def curves_csv(study: Study, dataset: Dataset, outcomes: Sequence[Outcome], metrics: Iterable[str]) -> str:
    """Return the points of the study's curves under these scores, with the columns COLUMNS."""
    rows = (
        row
        for metric in metrics
        for curve in study_curves(study, dataset, outcomes, metric)
        for row in _rows(study, dataset.n_classes, curve)
    )
    return csv_text(COLUMNS, rows)


def _rows(study: Study, n_classes: int, curve: Curve) -> Iterator[list[object]]:
    for point in curve.points:
        met = "no" if is_short(point.budget, point.n_labeled, n_classes, per_class=study.per_class) else "yes"
        yield [
            plain_cell(curve.arm),
            plain_cell(curve.title),
            curve.metric,
            point.budget,
            f"{point.n_labeled:g}",
            met,
            f"{point.mean:.6f}",
            f"{point.low:.6f}",
            f"{point.high:.6f}",
            len(point.seeds),
            f"{point.seconds:.4f}",
            "" if point.whole is None else f"{point.whole:.4f}",
        ]


def csv_text(columns: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
