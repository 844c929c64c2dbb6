"""The SQLite file: connections, transactions, and the schema in numbered steps.

Every call opens its own connection and is one short transaction, so any number of pages may poll while the engine
writes. WAL mode needs a local disk.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from explorer.errors import StoreError

#: Step i brings the file from version i to i + 1. Steps are never changed, only added.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """create table studies (
            id text primary key, name text not null, dataset text not null, definition text not null,
            total integer not null, state text not null, error text not null default '', created real not null,
            queued real not null, started real, spent real not null default 0, attempts integer not null default 0
        )""",
        "create index studies_by_state on studies (state, queued)",
        "create table row_sets (key text primary key, rows blob not null)",
        """create table outcomes (
            id integer primary key autoincrement, study text not null references studies (id),
            arm text not null, budget integer not null, seed integer not null, state text not null,
            replaced integer not null default 0, finished real not null, n_labeled integer not null,
            per_class integer not null, fit_seconds real not null, scores text not null, notes text not null,
            versions text not null, error text not null, test text not null references row_sets (key),
            classes integer not null, probabilities blob not null
        )""",
        "create unique index one_outcome on outcomes (study, arm, budget, seed) where replaced = 0",
        "create index outcomes_of_study on outcomes (study, id)",
        """create table progress (
            study text not null, arm text not null, budget integer not null, seed integer not null,
            worker text not null, done integer not null, total integer not null, started real not null,
            primary key (study, arm, budget, seed)
        )""",
    ),
    ("alter table outcomes add column reports text not null default '{}'",),
    (
        """create table looks (
            study text not null references studies (id), seeds integer not null, level real not null,
            clear text not null, open text not null, final integer not null, primary key (study, seeds)
        )""",
    ),
    ("alter table outcomes add column prepare_seconds real",),
    ("alter table outcomes add column warnings text",),
)


class Database:
    """A SQLite file at the newest schema; any number of processes may use it at once.

    Opening one makes the file and brings an older one up to date. Every method raises StoreError when the file cannot
    be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._migrate()

    def read(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Return the rows that `query` selects."""
        with self._connected() as db:
            return db.execute(query, values).fetchall()

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside a transaction that holds the write lock from its first statement.

        A durable one is on the disk when it ends, and survives even a power cut.
        """
        with self._connected("full" if durable else "normal") as db:
            db.execute("begin immediate")
            try:
                yield db
            except BaseException:
                db.execute("rollback")
                raise
            db.execute("commit")

    @contextmanager
    def _connected(self, synchronous: str = "normal") -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=10, isolation_level=None)) as db:
                db.row_factory = sqlite3.Row
                db.execute(f"pragma synchronous = {synchronous}")
                yield db
        except sqlite3.Error as error:
            raise StoreError(
                f"{self.path} cannot be used: {error}. Check its folder and disk, or move it away."
            ) from error

    def _migrate(self) -> None:
        if self._version() == len(MIGRATIONS):
            return
        with FileLock(f"{self.path}.lock"):
            with self._connected() as db:
                db.execute("pragma journal_mode = wal")
            for number in range(self._version(), len(MIGRATIONS)):
                with self.writing() as db:
                    for statement in MIGRATIONS[number]:
                        db.execute(statement)
                    db.execute(f"pragma user_version = {number + 1}")

    def _version(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.path.parent} cannot be made: {error.strerror}. Choose another folder.") from error
        version = int(self.read("pragma user_version")[0][0])
        if version > len(MIGRATIONS):
            raise StoreError(
                f"{self.path} was written by a newer release (schema {version}, this one knows {len(MIGRATIONS)})."
                " Update the Data-Efficiency Explorer, or choose another workspace."
            )
        return version
