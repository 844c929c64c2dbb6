"""Trying a technique by itself: a small study of one arm against another, and the way into the big comparison."""

from collections.abc import Iterator
from contextlib import suppress

import streamlit as st

from explorer.datasets.findings import count
from explorer.engine.client import ensure_engine
from explorer.errors import UnknownStudy
from explorer.export.view import view
from explorer.hosting import hosted
from explorer.records import Arm, Dataset, Fact, Study
from explorer.splits import check_study
from explorer.ui import basket, figures, plan, shell, study_read, texts
from explorer.ui.formats import duration, escaped
from explorer.ui.previewed import being_drawn
from explorer.ui.study_read import Standing
from explorer.ui.supply import judging_of, pool_of

#: Budgets per class of a small study, as far as the data reaches, and its seeds.
BUDGETS, SEEDS = (2, 5, 10), 3
POLL_SECONDS = 1.0
HEIGHT = 300
#: How the session calls the small studies that were started.
_TRIED = "tried-"


def small_study(dataset: Dataset, arm: Arm, against: Arm, free: tuple[Fact, ...]) -> Study:
    """Return the study of an arm against another that is small enough to wait for."""
    pool = sorted(pool_of(dataset, Study.test_share).tolist())
    budgets = tuple(budget for budget in BUDGETS if budget <= pool[len(pool) // 2]) or (1,)
    name = texts.TRIED_NAME.format(data=dataset.name, arm=arm.title)
    return Study("plan", name, dataset.fingerprint, (against, arm), budgets, seeds=SEEDS, free=free)


def trying(
    dataset: Dataset,
    arm: Arm,
    against: Arm,
    free: tuple[Fact, ...],
    *,
    place: str,
    along: tuple[Arm, ...] = (),
) -> None:
    """Show what a small study costs, the buttons that run it and that add the arm to the comparison, and its curves.

    `place` is the name of the page; the arms `along` are added to the comparison with the arm, as those that it is
    fairly compared with. An arm that cannot be run says why instead.
    """
    with st.container(key=f"try-{place}"), shell.told():
        st.subheader(texts.TRY_TITLE, anchor=False)
        study = small_study(dataset, arm, against, free)
        cost = plan.price(study, dataset)
        size = {"budgets": count(len(study.budgets), "label budget"), "seeds": count(study.seeds, "seed")}
        st.caption(texts.TRY_LEAD.format(arm=escaped(arm.title), against=escaped(against.title), **size))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            label = texts.TRY.format(time=duration(cost.seconds))
            if st.button(label, key=f"run-{place}", type="primary", help=texts.TRY_TIP):
                _run(study, dataset, place)
            if st.button(texts.ADD, key=f"add-{place}", help=texts.ADD_TIP):
                *_, added = [basket.add(each) for each in (*along, arm)]
                st.toast(texts.ADDED.format(arm=escaped(added.title)))
        id = tried(place, dataset)
        if id is not None:
            _result(id, dataset, place)


def tried(place: str, dataset: Dataset) -> str | None:
    """Return the id of the small study that was started on a page for a data set; None when there is none any more."""
    id: str | None = st.session_state.get(_tried(place, dataset))
    if id is not None:
        with suppress(UnknownStudy):
            shell.store().state(id)
            return id
    return None


def latest(dataset: Dataset | None) -> Study | None:
    """Return the latest study that waits or runs, else the latest of which trials have finished; None without any.

    It is on a data set where one is given. A hosted app knows those studies alone that this visitor started to try a
    technique: an id there is a key.
    """
    rows = [row for row in shell.store().studies() if dataset is None or row.dataset == dataset.fingerprint]
    if hosted():
        own = {value for key, value in st.session_state.items() if str(key).startswith(_TRIED)}
        rows = [row for row in rows if row.id in own]
    at_work = [row.id for row in rows if row.state in study_read.ACTIVE]
    id = next(iter([*at_work, *(row.id for row in rows if row.finished)]), None)
    return None if id is None else shell.store().study(id)


def _tried(place: str, dataset: Dataset) -> str:
    return f"{_TRIED}{place}-{dataset.fingerprint}"


def _run(study: Study, dataset: Dataset, place: str) -> None:
    check_study(dataset, study)
    st.session_state[_tried(place, dataset)] = plan.start(study)
    ensure_engine(shell.workspace())


def _result(id: str, dataset: Dataset, place: str) -> None:
    study = shell.store().study(id)
    active = study_read.standing(study, shell.store()).active
    if active:
        st.session_state[_was_active(place)] = study.id
    st.fragment(_polled, run_every=POLL_SECONDS if active else None)(being_drawn(), study, dataset, place)


def _polled(drawn: Iterator[bool], study: Study, dataset: Dataset, place: str) -> None:
    polled = not next(drawn, False)
    with shell.told():
        now = _drawn(study, dataset, place)
        if polled and not now.active and st.session_state.pop(_was_active(place), None) == study.id:
            st.rerun()


def _was_active(place: str) -> str:
    return f"was-active-{place}"


def _drawn(study: Study, dataset: Dataset, place: str) -> Standing:
    """Show the curves of a small study; return how far it is."""
    store = shell.store()
    now = study_read.standing(study, store)
    sides = pool_of(dataset, study.test_share), judging_of(dataset, study.test_share)
    found = study_read.summed_up(study, now.last, study.metric)
    tied = study_read.tied(study, now.last, study.metric)
    shown = view(study, found.curves, study.metric, *sides, now.state, found, tied)
    st.markdown(f"**{escaped(shown.headline)}**")
    figures.show(shown, key=f"curves-{place}", height=HEIGHT)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(texts.TRIALS.format(done=now.done, trials=count(now.total, "trial")))
        if now.active:
            ensure_engine(shell.workspace())
            st.button(texts.CANCEL, key=f"cancel-{place}", on_click=plan.cancel, args=(study.id,))
        elif st.button(texts.OPEN_STUDY, key=f"open-{place}", help=texts.OPEN_STUDY_TIP):
            shell.remember(study=study.id)
            st.switch_page("pages/compare.py", query_params=shell.address())
    problem = store.problem(study.id)
    if problem:
        st.error(escaped(problem))
    return now
