"""How alike the layers of two fitted trials see the same images: a small heat map that the engine makes."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.charts.likeness import likeness, likeness_height
from explorer.previews.answers import Preview, Wanted, named
from explorer.records import Dataset, State
from explorer.statistics.answers import Answers
from explorer.ui import chosen as choosing
from explorer.ui import study_read, texts
from explorer.ui.chosen import Chosen
from explorer.ui.formats import duration
from explorer.ui.live_plot import Saved, live_plot, specs
from explorer.ui.previewed import previewed

PLACE = "alike"
#: Images that are compared at most, and height of the place in px.
IMAGES, HEIGHT = 200, 356


@dataclass(frozen=True)
class Side:
    """One of the two trials that are compared, by arm and seed, and its title."""

    arm: str
    seed: int
    title: str


def view(chosen: Chosen, data: Dataset, answers: Answers) -> None:
    """Show what the chosen technique can be compared with, and the likeness of their layers."""
    title = st.container()
    seed = chosen.seeds[0] if chosen.seed is None else chosen.seed
    one = Side(chosen.arm, seed, f"{chosen.study.arm(chosen.arm).title}, {texts.LOOKED_ONE.format(seed=seed)}")
    other = _other(chosen, seed)
    if other is None:
        st.info(texts.ALIKE_NOTHING.format(budget=chosen.budget))
        return
    left, right = st.columns([6, 5], gap="medium")
    sides = [_wanted(chosen, side) for side in (one, other)]
    options = {"study": chosen.study.to_dict(), "sides": sides, "most": IMAGES}
    with left:
        found = previewed(Wanted("likeness", data.fingerprint, options), place=PLACE, height=HEIGHT)
        headline = texts.ALIKE_TITLE if found is None else _headline(found)
        if found is not None:
            _drawn(found, one.title, other.title, headline)
    with title:
        st.subheader(headline, anchor=False)
    with right:
        if found is None:
            st.caption(_waiting(chosen, (one, other)))
        else:
            st.markdown(texts.ALIKE_N.format(n=found.facts["images"], which=texts.ALIKE_BOTH[found.facts["both"]]))
        st.caption(texts.ALIKE_HOW)
        st.caption(texts.ALIKE_PAPERS)


def _other(chosen: Chosen, seed: int) -> Side | None:
    """Show what it can be compared with, and return the choice; None where there is nothing."""
    study = chosen.study
    done = [each.trial for each in study_read.outcomes(study, chosen.last) if each.state is State.DONE]
    there = [trial for trial in done if trial.budget == chosen.budget]
    seeds = [Side(chosen.arm, each, texts.ALIKE_SEED.format(seed=each)) for each in chosen.seeds if each != seed]
    arms = [
        Side(arm.name, seed, arm.title)
        for arm in study.arms
        if arm.name != chosen.arm and any((trial.arm, trial.seed) == (arm.name, seed) for trial in there)
    ]
    sides = {f"{side.arm} {side.seed}": side for side in (*seeds, *arms)}
    if not sides:
        return None
    name = st.selectbox(
        texts.ALIKE_WITH,
        list(sides),
        format_func=lambda each: sides[each].title if each in sides else each,
        key=f"alike-{chosen.key}",
        help=texts.ALIKE_WITH_TIP,
    )
    return sides.get(str(name), next(iter(sides.values())))


def _wanted(chosen: Chosen, side: Side) -> dict[str, object]:
    outcome = choosing.outcome(chosen, side.arm, side.seed)
    stored = named(outcome.test, outcome.probabilities)
    return {"arm": side.arm, "budget": chosen.budget, "seed": side.seed, "answers": stored}


def _waiting(chosen: Chosen, sides: tuple[Side, Side]) -> str:
    seconds = sum(choosing.outcome(chosen, side.arm, side.seed).fit_seconds for side in sides)
    return texts.ALIKE_WAIT.format(seconds=duration(seconds))


def _headline(found: Preview) -> str:
    values, (rows, columns) = found.arrays["likeness"], found.facts["layers"]
    if not np.isfinite(values).any():
        return texts.ALIKE_TITLE
    row, column = np.unravel_index(int(np.nanargmax(values)), values.shape)
    return texts.ALIKE_SAID.format(one=rows[row], other=columns[column], value=f"{values[row, column]:.2f}")


def _drawn(found: Preview, one: str, other: str, headline: str) -> None:
    rows, columns = found.facts["layers"]
    drawn = specs(lambda mode: likeness(found.arrays["likeness"], rows, columns, titles=(one, other), mode=mode))
    alt = texts.ALIKE_ALT.format(one=one, other=other, headline=headline)
    saved = Saved(f"likeness {one}", headline, f"{one}; {other}")
    live_plot(drawn, key="likeness", alt=alt, height=likeness_height(len(rows)), saved=saved)
