"""One trial, from the data set to its outcome: the only file in which test rows meet a predictor.

A technique is handed labelled rows, unlabelled inputs of the pool, a seed and a monitor; the functions below that hand
them out take a `Lesson`, which holds no test row and no label that the budget has not bought. Features and cleaned
inputs are computed row by row for the whole data set (`explorer.preparing`), without labels.
"""

import functools
import os
import platform
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

import explorer
from explorer.cautions import Caution, is_caution
from explorer.datasets.findings import count
from explorer.errors import Cancelled, StudyError, TechniqueError
from explorer.journal import Belief, Journal
from explorer.preparing import Prepared, prepared
from explorer.recipes import PROTOCOL, libraries, seed_for, split_of
from explorer.records import Arm, Dataset, Ints, Outcome, Split, State, Study, Trial, last_line
from explorer.scores import scores
from explorer.splits import labeled_rows
from explorer.techniques import believing
from explorer.techniques.base import (
    CombinedModel,
    Consistency,
    Fitting,
    FixedModel,
    Float32s,
    Learner,
    Model,
    Predictor,
    TrainedModel,
)
from explorer.techniques.composing import Parts, compose, members
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import Monitor, Steps, Telling
from explorer.training.precision import fast_bfloat16

#: Test rows predicted at once.
BATCH = 256
#: How far the probabilities of an image may be from a sum of 1: single precision, and sums of hundreds of classes.
_SUM = 1e-3
#: How techniques write a class in their notes.
CLASS = re.compile(r"\{class:(\d+)\}")
#: Note of an arm whose augmentation makes no views.
IDLE = (
    "{title} changed nothing: what it would change was not said to carry no meaning, so that the arm does the same as"
    " without it."
)


@dataclass(frozen=True, eq=False)
class Lesson:
    """All that the techniques of one trial may learn from.

    labeled     rows whose labels the budget has bought, int64, and `labels` these labels, (n,)
    units       which labelled rows belong together, (n,)
    unlabeled   the other rows of the pool, int64
    """

    labeled: Ints
    labels: Ints
    units: Ints
    unlabeled: Ints
    n_classes: int
    seed: int


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """The fit of a trial without the judging: what was learnt from, what was told, what is remembered.

    It knows nothing of test rows: neither which they are, nor what they would be called.

    answers    (n, k) float32, class probabilities of the labelled rows themselves
    truth      (m,) labels of the unlabelled rows of the lesson, for display: -1 where nobody knows them
    beliefs    what was believed of these rows, round by round
    reports    as in an `Outcome`, and `notes` too
    """

    lesson: Lesson
    answers: Float32s
    truth: Ints
    beliefs: Sequence[Belief]
    reports: Mapping[str, Any]
    notes: tuple[str, ...]


#: Is told of a fit that goes on: what it learns from, and the journal of what was told so far.
Heard: TypeAlias = Callable[[Lesson, Journal], None]


def run_trial(dataset: Dataset, study: Study, trial: Trial, *, cache: Path, monitor: Steps) -> Outcome:
    """Run one trial and return what it found; the same trial gives the same outcome on any worker.

    `cache` is the folder of features and cleaned inputs. A trial that fails, or runs out of the study's time limit,
    gives an outcome that says so. Raises TechniqueError for an arm that cannot be composed, and Cancelled
    through `monitor`.
    """
    parts = compose(study.arm(trial.arm), dataset.kind, study.free)
    try:
        return _run(dataset, study, trial, parts, cache, monitor)
    except Cancelled:
        raise
    except Exception as error:  # noqa: BLE001 - a failed trial is data
        return failed(trial, error)


def asked_trial(dataset: Dataset, study: Study, trial: Trial, asked: Ints, *, cache: Path, monitor: Steps) -> Outcome:
    """Run one trial that learns from the labels of rows that were asked for, (n,), instead of those of its budget.

    Raises StudyError for rows that are not labelled ones of its pool, whatever the techniques raise, and OutOfTime or
    Cancelled.
    """
    parts = compose(study.arm(trial.arm), dataset.kind, study.free)
    return _run(dataset, study, trial, parts, cache, monitor, asked)


def judged(dataset: Dataset, study: Study, trial: Trial, *, cache: Path, monitor: Steps) -> Outcome:
    """Run one trial for somebody who waits for it. Raises TechniqueError for one that failed, and as `run_trial`."""
    outcome = run_trial(dataset, study, trial, cache=cache, monitor=monitor)
    if outcome.state is State.FAILED:
        raise TechniqueError(f"{study.arm(trial.arm).title}: {last_line(outcome.error)}")
    return outcome


def rehearsed(
    dataset: Dataset, study: Study, trial: Trial, *, cache: Path, monitor: Steps, heard: Heard | None = None
) -> Rehearsal:
    """Make the fit of a trial, the same to the last bit, without its judging, for somebody who looks.

    `heard` is called after each round in which something was believed; hidden labels are not opened before the last.
    Raises whatever the techniques raise, OutOfTime beyond the study's time limit, and Cancelled through `monitor`.
    """
    parts = compose(study.arm(trial.arm), dataset.kind, study.free)
    fitted = _fitted(dataset, study, trial, parts, cache, monitor, heard)
    lesson, journal = fitted.lesson, fitted.journal
    return Rehearsal(
        lesson=lesson,
        answers=_answered(fitted, lesson.labeled),
        truth=dataset.labels[lesson.unlabeled],
        beliefs=journal.beliefs,
        reports=_reports(journal, dataset, lesson),
        notes=_all_notes(dataset, study, trial, fitted),
    )


def prepare(dataset: Dataset, study: Study, arm: Arm, seed: int, *, cache: Path, monitor: Steps) -> None:
    """Compute and cache what the trials of an arm need at that seed; several workers that do so share the work.

    Raises whatever the techniques raise, OutOfTime where the study's time limit passes in which no further image got
    ready, or in which the pool is learnt from, and Cancelled through `monitor`.
    """
    parts = members(compose(arm, dataset.kind, study.free), dataset.kind)
    pool = split_of(dataset, seed, study.test_share).pool
    for each in parts:
        prepared(dataset, each, pool, seed, cache=cache, monitor=monitor, seconds=study.seconds)


def failed(trial: Trial, error: BaseException) -> Outcome:
    """Return the outcome of a trial that ended in `error`, with its traceback."""
    text = "".join(traceback.format_exception(error))
    return Outcome(trial, State.FAILED, error=text, versions=versions())


@dataclass(frozen=True, eq=False)
class Refit:
    """A trial that was fitted again, to be looked into.

    predictor       as the techniques returned it
    parts           the techniques of the arm, and `source` what they learn from; of an arm made of arms, of the first
    test            rows that judge, (m,), and `probabilities` what it answers them, (m, k)
    """

    predictor: Predictor
    parts: Parts
    source: Prepared
    test: Ints
    probabilities: Float32s


def refit(dataset: Dataset, study: Study, trial: Trial, *, cache: Path, monitor: Steps) -> Refit:
    """Fit a trial again: the same trial gives the same model, to the bit, with the same libraries on such a machine.

    Raises whatever its techniques raise, TechniqueError for an arm that cannot be composed, and OutOfTime or Cancelled.
    """
    parts = compose(study.arm(trial.arm), dataset.kind, study.free)
    fitted = _fitted(dataset, study, trial, parts, cache, monitor)
    test = split_of(dataset, trial.seed, study.test_share).test
    return Refit(fitted.predictor, fitted.arms[0], fitted.sources[0], test, _answered(fitted, test))


# ---- one trial -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Fitted:
    """A predictor, what it was learnt from, and who kept what was told."""

    predictor: Predictor
    model: Model
    arms: Sequence[Parts]
    sources: Sequence[Prepared]
    lesson: Lesson
    journal: Journal
    started: float


def _run(
    dataset: Dataset,
    study: Study,
    trial: Trial,
    parts: Parts,
    cache: Path,
    monitor: Steps,
    asked: Ints | None = None,
) -> Outcome:
    test = split_of(dataset, trial.seed, study.test_share).test
    fitted = _fitted(dataset, study, trial, parts, cache, monitor, asked=asked)
    probabilities = _answered(fitted, test)
    seconds = time.perf_counter() - fitted.started
    lesson = fitted.lesson
    return Outcome(
        trial=trial,
        state=State.DONE,
        n_labeled=len(lesson.labeled),
        per_class=int(_counts(lesson).min()),
        test=test,
        probabilities=probabilities,
        scores=scores(probabilities, dataset.labels[test]),
        fit_seconds=seconds,
        notes=_all_notes(dataset, study, trial, fitted),
        reports=_reports(fitted.journal, dataset, lesson),
        versions=versions(),
        prepare_seconds=_prepare_seconds(fitted.sources),
    )


def _prepare_seconds(sources: Sequence[Prepared]) -> float | None:
    """Return the seconds in which the files of all sources were made, each once; None where one is not known."""
    seconds = {name: each for source in sources for name, each in source.took.items()}
    known = [each for each in seconds.values() if each is not None]
    return sum(known, 0.0) if len(known) == len(seconds) else None


def _fitted(
    dataset: Dataset,
    study: Study,
    trial: Trial,
    parts: Parts,
    cache: Path,
    monitor: Steps,
    heard: Heard | None = None,
    asked: Ints | None = None,
) -> _Fitted:
    split = split_of(dataset, trial.seed, study.test_share)
    lesson = _lesson(dataset, split, trial, study.per_class, asked)
    arms = members(parts, dataset.kind)
    limits: dict[str, Any] = {"monitor": monitor, "seconds": study.seconds}
    sources = [prepared(dataset, each, split.pool, trial.seed, cache=cache, **limits) for each in arms]
    told = None if heard is None else functools.partial(heard, lesson)
    # The trial that happens to prepare for others has as long as they have.
    journal = Journal(monitor, study.seconds, heard=told)
    for each in arms:
        if each.is_idle and each.augmentation is not None:
            journal.note(Caution(IDLE.format(title=each.augmentation.title)))
    for source in sources:
        journal.take({"records": source.reports, "notes": source.notes})
    started = time.perf_counter()
    predictor = _fit(parts.model, arms, sources, lesson, journal)
    return _Fitted(predictor, parts.model, arms, sources, lesson, journal, started)


def _reports(journal: Journal, dataset: Dataset, lesson: Lesson) -> dict[str, Any]:
    """Return the figures that techniques kept, and what was believed of the pool in each round.

    Hidden labels are opened here, after the last fit.
    """
    rounds = journal.rounds(dataset.labels[lesson.unlabeled], lesson.n_classes)
    return {**journal.records, **({"rounds": rounds} if rounds else {})}


def _answered(fitted: _Fitted, rows: Ints) -> Float32s:
    """Let the predictor meet rows (m,), here and nowhere else; return their class probabilities (m, k), checked."""
    found = []
    for start in range(0, len(rows), BATCH):
        fitted.journal.step(0, 0)
        seen = tuple(source.seen(rows[start : start + BATCH]) for source in fitted.sources)
        answer = fitted.predictor(seen if isinstance(fitted.model, CombinedModel) else seen[0])
        found.append(np.asarray(answer, np.float32))
    probabilities, shape = np.concatenate(found), (len(rows), fitted.lesson.n_classes)
    if probabilities.shape != shape or not np.isfinite(probabilities).all():
        raise TechniqueError(
            f"The predictor gave probabilities of shape {probabilities.shape} or values that are not finite."
            f" It must give finite ones of shape {shape}."
        )
    sums = probabilities.sum(axis=1)
    if (probabilities < 0).any() or (np.abs(sums - 1) > _SUM).any():  # such as logarithms, or scores
        raise TechniqueError(
            f"The predictor gave values from {probabilities.min():.3g} to {probabilities.max():.3g} whose rows sum to"
            f" {sums.min():.3g} to {sums.max():.3g}. Probabilities are not negative, and those of an image sum to 1."
        )
    return probabilities


def _counts(lesson: Lesson) -> Ints:
    """Return how many labels of each class were bought, (k,)."""
    return np.bincount(lesson.labels, minlength=lesson.n_classes).astype(np.int64)


def _of_pool(asked: Ints, split: Split) -> Ints:
    if len(asked) == 0 or not np.isin(asked, split.order).all():
        raise StudyError(f"Labels of seed {split.seed} were asked for that its pool does not hold. Ask for others.")
    return asked


def _lesson(dataset: Dataset, split: Split, trial: Trial, per_class: bool, asked: Ints | None = None) -> Lesson:
    labeled = labeled_rows(split, trial.budget, per_class) if asked is None else _of_pool(asked, split)
    unlabeled = np.setdiff1d(split.pool, labeled)
    return Lesson(labeled, dataset.labels[labeled], split.units[labeled], unlabeled, dataset.n_classes, trial.seed)


def _all_notes(dataset: Dataset, study: Study, trial: Trial, fitted: _Fitted) -> tuple[str, ...]:
    notes = _notes(dataset, study, trial, _counts(fitted.lesson))
    return (*notes, *_named(fitted.journal.notes, dataset.class_names))


def _named(notes: Iterable[str], names: Sequence[str]) -> Iterator[str]:
    """Yield the notes of techniques, which know numbers of classes only, with the names: {class:0} is the first."""
    for note in notes:
        words = CLASS.sub(lambda found: f"'{names[int(found[1])]}'", note)
        yield Caution(words) if is_caution(note) else words


def _notes(dataset: Dataset, study: Study, trial: Trial, counts: Ints) -> tuple[str, ...]:
    if study.per_class:
        return tuple(
            Caution(
                f"Class '{name}' has only {count(n, 'labelled example')} to learn from, the budget asks for"
                f" {trial.budget}."
            )
            for name, n in zip(dataset.class_names, counts.tolist(), strict=True)
            if n < trial.budget
        )
    total = int(counts.sum())
    if total < trial.budget:
        told = f"There are only {total} labelled examples to learn from, the budget asks for {trial.budget}."
        return (Caution(told),)
    return ()


# ---- techniques at work: nothing below knows of test rows ------------------------------------------------------


def _fit(
    model: Model, arms: Sequence[Parts], sources: Sequence[Prepared], lesson: Lesson, monitor: Monitor
) -> Predictor:
    rows = tuple(source.rows(lesson.labeled) for source in sources)
    weights = np.ones(len(lesson.labels))
    fits = [functools.partial(_fit_arm, parts, source, lesson) for parts, source in zip(arms, sources, strict=True)]
    if not isinstance(model, CombinedModel):
        return fits[0](Examples(rows[0], lesson.labels, weights, lesson.units), monitor)
    examples = Examples(rows, lesson.labels, weights, lesson.units)
    seed = seed_for(lesson.seed, "combination")
    return model.fit(examples, fits, n_classes=lesson.n_classes, seed=seed, monitor=monitor)


def _fit_arm(parts: Parts, source: Prepared, lesson: Lesson, labeled: Examples, monitor: Monitor) -> Predictor:
    """Return the predictor of one arm, learnt from all or some of the labelled rows, and from the pool."""
    learner = _learner(parts, source, lesson, monitor)
    if parts.semi_supervised is None:
        return learner.fit(labeled)
    seed = seed_for(lesson.seed, "semi-supervised")
    streamed = parts.semi_supervised.streams and not learner.fixed
    unlabeled, told = _pool(source, lesson, streamed, monitor)
    return parts.semi_supervised.fit(learner, labeled, unlabeled, seed=seed, monitor=told)


def _pool(source: Prepared, lesson: Lesson, whole: bool, monitor: Monitor) -> tuple[Any, Monitor]:
    """Return unlabelled rows of the pool, all of them where it is wanted whole, and whom to tell what is believed.

    They are chosen before they are copied: those of a large pool may be gigabytes. That not all of them teach is told.
    """
    m = len(lesson.unlabeled)
    if whole or m <= believing.TAUGHT:
        return source.rows(lesson.unlabeled), monitor
    chosen = believing.evenly(m, monitor)
    return source.rows(lesson.unlabeled[chosen]), Telling(monitor, chosen, m)


def _learner(parts: Parts, source: Prepared, lesson: Lesson, monitor: Monitor) -> Learner:
    model = parts.model
    known: dict[str, Any] = {"n_classes": lesson.n_classes, "seed": seed_for(lesson.seed, "model"), "monitor": monitor}
    about: dict[str, Any] = {"consistent": model.can_be_consistent, "free": parts.free}
    if isinstance(model, FixedModel):
        depths = {} if source.features is None else model.depths(source.features.shape[-1])
        return Learner(_fitting(model, known), lesson.n_classes, True, depths, **about)
    if not isinstance(model, TrainedModel):
        raise TechniqueError(f"'{model.name()}' is neither a fixed nor a trained model. It must be one of them.")
    if parts.augmentation is not None:
        known["views"] = parts.augmentation.views(source.inputs.shape[1:], parts.free)
        known["mixer"] = parts.augmentation.mixer()
    return Learner(_fitting(model, {**known, "learnt": source.learnt}), lesson.n_classes, False, **about)


def _fitting(model: FixedModel | TrainedModel, known: Mapping[str, Any]) -> Fitting:
    def fit(examples: Examples, consistency: Consistency | None = None) -> Predictor:
        return model.fit(examples, consistency=consistency, **known)

    return fit


# ---- what it ran on ---------------------------------------------------------------------------------------------


def versions() -> Mapping[str, str]:
    """Return what may change a result: versions of libraries that are there, device, number format, threads.

    Everything is computed on the processor; `bfloat16` is told where torch is in use, which alone may choose it.
    """
    threads = os.environ.get("OMP_NUM_THREADS", "not set")
    fast = {"bfloat16": "yes" if fast_bfloat16() else "no"} if "torch" in sys.modules else {}
    machine = {"explorer": explorer.__version__, "python": platform.python_version(), "machine": platform.machine()}
    return {**machine, **libraries(), "protocol": str(PROTOCOL), "threads": threads, "device": "cpu", **fast}
