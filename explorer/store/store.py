"""Remembers studies, what became of their trials, and how far running ones are.

Outcomes are only ever appended, with a growing id, and go with their study alone; a trial that is run again leaves its
earlier outcome behind, marked as replaced.
"""

import contextlib
import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from explorer.errors import StoreError, UnknownStudy
from explorer.records import Ints, Look, Outcome, State, Study, Trial, last_line
from explorer.store.database import Database
from explorer.store.rows import Failure, Progress, StudyRow, Timing, append, look_of, outcome_of, trial_of

#: Times that a study may end its engine without finishing a trial.
ATTEMPTS = 3
#: Tables that hold something of a study, and their columns with its id.
_PARTS = (("outcomes", "study"), ("progress", "study"), ("looks", "study"), ("studies", "id"))
HOPELESS = "The engine ended three times in this study before a trial was finished. See engine.log, then resume it."


class Store:
    """Studies, outcomes and progress of a workspace.

    Pages read, and may `add`, `cancel`, `resume` and `delete`. Only the engine calls `start`, `report`, `finish`,
    `keep_look`, `end` and `requeue_running`. Every method raises StoreError when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = Database(path)

    # ---- studies -----------------------------------------------------------------------------------------------

    def add(self, study: Study, spent: float = 0.0) -> None:
        """Queue a study that has been running for some seconds elsewhere.

        Adding the same one again changes nothing; StoreError when its id is another study's.
        """
        definition, now = json.dumps(study.to_dict(), sort_keys=True), time.time()
        values = (study.id, study.name, study.dataset, definition, len(study.trials()), State.QUEUED, now, now, spent)
        with self._file.writing() as db:
            db.execute(
                "insert into studies (id, name, dataset, definition, total, state, created, queued, spent)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
                values,
            )
            kept = _one(db, "select definition from studies where id = ?", study.id)["definition"]
        if _study(study.id, kept) != study:
            raise StoreError(f"The store already holds another study with the id {study.id}. Choose a new id.")

    def study(self, id: str) -> Study:
        """Return the study of that id. Raises UnknownStudy where there is none, StoreError for a newer version's."""
        return _study(id, self._study_value(id, "definition"))

    def studies(self) -> tuple[StudyRow, ...]:
        """Return all studies, newest first."""
        query = (
            "select id, name, dataset, state, created, total, (select count(*) from outcomes"
            " where study = studies.id and replaced = 0) as finished from studies order by created desc, rowid desc"
        )
        return tuple(StudyRow(**{**row, "state": State(row["state"])}) for row in self._file.read(query))

    def state(self, id: str) -> State:
        """Return how far the study is. Raises UnknownStudy when there is none."""
        return State(self._study_value(id, "state"))

    def problem(self, id: str) -> str:
        """Return why the study as a whole failed, in one sentence; empty when it did not."""
        return str(self._study_value(id, "error"))

    def elapsed(self, id: str) -> float:
        """Return the seconds that the study has been running, all its runs together."""
        (row,) = self._study_row(id, "spent, started")
        return float(row["spent"]) + (0.0 if row["started"] is None else max(0.0, time.time() - row["started"]))

    def waited(self, id: str) -> float:
        """Return the seconds since a trial of a running study finished last, or since it was started; else 0."""
        last = "(select coalesce(max(finished), 0) from outcomes where study = studies.id)"
        since = self._study_value(id, f"max(started, {last})")  # null where it is not running
        return 0.0 if since is None else max(0.0, time.time() - since)

    def next_queued(self) -> str | None:
        """Return the id of the study that has been queued longest, or None."""
        found = self._file.read("select id from studies where state = ? order by queued, rowid limit 1", State.QUEUED)
        return str(found[0]["id"]) if found else None

    def ahead(self, id: str) -> int:
        """Return how many studies come before a queued one: those that run, and those queued longer."""
        query = (
            "select count(*) as n from studies, (select queued as since, rowid as place from studies where id = ?)"
            " where state = ? or (state = ? and (queued, studies.rowid) < (since, place))"
        )
        return int(self._file.read(query, id, State.RUNNING, State.QUEUED)[0]["n"])

    def cancel(self, id: str) -> None:
        """Cancel a study that is queued or running; what is finished stays. Nothing happens to one that has ended."""
        self._study_value(id, "id")
        self._end(id, (State.QUEUED, State.RUNNING), State.CANCELLED, "")

    def resume(self, id: str) -> None:
        """Queue an ended study again: trials that failed or never ran are run, those that are done stay.

        Nothing happens to a study that is queued, running, or done without a failure.
        """
        self._study_value(id, "id")
        with self._file.writing() as db:
            changed = db.execute(
                "update studies set state = ?, queued = ?, error = '', attempts = 0"
                " where id = ? and (state in (?, ?) or state = ?"
                " and exists (select 1 from outcomes where study = studies.id and replaced = 0 and state = ?))",
                (State.QUEUED, time.time(), id, State.CANCELLED, State.FAILED, State.DONE, State.FAILED),
            ).rowcount
            if changed:
                db.execute(
                    "update outcomes set replaced = 1 where study = ? and replaced = 0 and state = ?",
                    (id, State.FAILED),
                )
                # Where every trial had failed, looks have seen nothing, so that nothing of the level is spent.
                db.execute(
                    "delete from looks where study = ?"
                    " and not exists (select 1 from outcomes where study = looks.study and replaced = 0)",
                    (id,),
                )

    def delete(self, *ids: str) -> None:
        """Delete studies with everything that they found, all of them or none.

        Raises StoreError for one that is queued or running, and UnknownStudy where there is none.
        """
        with self._file.writing() as db:
            for id in ids:
                _check_ended(db, id)
            for id in ids:
                for table, column in _PARTS:
                    db.execute(f"delete from {table} where {column} = ?", (id,))
            db.execute("delete from row_sets where key not in (select test from outcomes)")

    def is_running(self, id: str) -> bool:
        """Tell whether the study is running; one that was deleted is not."""
        return bool(self._file.read("select 1 from studies where id = ? and state = ?", id, State.RUNNING))

    def start(self, id: str) -> bool:
        """Mark a queued study as running; False when it is not queued any more."""
        with self._file.writing() as db:
            values = (State.RUNNING, time.time(), id, State.QUEUED)
            query = "update studies set state = ?, started = ?, attempts = attempts + 1 where id = ? and state = ?"
            return bool(db.execute(query, values).rowcount)

    def end(self, id: str, state: State, error: str = "") -> None:
        """Mark a running study as done or failed; one that was cancelled or queued again meanwhile is left alone."""
        self._end(id, (State.RUNNING,), state, error)

    def requeue_running(self) -> tuple[str, ...]:
        """Queue the studies that a dead engine left running, and return their ids. They keep their place in line.

        A study that ended its engine three times without finishing a trial has failed.
        """
        with self._file.writing() as db:
            found = db.execute("select id, attempts from studies where state = ?", (State.RUNNING,)).fetchall()
            for id, attempts in found:
                # Nobody saw the engine die; its last outcome is the last moment at which it surely lived.
                last = _one(db, "select coalesce(max(finished), 0) as at from outcomes where study = ?", id)["at"]
                hopeless = attempts >= ATTEMPTS
                state, error = (State.FAILED, HOPELESS) if hopeless else (State.QUEUED, "")
                _stop_clock(db, id, state, at=last, error=error)
            db.execute("delete from progress")
        return tuple(row["id"] for row in found)

    # ---- looks at the verdicts ---------------------------------------------------------------------------------

    def looks(self, id: str) -> tuple[Look, ...]:
        """Return the looks at a study that runs until its verdicts settle, few seeds first; none at any other."""
        return tuple(map(look_of, self._file.read("select * from looks where study = ? order by seeds", id)))

    def keep_look(self, id: str, look: Look) -> None:
        """Keep a look, on the disk at once, instead of an earlier one at as many seeds.

        What a look has spent of the level is spent, whatever becomes of the engine. A study that was deleted meanwhile
        takes none.
        """
        values = (id, look.seeds, look.level, json.dumps(look.clear), json.dumps(look.open), look.final)
        with self._file.writing(durable=True) as db:
            if db.execute("select 1 from studies where id = ?", (id,)).fetchone():
                db.execute("insert or replace into looks values (?, ?, ?, ?, ?, ?)", values)

    # ---- trials ------------------------------------------------------------------------------------------------

    def outcomes(self, id: str, after: int = 0) -> tuple[Outcome, ...]:
        """Return the outcomes with an id above `after`, oldest first; of a trial that was run again, the latest."""
        query = (
            "select o.*, r.rows from outcomes o join row_sets r on r.key = o.test"
            " where study = ? and replaced = 0 and id > ? order by id"
        )
        sets: dict[str, Ints] = {}
        return tuple(outcome_of(row, sets) for row in self._file.read(query, id, after))

    def cell(self, id: str, arm: str, budget: int) -> tuple[Outcome, ...]:
        """Return the outcomes of one arm at one budget, by seed; of a trial that was run again, the latest."""
        query = (
            "select o.*, r.rows from outcomes o join row_sets r on r.key = o.test"
            " where study = ? and arm = ? and budget = ? and replaced = 0 order by seed"
        )
        return tuple(outcome_of(row, {}) for row in self._file.read(query, id, arm, budget))

    def last_outcome(self, id: str) -> int:
        """Return the largest outcome id of the study, 0 = none yet; grows with every finished trial, cheap to ask."""
        query = "select coalesce(max(id), 0) as last from outcomes where study = ?"
        return int(self._file.read(query, id)[0]["last"])

    def remaining(self, id: str) -> tuple[Trial, ...]:
        """Return the trials of the study that have no outcome and are wanted, in its order.

        Seeds beyond the look at which a study has stopped are wanted no more.
        """
        query = "select arm, budget, seed from outcomes where study = ? and replaced = 0"
        finished = {trial_of(row) for row in self._file.read(query, id)}
        study = self.study(id)
        seeds = self._seeds(study)
        return tuple(trial for trial in study.trials() if trial not in finished and trial.seed < seeds)

    def trial_states(self, id: str) -> Mapping[Trial, State]:
        """Return the state of every trial of the study, in its order."""
        study, state = self.study(id), self.state(id)
        waiting = State.CANCELLED if state in (State.CANCELLED, State.FAILED, State.DONE) else State.QUEUED
        seeds = self._seeds(study)
        states = {trial: waiting if trial.seed < seeds else State.CANCELLED for trial in study.trials()}
        if state is State.RUNNING:
            states.update({each.trial: State.RUNNING for each in self.progress(id)})
        query = "select arm, budget, seed, state from outcomes where study = ? and replaced = 0"
        states.update({trial_of(row): State(row["state"]) for row in self._file.read(query, id)})
        return states

    def failures(self, id: str) -> tuple[Failure, ...]:
        """Return the failed trials, those with the same last line together, the most frequent first."""
        query = (
            "select arm, budget, seed, error from outcomes where study = ? and replaced = 0 and state = ? order by id"
        )
        groups: dict[str, list[sqlite3.Row]] = {}
        for row in self._file.read(query, id, State.FAILED):
            groups.setdefault(last_line(row["error"]), []).append(row)
        found = [Failure(line, rows[0]["error"], tuple(map(trial_of, rows))) for line, rows in groups.items()]
        return tuple(sorted(found, key=lambda failure: -len(failure.trials)))

    def progress(self, id: str) -> tuple[Progress, ...]:
        """Return how far the running trials of the study are, longest running first."""
        rows = self._file.read("select * from progress where study = ? order by started", id)
        return tuple(Progress(trial_of(row), row["done"], row["total"], row["worker"], row["started"]) for row in rows)

    def timings(self, dataset: str) -> tuple[Timing, ...]:
        """Return what the finished trials on the data set with that fingerprint took, of studies that can be read."""
        query = (
            "select study, definition, arm, n_labeled, fit_seconds, json_extract(versions, '$.protocol') as protocol"
            " from outcomes join studies on studies.id = study where dataset = ? and outcomes.state = ?"
        )
        rows = self._file.read(query, dataset, State.DONE)
        known: dict[str, Study] = {}
        for id, definition in {row["study"]: row["definition"] for row in rows}.items():
            with contextlib.suppress(StoreError):
                known[id] = _study(id, definition)
        return tuple(
            Timing(known[row["study"]].arm(row["arm"]), row["n_labeled"], row["fit_seconds"], row["protocol"] or "")
            for row in rows
            if row["study"] in known
        )

    def finish(self, id: str, *outcomes: Outcome) -> int:
        """Append outcomes in one transaction, on the disk at once, and return how many were new.

        A trial that has one keeps it, and a study that was deleted meanwhile takes none.
        """
        with self._file.writing(durable=True) as db:
            if not db.execute("update studies set attempts = 0 where id = ?", (id,)).rowcount:
                return 0
            return sum(append(db, id, outcome) for outcome in outcomes)

    def report(self, id: str, trial: Trial, done: int, total: int, worker: str = "") -> None:
        """Remember that a running trial has made `done` of `total` steps on `worker`."""
        with self._file.writing() as db:
            db.execute(
                "insert into progress values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do update"
                " set done = excluded.done, total = excluded.total, worker = excluded.worker",
                (id, trial.arm, trial.budget, trial.seed, worker, done, total, time.time()),
            )

    # ---- inside -----------------------------------------------------------------------------------------------

    def _end(self, id: str, before: Sequence[State], after: State, error: str) -> None:
        with self._file.writing() as db:
            marks = ", ".join("?" * len(before))
            if db.execute(f"select 1 from studies where id = ? and state in ({marks})", (id, *before)).fetchone():
                _stop_clock(db, id, after, at=time.time(), error=error)
                db.execute("delete from progress where study = ?", (id,))

    def _seeds(self, study: Study) -> int:
        """Return how many seeds are wanted."""
        looks = self.looks(study.id) if study.until is not None else ()
        return looks[-1].seeds if looks and looks[-1].final else study.seeds

    def _study_value(self, id: str, column: str) -> Any:
        return self._study_row(id, column)[0][0]

    def _study_row(self, id: str, columns: str) -> list[sqlite3.Row]:
        found = self._file.read(f"select {columns} from studies where id = ?", id)
        if not found:
            raise _unknown(id)
        return found


def _study(id: str, definition: str) -> Study:
    """Return the study that is kept under an id. Raises StoreError where another version of this program wrote it."""
    try:
        return Study.from_dict(json.loads(definition))
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"The study with the id {id!r} was kept by another version of this program ({error}). Open it there."
        ) from error


def _unknown(id: str) -> UnknownStudy:
    return UnknownStudy(f"There is no study with the id {id!r} in this workspace. Choose one from the list.")


def _check_ended(db: sqlite3.Connection, id: str) -> None:
    found = db.execute("select name, state from studies where id = ?", (id,)).fetchone()
    if found is None:
        raise _unknown(id)
    if found["state"] in (State.QUEUED, State.RUNNING):
        raise StoreError(f"The study '{found['name']}' is {found['state']}. Cancel it before it is deleted.")


def _one(db: sqlite3.Connection, query: str, *values: Any) -> sqlite3.Row:
    row: sqlite3.Row = db.execute(query, values).fetchone()
    return row


def _stop_clock(db: sqlite3.Connection, id: str, state: State, *, at: float, error: str = "") -> None:
    db.execute(
        "update studies set state = ?, error = ?, spent = spent + max(0, ? - coalesce(started, ?)), started = null"
        " where id = ?",
        (state, error, at, at, id),
    )
