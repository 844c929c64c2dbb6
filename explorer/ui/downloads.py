"""The tables that people take with them; free of Streamlit, as downloads are made in a thread of their own."""

import csv
import io
from collections.abc import Iterable, Sequence

from explorer.datasets.saved import load
from explorer.export.folder import COLUMNS, plain_cell, trial_row
from explorer.statistics.curves import curves
from explorer.store.store import Store
from explorer.ui.supply import is_short
from explorer.workspace import Workspace

CURVE_COLUMNS = ("arm", "title", "metric", "budget", "n_labeled", "budget_met", "mean", "low", "high", "seeds")


def trials_csv(workspace: Workspace, id: str) -> str:
    """Return one row per finished trial of the study, as `run --out` writes them. Raises StoreError."""
    store = Store(workspace.store)
    study = store.study(id)
    place = {trial: number for number, trial in enumerate(study.trials())}
    found = sorted(store.outcomes(id), key=lambda outcome: place[outcome.trial])
    return _written(COLUMNS, (trial_row(study, outcome) for outcome in found))


def curves_csv(workspace: Workspace, id: str, metric: str) -> str:
    """Return one row per point of the study's curves under a score. Raises StoreError or DataError."""
    store = Store(workspace.store)
    study = store.study(id)
    data = load(workspace, study.dataset).dataset
    drawn = curves(study, store.outcomes(id), data.labels, data.n_classes, data.groups, metric)
    rows = (
        [plain_cell(curve.arm), plain_cell(curve.title), metric, each.budget, f"{each.n_labeled:g}"]
        + ["no" if is_short(study, each.budget, each.n_labeled, data.n_classes) else "yes"]
        + [f"{value:.6f}" for value in (each.mean, each.low, each.high)]
        + [len(each.seeds)]
        for curve in drawn
        for each in curve.points
    )
    return _written(CURVE_COLUMNS, rows)


def _written(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
