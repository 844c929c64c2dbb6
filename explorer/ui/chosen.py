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
from explorer.ui import linked, shell, study_read, texts
from explorer.ui.formats import escaped

ALL = "all"


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
    budget = _budget(study, study_read.called(study, last), [each for each in done if each.trial.arm == arm])
    cell = [each for each in done if (each.trial.arm, each.trial.budget) == (arm, budget)]
    seeds = tuple(sorted(each.trial.seed for each in cell))
    one = _seed(study, seeds)
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
    chosen = linked.choice(
        texts.LOOKED_ARM,
        {name: study.arm(name).title for name in sorted(names, key=lambda name: name != first)},
        first,
        key="arm",
        tip=texts.LOOKED_ARM_TIP,
        # Who has chosen none sees another one where what is looked at asks for it, and the one before on the way back.
        moves_with=(study.id, fits is None),
    )
    if chosen == first != _best(study, done):
        st.caption(texts.LOOKED_FITTING)
    return chosen


def _budget(study: Study, called: Mapping[int, str], done: Sequence[Outcome]) -> int:
    budgets = sorted({each.trial.budget for each in done})
    titles = {str(each): called[each] for each in budgets}
    last = str(budgets[-1])
    tip = texts.LOOKED_BUDGET_TIP
    return int(linked.choice(texts.LOOKED_BUDGET, titles, last, key="budget", tip=tip, moves_with=study.id))


def _seed(study: Study, seeds: Sequence[int]) -> int | None:
    """Return the chosen one of the seeds that are done; None for all of them together."""
    titles = {ALL: texts.LOOKED_ALL.format(n=len(seeds))} if len(seeds) > 1 else {}
    titles |= {str(each): texts.LOOKED_ONE.format(seed=each) for each in seeds}
    first, tip = next(iter(titles)), texts.LOOKED_SEED_TIP
    chosen = linked.choice(texts.LOOKED_SEED, titles, first, key="seed", tip=tip, moves_with=study.id)
    return None if chosen == ALL else int(chosen)


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
