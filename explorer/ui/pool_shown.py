"""What one trial believed of the pool: its rounds and classes as figures, its guard rails, and mistakes as pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.charts.pool_classes import classes_height, pool_classes
from explorer.charts.pool_rounds import pool_rounds
from explorer.charts.threshold_path import threshold_path
from explorer.previews.answers import Preview
from explorer.records import Dataset
from explorer.score_words import percent
from explorer.ui import beliefs, texts
from explorer.ui.beliefs import Beliefs
from explorer.ui.facts import facts
from explorer.ui.formats import escaped
from explorer.ui.live_plot import live_plot, specs

#: Height of the figures in px.
FIGURE = 250


def show(data: Dataset, told: Beliefs, old: str = "") -> None:
    """Show what was told of a trial; the words `old` follow its name where another one is being made."""
    st.caption(f"{escaped(told.of)}{old}")
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
        f"{number}: {percent(each.share)}, {texts.POOL_UNKNOWN if each.accuracy is None else percent(each.accuracy)}"
        for number, each in enumerate(told.rounds, 1)
    )
    drawn = specs(lambda mode: pool_rounds(told.rounds, mode=mode, height=FIGURE))
    live_plot(drawn, key="pool-rounds", alt=texts.POOL_ROUNDS_ALT.format(told=words), height=FIGURE)


def _classes(data: Dataset, told: Beliefs) -> None:
    st.subheader(texts.POOL_CLASSES, anchor=False, help=texts.POOL_CLASSES_TIP)
    names = data.class_names
    words = "; ".join(
        f"{name} {percent(one)}, {percent(other)}"
        for name, one, other in zip(names, told.prior, told.classes, strict=True)
    )
    drawn = specs(lambda mode: pool_classes(names, told.prior, told.classes, told.truth, mode=mode))
    alt = texts.POOL_CLASSES_ALT.format(told=words)
    live_plot(drawn, key="pool-classes", alt=alt, height=classes_height(len(names)))


def _threshold(history: Sequence[Mapping[str, Any]]) -> None:
    st.subheader(texts.POOL_THRESHOLD, anchor=False, help=texts.POOL_THRESHOLD_TIP)
    last = history[-1]
    alt = texts.POOL_THRESHOLD_ALT.format(threshold=percent(last["threshold"]), used=percent(last["used"]))
    drawn = specs(lambda mode: threshold_path(history, mode=mode, height=FIGURE))
    live_plot(drawn, key="pool-threshold", alt=alt, height=FIGURE)


def _rails(told: Beliefs) -> None:
    st.subheader(texts.POOL_RAILS, anchor=False)
    if not told.whole:
        st.markdown(texts.POOL_RAILS_LATER)
        return
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
        texts.POOL_FACT_PART: "" if part is None else percent(part),
        texts.POOL_FACT_FOREIGN: "" if foreign is None else percent(foreign),
    }


def mistakes(data: Dataset, found: Preview) -> None:
    """Show the surest mistakes of a round of a fit as pictures."""
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
            shown = min(len(wrong.rows), beliefs.MOST)
            told = {"wrong": len(wrong.rows), "shown": shown, "n": wrong.known, "round": number}
            st.caption(texts.POOL_MISTAKES_COUNT.format(**told))
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
