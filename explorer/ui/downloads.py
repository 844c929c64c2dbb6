"""What people take with them of a study; free of Streamlit, as downloads are made in a thread of their own."""

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from explorer.datasets.saved import load
from explorer.export.folder import COLUMNS, plain_cell, trial_row, write
from explorer.facts import known
from explorer.records import Outcome, Study
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
    drawn = curves(
        study,
        store.outcomes(id),
        data.labels,
        data.n_classes,
        data.groups,
        metric,
        given_test=data.given_test is not None,
    )
    rows = (
        [plain_cell(curve.arm), plain_cell(curve.title), metric, each.budget, f"{each.n_labeled:g}"]
        + ["no" if is_short(study, each.budget, each.n_labeled, data.n_classes) else "yes"]
        + [f"{value:.6f}" for value in (each.mean, each.low, each.high)]
        + [len(each.seeds)]
        for curve in drawn
        for each in curve.points
    )
    return _written(CURVE_COLUMNS, rows)


def everything_zip(workspace: Workspace, id: str) -> bytes:
    """Return a zip of the files that `run --out` writes, all that is known of a study. Raises StoreError or DataError.

    They are written to a folder first, as predictions of many trials are large.
    """
    store = Store(workspace.store)
    study, outcomes = store.study(id), store.outcomes(id)
    data = load(workspace, study.dataset).dataset
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write(folder, study, data, outcomes, _about(study, outcomes, store, workspace))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
    return packed.getvalue()


def _about(study: Study, outcomes: Sequence[Outcome], store: Store, workspace: Workspace) -> dict[str, Any]:
    """Return what study.json says beside the study, as the command line does but for how the files were read.

    Nobody remembers that; `dataset` says where they came from.
    """
    return {
        "state": store.state(study.id).value,
        "seconds": round(store.elapsed(study.id), 2),
        "versions": dict(outcomes[-1].versions) if outcomes else {},
        "facts": _facts(study, workspace),
    }


def _facts(study: Study, workspace: Workspace) -> Mapping[str, Any]:
    """Return what carries no meaning by the study, and who said so: the images where they suggest just that."""
    found = known(study.dataset, workspace.cache)
    if found is not None and set(found.free) == set(study.free):
        return {**asdict(found), "said_by": "suggestion"}
    return {"free": list(study.free), "said_by": "nobody" if found is None and not study.free else "user"}


def _written(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
