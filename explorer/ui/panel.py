"""The live panel of a study: figure, grid of trials, progress and the buttons; redrawn by polling while it runs."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import streamlit as st

from explorer.charts.cost_axis import Against
from explorer.datasets.findings import count
from explorer.engine.bill import Bill
from explorer.engine.client import ensure_engine
from explorer.export.settling import progress_words, stopped_words
from explorer.export.view import View
from explorer.records import Dataset, State, Study, Trial
from explorer.scores import METRICS
from explorer.store.store import Store
from explorer.ui import axes, figures, linked, meaning, plan, results, shell, study_read, texts
from explorer.ui.formats import duration, elapsed, escaped
from explorer.ui.previewed import being_drawn
from explorer.ui.shown import shown_of
from explorer.ui.sides import sides
from explorer.ui.study_read import Standing

POLL_SECONDS, WATCH_SECONDS = 1.0, 5.0
#: Height of the figure here, in px: with the grid below it, all fits a projector's 720 px.
HEIGHT = 372
#: Of an estimate that has run out, so much still counts until the next trial finishes.
_LATE = 0.1
#: Seconds in which nothing has finished that are no reason to speak of, however little remains.
_SOON = 60.0
#: Where the session keeps which study was at work when it was last looked at.
_WAS_ACTIVE = "was-active"
_COLORS = {
    State.QUEUED: "gray",
    State.RUNNING: "blue",
    State.DONE: "green",
    State.CANCELLED: "orange",
    State.FAILED: "red",
}
_ICONS = {
    State.QUEUED: ":material/schedule:",
    State.RUNNING: ":material/play_arrow:",
    State.DONE: ":material/check:",
    State.CANCELLED: ":material/stop:",
    State.FAILED: ":material/error:",
}


def panel(study: Study, dataset: Dataset) -> None:
    """Show the study, from its top where it has just been started, and poll it while the engine has work with it."""
    shell.to_top(st.session_state.pop("just-started", None) == study.id)
    now = study_read.standing(study, shell.store())
    if now.active:
        st.session_state[_WAS_ACTIVE] = study.id
    elif st.session_state.pop(_WAS_ACTIVE, None) == study.id:
        _finished(now)
    st.fragment(_polled, run_every=_every(now))(being_drawn(), study, dataset)


def _every(now: Standing) -> float | None:
    """Return how often to look, in seconds: now and then, too, where another tab may go on with the study."""
    if now.active:
        return POLL_SECONDS
    return WATCH_SECONDS if now.state is State.CANCELLED or now.failed else None


def _finished(now: Standing) -> None:
    if now.state is State.DONE:
        st.toast(texts.FINISHED_TOAST)


def _polled(drawn: Iterator[bool], study: Study, dataset: Dataset) -> None:
    polled = not next(drawn, False)
    with shell.told():
        now = _drawn(study, dataset)
        if polled and not now.active and st.session_state.get(_WAS_ACTIVE) == study.id:
            st.rerun()  # the whole page, which then looks no more as often


def _drawn(study: Study, dataset: Dataset) -> Standing:
    """Show the study; return how far it is."""
    store = shell.store()
    now = study_read.standing(study, store)
    busy = False
    if now.active:
        with shell.told():
            busy = ensure_engine(shell.workspace())
    side, main = sides()
    with side:
        st.subheader(escaped(study.name), anchor=False)
        _progress(now, dataset, store, busy)
        _looked(study)
        chosen = metric(study)
        drawing = axes.chosen(over=not now.active)
        _buttons(now, store)
        results.asides(now, chosen, store)
    with main:
        shown = drawing.of(shown_of(now, dataset, chosen))
        st.subheader(escaped(shown.headline), anchor=False)
        if shown.caution:
            st.warning(escaped(shown.caution), icon=":material/warning:")
        figures.show(shown, key="curves", height=HEIGHT)
        if not shown.as_usual:
            st.caption(escaped(shown.axis_words))
        _grid(shown, store)
    results.below(now, shown, store)
    return now


def _progress(now: Standing, dataset: Dataset, store: Store, busy: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(texts.STATE_WORDS[now.state], icon=_ICONS[now.state], color=_COLORS[now.state])
        st.markdown(f"**{texts.TRIALS.format(done=now.done, trials=count(now.total, 'trial'))}**")
    st.progress(1.0 if now.state is State.DONE or not now.total else now.done / now.total)
    st.caption(_times(now, dataset, store, busy))


def _times(now: Standing, dataset: Dataset, store: Store, busy: bool) -> str:
    """Return how long it took so far, or what a study waits for; `busy` is an engine that runs already."""
    spent = store.elapsed(now.study.id)
    if now.state is State.QUEUED:
        ahead = store.ahead(now.study.id)
        if ahead:
            return texts.TIME_BEHIND.format(ahead=count(ahead, "study"))
        return texts.TIME_NEXT if busy else texts.TIME_QUEUED
    if now.state is not State.RUNNING:
        return texts.TIME_DONE.format(elapsed=elapsed(spent))
    left = remaining_seconds(now, dataset, store)
    if left is None:
        return texts.TIME_STARTING.format(elapsed=elapsed(spent))
    if now.study.until is None:
        if math.isinf(left):
            return texts.TIME_LATE.format(elapsed=elapsed(spent))
        return texts.TIME_RUNNING.format(elapsed=elapsed(spent), left=duration(left))
    left = min(left, max(0.0, 60 * now.study.until.minutes - spent))
    return texts.TIME_UNTIL.format(elapsed=elapsed(spent), left=duration(left))


def _looked(study: Study) -> None:
    """Show at which look a study is that runs until its verdicts settle, and once it has stopped why."""
    looks = study_read.looks(study)
    stopped = stopped_words(study, looks)
    lines = [f"**{stopped}.**"] if stopped else []
    lines += [escaped(each) for each in progress_words(study, looks)]
    if lines:
        st.caption("  \n".join(lines))


def remaining_seconds(now: Standing, dataset: Dataset, store: Store) -> float | None:
    """Return how long the rest will take by the bill, which knows what trials took so far; None before three.

    Infinite where nothing has finished for longer than all of the rest should take: nobody knows then.

    What has passed since a trial finished last counts as done: a preparation may take minutes in which no trial does.
    Never less remains than it takes to fit the trials that nobody works on yet, nor than a small part of the estimate:
    work that is late is not over.
    """
    if now.done < 3:
        return None
    cost = plan.price(now.study, dataset)
    rest = store.remaining(now.study.id)
    begun = {each.trial for each in store.progress(now.study.id)}
    whole = _seconds(now.study, cost, rest, cost.by_arm)
    fits = {arm: seconds - cost.preparing.get(arm, 0.0) for arm, seconds in cost.by_arm.items()}
    waited = store.waited(now.study.id)
    if waited > max(whole, _SOON):
        return math.inf
    least = _seconds(now.study, cost, [trial for trial in rest if trial not in begun], fits)
    return max(least, _LATE * whole, whole - waited)


def _seconds(study: Study, cost: Bill, trials: Iterable[Trial], work: Mapping[str, float]) -> float:
    """Return the wall seconds of so many trials, where `work` are the seconds of work of all trials of each arm."""
    each = len(study.budgets) * study.seeds
    counts = Counter(trial.arm for trial in trials)
    share = sum(work[arm] * count / each for arm, count in counts.items()) / sum(cost.by_arm.values())
    return share * (cost.seconds - cost.start)


def metric(study: Study) -> str:
    """Show the choice of the score, which the address keeps, and return its name."""
    titles = {name: metric.title for name, metric in METRICS.items()}
    return linked.choice(texts.METRIC, titles, study.metric, key="metric", tip=plan.metric_tip())


def _buttons(now: Standing, store: Store) -> None:
    id = now.study.id
    with st.container(horizontal=True, gap="small"):
        if now.active:
            st.button(texts.CANCEL, key="cancel", help=texts.CANCEL_TIP, on_click=plan.cancel, args=(id,))
        elif now.state is not State.DONE or now.failed:
            label = texts.RETRY if now.state is State.DONE else texts.RESUME
            st.button(label, key="resume", help=texts.RESUME_TIP, on_click=_resume, args=(id, store))
        if st.button(texts.NEW_STUDY, key="new-study", help=texts.NEW_STUDY_TIP):
            plan.keep(now.study)
            meaning.answer_as(now.study)
            shell.forget("study")
            shell.remember(data=now.study.dataset)
            st.rerun()


def _resume(id: str, store: Store) -> None:
    """Let the study go on before the page is drawn: with what is drawn after it, never beside what it replaces."""
    with shell.told_later():
        store.resume(id)
        st.rerun()  # the whole page, so that it is polled as often as a study at work


def _grid(shown: View, store: Store) -> None:
    states = store.trial_states(shown.study.id)
    counts = {state: list(states.values()).count(state) for state in State}
    told = ", ".join(f"{n} {texts.STATE_WORDS[state]}" for state, n in counts.items() if n)
    figures.show_grid(shown, states, alt=texts.GRID_ALT.format(told=told))
    key = [texts.GRID_KEY]
    if shown.against is Against.COMPUTING:
        key.append(texts.GRID_COLUMNS.format(first=shown.ticks[0].budget, last=shown.ticks[-1].budget))
    st.caption(" · ".join(key))
