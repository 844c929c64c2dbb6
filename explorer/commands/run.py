"""`run`: a study without a browser, from a data set to a folder of plain files.

The folder also keeps the store of the study, so that a run that was interrupted, or killed, is finished by --resume.
"""

import os
import shlex
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from explorer.budgets import parsed_budgets
from explorer.choosing import AUTO, chosen_arms, chosen_facts
from explorer.commands.check import fact_lines, looked_at, opened
from explorer.datasets.reading import ReadOptions
from explorer.errors import EngineError, StudyError
from explorer.export.folder import describe, read, write
from explorer.export.text_table import text_table
from explorer.export.weights import weights_words
from explorer.facts import matter
from explorer.interrupting import interruptible
from explorer.records import Arm, Dataset, Fact, Outcome, State, Study
from explorer.splits import check_study
from explorer.store.store import Store
from explorer.techniques.composing import compose, members
from explorer.trial import versions
from explorer.workspace import Workspace

INTERRUPTED = 130
SOME_FAILED = 2
#: More seeds or budgets than this say nothing more of a small data set, and take days.
MOST_SEEDS, MOST_BUDGETS = 100, 30
#: Worker processes for each core; more than one only makes them wait for each other.
MOST_WORKERS = 4


class Numbers(click.ParamType[tuple[int, ...]]):
    """Label budgets as `explorer.budgets` reads them."""

    name = "n,n,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Return the numbers. Fails for anything else."""
        try:
            return value if isinstance(value, tuple) else parsed_budgets(str(value))
        except StudyError as error:
            self.fail(str(error), param, ctx)


@dataclass(frozen=True)
class Wish:
    """What the options ask for; the options that were typed are in `typed`, by their names as parameters."""

    arms: str | None
    arm: tuple[str, ...]
    free: str
    per_class: tuple[int, ...]
    budgets: tuple[int, ...] | None
    seeds: int
    test_share: float
    size: int | None
    groups: Path | None
    typed: frozenset[str]


@click.command(help="Run a study on the data at PATH (or example:NAME) and write it to a folder.")
@click.argument("path")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option("--arms", help="Names with commas between, or all; by default those that `arms` marks.")
@click.option(
    "--arm", multiple=True, help="An arm to compose, name=slot:technique(setting=value),...; may be repeated."
)
@click.option(
    "--free",
    default=AUTO,
    show_default=True,
    help="What carries no meaning in the images: orientation, intensity, position, or none; auto: what they suggest.",
)
@click.option("--per-class", type=Numbers(), default="1,2,5,10,20", show_default=True, help="Labels of each class.")
@click.option("--budgets", type=Numbers(), help="Labels in total, instead of --per-class.")
@click.option("--seeds", type=int, default=5, show_default=True, help="Number of seeds.")
@click.option(
    "--test-share", type=float, default=0.3, show_default=True, help="Share of the labelled items that judge."
)
@click.option("--size", type=int, help="Side of the images in pixels.")
@click.option("--groups", type=click.Path(path_type=Path), help="CSV of filename,group; groups never cross a split.")
@click.option("--workers", type=int, help="Worker processes; one per core by default.")
@click.option(
    "--scheduler", help="Address of a Dask scheduler, such as tcp://host:8786; EXPLORER_SCHEDULER by default."
)
@click.option("--resume", is_flag=True, help="Finish the study in the folder: run what is missing or has failed.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    path: str,
    out: Path,
    workers: int | None,
    scheduler: str | None,
    resume: bool,
    **options: Any,
) -> None:
    """Run a study to its end, or finish one, and write it; ends with exit status 0, 2 or 130."""
    typed = frozenset(name for name in options if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE)
    _exclude("--per-class", "per_class" in typed, "--budgets", "budgets" in typed)
    _exclude("--workers", workers is not None, "--scheduler", scheduler is not None)
    wish = Wish(**options, typed=typed)
    _check_sizes(wish, workers)
    job = _finish(path, out, wish) if resume else _begin(path, out, wish)
    named = os.environ.get("EXPLORER_SCHEDULER") if workers is None else None
    with _alone(out):
        if resume:
            _go_on(job)
        else:
            _start(job)
        _run(job, workers, scheduler or named or None)
    ctx.exit(_report(job))


def _exclude(one: str, has_one: bool, other: str, has_other: bool) -> None:
    if has_one and has_other:
        raise click.UsageError(f"{one} and {other} exclude each other. Give one of them.")


def _check_sizes(wish: Wish, workers: int | None) -> None:
    from explorer.engine.cluster import cores

    _within("--seeds", wish.seeds, MOST_SEEDS, "Five are a good start.")
    if workers is not None:
        _within("--workers", workers, MOST_WORKERS * cores(), f"This machine has {cores()} cores; one a core is best.")
    budgets = wish.budgets or wish.per_class
    if len(budgets) > MOST_BUDGETS:
        option = "--per-class" if wish.budgets is None else "--budgets"
        raise StudyError(f"{option} names {len(budgets)} budgets. Choose at most {MOST_BUDGETS}, such as 1,2,5,10,20.")


def _within(option: str, value: int, most: int, hint: str) -> None:
    if not 1 <= value <= most:
        raise StudyError(f"{option} is {value:,}. Choose a number from 1 to {most}. {hint}")


@dataclass(frozen=True, eq=False)
class Job:
    """A study that is ready to run: its data, its folder, how its data was read, and why facts are free in it."""

    study: Study
    dataset: Dataset
    out: Path
    workspace: Workspace
    reading: Mapping[str, Any]
    facts: Mapping[str, Any]

    @property
    def store(self) -> Store:
        """The store in the folder, made when it is asked for."""
        return Store(_store_path(self.out))

    def save(self) -> None:
        """Write what is finished so far."""
        about = {
            "state": self.store.state(self.study.id).value,
            "seconds": round(self.store.elapsed(self.study.id), 2),
            "versions": dict(versions()),
            "reading": self.reading,
            "facts": self.facts,
        }
        write(self.out, self.study, self.dataset, self.store.outcomes(self.study.id), about)


# ---- a new study, or one to finish; nothing is written to the folder yet ---------------------------------------


def _begin(path: str, out: Path, wish: Wish) -> Job:
    _check_may_begin(out)
    said = chosen_facts(wish.free)
    arms = chosen_arms(wish.arms, wish.arm, said)
    workspace = Workspace.default().make()
    options = ReadOptions(size=wish.size, groups_file=wish.groups)
    dataset = opened(path, workspace, options).dataset
    free, facts = _facts(arms, said, dataset, workspace)
    study = Study(
        id=uuid.uuid4().hex,
        name=dataset.name,
        dataset=dataset.fingerprint,
        arms=arms,
        budgets=wish.budgets or wish.per_class,
        per_class=wish.budgets is None,
        seeds=wish.seeds,
        test_share=wish.test_share,
        free=free,
    )
    check_study(dataset, study)
    for arm in arms:
        # An arm may be at home only where a fact carries meaning, or only where it carries none.
        members(compose(arm, dataset.kind, free), dataset.kind)
    reading = {"path": path, "size": wish.size, "groups": None if wish.groups is None else str(wish.groups)}
    return Job(study, dataset, out, workspace, reading, facts)


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


def _check_may_begin(out: Path) -> None:
    if out.exists() and not (out.is_dir() and _is_free(out)):
        raise StudyError(f"{out} is not empty. Choose another --out, or add --resume to finish the study in it.")


def _is_free(out: Path) -> bool:
    """Tell whether a folder is empty, or holds what a run left that was killed before it wrote study.json."""
    kept = _kept(out).name
    names = {each.name for each in out.iterdir() if not each.name.endswith(".partial")}
    return not names or {kept} <= names <= {kept, "trials.csv", "reports.json", "predictions.npz"}


def _finish(path: str, out: Path, wish: Wish) -> Job:
    if not (out / "study.json").exists():
        raise StudyError(f"There is no study to finish in {out}. Leave out --resume to start one there.")
    study, described = describe(out)
    _check_same(study, wish, out)
    kept = _reading(described, out)
    groups = wish.groups or (Path(kept["groups"]) if kept["groups"] else None)
    size = kept["size"] if wish.size is None else wish.size
    workspace = Workspace.default().make()
    dataset = opened(path, workspace, ReadOptions(size=size, groups_file=groups)).dataset
    if dataset.fingerprint != study.dataset:
        raise StudyError(
            f"The data at {path} has the fingerprint {dataset.fingerprint}, but the study in {out} was run on"
            f" {study.dataset}. Give the same data, or choose another --out."
        )
    facts = described.get("facts", {"free": list(study.free), "said_by": "user"})
    return Job(study, dataset, out, workspace, kept, facts)


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
        "test_share": (wish.test_share, study.test_share),
    }
    for name, (wanted, kept) in asked.items():
        if name in wish.typed and wanted != kept:
            option = f"--{name.replace('_', '-')}"
            raise StudyError(f"{option} differs from the study in {out}. Leave it out, or choose another --out.")


def _kept(out: Path) -> Path:
    """Return the folder inside `out` that holds the store and the lock."""
    return out / ".explorer"


def _store_path(out: Path) -> Path:
    return _kept(out) / "studies.db"


# ---- the folder belongs to one run at a time -------------------------------------------------------------------


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the folder, made if need be. Raises EngineError when another run does, StudyError when it is no place."""
    from explorer.engine.service import holding

    with ExitStack() as stack:
        try:
            _kept(out).mkdir(parents=True, exist_ok=True)
            mine = stack.enter_context(holding(_kept(out) / "engine.lock"))
        except OSError as error:
            raise StudyError(f"{out} cannot be written to: {error.strerror}. Choose another --out.") from error
        if not mine:
            raise EngineError(f"Another run is at work in {out}. Wait for it, or choose another --out.")
        yield


def _start(job: Job) -> None:
    """Write the first of a new study."""
    _check_may_begin(job.out)  # again: another run may have come first while the data was read
    job.store.add(job.study)
    job.save()
    click.echo(_priced(job), err=True)


def _priced(job: Job) -> str:
    """Return what a study costs on this machine, in one line."""
    from explorer.engine.bill import bill

    cost = bill(job.study, job.dataset, job.workspace)
    minutes = cost.seconds / 60
    time = "under a minute" if minutes < 1 else f"about {round(minutes)} min"
    sizes = f"{len(job.study.arms)} arms × {len(job.study.budgets)} budgets × {job.study.seeds} seeds"
    return f"{sizes} = {cost.trials} trials, {time} on this machine."


def _go_on(job: Job) -> None:
    """Take up the store in the folder; where only the plain files are left, make one that knows their outcomes."""
    known = () if _store_path(job.out).exists() else read(job.out).outcomes
    job.store.add(job.study)
    if known:
        job.store.finish(job.study.id, *known)


# ---- running ---------------------------------------------------------------------------------------------------


def _run(job: Job, workers: int | None, scheduler: str | None) -> None:
    job.store.requeue_running()
    job.store.resume(job.study.id)
    with interruptible(lambda: job.store.cancel(job.study.id)):
        _work(job, workers, scheduler)
    job.save()


def _work(job: Job, workers: int | None, scheduler: str | None) -> None:
    import logging

    from tqdm import tqdm

    from explorer.engine.cluster import connected
    from explorer.engine.run import close
    from explorer.engine.service import run_study

    total = len(job.study.trials())
    missing = len(job.store.remaining(job.study.id))
    if not missing and job.store.start(job.study.id):
        close(job.store, job.study.id)  # killed between the last outcome and the end
    if job.store.state(job.study.id) is not State.QUEUED:
        return
    with (
        tqdm(total=total, initial=total - missing, unit="trial", desc=job.study.name) as bar,
        connected(scheduler, workers, logging.CRITICAL) as cluster,
    ):

        def seen(outcomes: Sequence[Outcome]) -> None:
            bar.update(len(outcomes))

        run_study(job.store, job.workspace, job.study.id, lambda: cluster, seen)


def _report(job: Job) -> int:
    state, outcomes = job.store.state(job.study.id), job.store.outcomes(job.study.id)
    click.echo(text_table(job.study, job.dataset, outcomes))
    for line in weights_words(job.study, outcomes):
        click.echo(f"Weights: {line}")
    if state is State.CANCELLED:
        click.echo(
            f"Stopped: {len(outcomes)} of {len(job.study.trials())} trials are kept."
            f" Finish with: python -m explorer run {shlex.join([job.reading['path'], '--out', str(job.out)])} --resume",
            err=True,
        )
        return INTERRUPTED
    for note in sorted({note for outcome in outcomes for note in outcome.notes}):
        click.echo(f"Note: {note}", err=True)
    failures = job.store.failures(job.study.id)
    for failure in failures:
        click.echo(f"{len(failure.trials)} trials failed with: {failure.message}", err=True)
    problem = job.store.problem(job.study.id)
    if problem and (not failures or job.store.remaining(job.study.id)):
        raise EngineError(problem)
    if problem:  # every trial was run, and failed
        click.echo(problem, err=True)
    return SOME_FAILED if failures else 0
