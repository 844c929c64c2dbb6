"""The Pseudo-label page: a technique on the left, what it believed of the pool on the right, a small study below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from explorer.charts.pool_classes import classes_height, pool_classes
from explorer.charts.pool_rounds import pool_rounds
from explorer.charts.threshold_path import threshold_path
from explorer.previews.answers import Preview, Wanted
from explorer.records import Dataset, Outcome, State, Study
from explorer.ui import beliefs, meaning, plan, previewed, semi_arms, shell, study_read, texts, trying
from explorer.ui.beliefs import Beliefs
from explorer.ui.facts import facts
from explorer.ui.formats import duration, escaped
from explorer.ui.live_plot import live_plot, specs

PLACE = "pseudo-label"
#: Height of the figures and of the room that is kept for a fit, in px.
FIGURE, WAITING = 250, 420
#: Fits that take no longer than this, in seconds, are made without being asked for.
AT_ONCE = 8.0


def view(data: Dataset) -> None:
    """Show the page for a data set."""
    side, main = st.columns([4, 11], gap="medium")
    composed = None
    with side:
        st.subheader(texts.PSEUDO_LABEL, anchor=False)
        with shell.told():
            composed = semi_arms.compose(data, place=PLACE)
    with main:
        st.caption(texts.PSEUDO_LEAD)
        source = _source()
        with st.expander(texts.POOL_FACTS, key="pool-facts"):
            free = meaning.questions(data)
        if source == "study":
            _of_study(data)
        elif composed is not None:
            _of_fit(data, composed.study(data, free), composed.seed)
    if composed is not None:
        trying.trying(data, composed.arm, composed.against, free, place=PLACE)


def _source() -> str:
    chosen = st.segmented_control(
        texts.POOL_SOURCE,
        list(texts.POOL_SOURCES),
        format_func=texts.POOL_SOURCES.__getitem__,
        default="fit",
        required=True,
        key="pool-source",
        persist_state="session",
        help=texts.POOL_SOURCE_TIP,
    )
    return str(chosen or "fit")


# ---- one fit ---------------------------------------------------------------------------------------------------


def wish(study: Study, seed: int) -> Wanted:
    """Return the wish for the fit of a trial of a study of one arm and budget; equal trials are equal wishes."""
    plain = replace(study, id="", name="", seeds=1, metric=Study.metric)
    return Wanted("pseudo_label", study.dataset, {"study": plain.to_dict(), "budget": study.budgets[0], "seed": seed})


def _of_fit(data: Dataset, study: Study, seed: int) -> None:
    wanted = wish(study, seed)
    found = _fitted(data, wanted, study)
    if found is not None:
        if previewed.kept(wanted) is None:
            st.caption(f":orange[:material/hourglass_top:] {texts.POOL_OLD}")
        _show(data, beliefs.of_preview(found))
        _mistakes(data, found)


def _fitted(data: Dataset, wanted: Wanted, study: Study) -> Preview | None:
    """Return the fit; one that takes long is made when it is asked for, and can be stopped."""
    asked = f"pool-asked-{wanted.key}"
    if previewed.kept(wanted) is None and not st.session_state.get(asked):
        seconds = sum(plan.price(study, data).by_arm.values())
        if seconds > AT_ONCE:
            previewed.withdraw(PLACE)
            with st.container(border=True, key="pool-ask"):
                st.markdown(texts.POOL_MAKE_LEAD)
                label = texts.POOL_MAKE.format(time=duration(seconds))
                pressed = st.button(label, key="pool-make", help=texts.POOL_MAKE_TIP)
            if pressed:
                st.session_state[asked] = True
                st.rerun()
            return None
    found = previewed.previewed(wanted, place=PLACE, height=WAITING)
    if previewed.kept(wanted) is None and st.button(texts.POOL_STOP, key="pool-stop", help=texts.POOL_STOP_TIP):
        previewed.withdraw(PLACE)
        st.session_state[asked] = False
        st.rerun()
    return found


# ---- a trial of a study ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Ran:
    """A study and its finished trials of arms that learn from the pool, by arm and budget."""

    study: Study
    trials: Mapping[str, Mapping[int, Mapping[int, Outcome]]]


def _of_study(data: Dataset) -> None:
    ran = studies(data)
    if not ran:
        with st.container(border=True, key="pool-empty"):
            st.markdown(texts.POOL_NO_STUDY)
        return
    study, outcome = _chosen(ran)
    _show(data, beliefs.of_outcome(data, study, outcome))
    trial = outcome.trial
    alone = replace(study, arms=(study.arm(trial.arm),), budgets=(trial.budget,))
    wanted = wish(alone, trial.seed)
    if previewed.kept(wanted) is None:
        st.caption(texts.POOL_MISTAKES_ASK)
    found = _fitted(data, wanted, alone)
    if found is not None and previewed.kept(wanted) is not None:
        _mistakes(data, found)


def studies(data: Dataset) -> list[_Ran]:
    """Return the studies on a data set in which trials that learn from the pool have finished, newest first.

    A hosted app lists none but the visitor's own, of the address and of this page: an id there is a key.
    """
    store = shell.store()
    rows = [row for row in store.studies() if row.dataset == data.fingerprint and row.finished]
    if shell.hosted():
        own = {shell.remembered("study"), trying.tried(PLACE, data)}
        rows = [row for row in rows if row.id in own]
    found = (_ran(store.study(row.id), store.last_outcome(row.id)) for row in rows)
    return [each for each in found if each.trials]


def _ran(study: Study, last: int) -> _Ran:
    names = {arm.name for arm in study.arms if arm.semi_supervised is not None}
    trials: dict[str, dict[int, dict[int, Outcome]]] = {}
    for outcome in study_read.outcomes(study, last) if names else ():
        trial = outcome.trial
        if trial.arm in names and outcome.state is State.DONE:
            trials.setdefault(trial.arm, {}).setdefault(trial.budget, {})[trial.seed] = outcome
    return _Ran(study, trials)


def _chosen(ran: Sequence[_Ran]) -> tuple[Study, Outcome]:
    """Show which study, technique, budget and seed, of those that have a finished trial; return what is chosen."""
    by_id = {each.study.id: each for each in ran}
    first, second, third, fourth = st.columns([4, 4, 2, 2], gap="small")
    id = first.selectbox(
        texts.POOL_STUDY,
        list(by_id),
        format_func=lambda id: by_id[id].study.name,
        key="pool-study",
        help=texts.POOL_STUDY_TIP,
    )
    study, trials = by_id[id].study, by_id[id].trials
    arm = second.selectbox(
        texts.POOL_ARM, list(trials), format_func=lambda name: study.arm(name).title, key=f"pool-arm-{id}",
        help=texts.POOL_ARM_TIP,
    )  # fmt: skip
    budgets = sorted(trials[arm])
    label = texts.POOL_BUDGET if study.per_class else texts.POOL_TOTAL
    budget = third.selectbox(label, budgets, key=f"pool-budget-{id}-{arm}", help=texts.POOL_BUDGET_TIP)
    seeds = sorted(trials[arm][budget])
    seed = fourth.selectbox(texts.POOL_SEED, seeds, key=f"pool-seed-{id}-{arm}-{budget}", help=texts.POOL_SEED_TIP)
    return study, trials[arm][budget][seed]


# ---- what was told ---------------------------------------------------------------------------------------------


def _show(data: Dataset, told: Beliefs) -> None:
    st.caption(escaped(told.of))
    st.markdown(beliefs.headline(told))
    if told.rounds:
        left, right = st.columns(2, gap="medium")
        with left:
            _rounds(told)
        with right:
            _classes(data, told)
    st.caption(texts.POOL_TRUTH)
    left, right = st.columns(2, gap="medium")
    with left:
        _rails(told)
    with right:
        if told.reports.get("fixmatch"):
            _threshold(told.reports["fixmatch"])
        else:
            facts(_about(told))


def _rounds(told: Beliefs) -> None:
    st.subheader(texts.POOL_ROUNDS, anchor=False, help=texts.POOL_ROUNDS_TIP)
    words = "; ".join(
        f"{number}: {each.share:.0%}, {'unknown' if each.accuracy is None else format(each.accuracy, '.0%')}"
        for number, each in enumerate(told.rounds, 1)
    )
    drawn = specs(lambda mode: pool_rounds(told.rounds, mode=mode, height=FIGURE))
    live_plot(drawn, key="pool-rounds", alt=texts.POOL_ROUNDS_ALT.format(told=words), height=FIGURE)


def _classes(data: Dataset, told: Beliefs) -> None:
    st.subheader(texts.POOL_CLASSES, anchor=False, help=texts.POOL_CLASSES_TIP)
    names = data.class_names
    words = "; ".join(
        f"{name} {one:.0%}, {other:.0%}" for name, one, other in zip(names, told.prior, told.classes, strict=True)
    )
    drawn = specs(lambda mode: pool_classes(names, told.prior, told.classes, told.truth, mode=mode))
    alt = texts.POOL_CLASSES_ALT.format(told=words)
    live_plot(drawn, key="pool-classes", alt=alt, height=classes_height(len(names)))


def _threshold(history: Sequence[Mapping[str, Any]]) -> None:
    st.subheader(texts.POOL_THRESHOLD, anchor=False, help=texts.POOL_THRESHOLD_TIP)
    last = history[-1]
    alt = texts.POOL_THRESHOLD_ALT.format(threshold=f"{last['threshold']:.0%}", used=f"{last['used']:.0%}")
    drawn = specs(lambda mode: threshold_path(history, mode=mode, height=FIGURE))
    live_plot(drawn, key="pool-threshold", alt=alt, height=FIGURE)


def _rails(told: Beliefs) -> None:
    st.subheader(texts.POOL_RAILS, anchor=False)
    for sentence in told.notes:
        st.markdown(f":material/info: {escaped(sentence)}")
    if not told.notes:
        st.markdown(f":green[:material/check:] {texts.POOL_RAILS_NONE}")
    if told.reports.get("fixmatch"):
        facts(_about(told))


def _about(told: Beliefs) -> dict[str, str]:
    kept: Mapping[str, Any] = told.reports.get("self_training") or told.reports.get("label_spreading") or {}
    part, foreign = kept.get("part"), kept.get("foreign")
    return {
        texts.POOL_FACT_LABELED: texts.POOL_FACT_IMAGES.format(n=told.n_labeled),
        texts.POOL_FACT_POOL: texts.POOL_FACT_IMAGES.format(n=told.m),
        texts.POOL_FACT_PART: "" if part is None else f"{100 * part:.0f} %",
        texts.POOL_FACT_FOREIGN: "" if foreign is None else f"{100 * foreign:.0f} %",
    }


def _mistakes(data: Dataset, found: Preview) -> None:
    rounds = len(found.arrays["labels"])
    if not rounds:
        return
    with st.container(key="pool-mistakes"):
        st.subheader(texts.POOL_MISTAKES, anchor=False, help=texts.POOL_MISTAKES_TIP)
        number = _round(rounds)
        wrong = beliefs.mistakes(found.arrays, number - 1)
        if not wrong.known:
            st.caption(texts.POOL_MISTAKES_UNKNOWN.format(round=number))
        elif not len(wrong.rows):
            st.caption(texts.POOL_MISTAKES_NONE.format(n=wrong.known, round=number))
        else:
            words = texts.POOL_MISTAKES_COUNT.format(wrong=len(wrong.rows), n=wrong.known, round=number)
            st.caption(words)
            st.html(beliefs.cards(data, wrong))


def _round(rounds: int) -> int:
    """Return the round that is looked at, the last one at first."""
    if rounds == 1:
        return 1
    numbers = list(range(1, rounds + 1))
    chosen = st.segmented_control(
        texts.POOL_MISTAKES_ROUND, numbers, default=rounds, required=True, key=f"pool-round-{rounds}",
        help=texts.POOL_MISTAKES_ROUND_TIP,
    )  # fmt: skip
    return int(chosen or rounds)
