"""Runs arms on the pools of the example sets, so that defaults are chosen without a look at rows that judge.

Every data set is first cut down to the pool of its seed 0; the studies then run inside this pool, with splits of their
own. An experiment is a file of this folder with a question, its arms and the decision that was taken; its figures are
kept as CSV beside it, from which docs/experiments.md is written.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from explorer.datasets.examples import examples, open_example
from explorer.records import Arm, Dataset, Fact, Ints, Study, Trial, digest
from explorer.splits import make_split
from explorer.techniques.monitors import Quiet
from explorer.trial import run_trial
from explorer.workspace import Workspace

RESULTS = Path(__file__).parent / "results"
SHARE = 0.3


@dataclass(frozen=True)
class Experiment:
    """A question that is answered by arms, compared on pools.

    arms        what is tried, by the name in the table
    per_class   budgets, labelled examples a class
    decision    what was decided, and why, in plain sentences
    free        facts that carry no meaning, by set; none where a set is not named
    """

    name: str
    question: str
    arms: Mapping[str, Arm]
    decision: str
    sets: Sequence[str] = ()
    per_class: Sequence[int] = (1, 5, 10, 20)
    seeds: int = 3
    free: Mapping[str, Sequence[Fact]] = field(default_factory=dict)

    def trials(self, name: str, seed: int, budget: int) -> list[dict[str, Any]]:
        """Return one row a trial of a set: set, arm, per_class, seed, accuracy, fit_seconds."""
        return _trials(self, name, seed, budget)

    def tables(self, found: pd.DataFrame) -> list[str]:
        """Return the lines of the tables that tell what was found."""
        return _tables(found)


def pool_of(dataset: Dataset, name: str) -> Dataset:
    """Return the pool of seed 0 as a data set of its own; rows that judge at that seed are gone."""
    rows = make_split(dataset, 0, SHARE).pool
    return replace(
        dataset,
        name=name,
        inputs=np.array(dataset.inputs[rows]),
        labels=dataset.labels[rows],
        items=tuple(dataset.items[row] for row in rows),
        groups=_kept(dataset.groups, rows),
        duplicates=_kept(dataset.duplicates, rows),
        given_test=None,
        clean=None if dataset.clean is None else np.array(dataset.clean[rows]),
        fingerprint=digest(dataset.fingerprint, "pool"),
    )


def _kept(numbers: Ints | None, rows: Ints) -> Ints | None:
    return None if numbers is None else numbers[rows]


def home() -> Workspace:
    """Return where opened sets and cached features live: EXPLORER_HOME or a folder for temporary files."""
    folder = os.environ.get("EXPLORER_HOME") or Path(tempfile.gettempdir()) / "explorer-experiments"
    return Workspace(Path(folder)).make()


def measured(experiment: Experiment, workers: int = 1) -> pd.DataFrame:
    """Run the trials of an experiment; return one row a trial: set, arm, per_class, seed, accuracy, fit_seconds."""
    jobs = [
        (experiment, name, seed, budget)
        for seed in range(experiment.seeds)
        for budget in experiment.per_class
        for name in experiment.sets or examples()
    ]
    if workers == 1:
        return pd.DataFrame([row for job in jobs for row in _run(*job)])
    with ProcessPoolExecutor(workers) as pool:
        found = list(pool.map(_run, *zip(*jobs, strict=True)))
    return pd.DataFrame([row for rows in found for row in rows])


def _run(experiment: Experiment, name: str, seed: int, budget: int) -> list[dict[str, Any]]:
    return experiment.trials(name, seed, budget)


def _trials(experiment: Experiment, name: str, seed: int, budget: int) -> list[dict[str, Any]]:
    space = home()
    dataset = pool_of(open_example(name, space).dataset, name)
    arms = [replace(arm, name=title) for title, arm in experiment.arms.items()]
    free = tuple(experiment.free.get(name, ()))
    study = Study(experiment.name, name, dataset.fingerprint, tuple(arms), (budget,), test_share=SHARE, free=free)
    rows = []
    for arm in arms:
        outcome = run_trial(dataset, study, Trial(arm.name, budget, seed), cache=space.cache, monitor=Quiet())
        if outcome.error:
            raise RuntimeError(outcome.error)
        score = 100 * outcome.scores["balanced_accuracy"]
        row = {"set": name, "arm": arm.name, "per_class": budget, "seed": seed, "accuracy": round(score, 2)}
        rows.append({**row, "fit_seconds": round(outcome.fit_seconds, 2)})
    return rows


def keep(experiment: Experiment, found: pd.DataFrame) -> None:
    """Write the figures of an experiment beside it."""
    RESULTS.mkdir(exist_ok=True)
    found.to_csv(RESULTS / f"{experiment.name}.csv", index=False)


def kept(experiment: Experiment) -> pd.DataFrame | None:
    """Return the figures that were kept, None where it was never run."""
    path = RESULTS / f"{experiment.name}.csv"
    return pd.read_csv(path) if path.is_file() else None


def section(experiment: Experiment, found: pd.DataFrame) -> str:
    """Return the part of docs/experiments.md on one experiment: the mean over seeds of every set, arm and budget."""
    return "\n".join([f"## {experiment.question}", "", experiment.decision, "", *experiment.tables(found)])


def _tables(found: pd.DataFrame) -> list[str]:
    seeds = found.seed.nunique()
    lines: list[str] = []
    for budget, part in found.groupby("per_class"):
        table = part.pivot_table(index="arm", columns="set", values="accuracy", sort=False)
        table["mean"] = table.mean(axis=1)
        if part.fit_seconds.notna().any():
            table["s a fit"] = part.groupby("arm").fit_seconds.median()
        labels, draws = (
            f"{count} {word}{'' if count == 1 else 's'}" for count, word in ((budget, "label"), (seeds, "seed"))
        )
        lines += [f"Balanced accuracy in percent at {labels} a class, mean of {draws}:", ""]
        lines += ["| arm | " + " | ".join(table.columns) + " |", "|---|" + "--:|" * len(table.columns)]
        lines += [f"| {arm} | " + " | ".join(f"{value:.1f}" for value in row) + " |" for arm, row in table.iterrows()]
        lines.append("")
    return lines
