"""The Pseudo-label page: a technique on the left, what it believed of the pool on the right, a small study below."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from explorer.hosting import hosted
from explorer.previews.answers import Preview, Wanted
from explorer.records import Dataset, Outcome, State, Study
from explorer.ui import beliefs, meaning, plan, pool_shown, previewed, semi_arms, shell, study_read, texts, trying
from explorer.ui.formats import duration
from explorer.ui.on_demand import on_demand
from explorer.ui.sides import sides

PLACE = "pseudo-label"
#: Height of the room that is kept for a fit, of that for its pictures alone, and of this with its caption, in px.
WAITING, PICTURES, ASKED = 420, 130, 190
#: Fits that take no longer than this, in seconds, are made without being asked for.
AT_ONCE = 8.0


def view(data: Dataset) -> None:
    """Show the page for a data set."""
    side, main = sides()
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
    plain = replace(study, id="", name="", seeds=1, metric=Study.metric, until=None)
    return Wanted("pseudo_label", study.dataset, {"study": plain.to_dict(), "budget": study.budgets[0], "seed": seed})


def _of_fit(data: Dataset, study: Study, seed: int) -> None:
    wanted = wish(study, seed)
    found = _fitted(data, wanted, study, WAITING)
    if found is None:
        return
    old = found.whole and previewed.kept(wanted) is None
    pool_shown.show(data, beliefs.of_preview(found), f"  ·  :orange[:material/hourglass_top:] {texts.POOL_OLD}" * old)
    if found.whole:
        pool_shown.mistakes(data, found)


def _fitted(data: Dataset, wanted: Wanted, study: Study, height: int) -> Preview | None:
    """Return the fit, or the one before it; one that takes long is made when it is asked for. It can be stopped."""
    seconds = sum(plan.price(study, data).by_arm.values())
    return on_demand(
        wanted,
        place=PLACE,
        height=height,
        label=texts.POOL_MAKE.format(time=duration(seconds)),
        tip=texts.POOL_MAKE_TIP,
        note=texts.POOL_MAKE_LEAD,
        at_once=seconds <= AT_ONCE,
    )


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
    pool_shown.show(data, beliefs.of_outcome(data, study, outcome))
    trial = outcome.trial
    alone = replace(study, arms=(study.arm(trial.arm),), budgets=(trial.budget,))
    wanted = wish(alone, trial.seed)
    fresh = previewed.kept(wanted) is not None
    with st.container(height="content" if fresh else ASKED, border=False, key="pool-again"):
        if not fresh:
            st.caption(texts.POOL_MISTAKES_ASK)
        found = _fitted(data, wanted, alone, PICTURES)
    if fresh and found is not None:
        pool_shown.mistakes(data, found)


def studies(data: Dataset) -> list[_Ran]:
    """Return the studies on a data set in which trials that learn from the pool have finished, newest first.

    A hosted app lists none but the visitor's own, of the address and of this page: an id there is a key.
    """
    store = shell.store()
    rows = [row for row in store.studies() if row.dataset == data.fingerprint and row.finished]
    if hosted():
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
    called = study_read.called(study, shell.store().last_outcome(id))
    budget = third.selectbox(
        label, budgets, format_func=called.__getitem__, key=f"pool-budget-{id}-{arm}", help=texts.POOL_BUDGET_TIP
    )
    seeds = sorted(trials[arm][budget])
    seed = fourth.selectbox(texts.POOL_SEED, seeds, key=f"pool-seed-{id}-{arm}-{budget}", help=texts.POOL_SEED_TIP)
    return study, trials[arm][budget][seed]
