"""The plan of a study: what is compared, what it costs, and the button that starts it."""

import math
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from explorer.arms import problem
from explorer.budgets import parsed_budgets
from explorer.datasets.findings import count
from explorer.engine.bill import Bill, bill
from explorer.engine.costs import from_cheap_to_dear
from explorer.errors import StudyError
from explorer.export.settling import MOST_MINUTES, until_settled
from explorer.records import Arm, Dataset, Fact, Study
from explorer.scores import METRICS
from explorer.techniques.discovery import declaring, first_arms, ready_arms
from explorer.techniques.spelling import spelled
from explorer.ui import basket, limits, shell, texts
from explorer.ui.formats import duration, escaped
from explorer.ui.supply import pool_of

#: Seeds at most, and the least and the largest share of judging images, in percent.
MOST_SEEDS, SHARES = 50, (10, 80)
#: What is offered to a study that runs until its verdicts settle: seeds and minutes at most.
_SEEDS, _MINUTES = 20, 30
#: Ways to say how often everything is repeated.
_FIXED, _UNTIL = "fixed", "until"
#: Budgets that are offered, as far as the data reaches.
_BUDGETS = (1, 2, 5, 10, 20, 50)
#: Where the session keeps the study that one comes from.
_BEFORE = "plan-before"


def default_budgets(dataset: Dataset, share: float = 0.3) -> tuple[int, ...]:
    """Return the budgets per class that the pool of the median class can pay, at least one."""
    pool = sorted(pool_of(dataset, share).tolist())
    return tuple(budget for budget in _BUDGETS if budget <= pool[len(pool) // 2]) or (1,)


def form(dataset: Dataset, free: tuple[Fact, ...]) -> Study:
    """Show the controls and return the study they describe, in which the facts `free` carry no meaning.

    They begin as in the study that one comes from, else as usual. Raises StudyError when they describe none.
    """
    before = _before(dataset)
    arms = _arms(dataset.kind, [*(arm.name for arm in before.arms), *basket.ready()])
    row = st.container(horizontal=True, gap="small")
    with row:
        budgets = st.text_input(
            texts.BUDGETS,
            ", ".join(map(str, before.budgets)),
            key=f"budgets-{dataset.fingerprint}",
            help=texts.BUDGETS_TIP,
        )
    repeats = _repeats(before, row)
    with st.expander(texts.MORE_SETTINGS, key="more-settings"):
        share, metric = _judging(dataset, before)
        repeats = repeats.at_most(before)
    if not arms:
        raise StudyError(texts.NO_ARMS)
    study = Study("plan", dataset.name, dataset.fingerprint, arms, parsed_budgets(budgets))
    return limits.checked(repeats.of(replace(study, test_share=share, metric=metric, free=free)))


@dataclass(frozen=True)
class _Repeats:
    """How often everything is repeated, as it was typed; None where a field is empty.

    settles    whether seeds are added until the verdicts settle: then seeds and minutes are the most there may be
    """

    seeds: int | None
    minutes: int | None
    settles: bool

    def at_most(self, before: Study) -> "_Repeats":
        """Show how many seeds there are at most where verdicts end the study, which its minutes mostly do before."""
        if not self.settles:
            return self
        most = _SEEDS if before.until is None else before.seeds
        seeds = st.number_input(texts.MOST_SEEDS, None, None, most, key="most-seeds", help=texts.MOST_SEEDS_TIP)
        return replace(self, seeds=seeds)

    def of(self, study: Study) -> Study:
        """Return the study, repeated so. Raises StudyError for a number out of range, or where nothing can settle."""
        if not self.settles:
            return replace(study, seeds=_within(texts.SEEDS, self.seeds, 1, MOST_SEEDS))
        seeds = _within(texts.MOST_SEEDS, self.seeds, 2, MOST_SEEDS)
        return until_settled(replace(study, seeds=seeds), _within(texts.MOST_MINUTES, self.minutes, 1, MOST_MINUTES))


def _repeats(before: Study, row: Any) -> _Repeats:
    """Show how often everything is repeated, a number in `row`; it begins as in the study that one comes from."""
    ways = {_FIXED: texts.REPEATS_FIXED, _UNTIL: texts.REPEATS_UNTIL}
    way = st.segmented_control(
        texts.REPEATS,
        list(ways),
        default=_FIXED if before.until is None else _UNTIL,
        format_func=ways.__getitem__,
        key="repeats",
        required=True,
        help=texts.REPEATS_TIP,
    )
    # Without bounds: a browser keeps what is out of them to itself, and the study would run with the number before.
    if way == _FIXED:
        usual = before.seeds if before.until is None else Study.seeds
        seeds = row.number_input(texts.SEEDS, None, None, usual, key="seeds", help=texts.SEEDS_TIP, width=104)
        return _Repeats(seeds, None, settles=False)
    time = _MINUTES if before.until is None else max(1, round(before.until.minutes))
    minutes = row.number_input(
        texts.MOST_MINUTES, None, None, time, key="minutes", help=texts.MOST_MINUTES_TIP, width=116
    )
    return _Repeats(None, minutes, settles=True)


def _within(label: str, value: int | None, low: int, high: int) -> int:
    """Return the number. Raises StudyError where it is out of range, or there is none."""
    if value is None or not low <= value <= high:
        said = "empty" if value is None else f"{value:,}"
        raise StudyError(texts.OUT_OF_RANGE.format(label=label, value=said, low=low, high=high))
    return int(value)


def keep(study: Study) -> None:
    """Let the next plan for the data set of the study begin with what was chosen for the study."""
    st.session_state[_BEFORE] = study


def _before(dataset: Dataset) -> Study:
    kept: Study | None = st.session_state.get(_BEFORE)
    if kept is not None and kept.dataset == dataset.fingerprint:
        return kept
    return Study("plan", dataset.name, dataset.fingerprint, tuple(first_arms().values()), default_budgets(dataset))


def _judging(dataset: Dataset, before: Study) -> tuple[float, str]:
    """Show how arms are judged; return the share of judging images and the name of the score."""
    percent = round(100 * before.test_share)
    given = dataset.given_test is not None
    tip = texts.SHARE_GIVEN if given else texts.SHARE_TIP
    share = st.number_input(texts.SHARE, None, None, percent, 5, key="share", help=tip, disabled=given)
    metric = st.selectbox(
        texts.METRIC,
        list(METRICS),
        index=list(METRICS).index(before.metric),
        format_func=lambda name: METRICS[name].title,
        key="plan-metric",
        help=metric_tip(),
    )
    _within(texts.SHARE, share, *SHARES)
    return share / 100, metric


def _arms(kind: str, ticked: Sequence[str]) -> tuple[Arm, ...]:
    """Show what can be compared, cheap arms first, and return what is chosen; `ticked` are at the start.

    Arms that are not usually compared are folded away where none of them is ticked at the start.
    """
    first = first_arms()
    others = [arm for arm in from_cheap_to_dear(ready_arms().values()) if arm.name not in first]
    with st.container(gap="xxsmall", key="arms"):
        chosen = [arm for arm in from_cheap_to_dear(first.values()) if _arm(arm, kind, ticked=arm.name in ticked)]
    unfolded = any(arm.name in ticked for arm in others)
    with (
        st.expander(texts.MORE_ARMS, expanded=unfolded, key="more-arms"),
        st.container(gap="xxsmall", key="other-arms"),
    ):
        chosen += [arm for arm in others if _arm(arm, kind, ticked=arm.name in ticked)]
    return (*chosen, *_own_arms(kind))


def _own_arms(kind: str) -> Iterator[Arm]:
    """Show the arms that were composed on other pages, ticked, each with the way to remove it; yield what is chosen."""
    if not basket.arms():
        return
    st.caption(texts.OWN_ARMS)
    with st.container(gap="xxsmall", key="own-arms"):
        for arm in basket.arms():
            left, right = st.columns([6, 1], gap="small", vertical_alignment="center")
            with left:
                chosen = _arm(arm, kind, ticked=True)
            removing = texts.REMOVE_TIP.format(title=arm.title)
            label = texts.REMOVE.format(title=escaped(arm.title))
            right.button(label, key=f"remove-{arm.name}", help=removing, on_click=basket.remove, args=(arm.name,))
            if chosen:
                yield arm


def _arm(arm: Arm, kind: str, *, ticked: bool) -> bool:
    reason = problem(arm, kind)
    made = arm.name in ready_arms()
    summary = declaring(arm.name).summary() if made else texts.OWN_ARM_TIP.format(spelled=escaped(spelled(arm)))
    tip = escaped(reason) if reason else summary
    value = ticked and not reason
    return bool(st.checkbox(escaped(arm.title), value=value, key=f"arm-{arm.name}", help=tip, disabled=bool(reason)))


def metric_tip() -> str:
    """Return what each score says, as the help of a choice between them."""
    lines = (texts.METRIC_TIP.format(title=metric.title, told=metric.told) for metric in METRICS.values())
    return "\n".join([*lines, texts.METRIC_TIP_GUESS])


def start(study: Study) -> str:
    """Queue the study under a fresh id and return that id. Raises StoreError."""
    fresh = replace(study, id=uuid.uuid4().hex)
    shell.store().add(fresh)
    return fresh.id


def cancel(id: str) -> None:
    """Cancel a study at the press of a button; one that was deleted meanwhile, or cannot be, is told."""
    with shell.told_later():
        shell.store().cancel(id)


# ---- the bill --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Thinner:
    words: str
    seconds: float


def price(study: Study, dataset: Dataset) -> Bill:
    """Return what the study costs on this machine; the first call measures for about a second."""
    return bill(study, dataset, shell.workspace())


def preparation(arm: Arm, free: tuple[Fact, ...], dataset: Dataset) -> float:
    """Return the seconds until the trials of one seed of an arm can begin; 0 where all is kept from before.

    Raises TechniqueError for an arm that cannot be composed.
    """
    alone = Study("price", "price", dataset.fingerprint, (arm,), (1,), seeds=1, free=free)
    return float(price(alone, dataset).preparing[arm.name])


def bill_words(study: Study, cost: Bill) -> str:
    """Return the bill as one sentence; of a study that runs until its verdicts settle what it is at most."""
    most = math.inf if study.until is None else 60 * study.until.minutes
    return (texts.BILL if study.until is None else texts.BILL_UNTIL).format(
        arms=count(len(study.arms), "technique"),
        budgets=count(len(study.budgets), "budget"),
        seeds=count(study.seeds, "seed"),
        trials=count(cost.trials, "trial"),
        time=duration(min(cost.seconds, most)),
    )


def thinner(study: Study, cost: Bill, dataset: Dataset) -> str:
    """Return hints to make a study of more than two minutes shorter, empty for a short one or where minutes are set."""
    if cost.seconds < 120 or study.until is not None:
        return ""
    hints = [hint for hint in _hints(study, cost, dataset) if hint.seconds < 0.8 * cost.seconds]
    chosen = [hint.words for hint in sorted(hints, key=lambda each: each.seconds)[:2]]
    return texts.BILL_LONG.format(hints="; ".join(chosen)) if chosen else ""


def _hints(study: Study, cost: Bill, dataset: Dataset) -> list[_Thinner]:
    hints = []
    if study.seeds > 3:
        less = price(replace(study, seeds=3), dataset).seconds
        hints.append(_Thinner(texts.HINT_SEEDS.format(time=duration(less)), less))
    if len(study.arms) > 1:
        dear = max(cost.by_arm, key=cost.by_arm.__getitem__)
        others = tuple(arm for arm in study.arms if arm.name != dear)
        less = price(replace(study, arms=others), dataset).seconds
        hints.append(_Thinner(texts.HINT_ARM.format(title=study.arm(dear).title, time=duration(less)), less))
    if len(study.budgets) > 2:
        less = price(replace(study, budgets=study.budgets[:-1]), dataset).seconds
        hints.append(_Thinner(texts.HINT_BUDGET.format(budget=study.budgets[-2], time=duration(less)), less))
    return hints
