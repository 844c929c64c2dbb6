"""What one trial told of the pool, as pages show it: from a study that has run, or from a fit that was just made."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from explorer.budgets import budget_words
from explorer.charts.pool_rounds import Round
from explorer.previews.answers import Preview
from explorer.proportions import wilson
from explorer.recipes import split_of
from explorer.records import UNLABELED, Array, Dataset, Floats, Ints, Outcome, Study
from explorer.score_words import percent
from explorer.splits import labeled_rows
from explorer.ui import texts, thumbnails

#: Side of the picture of a mistake, in px, and how many there are at most.
SIDE, MOST = 96, 14


@dataclass(frozen=True, eq=False)
class Beliefs:
    """What was told of one trial.

    budget    what its budget is called
    prior     (k,) class shares of the labelled rows, and `truth` those of the pool; None where none of it is known
    m         unlabelled rows of the pool
    rounds    what was believed, round by round, and `classes` its class shares in the last one, (k,)
    whole     whether these are all rounds; the truth is looked up, and the rest told, after the last one
    """

    title: str
    budget: str
    seed: int
    n_labeled: int
    m: int
    prior: Sequence[float]
    truth: Sequence[float] | None
    rounds: Sequence[Round]
    classes: Sequence[float]
    reports: Mapping[str, Any]
    notes: Sequence[str]
    whole: bool = True

    @property
    def of(self) -> str:
        """Return which trial it is, in words."""
        return texts.TRIAL.format(title=self.title, budget=self.budget, seed=self.seed)


def of_outcome(dataset: Dataset, study: Study, outcome: Outcome) -> Beliefs:
    """Return what the trial of a study told. Of how many labels truth is known follows where it is known of all."""
    trial = outcome.trial
    split = split_of(dataset, trial.seed, study.test_share)
    labeled = labeled_rows(split, trial.budget, study.per_class)
    truth = dataset.labels[np.setdiff1d(split.pool, labeled)]
    whole = not (truth == UNLABELED).any()
    told = outcome.reports.get("rounds", ())
    counts = [round(each["share"] * len(truth)) if whole else None for each in told]
    prior = _shares(dataset.labels[labeled], dataset.n_classes) or ()
    shown = outcome.reports, outcome.notes
    budget = budget_words(trial.budget, outcome.n_labeled, dataset.n_classes, per_class=study.per_class)
    about = study.arm(trial.arm).title, budget, trial.seed, outcome.n_labeled
    return _beliefs(about, prior, truth, counts, *shown)


def of_preview(found: Preview) -> Beliefs:
    """Return what a fit told that was made by the preview `pseudo_label`."""
    facts, truth = found.facts, found.arrays["truth"]
    counts = [int(((labels != UNLABELED) & (truth != UNLABELED)).sum()) for labels in found.arrays["labels"]]
    n_classes, n_labeled = len(facts["prior"]), facts["n_labeled"]
    budget = budget_words(facts["budget"], n_labeled, n_classes, per_class=facts["per_class"])
    about = facts["title"], budget, facts["seed"], n_labeled
    told = _beliefs(about, facts["prior"], truth, counts, facts["reports"], facts["notes"])
    return replace(told, whole=found.whole)


def _beliefs(
    about: tuple[str, str, int, int],
    prior: Sequence[float],
    truth: Ints,
    counts: Sequence[int | None],
    reports: Mapping[str, Any],
    notes: Sequence[str],
) -> Beliefs:
    told = reports.get("rounds", ())
    rounds = [
        Round(each["share"], each["accuracy"], n, _interval(each["accuracy"], n))
        for each, n in zip(told, counts, strict=True)
    ]
    classes = told[-1]["classes"] if told else [0.0] * len(prior)
    return Beliefs(*about, len(truth), prior, _shares(truth, len(prior)), rounds, classes, reports, notes)


def _interval(accuracy: float | None, n: int | None) -> tuple[float, float] | None:
    return None if accuracy is None or not n else wilson(round(accuracy * n), n)


def _shares(labels: Ints, n_classes: int) -> list[float] | None:
    counts = np.bincount(labels[labels != UNLABELED], minlength=n_classes)
    return (counts / counts.sum()).tolist() if counts.any() else None


def headline(told: Beliefs) -> str:
    """Return the one sentence on the last round."""
    if not told.rounds or told.rounds[-1].share == 0:
        return texts.POOL_NOTHING.format(m=f"{told.m:,}")
    last = told.rounds[-1]
    if not told.whole:
        return texts.POOL_SO_FAR.format(share=percent(last.share), m=f"{told.m:,}", round=len(told.rounds))
    said = texts.POOL_BELIEVED.format(share=percent(last.share), m=f"{told.m:,}")
    if last.accuracy is None:
        return said + texts.POOL_TRUTH_NONE
    return said + texts.POOL_RIGHT.format(accuracy=percent(last.accuracy), sure=_sure(last))


def _sure(last: Round) -> str:
    if last.interval is None:
        return ""
    low, high = last.interval
    return texts.POOL_RIGHT_SURE.format(low=f"{100 * low:.0f}", high=percent(high), n=last.n)


# ---- mistakes --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Mistakes:
    """The wrong beliefs of a round, the surest first: rows (w,), believed and true classes (w,), and how sure (w,).

    known    believed rows whose truth is known
    """

    rows: Ints
    believed: Ints
    truth: Ints
    sure: Floats
    known: int


def mistakes(arrays: Mapping[str, Array], round: int) -> Mistakes:
    """Return the mistakes of a round, 0 = the first, from the arrays of the preview `pseudo_label`."""
    labels, sure, truth = arrays["labels"][round], arrays["sure"][round], arrays["truth"]
    known = (labels != UNLABELED) & (truth != UNLABELED)
    wrong = np.flatnonzero(known & (labels != truth))
    wrong = wrong[np.argsort(-np.nan_to_num(sure[wrong]), kind="stable")]
    return Mistakes(arrays["rows"][wrong], labels[wrong], truth[wrong], sure[wrong], int(known.sum()))


def cards(dataset: Dataset, found: Mistakes) -> str:
    """Return the first mistakes as pictures with what was believed and what is true, as HTML."""
    each = zip(found.rows[:MOST], found.believed, found.truth, found.sure, strict=False)
    shown = "".join(_card(dataset, int(row), int(one), int(other), float(sure)) for row, one, other, sure in each)
    return f"<div style='display:flex;flex-wrap:wrap;gap:12px 10px'>{shown}</div>"


def _card(dataset: Dataset, row: int, believed: int, truth: int, sure: float) -> str:
    how_sure = "" if np.isnan(sure) else f", {percent(sure)}"
    names = {"believed": dataset.class_names[believed], "truth": dataset.class_names[truth]}
    alt = texts.POOL_CARD_ALT.format(item=dataset.items[row], sure=how_sure, **names)
    words = texts.POOL_CARD.format(sure=how_sure, **{name: html.escape(each) for name, each in names.items()})
    return thumbnails.mistake(dataset, row, words, alt, SIDE)
