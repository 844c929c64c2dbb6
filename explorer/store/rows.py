"""What the store hands out beside studies and outcomes, and how outcomes become rows of the file and back."""

import json
import sqlite3
import time
from dataclasses import dataclass

import numpy as np

from explorer import cautions
from explorer.records import Arm, Ints, Look, Outcome, State, Trial, digest


@dataclass(frozen=True)
class StudyRow:
    """A study in a list. `created` is in seconds since 1970; `finished` counts trials that are done or failed."""

    id: str
    name: str
    dataset: str
    state: State
    created: float
    finished: int
    total: int


@dataclass(frozen=True)
class Progress:
    """How far a running trial is: `done` of `total` steps (0 of 0 = no steps told yet), on which worker, since when."""

    trial: Trial
    done: int
    total: int
    worker: str
    started: float


@dataclass(frozen=True)
class Failure:
    """Failed trials whose tracebacks end in the same line: that line, the first traceback, and the trials."""

    message: str
    traceback: str
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Timing:
    """What fitting one trial took: the arm as it was defined, labelled examples, seconds on one core, its protocol."""

    arm: Arm
    n_labeled: int
    fit_seconds: float
    protocol: str


def append(db: sqlite3.Connection, id: str, outcome: Outcome) -> int:
    """Add the outcome to a study inside a transaction and end its progress; return 1 if it was new, else 0."""
    trial, rows = outcome.trial, np.ascontiguousarray(outcome.test, np.int64).tobytes()
    key = digest(rows)
    db.execute("insert into row_sets values (?, ?) on conflict do nothing", (key, rows))
    values = {
        "study": id,
        "arm": trial.arm,
        "budget": trial.budget,
        "seed": trial.seed,
        "state": outcome.state,
        "finished": time.time(),
        "n_labeled": outcome.n_labeled,
        "per_class": outcome.per_class,
        "fit_seconds": outcome.fit_seconds,
        "prepare_seconds": outcome.prepare_seconds,
        "scores": json.dumps(dict(outcome.scores)),
        **{name: json.dumps(told) for name, told in cautions.kept(outcome.notes).items()},
        "reports": json.dumps(dict(outcome.reports)),
        "versions": json.dumps(dict(outcome.versions)),
        "error": outcome.error,
        "test": key,
        "classes": outcome.probabilities.shape[1],
        "probabilities": np.ascontiguousarray(outcome.probabilities, np.float32).tobytes(),
    }
    columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    added = db.execute(f"insert into outcomes ({columns}) values ({marks}) on conflict do nothing", values).rowcount
    where = (id, trial.arm, trial.budget, trial.seed)
    db.execute("delete from progress where study = ? and arm = ? and budget = ? and seed = ?", where)
    return added


def outcome_of(row: sqlite3.Row, sets: dict[str, Ints]) -> Outcome:
    """Return the outcome of a row; `sets` shares equal arrays of test rows among the outcomes of one answer."""
    test = sets.setdefault(row["test"], np.frombuffer(row["rows"], np.int64))
    return Outcome(
        trial=trial_of(row),
        state=State(row["state"]),
        n_labeled=row["n_labeled"],
        per_class=row["per_class"],
        test=test,
        probabilities=np.frombuffer(row["probabilities"], np.float32).reshape(len(test), row["classes"]),
        scores=json.loads(row["scores"]),
        fit_seconds=row["fit_seconds"],
        error=row["error"],
        notes=cautions.of_kept({name: json.loads(row[name]) for name in ("notes", "warnings") if row[name]}),
        reports=json.loads(row["reports"]),
        versions=json.loads(row["versions"]),
        prepare_seconds=row["prepare_seconds"],
    )


def trial_of(row: sqlite3.Row) -> Trial:
    """Return the trial that a row is about."""
    return Trial(row["arm"], row["budget"], row["seed"])


def look_of(row: sqlite3.Row) -> Look:
    """Return the look of a row."""
    clear, still_open = (tuple(json.loads(row[name])) for name in ("clear", "open"))
    return Look(row["seeds"], row["level"], clear, still_open, bool(row["final"]))
