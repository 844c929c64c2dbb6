"""What a page looks at in a study: one technique at one number of labels, at all seeds or one."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.datasets.findings import count
from explorer.records import Arm, Outcome, State, Study
from explorer.score_words import score_shown
from explorer.scores import METRICS
from explorer.statistics.answers import Answers, answers_of
from explorer.ui import shell, study_read, texts
from explorer.ui.formats import escaped

ALL = "all"
#: Where the session keeps whether any arm would do, and of which study somebody has chosen one.
_ANY, _CHOSEN = "any-arm", "arm-chosen"


@dataclass(frozen=True)
class Chosen:
    """One arm at one budget; `seed` is None where all seeds count together.

    seeds    the seeds that are done, ascending, and `last` the id of the study's last outcome
    """

    study: Study
    arm: str
    budget: int
    seed: int | None
    seeds: tuple[int, ...]
    last: int

    @property
    def key(self) -> str:
        """A name of the choice, for widgets that hold for it alone."""
        return f"{self.study.id}-{self.arm}-{self.budget}-{self.seed}"


def choose(study: Study, last: int, fits: Callable[[Arm], bool] | None = None) -> Chosen | None:
    """Show what can be chosen and return the choice; None where no trial has finished.

    At first it is the best of the arms that what is looked at `fits`, where there are any; None = all of them.
    """
    done = finished(study, last)
    if not done:
        return None
    arm = _arm(study, done, fits)
    budget = _budget(study_read.called(study, last), [each for each in done if each.trial.arm == arm])
    cell = [each for each in done if (each.trial.arm, each.trial.budget) == (arm, budget)]
    seeds = tuple(sorted(each.trial.seed for each in cell))
    seed = st.selectbox(
        texts.LOOKED_SEED,
        [ALL, *map(str, seeds)] if len(seeds) > 1 else [str(each) for each in seeds],
        format_func=lambda each: (
            texts.LOOKED_ALL.format(n=len(seeds)) if each == ALL else texts.LOOKED_ONE.format(seed=each)
        ),
        key="seed",
        bind="query-params",
        help=texts.LOOKED_SEED_TIP,
    )
    one = int(str(seed)) if seed in map(str, seeds) else None
    _told(study, [each for each in cell if one in (None, each.trial.seed)])
    return Chosen(study, arm, budget, one, seeds, last)


def finished(study: Study, last: int) -> list[Outcome]:
    """Return the trials that are done, without predictions."""
    return [each for each in study_read.outcomes(study, last) if each.state is State.DONE]


def answers(chosen: Chosen) -> Answers:
    """Return the answers of what is chosen."""
    whole = _answers(str(shell.workspace().home), chosen.study.id, chosen.arm, chosen.budget, chosen.last)
    return whole if chosen.seed is None else whole.of(whole.seeds == chosen.seed)


@functools.lru_cache(maxsize=16)
def _answers(home: str, id: str, arm: str, budget: int, last: int) -> Answers:
    store = shell.store()
    return answers_of(store.cell(id, arm, budget), study_read.dataset(store.study(id).dataset).labels)


def outcome(chosen: Chosen, arm: str, seed: int) -> Outcome:
    """Return the finished trial of an arm, the chosen one or another, at the chosen budget and a seed."""
    return _outcome(str(shell.workspace().home), chosen.study.id, arm, chosen.budget, seed, chosen.last)


@functools.lru_cache(maxsize=32)
def _outcome(home: str, id: str, arm: str, budget: int, seed: int, last: int) -> Outcome:
    cell = shell.store().cell(id, arm, budget)
    return next(each for each in cell if each.trial.seed == seed and each.state is State.DONE)


def _arm(study: Study, done: Sequence[Outcome], fits: Callable[[Arm], bool] | None) -> str:
    there = {each.trial.arm for each in done}
    names = [arm.name for arm in study.arms if arm.name in there]
    fitting = [name for name in names if fits is None or fits(study.arm(name))] or names
    first = _best(study, [each for each in done if each.trial.arm in fitting])
    # Who has chosen none sees another one where what is looked at asks for it, and the one before on the way back.
    unasked = st.session_state.get(_CHOSEN) != study.id and "arm" not in st.query_params
    if unasked and st.session_state.get(_ANY, fits is None) != (fits is None):
        st.session_state["arm"] = first
    st.session_state[_ANY] = fits is None
    chosen = st.selectbox(
        texts.LOOKED_ARM,
        sorted(names, key=lambda name: name != first),
        format_func=lambda name: study.arm(name).title,
        key="arm",
        bind="query-params",
        on_change=st.session_state.update,
        args=({_CHOSEN: study.id},),
        help=texts.LOOKED_ARM_TIP,
    )
    return str(chosen) if chosen in names else first


def _budget(called: Mapping[int, str], done: Sequence[Outcome]) -> int:
    budgets = sorted({each.trial.budget for each in done})
    words = {str(each): called[each] for each in budgets}
    chosen = st.selectbox(
        texts.LOOKED_BUDGET,
        [str(each) for each in budgets],
        index=len(budgets) - 1,
        format_func=lambda each: words.get(each, each),
        key="budget",
        bind="query-params",
        help=texts.LOOKED_BUDGET_TIP,
    )
    return int(str(chosen)) if str(chosen) in map(str, budgets) else budgets[-1]


def _best(study: Study, done: Sequence[Outcome]) -> str:
    """Return the arm of the best mean score at the largest budget that has finished trials."""
    most = max(each.trial.budget for each in done)
    metric = METRICS[study.metric]
    found: dict[str, list[float]] = {}
    for each in done:
        if each.trial.budget == most:
            found.setdefault(each.trial.arm, []).append(each.scores[metric.name])
    sign = 1 if metric.best == "high" else -1
    return max(found, key=lambda arm: sign * float(np.mean(found[arm])))


def _told(study: Study, cell: Sequence[Outcome]) -> None:
    metric = METRICS[study.metric]
    score = score_shown(float(np.mean([each.scores[metric.name] for each in cell])), metric)
    st.markdown(
        texts.LOOKED_SCORE.format(metric=metric.title, score=escaped(score), seeds=count(len(cell), "seed")),
    )
