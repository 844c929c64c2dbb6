"""The survey's checks on the chosen images: small computations of the engine, what a study found, what was noticed."""

import functools
import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from explorer.arms import problem
from explorer.datasets.saved import Reading
from explorer.hosting import hosted
from explorer.previews.answers import Wanted
from explorer.records import Dataset, Outcome, State, Study, Trial
from explorer.score_words import whole_percent
from explorer.techniques.discovery import ready_arms
from explorer.ui import checked, comparing, plan, previewed, shell, study_read, supply, texts, thumbnails
from explorer.ui.checked import Checked
from explorer.ui.data_open import open_reading
from explorer.ui.formats import duration, escaped

PLACE = "checks"
#: Labels of each class at most, seeds of floors and of the gap, side of a picture and how many there are at most.
BUDGET, FLOOR_SEEDS, GAP_SEEDS, SIDE, MOST = 10, 5, 3, 76, 12
_ICONS = {
    "good": ":green[:material/check_circle:]",
    "told": ":blue[:material/info:]",
    "look": ":orange[:material/warning:]",
    "open": ":gray[:material/radio_button_unchecked:]",
}
_STATES = {
    "good": texts.STATE_GOOD,
    "told": texts.STATE_TOLD,
    "look": texts.STATE_LOOK,
    "open": texts.STATE_OPEN,
}


@dataclass(frozen=True)
class Computed:
    """A check that the engine computes: its words, what is wanted, and how its facts are told."""

    title: str
    why: str
    wanted: Wanted
    told: Callable[[Mapping[str, Any]], Checked]


def view() -> None:
    """Show all checks of the chosen data set."""
    reading = open_reading()
    if reading is None:
        comparing.nothing_yet(texts.GUIDE_NO_DATA)
        return
    data = reading.dataset
    wishes = computed(data)
    st.markdown(texts.CHECKS_LEAD.format(name=escaped(data.name)))
    with st.container(key="checks-running", height=48, border=False):
        _running(data, wishes)
    with st.grid(2, min_column_width=320, gap="small"):
        for number, each in enumerate(wishes):
            _card(f"computed-{number}", each.title, each.why, _of(each))
        _of_study(data)
        _of_findings(reading)


def _card(key: str, title: str, why: str, found: Checked) -> Any:
    """Show a check and what it found; return its box, for what belongs there too."""
    box = st.container(border=True, gap="xsmall", key=f"check-{key}")
    box.markdown(f"{_ICONS[found.state]} **{title}** · {_STATES[found.state]}")
    box.caption(why)
    box.markdown(found.text)
    return box


# ---- computed by the engine ------------------------------------------------------------------------------------


def computed(data: Dataset) -> list[Computed]:
    """Return the checks that the engine computes, cheap ones first."""
    budget = max(each for each in plan.default_budgets(data) if each <= BUDGET)
    called = supply.called(data, budget)
    arm = "pixels" if problem(ready_arms()["transfer"], data.kind) else "transfer"
    options: dict[str, dict[str, Any]] = {
        "floors": {"budget": budget, "seeds": FLOOR_SEEDS},
        "gap": {"arm": arm, "budget": budget, "seeds": GAP_SEEDS},
        "shift": {"seed": 0},
        "by_heart": {"seed": 0},
    }
    words: dict[str, tuple[str, str, Callable[[Mapping[str, Any]], Checked]]] = {
        "floors": (texts.FLOORS_TITLE, texts.FLOORS_WHY, functools.partial(checked.floors, budget=called)),
        "gap": (texts.GAP_TITLE, texts.GAP_WHY, functools.partial(checked.gap, budget=called)),
        "shift": (texts.SHIFT_TITLE, texts.SHIFT_WHY, checked.shift),
        "by_heart": (texts.HEART_TITLE, texts.HEART_WHY, checked.by_heart),
    }
    return [
        Computed(title, why, Wanted(name, data.fingerprint, options[name]), told)
        for name, (title, why, told) in words.items()
    ]


def _of(check: Computed) -> Checked:
    found = previewed.kept(check.wanted)
    if found is None:
        return Checked("open", texts.NOT_RUN)
    return Checked("open", escaped(found.problem)) if found.problem else check.told(found.facts)


def _running(data: Dataset, wishes: Sequence[Computed]) -> None:
    """Show the one button that computes what is missing, or how far that is; one after the other, so that it stops."""
    missing = [each for each in wishes if previewed.kept(each.wanted) is None]
    key = f"checks-wanted-{data.fingerprint}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not missing:
            _all_run(wishes)
            return
        if not st.session_state.get(key):
            label = texts.CHECKS_RUN.format(time=duration(seconds(data)))
            if st.button(label, key="checks-run", type="primary", help=texts.CHECKS_RUN_TIP):
                st.session_state[key] = True
                st.rerun()
            return
        if st.button(texts.CHECKS_STOP, key="checks-stop", help=texts.CHECKS_STOP_TIP):
            previewed.withdraw(PLACE)
            st.session_state[key] = False
            st.rerun()
        done = len(wishes) - len(missing)
        st.caption(texts.CHECKS_NOW.format(done=done, n=len(wishes), title=missing[0].title))
        with st.container(width="content"):
            previewed.waited(missing[0].wanted, place=PLACE)


def _all_run(wishes: Sequence[Computed]) -> None:
    """Say that nothing is left to compute, but what ended its process, which can be tried again."""
    ended = [each.wanted for each in wishes if previewed.has_ended(each.wanted)]
    if not ended:
        st.caption(texts.CHECKS_DONE.format(n=len(wishes)))
    else:
        st.caption(texts.CHECKS_ENDED.format(n=len(wishes) - len(ended), of=len(wishes)))
        st.button(texts.PREVIEW_AGAIN, key="checks-again", on_click=_again, args=(ended,))


def _again(ended: Sequence[Wanted]) -> None:
    for wanted in ended:
        previewed.again(wanted, PLACE)


def seconds(data: Dataset) -> float:
    """Return about how long the checks take on this machine, from the bills of studies that do the same."""
    arms = [arm for name in ("pixels", "transfer", "baseline") if not problem(arm := ready_arms()[name], data.kind)]
    study = Study("", "", data.fingerprint, tuple(arms), (1,), seeds=1)
    return plan.price(study, data).seconds


# ---- from a study ----------------------------------------------------------------------------------------------


def _of_study(data: Dataset) -> None:
    study = latest(data)
    if study is None:
        for key, title, why in (
            ("seeds", texts.SEEDS_TITLE, texts.SEEDS_WHY),
            ("errors", texts.ERRORS_TITLE, texts.ERRORS_WHY),
        ):
            with _card(key, title, why, Checked("open", texts.NOT_RUN_STUDY)):
                if st.button(texts.CHECKS_COMPARE, key=f"checks-compare-{key}", help=texts.CHECKS_COMPARE_TIP):
                    st.switch_page("pages/compare.py", query_params=shell.address())
        return
    last = shell.store().last_outcome(study.id)
    curves = study_read.drawn(study, last, Study.metric)
    _card("seeds", texts.SEEDS_TITLE, texts.SEEDS_WHY, checked.seeds(study.name, curves))
    _errors(data, study, last)


def latest(data: Dataset) -> Study | None:
    """Return the study on a data set that is looked at, one in which a trial is done; None where there is none.

    It is that of the address, else the latest of several seeds, else the latest. A hosted app looks at that of the
    address alone: an id there is a key.
    """
    store, own = shell.store(), shell.remembered("study")
    rows = [row for row in store.studies() if row.dataset == data.fingerprint and row.finished]
    known = [row.id for row in rows if row.id == own or not hosted()]
    done = [store.study(id) for id in known if State.DONE in store.trial_states(id).values()]
    return min(done, key=lambda study: (study.id != own, study.seeds < 2), default=None)


def _errors(data: Dataset, study: Study, last: int) -> None:
    curve, point = checked.ranked(study_read.drawn(study, last, Study.metric))[0]
    trial = Trial(curve.arm, point.budget, point.seeds[0])
    outcome = _outcome(str(shell.workspace().home), study.id, last, trial)
    rows = worst(data, outcome)
    wrong = int((outcome.probabilities.argmax(axis=1) != data.labels[outcome.test]).sum())
    about = {"title": escaped(curve.title), "n": point.n_labeled, "seed": trial.seed, "m": f"{len(outcome.test):,}"}
    words = texts.ERRORS_TOLD.format(wrong=f"{wrong:,}", **about) if rows else texts.ERRORS_NONE.format(**about)
    found = Checked("look" if rows else "good", words)
    with _card("errors", texts.ERRORS_TITLE, texts.ERRORS_WHY, found):
        st.html(_pictures(data, outcome, rows[:MOST]))


@functools.lru_cache(maxsize=4)
def _outcome(home: str, id: str, last: int, trial: Trial) -> Outcome:
    found = shell.store().cell(id, trial.arm, trial.budget)
    return next(each for each in found if each.trial.seed == trial.seed)


def worst(data: Dataset, outcome: Outcome) -> list[int]:
    """Return, of each class that has one, the place among the judging images of its surest wrong answer; the surest
    of all first.
    """
    labels, sure = data.labels[outcome.test], outcome.probabilities.max(axis=1)
    wrong = np.flatnonzero(outcome.probabilities.argmax(axis=1) != labels)
    wrong = wrong[np.argsort(-sure[wrong], kind="stable")]
    _, first = np.unique(labels[wrong], return_index=True)
    return [int(place) for place in wrong[np.sort(first)]]


def _pictures(data: Dataset, outcome: Outcome, places: Sequence[int]) -> str:
    shown = "".join(_picture(data, outcome, place) for place in places)
    return f"<div style='display:flex;flex-wrap:wrap;gap:10px'>{shown}</div>"


def _picture(data: Dataset, outcome: Outcome, place: int) -> str:
    row, shares = int(outcome.test[place]), outcome.probabilities[place]
    sure = str(whole_percent(float(shares.max())))
    said, truth = (data.class_names[each] for each in (int(shares.argmax()), int(data.labels[row])))
    alt = texts.ERROR_CARD_ALT.format(item=data.items[row], said=said, truth=truth, sure=sure)
    words = texts.ERROR_CARD.format(said=html.escape(said), truth=html.escape(truth), sure=sure)
    return thumbnails.mistake(data, row, words, alt, SIDE)


# ---- from saved findings ---------------------------------------------------------------------------------------


def _of_findings(reading: Reading) -> None:
    data, findings = reading.dataset, reading.findings
    _card("copies", texts.COPIES_TITLE, texts.COPIES_WHY, checked.copies(data, findings))
    _card("cues", texts.CUES_TITLE, texts.CUES_WHY, checked.cues(data, findings))
