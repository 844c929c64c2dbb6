"""The work of `run` in its folder, which belongs to one run at a time."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from explorer.commands._studies import Job, check_may_begin, kept_in, store_path
from explorer.datasets.findings import count, listed
from explorer.errors import EngineError, StudyError
from explorer.export.folder import read
from explorer.export.settling import minutes_words
from explorer.interrupting import interruptible
from explorer.records import Ints, Outcome, State
from explorer.splits import side_counts


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Hold the folder, made if need be. Raises EngineError when another run does, StudyError when it is no place."""
    from explorer.engine.service import holding

    with ExitStack() as stack:
        try:
            kept_in(out).mkdir(parents=True, exist_ok=True)
            mine = stack.enter_context(holding(kept_in(out) / "engine.lock"))
        except OSError as error:
            raise StudyError(f"{out} cannot be written to: {error.strerror}. Choose another --out.") from error
        if not mine:
            raise EngineError(f"Another run is at work in {out}. Wait for it, or choose another --out.")
        yield


def start(job: Job) -> None:
    """Write the first of a new study."""
    check_may_begin(job.out)  # again: another run may have come first while the data was read
    job.store.add(job.study)
    job.save()
    for line in filter(None, (_beyond(job), _priced(job))):
        click.echo(line, err=True)


def _beyond(job: Job) -> str:
    """Return in one sentence which budgets ask for more labels than there are to give; empty where none does."""
    study, (_, pool) = job.study, side_counts(job.dataset, job.study.test_share)
    most = int(pool.min() if study.per_class else pool.sum())
    beyond = [f"{budget:,}" for budget in study.budgets if budget > most]
    if not beyond:
        return ""
    who = f"Class '{job.dataset.class_names[pool.argmin()]}'" if study.per_class else "The data set"
    budgets = f"{'a budget' if len(beyond) == 1 else 'budgets'} of {', '.join(beyond)}"
    told = f"{who} has only {count(most, 'label')} to learn from, so that {budgets} can buy no more of them than these."
    return f"{told} {_alike(job, pool)}".strip()


def _alike(job: Job, pool: Ints) -> str:
    """Return in one sentence which budgets buy the same labels, all there are, given those of each class; else nothing.

    Where whole groups are drawn, there may be more at another seed: then only what no seed can pay is counted.
    """
    study, dataset = job.study, job.dataset
    most = pool if dataset.groups is None and dataset.duplicates is None else dataset.class_counts
    alike = [f"{each:,}" for each in study.budgets if each >= (most.max() if study.per_class else most.sum())]
    if len(alike) < 2:
        return ""
    return (
        f"{listed(alike)} buy the same labels, all there are; each is run, as asked, but one of them would be enough."
    )


def _priced(job: Job) -> str:
    """Return what a study costs on this machine, in one line."""
    from explorer.engine.bill import bill

    cost = bill(job.study, job.dataset, job.workspace)
    minutes = cost.seconds / 60
    time = "under a minute" if minutes < 1 else f"about {round(minutes)} min"
    arms, budgets = count(len(job.study.arms), "arm"), count(len(job.study.budgets), "budget")
    trials = count(cost.trials, "trial")
    seeds = count(job.study.seeds, "seed")
    if job.study.until is None:
        return f"{arms} × {budgets} × {seeds} = {trials}, {time} on this machine."
    return (
        f"{arms} × {budgets} × at most {seeds} = at most {trials}, {time} on this machine if none can be left out, and "
        f"{minutes_words(job.study.until)} at most."
    )


def go_on(job: Job) -> None:
    """Take up the store in the folder; where only the plain files are left, make one that knows what they tell.

    The seconds that were worked count on, as minutes are promised of all runs together.
    """
    known = None if store_path(job.out).exists() else read(job.out)
    job.store.add(job.study, 0.0 if known is None else known.seconds)
    if known is not None:
        job.store.finish(job.study.id, *known.outcomes)
        for look in known.looks:
            job.store.keep_look(job.study.id, look)


def work(job: Job, workers: int | None, scheduler: str | None) -> None:
    """Run what is missing, on so many workers or those of a scheduler, until it is done or interrupted; write it."""
    job.store.requeue_running()
    job.store.resume(job.study.id)
    with interruptible(lambda: job.store.cancel(job.study.id)):
        _work(job, workers, scheduler)
    job.report()


def _work(job: Job, workers: int | None, scheduler: str | None) -> None:
    from tqdm import tqdm

    from explorer.engine.cluster import connected
    from explorer.engine.looking import conclude
    from explorer.engine.run import close
    from explorer.engine.service import run_study

    total = len(job.study.trials())
    missing = len(job.store.remaining(job.study.id))
    if not missing and job.store.start(job.study.id):
        conclude(job.store, job.study, job.dataset)
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
