"""The states of the Compare page: nothing chosen, a plan, a study."""

import functools
from collections.abc import Callable

import streamlit as st

from explorer.datasets.findings import count
from explorer.engine.client import ensure_engine
from explorer.errors import DataError, UnknownStudy
from explorer.export import words
from explorer.export.view import view
from explorer.records import Dataset, Study
from explorer.splits import check_study
from explorer.ui import figures, finished, meaning, panel, plan, results, shell, study_read, texts
from explorer.ui.formats import escaped
from explorer.ui.live_plot import Saved, live_plot
from explorer.ui.resolving import resolving_words
from explorer.ui.supply import judging_of, pool_of, short_words

#: Height that the questions of a plan take from its figure, in px.
QUESTIONS = 126


def open_study() -> Study | None:
    """Return the study of the address; an unknown one is told in one sentence and forgotten.

    Raises StoreError when the store cannot be read; the address then keeps the study.
    """
    id = shell.remembered("study")
    if id is None:
        return None
    try:
        return shell.store().study(id)
    except UnknownStudy:
        shell.forget("study")
        st.warning(texts.UNKNOWN_STUDY)
        return None


def open_data(study: Study | None) -> Dataset | None:
    """Return the data set of the study, else of the address; an unknown one is told in one sentence."""
    fingerprint = study.dataset if study else shell.remembered("data")
    if fingerprint is None:
        return None
    try:
        found = study_read.dataset(fingerprint)
    except DataError:
        shell.forget("data")
        st.warning(texts.UNKNOWN_DATA)
        return None
    shell.remember(data=fingerprint)
    return found


def nothing_yet(words: str = texts.COMPARE_EMPTY, *, go: str = texts.COMPARE_EMPTY_GO, page: str = "data") -> None:
    """Say in `words` what will be here, with the one button `go` that leads to it, to the page of that name."""
    with st.container(border=True, horizontal_alignment="center", key="empty"):
        st.space("medium")
        st.markdown(words)
        if st.button(go, key=f"choose-{page}", type="primary"):
            st.switch_page(f"pages/{page}.py", query_params=shell.address())
        st.space("medium")


def of_data(view: Callable[[Dataset], None], empty: str) -> None:
    """Show the view of the chosen data set; where there is none, say in the words `empty` what will be here."""
    data = open_data(None)
    if data is None:
        nothing_yet(empty)
    else:
        view(data)


def plan_page(dataset: Dataset) -> None:
    """Show the controls and questions, the empty figure that they shape, the button that starts, and the bill.

    Controls that describe no study leave the button in its place, to be pressed when they are mended.
    """
    side, main = st.columns([4, 11], gap="medium")
    with main:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.subheader(words.NOTHING_RUN, anchor=False, width="content")
            _shipped(dataset)
        free = meaning.questions(dataset)
    with side:
        st.subheader(texts.PLAN, anchor=False)
        study = None
        with shell.told():
            study = plan.form(dataset, free)
        wanted = st.button(
            texts.RUN, key="run", type="primary", help=texts.RUN_TIP, width="stretch", disabled=study is None
        )
        if study is not None and wanted:
            _run(study, dataset)
        bill = st.container(key="bill")
    with main:
        if study is not None:
            _preview(study, dataset)
        results.data_warnings(dataset.fingerprint)
    with bill, shell.told():
        if study is not None:
            short = short_words(study, pool_of(dataset, study.test_share), dataset.class_names)
            if short:
                st.markdown(f":orange[:material/warning:] {short}")
            cost = plan.price(study, dataset)
            st.caption(f"{plan.bill_words(study, cost)}. {plan.thinner(study, cost, dataset)}")
            told = resolving_words(study, dataset, judging_of(dataset, study.test_share))
            if told:
                st.caption(told, help=texts.RESOLVING_TIP)
    with shell.told():
        ensure_engine(shell.workspace())


def _shipped(dataset: Dataset) -> None:
    """Offer the finished study that ships with this example, where one does: its curves and its files."""
    done = finished.finished_on(dataset.fingerprint)
    if done is not None and st.button(
        texts.SEE_FINISHED, key="see-finished", type="tertiary", icon=":material/show_chart:"
    ):
        st.dialog(done.title, width="large")(functools.partial(_show_shipped, done))()


def _show_shipped(done: finished.Finished) -> None:
    st.markdown(f"**{escaped(done.headline)}**")
    alt = texts.CURVES_ALT.format(headline=done.headline)
    saved = Saved(f"label-curves {done.title}", done.headline, done.footing)
    live_plot(done.figure, key="shipped-curves", alt=alt, saved=saved)
    st.caption(done.caption)
    made = functools.partial(finished.files_zip, done.example)
    name = f"finished study {done.title}.zip"
    st.download_button(texts.SHIPPED_ZIP, made, name, "application/zip", key="shipped-zip", on_click="ignore")


def _run(study: Study, dataset: Dataset) -> None:
    with shell.told():
        check_study(dataset, study)
        st.session_state["just-started"] = id = plan.start(study)
        shell.remember(study=id)
        st.rerun()


def _preview(study: Study, dataset: Dataset) -> None:
    sides = pool_of(dataset, study.test_share), judging_of(dataset, study.test_share)
    shown = view(study, (), study.metric, *sides)
    figures.show(shown, key="curves", height=panel.HEIGHT - QUESTIONS)
    figures.show_grid(shown, {}, alt=texts.PLAN_ALT.format(n=count(len(study.budgets), "label budget")))
