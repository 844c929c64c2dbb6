"""Real curves for the forecast: the project's arms on its example sets, with budgets close together.

They take minutes, and are kept beside this file as JSON.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.datasets.examples import examples, open_example
from explorer.records import Outcome, Study
from explorer.statistics.evidence import cells_of, gathered, judged
from explorer.statistics.spread import spread
from explorer.techniques.discovery import ready_arms
from explorer.techniques.monitors import Quiet
from explorer.trial import run_trial
from tests.experiments.harness import SHARE, home

KEPT = Path(__file__).parent / "real_curves.json"
ARMS = ("intensity", "pixels", "hog", "scattering", "classical")
#: Labels per class. A forecast rests on the first half, all but the last, and is held against the last, twice as far.
BUDGETS = (1, 2, 3, 4, 6, 8, 16)
SEEDS = 5
#: The classes of most examples are of equal size, where accuracy is balanced accuracy.
SCORES = ("balanced_accuracy", "macro_f1", "log_loss")


@dataclass(frozen=True)
class RealCurve:
    """A curve of an arm on an example under a score: labelled examples, scores and their standard errors."""

    dataset: str
    arm: str
    metric: str
    n: tuple[float, ...]
    y: tuple[float, ...]
    error: tuple[float, ...]


def kept() -> list[RealCurve]:
    """Return the curves that were kept."""
    found = json.loads(KEPT.read_text(encoding="utf-8"))
    return [
        RealCurve(each["dataset"], each["arm"], each["metric"], *(tuple(each[name]) for name in ("n", "y", "error")))
        for each in found
    ]


def keep() -> None:
    """Run the studies anew and keep their curves."""
    found = [_plain(curve) for name in examples() for curve in _curves(name)]
    KEPT.write_text(json.dumps(found, indent=0) + "\n", encoding="utf-8")


def _curves(name: str) -> Iterator[RealCurve]:
    space = home()
    data = open_example(name, space).dataset
    arms = tuple(ready_arms()[arm] for arm in ARMS)
    study = Study("curves", name, data.fingerprint, arms, BUDGETS, seeds=SEEDS, test_share=SHARE)
    done: list[Outcome] = []
    for trial in study.trials():
        outcome = run_trial(data, study, trial, cache=space.cache, monitor=Quiet())
        if outcome.error:
            raise RuntimeError(outcome.error)
        done.append(outcome)
    for metric in SCORES:
        cells = cells_of([judged(each, data.labels, metric) for each in done])
        known = spread(gathered(list(cells.values()), data.labels, data.groups))
        values = dict(zip(cells, zip(known.mean, np.sqrt(known.variance), strict=True), strict=True))
        for arm in ARMS:
            points = [(cells[arm, b][0].n_labeled, *values[arm, b]) for b in BUDGETS]
            n, y, error = (tuple(round(float(each), 5) for each in column) for column in zip(*points, strict=True))
            yield RealCurve(name, arm, metric, n, y, error)


def _plain(curve: RealCurve) -> Mapping[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(curve).items()}
