"""What people take with them of a study; free of Streamlit, as downloads are made in a thread of their own."""

import io
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from explorer.datasets.examples import EXAMPLE, example_of
from explorer.datasets.saved import load
from explorer.export import curve_table
from explorer.export.comparing import counting
from explorer.export.folder import COLUMNS, about_looks, trial_row
from explorer.export.report import write_report
from explorer.facts import known
from explorer.records import Outcome, Study
from explorer.store.store import Store
from explorer.workspace import Workspace


def trials_csv(workspace: Workspace, id: str) -> str:
    """Return one row per finished trial of the study, as `run --out` writes them. Raises StoreError or DataError."""
    store = Store(workspace.store)
    study = store.study(id)
    place = {trial: number for number, trial in enumerate(study.trials())}
    found = sorted(store.outcomes(id), key=lambda outcome: place[outcome.trial])
    labels = load(workspace, study.dataset).dataset.labels
    return curve_table.csv_text(COLUMNS, (trial_row(study, labels, outcome) for outcome in found))


def curves_csv(workspace: Workspace, id: str, metric: str) -> str:
    """Return one row per point of the study's curves under a score. Raises StoreError or DataError."""
    store = Store(workspace.store)
    study = store.study(id)
    data = load(workspace, study.dataset).dataset
    return curve_table.curves_csv(study, data, counting(store.outcomes(id), store.looks(id)), [metric])


def everything_zip(workspace: Workspace, id: str) -> bytes:
    """Return a zip of the files that `run --out` writes, all that is known of a study. Raises StoreError or DataError.

    They are written to a folder first, as predictions of many trials are large.
    """
    store = Store(workspace.store)
    study, outcomes = store.study(id), store.outcomes(id)
    reading = load(workspace, study.dataset)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_report(folder, study, reading, outcomes, _about(study, outcomes, store, workspace))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
    return packed.getvalue()


def _about(study: Study, outcomes: Sequence[Outcome], store: Store, workspace: Workspace) -> dict[str, Any]:
    """Return what study.json says beside the study, as the command line does but for how the files were read.

    Nobody remembers that, but of an example; `dataset` says where they came from.
    """
    return {
        "state": store.state(study.id).value,
        "seconds": round(store.elapsed(study.id), 2),
        "facts": _facts(study, workspace),
        **about_looks(store.looks(study.id)),
        **read_from(study.dataset, workspace),
    }


def read_from(fingerprint: str, workspace: Workspace) -> dict[str, Any]:
    """Return what study.json says of how a data set was read, where that is known: of an example as it ships."""
    name = example_of(fingerprint, workspace)
    return {} if name is None else {"reading": {"path": f"{EXAMPLE}{name}", "size": None, "groups": None}}


def _facts(study: Study, workspace: Workspace) -> Mapping[str, Any]:
    """Return what carries no meaning by the study, and who said so: the images where they suggest just that."""
    found = known(study.dataset, workspace.cache)
    if found is not None and set(found.free) == set(study.free):
        return {**asdict(found), "said_by": "suggestion"}
    return {"free": list(study.free), "said_by": "nobody" if found is None and not study.free else "user"}
