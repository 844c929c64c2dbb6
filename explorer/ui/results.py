"""What stands beside and below the figure of a study: work in hand, failures, notes, the table, downloads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import streamlit as st

from explorer.datasets.findings import count, listed
from explorer.export.notes import note_kinds
from explorer.export.view import View
from explorer.export.weights import weights_words
from explorer.hosting import hosted
from explorer.records import Dataset, Ints, State, Study, Trial, last_line
from explorer.score_words import PERCENT, interval_shown, score_shown
from explorer.scores import METRICS
from explorer.statistics.curves import CurvePoint, interval_words
from explorer.store.rows import Failure
from explorer.store.store import Store
from explorer.ui import class_by_class, downloads, shell, study_read, texts, verdicts
from explorer.ui.facts import facts
from explorer.ui.formats import escaped, exact
from explorer.ui.study_read import Standing

#: Running trials that are named.
_AT_WORK = 4
#: Groups, and seeds, up to which it is said by name who judged.
_NAMED_GROUPS = 12
#: Kinds of files by their ending, as browsers are told them.
_KINDS = {"csv": "text/csv", "zip": "application/zip", "svg": "image/svg+xml"}
#: Trials of a failure or a note that are named.
_NAMED = 3


def asides(now: Standing, metric: str, store: Store) -> None:
    """Show what is being worked on, or what came of it."""
    with st.container(gap="xsmall", key="asides"):
        if now.failed:
            words = texts.FAILED_ALL if now.failed == now.total else texts.FAILED_SOME
            told = words.format(n=now.failed, trials=count(now.total, "trial"))
            st.markdown(f":orange[:material/warning:] {told}")
        problem = store.problem(now.study.id)
        if problem:
            st.error(escaped(problem))
        if now.active:
            _at_work(now, store)
        elif now.state is State.CANCELLED:
            kept = {0: texts.KEPT_NONE, 1: texts.KEPT_ONE}.get(now.done, texts.KEPT)
            st.caption(kept.format(done=now.done))
        if not now.active:
            query = shell.address() | ({} if metric == now.study.metric else {"metric": metric})
            st.page_link("pages/share.py", label=texts.SHARE_LINK, icon=":material/share:", query_params=query)
        if now.last and not now.active:
            _downloads(now, metric)


def _at_work(now: Standing, store: Store) -> None:
    lines = []
    for each in store.progress(now.study.id)[:_AT_WORK]:
        share = f", {100 * each.done / each.total:.0f}{PERCENT}" if each.total else ""
        lines.append(f"{trial_words(now, each.trial)}{share}")
    if lines:
        st.caption("  \n".join([f"**{texts.AT_WORK}**", *lines]))


def trial_words(now: Standing, trial: Trial) -> str:
    """Return a trial as people read it, for Markdown: "HOG + SVM, 20 / class, seed 3"."""
    budget = study_read.called(now.study, now.last)[trial.budget]
    return texts.TRIAL.format(title=escaped(now.study.arm(trial.arm).title), budget=budget, seed=trial.seed)


def below(now: Standing, shown: View, store: Store) -> None:
    """Show what the band means, then failures, notes, table and downloads as far as there are any."""
    hollow = any(len(point.seeds) < shown.seeds for curve in shown.curves for point in curve.points)
    data = study_read.dataset(now.study.dataset)
    given = data.given_test is not None
    words = interval_words(shown.curves, data.groups, study_read.units(data), given_test=given)
    words = f"{shown.axis_words} {words}" if shown.as_usual else words
    st.caption((f"{words} {texts.HOLLOW}" if hollow else words).replace(" %", PERCENT))
    if now.failed:
        with st.expander(texts.FAILURES.format(n=now.failed), key="failures"):
            for failure in store.failures(now.study.id):
                _failure(now, failure)
    if not now.last:
        return
    if not now.active:
        verdicts.section(shown, now.last)
        class_by_class.section(shown, now.last)
    data_warnings(now.study.dataset)
    _notes(now)
    _numbers(shown)
    _how(now)


def data_warnings(fingerprint: str) -> None:
    """Show what was found about a data set and may change conclusions, folded; nothing where nothing was."""
    found = study_read.warnings(fingerprint)
    if found:
        with st.expander(texts.DATA_WARNINGS.format(n=len(found)), icon=":material/warning:", key="data-warnings"):
            st.markdown("\n".join(f"- {escaped(each.message)}" for each in found))


def _failure(now: Standing, failure: Failure) -> None:
    where = _where(now, failure.trials)
    st.markdown(texts.FAILURE_GROUP.format(n=len(failure.trials), message=escaped(failure.message), where=where))
    st.code(last_line(failure.traceback) if hosted() else failure.traceback, language=None)


def _where(now: Standing, trials: Sequence[Trial]) -> str:
    """Return the words of a few trials, and how many more there are."""
    named = "; ".join(trial_words(now, trial) for trial in trials[:_NAMED])
    return escaped(named) + (texts.MORE_NAMES.format(n=len(trials) - _NAMED) if len(trials) > _NAMED else "")


def _notes(now: Standing) -> None:
    kinds = note_kinds(study_read.outcomes(now.study, now.last))
    if kinds:
        with st.expander(texts.NOTES.format(n=len(kinds)), key="notes"):
            for each in kinds:
                where = texts.NOTE_TRIALS.format(
                    trials=count(len(each.trials), "trial"), where=_where(now, each.trials)
                )
                st.markdown(f"- {escaped(each.text)}  \n  :gray[{where}]")


def _numbers(shown: View) -> None:
    with st.expander(texts.NUMBERS, key="numbers"):
        st.caption(texts.NUMBERS_NOTE.format(metric=shown.metric.title))
        st.markdown(table(shown))


def table(shown: View) -> str:
    """Return the points of the curves as a Markdown table, one row per arm, one column per budget."""
    heads = [tick.text.replace("<br>", " · ") for tick in shown.ticks]
    lines = ["| | " + " | ".join(heads) + " |", "|---|" + "--:|" * len(heads)]
    for curve in shown.curves:
        cells = {point.budget: point for point in curve.points}
        row = [_cell(cells.get(budget), shown) for budget in shown.study.budgets]
        lines.append(f"| {escaped(curve.title)} | " + " | ".join(row) + " |")
    return "\n".join(lines)


def _cell(point: CurvePoint | None, shown: View) -> str:
    if point is None:
        return "–"
    return f"**{score_shown(point.mean, shown.metric)}** ({interval_shown(point.low, point.high, shown.metric, '–')})"


def _how(now: Standing) -> None:
    study, data = now.study, study_read.dataset(now.study.dataset)
    outcomes = study_read.outcomes(study, now.last)
    if not outcomes:  # all there were had failed, and are to be run again
        return
    with st.expander(texts.STUDY_FACTS, key="how"):
        facts(
            {
                texts.FACT_DATA: texts.FACT_FINGERPRINT.format(name=data.name, fingerprint=data.fingerprint),
                texts.FACT_ARMS: listed([arm.title for arm in study.arms]),
                texts.FACT_BUDGETS: ", ".join(study_read.called(study, now.last).values()),
                texts.FACT_SEEDS: texts.FACT_SEEDS_MOST.format(n=study.seeds) if study.until else str(study.seeds),
                texts.FACT_SHARE: _share_words(study, data, study_read.judges(study, now.last)),
                texts.FACT_FREE: listed(list(study.free)) if study.free else texts.FACT_FREE_NONE,
                texts.FACT_LIMIT: exact(study.seconds),
                texts.FACT_WEIGHTS: "; ".join(weights_words(study, outcomes)),
                texts.FACT_VERSIONS: ", ".join(f"{name} {value}" for name, value in outcomes[-1].versions.items()),
            }
        )


def _share_words(study: Study, data: Dataset, judges: Mapping[int, Ints]) -> str:
    """Return who judged: of few groups their names at each seed, given the rows that judged at it."""
    if data.given_test is not None:
        return texts.FACT_SHARE_GIVEN
    if data.groups is None:
        return texts.FACT_SHARE_DRAWN.format(share=100 * study.test_share)
    words = texts.FACT_SHARE_GROUPS.format(share=100 * study.test_share)
    if len(data.group_names) > _NAMED_GROUPS or study.seeds > _NAMED_GROUPS:
        return words
    named = {seed: np.unique(data.groups[rows]) for seed, rows in sorted(judges.items())}
    each = {seed: listed([data.group_names[at] for at in found if at >= 0]) for seed, found in named.items()}
    seeds = "; ".join(texts.FACT_SHARE_SEED.format(seed=seed, groups=found) for seed, found in each.items())
    return texts.FACT_SHARE_NAMED.format(share=words, seeds=seeds)


def _downloads(now: Standing, metric: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="downloads"):
        for each in offered(now.study, metric):
            each.button()
    st.caption(texts.PICTURE_NOTE)


@dataclass(frozen=True)
class Offered:
    """A file to download, made when it is asked for; `label` and `tip` are for people."""

    label: str
    made: Callable[[], str | bytes]
    file: str
    tip: str

    def button(self, width: Literal["content", "stretch"] = "content") -> None:
        """Show the button."""
        kind = _KINDS[self.file.rpartition(".")[2]]
        st.download_button(self.label, self.made, self.file, kind, help=self.tip, on_click="ignore", width=width)


def offered(study: Study, metric: str) -> tuple[Offered, ...]:
    """Return the files of a study that is over: its tables, the curves under a score, and all that is known of it."""
    id, name, space = study.id, study.name, shell.workspace()
    curves = f"curves {name} {METRICS[metric].title}.csv"
    return (
        Offered(texts.CSV_TRIALS, partial(downloads.trials_csv, space, id), f"trials {name}.csv", texts.CSV_TRIALS_TIP),
        Offered(texts.CSV_CURVES, partial(downloads.curves_csv, space, id, metric), curves, texts.CSV_CURVES_TIP),
        Offered(texts.ZIP, partial(downloads.everything_zip, space, id), f"study {name}.zip", texts.ZIP_TIP),
    )
