"""What `run` is asked for, and the study that comes of it: a new one, or one to finish.

Nothing is written to the folder here but by `Job.save`.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from explorer.choosing import chosen_arms, chosen_facts
from explorer.commands.check import fact_lines, looked_at, opened
from explorer.datasets.reading import ReadOptions
from explorer.datasets.saved import Reading
from explorer.datasets.scaling import LINEAR
from explorer.errors import StudyError
from explorer.export.folder import about_looks, describe, write
from explorer.export.settling import until_settled
from explorer.facts import matter
from explorer.records import Arm, Dataset, Fact, Study
from explorer.splits import check_study
from explorer.store.store import Store
from explorer.techniques.composing import compose, members
from explorer.workspace import Workspace


@dataclass(frozen=True)
class Wish:
    """What the options ask for; the options that were typed are in `typed`, by their names as parameters."""

    arms: str | None
    arm: tuple[str, ...]
    free: str
    per_class: tuple[int, ...]
    budgets: tuple[int, ...] | None
    seeds: int
    until_settled: bool
    minutes: float | None
    most_seeds: int
    test_share: float
    size: int | None
    values: str
    groups: Path | None
    typed: frozenset[str]


@dataclass(frozen=True, eq=False)
class Job:
    """A study that is ready to run: its data, its folder, how its data was read, and why facts are free in it."""

    study: Study
    data: Reading
    out: Path
    workspace: Workspace
    reading: Mapping[str, Any]
    facts: Mapping[str, Any]

    @property
    def store(self) -> Store:
        """The store in the folder, made when it is asked for."""
        return Store(store_path(self.out))

    @property
    def dataset(self) -> Dataset:
        """The data set without what was noticed about it."""
        return self.data.dataset

    def save(self) -> None:
        """Write what is finished so far, for programs that go on with it."""
        write(self.out, self.study, self.dataset, self.store.outcomes(self.study.id), self._about())

    def report(self) -> None:
        """Write all of it, and what explains it to people."""
        from explorer.export.report import write_report  # with Plotly, which no other command needs

        write_report(self.out, self.study, self.data, self.store.outcomes(self.study.id), self._about())

    def _about(self) -> Mapping[str, Any]:
        return {
            "state": self.store.state(self.study.id).value,
            "seconds": round(self.store.elapsed(self.study.id), 2),
            "reading": self.reading,
            "facts": self.facts,
            **about_looks(self.store.looks(self.study.id)),
        }


# ---- a new study, or one to finish; nothing is written to the folder yet ---------------------------------------


def begin(path: str, out: Path, wish: Wish) -> Job:
    """Return a new study of the data at `path`. Raises ExplorerError for what cannot be run, or not into `out`."""
    check_may_begin(out)
    said = chosen_facts(wish.free)
    arms = chosen_arms(wish.arms, wish.arm, said)
    workspace = Workspace.default().make()
    options = ReadOptions(size=wish.size, values=wish.values, groups_file=wish.groups)
    data = opened(path, workspace, options)
    dataset = data.dataset
    free, facts = _facts(arms, said, dataset, workspace)
    study = Study(
        id=uuid.uuid4().hex,
        name=dataset.name,
        dataset=dataset.fingerprint,
        arms=arms,
        budgets=wish.budgets or wish.per_class,
        per_class=wish.budgets is None,
        seeds=wish.most_seeds if wish.until_settled else wish.seeds,
        test_share=wish.test_share,
        free=free,
    )
    if wish.minutes is not None:
        study = until_settled(study, wish.minutes)
    check_study(dataset, study)
    for arm in arms:
        # An arm may be at home only where a fact carries meaning, or only where it carries none.
        members(compose(arm, dataset.kind, free), dataset.kind)
    groups = None if wish.groups is None else str(wish.groups)
    reading = {"path": path, "size": wish.size, "values": wish.values, "groups": groups}
    return Job(study, data, out, workspace, reading, facts)


def _facts(
    arms: Sequence[Arm], said: tuple[Fact, ...] | None, dataset: Dataset, workspace: Workspace
) -> tuple[tuple[Fact, ...], Mapping[str, Any]]:
    """Return the facts that carry no meaning, and what study.json says of them: who said so, and why.

    The images are asked only where nobody says it and an arm would do something else.
    """
    if said is not None or not matter(arms, dataset.kind):
        return said or (), {"free": list(said or ()), "said_by": "nobody" if said is None else "user"}
    found = looked_at(dataset, workspace)
    for line in fact_lines(found):
        click.echo(line, err=True)
    return found.free, {**asdict(found), "said_by": "suggestion"}


def check_may_begin(out: Path) -> None:
    """Raise StudyError where a folder holds anything that a new study would write over."""
    if out.exists() and not (out.is_dir() and _is_free(out)):
        raise StudyError(f"{out} is not empty. Choose another --out, or add --resume to finish the study in it.")


def _is_free(out: Path) -> bool:
    """Tell whether a folder is empty, or holds what a run left that was killed before it wrote study.json."""
    kept = kept_in(out).name
    names = {each.name for each in out.iterdir() if not each.name.endswith(".partial")}
    return not names or {kept} <= names <= {kept, "trials.csv", "reports.json", "predictions.npz"}


def finish(path: str, out: Path, wish: Wish) -> Job:
    """Return the study in `out`. Raises ExplorerError where there is none, or for other data or another wish."""
    if not (out / "study.json").exists():
        raise StudyError(f"There is no study to finish in {out}. Leave out --resume to start one there.")
    study, described = describe(out)
    _check_same(study, wish, out)
    kept = _reading(described, out)
    groups = wish.groups or (Path(kept["groups"]) if kept["groups"] else None)
    size = kept["size"] if wish.size is None else wish.size
    values = wish.values if "values" in wish.typed else kept.get("values", LINEAR)  # earlier versions knew no other
    workspace = Workspace.default().make()
    data = opened(path, workspace, ReadOptions(size=size, values=values, groups_file=groups))
    if data.dataset.fingerprint != study.dataset:
        raise StudyError(
            f"The data at {path} has the fingerprint {data.dataset.fingerprint}, but the study in {out} was run on"
            f" {study.dataset}. Give the same data, or choose another --out."
        )
    facts = described.get("facts", {"free": list(study.free), "said_by": "user"})
    return Job(study, data, out, workspace, kept, facts)


def _reading(described: Mapping[str, Any], out: Path) -> Mapping[str, Any]:
    """Return how the data of a study was read. Raises StudyError where study.json does not say it."""
    kept = described.get("reading")
    if isinstance(kept, dict) and {"path", "size", "groups"} <= kept.keys():
        return kept
    raise StudyError(f"{out / 'study.json'} does not say how its data was read. Choose another --out to start anew.")


def _made_of(arms: Sequence[Arm]) -> list[tuple[object, ...]]:
    """Return names and techniques of arms; titles may differ from one version to the next."""
    return [(arm.name, *arm.choices()) for arm in arms]


def _check_same(study: Study, wish: Wish, out: Path) -> None:
    """Raise StudyError where a typed option asks for another study than the one in the folder."""
    said = chosen_facts(wish.free)
    arms = _made_of(chosen_arms(wish.arms, wish.arm, study.free)), _made_of(study.arms)
    asked: dict[str, tuple[object, object]] = {
        "arms": arms,
        "arm": arms,
        "free": (study.free if said is None else said, study.free),
        "per_class": (wish.per_class, study.budgets if study.per_class else None),
        "budgets": (wish.budgets, None if study.per_class else study.budgets),
        "seeds": (wish.seeds, study.seeds),
        "until_settled": (wish.until_settled, study.until is not None),
        "minutes": (wish.minutes, None if study.until is None else study.until.minutes),
        "most_seeds": (wish.most_seeds, None if study.until is None else study.seeds),
        "test_share": (wish.test_share, study.test_share),
    }
    for name, (wanted, kept) in asked.items():
        if name in wish.typed and wanted != kept:
            option = f"--{name.replace('_', '-')}"
            raise StudyError(f"{option} differs from the study in {out}. Leave it out, or choose another --out.")


def kept_in(out: Path) -> Path:
    """Return the folder inside `out` that holds the store and the lock."""
    return out / ".explorer"


def store_path(out: Path) -> Path:
    """Return the file of the store of a study in `out`."""
    return kept_in(out) / "studies.db"
