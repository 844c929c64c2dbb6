"""`run`: a study without a browser, from a data set to a folder of plain files.

The folder also keeps the store of the study, so that a run that was interrupted, or killed, is finished by --resume.
"""

import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from explorer.budgets import parsed_budgets
from explorer.choosing import AUTO
from explorer.commands._running import alone, go_on, start, work
from explorer.commands._studies import Job, Wish, begin, finish
from explorer.commands.check import values_option
from explorer.datasets.findings import count
from explorer.errors import EngineError, StudyError
from explorer.export.comparing import counting
from explorer.export.notes import note_kinds
from explorer.export.settling import progress_words, stopped_words
from explorer.export.text_table import text_table
from explorer.export.weights import weights_words
from explorer.interrupting import INTERRUPTED
from explorer.records import Look, State, Study

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
    "--until-settled",
    is_flag=True,
    help="More seeds until every verdict is clear, instead of --seeds; at looks that keep false claims to 5 %.",
)
@click.option("--minutes", type=float, help="Work of --until-settled at most.")
@click.option("--most-seeds", type=int, default=20, show_default=True, help="Seeds of --until-settled at most.")
@click.option(
    "--test-share", type=float, default=0.3, show_default=True, help="Share of the labelled items that judge."
)
@click.option("--size", type=int, help="Side of the images in pixels.")
@values_option
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
    _exclude("--seeds", "seeds" in typed, "--until-settled", "until_settled" in typed)
    _exclude("--workers", workers is not None, "--scheduler", scheduler is not None)
    wish = Wish(**options, typed=typed)
    _check_until(wish, resume)
    _check_sizes(wish, workers)
    job = finish(path, out, wish) if resume else begin(path, out, wish)
    named = os.environ.get("EXPLORER_SCHEDULER") if workers is None else None
    with alone(out):
        if resume:
            go_on(job)
        else:
            start(job)
        work(job, workers, scheduler or named or None)
    ctx.exit(_report(job))


def _exclude(one: str, has_one: bool, other: str, has_other: bool) -> None:
    if has_one and has_other:
        raise click.UsageError(f"{one} and {other} exclude each other. Give one of them.")


def _check_until(wish: Wish, resume: bool) -> None:
    """Raise UsageError for options that mean nothing without each other."""
    lonely = [f"--{name.replace('_', '-')}" for name in ("minutes", "most_seeds") if name in wish.typed]
    if lonely and not wish.until_settled:
        raise click.UsageError(f"{lonely[0]} says nothing without --until-settled. Add that, or leave {lonely[0]} out.")
    if wish.until_settled and wish.minutes is None and not resume:
        raise click.UsageError(
            "--until-settled needs to know how long it may take. Add --minutes, such as --minutes 30."
        )


def _check_sizes(wish: Wish, workers: int | None) -> None:
    from explorer.engine.cluster import cores

    _within("--seeds", wish.seeds, MOST_SEEDS, "Five are a good start.")
    _within("--most-seeds", wish.most_seeds, MOST_SEEDS, "Twenty are a good start.")
    if workers is not None:
        _within("--workers", workers, MOST_WORKERS * cores(), f"This machine has {cores()} cores; one a core is best.")
    budgets = wish.budgets or wish.per_class
    if len(budgets) > MOST_BUDGETS:
        option = "--per-class" if wish.budgets is None else "--budgets"
        raise StudyError(f"{option} names {len(budgets)} budgets. Choose at most {MOST_BUDGETS}, such as 1,2,5,10,20.")


def _within(option: str, value: int, most: int, hint: str) -> None:
    if not 1 <= value <= most:
        raise StudyError(f"{option} is {value:,}. Choose a number from 1 to {most}. {hint}")


def _looked(study: Study, looks: Sequence[Look]) -> Iterator[str]:
    """Yield at which look a study is that runs until its verdicts settle, and why it has stopped."""
    yield from progress_words(study, looks)
    stopped = stopped_words(study, looks)
    if stopped:
        yield f"{stopped}."


def _report(job: Job) -> int:
    from explorer.export.report import seen

    state, outcomes = job.store.state(job.study.id), job.store.outcomes(job.study.id)
    looks = job.store.looks(job.study.id)
    click.echo(text_table(job.study, job.dataset, counting(outcomes, looks)))
    if outcomes:
        click.echo(f"{seen(job.study, job.dataset, outcomes, state, looks).headline}.")
    for line in (*_looked(job.study, looks), *(f"Weights: {each}" for each in weights_words(job.study, outcomes))):
        click.echo(line)
    if state is State.CANCELLED:
        click.echo(
            f"Stopped: {len(outcomes)} of {count(len(job.study.trials()), 'trial')} kept."
            f" Finish with: python -m explorer run {shlex.join([job.reading['path'], '--out', str(job.out)])} --resume",
            err=True,
        )
        return INTERRUPTED
    for kind in note_kinds(outcomes):
        click.echo(f"Note: {kind.line}", err=True)
    failures = job.store.failures(job.study.id)
    for failure in failures:
        click.echo(f"{count(len(failure.trials), 'trial')} failed with: {failure.message}", err=True)
    problem = job.store.problem(job.study.id)
    if problem and (not failures or job.store.remaining(job.study.id)):
        raise EngineError(problem)
    if problem:  # every trial was run, and failed
        click.echo(problem, err=True)
    return SOME_FAILED if failures else 0
