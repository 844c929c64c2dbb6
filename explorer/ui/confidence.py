"""How far the confidence of an arm can be believed: the reliability diagram and what it says in numbers."""

import functools

import streamlit as st

from explorer.charts.reliability import HEIGHT, reliability
from explorer.datasets.findings import count
from explorer.records import Dataset
from explorer.score_words import PERCENT, percent
from explorer.statistics.answers import Answers
from explorer.statistics.calibration import Calibration, calibration
from explorer.ui import chosen as choosing
from explorer.ui import shell, study_read, texts
from explorer.ui.chosen import Chosen
from explorer.ui.facts import facts
from explorer.ui.live_plot import Saved, live_plot, specs


def view(chosen: Chosen, data: Dataset, answers: Answers) -> None:
    """Show the diagram beside its numbers."""
    found = _measured(str(shell.workspace().home), chosen, data.fingerprint)
    headline = _headline(found)
    st.subheader(headline, anchor=False)
    left, right = st.columns([6, 5], gap="medium")
    title = chosen.study.arm(chosen.arm).title
    with left:
        bins = count(len(found.bins), "bin")
        alt = texts.SURE_ALT.format(bins=bins, headline=headline)
        drawn = specs(lambda mode: reliability(found, mode=mode))
        live_plot(
            drawn, key="reliability", alt=alt, height=HEIGHT, saved=Saved(f"reliability {title}", headline, title)
        )
    with right:
        st.markdown(texts.SURE_HOW.format(bins=bins).replace(" %", PERCENT))
        _numbers(found)
        unit = "groups" if data.groups is not None else "images" if study_read.units(data) is None else "copies"
        st.caption(texts.SURE_WHY.format(unit=texts.SURE_UNITS[unit], one=texts.SURE_ONE[unit]))
        st.caption(texts.SURE_PAPERS)


@functools.lru_cache(maxsize=32)
def _measured(home: str, chosen: Chosen, fingerprint: str) -> Calibration:
    data = study_read.dataset(fingerprint)
    return calibration(choosing.answers(chosen), study_read.units(data), given_test=data.given_test is not None)


def _headline(found: Calibration) -> str:
    words = texts.SURE_TOO if found.gap.low > 0 else texts.SURE_LESS if found.gap.high < 0 else texts.SURE_EVEN
    return words.format(confidence=percent(found.confidence), right=percent(found.right))


def _numbers(found: Calibration) -> None:
    def points(value: float) -> str:
        return f"{100 * value:.1f}".replace("-", "−")

    gap = found.gap
    beyond = texts.SURE_BEYOND if found.error > found.at_most else texts.SURE_WITHIN
    told = {
        texts.SURE_ERROR: texts.SURE_ERROR_SAID.format(error=points(found.error), told=beyond),
        texts.SURE_CHANCE: texts.SURE_CHANCE_SAID.format(error=points(found.by_chance), most=points(found.at_most)),
        texts.SURE_GAP: texts.SURE_GAP_SAID.format(gap=points(gap.value), low=points(gap.low), high=points(gap.high)),
        texts.SURE_N: texts.SURE_N_SAID.format(
            answers=found.answers,
            images=found.images,
            seeds=count(found.seeds, "seed"),
            each=round(found.answers / len(found.bins)),
        ),
    }
    facts({name: words.replace(" %", PERCENT) for name, words in told.items()})
