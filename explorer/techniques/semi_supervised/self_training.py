"""Self-training by quotas: the pool counts as far as what it says can be trusted, and never for all of an answer."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from explorer.cautions import Caution
from explorer.records import UNLABELED, Arm, Choice, Floats, Ints
from explorer.score_words import percent
from explorer.techniques.base import Cost, Float32s, Learner, Predictor, SemiSupervised, Task
from explorer.techniques.believing import (
    Averaged,
    Narrowed,
    agreement,
    answers,
    believing,
    class_shares,
    foreign_share,
    quotas,
    surest,
    told_foreign,
    told_no_pool,
    told_shift,
    told_unused,
    unit,
    untuned,
)
from explorer.techniques.examples import Examples
from explorer.techniques.gaussians import Gaussians
from explorer.techniques.graphs import Vote, alike, neighbors, spread
from explorer.techniques.hands import side_by_side
from explorer.techniques.heads import averaged_views
from explorer.techniques.logistic import Logistic
from explorer.techniques.monitors import Monitor
from explorer.techniques.settings import setting

#: Directions of all features for the graph, and of one depth for its head: more of them gained nothing.
WIDTH, DEPTH_WIDTH = 256, 96
#: C of the penalty of the head of a depth, and of the last one, whose descriptions differ more.
STRENGTH, STRENGTH_LAST = 300.0, 30.0
#: Rounds of a model that is trained end to end: each costs a whole training.
TRAINED_ROUNDS = 2
#: Neighbours in the graph, and share of a label that flows to them.
NEIGHBORS, ALPHA = 10, 0.2
#: Part of an answer under which the pool is not worth its while.
LEAST = 0.1


@dataclass(frozen=True)
class SelfTraining(SemiSupervised):
    """Lets the model label the images of the pool of which it is surest, and fits it anew on these and the true labels.
    Quotas keep every class in play, and what the pool has taught is averaged with what the labels alone have taught.

    A quota is half the share of a class in the labels and half that in what is predicted of the pool; all believed rows
    together count at most as much as the labelled ones. Where features come from several depths of a network, each has
    a small linear head of its own, only rows are believed on which all heads agree, and their answers are averaged.
    Labels that have spread along a graph of similar images answer beside self-training, and so do Gaussians of one
    covariance, to which rows of the pool belong in part.

    The pool's part of an answer falls as 1 / (1 + n × doubt), for n labels of each class. Two estimates are best
    averaged by how little each errs: labels alone err by chance, which shrinks as 1 / n, and the pool by what it gets
    wrong, which no number of labels makes good. At most the labels alone count as much as each way of learning from
    the pool. Doubt is the share of the pool on which early and last layers disagree, or that by which neighbours fall
    short of one class, whichever is larger; where a model is trained end to end, the share of its answers that
    believing changes.
    """

    title: ClassVar[str] = "Self-training"
    paper: ClassVar[str] = (
        "Zou et al. 2018, arXiv:1810.07911; agreement: Blum and Mitchell 1998, doi:10.1145/279943.279962; Gaussians:"
        " McLachlan 1975, doi:10.1080/01621459.1975.10479874"
    )
    fails: ClassVar[str] = "Where a rare class of the pool is common in the labels, or where classes are no clusters."
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm("pseudo_labels", "ImageNet + pseudo-labels", Choice("pretrained"), semi_supervised=Choice("self_training")),
    )
    first: ClassVar[bool] = True

    switch: str = setting(
        "safe",
        label="Use of the pool",
        help="Whether the pool counts as far as it can be trusted, or as much as it ever does in any case.",
        choices=("safe", "always"),
    )
    rounds: int = setting(
        5,
        label="Rounds",
        help="Times that the pool is labelled and the model is fitted anew; two at most if it is trained end to end.",
        low=1,
        high=10,
    )
    share: float = setting(
        0.8,
        label="Share of the pool",
        help="Share of the pool that is believed in the last round; earlier rounds believe less.",
        low=0.1,
        high=1.0,
    )

    @property
    def fits(self) -> int:
        """Return how often it fits a model that is trained long: once, and in each of its few rounds."""
        return 1 + min(self.rounds, TRAINED_ROUNDS)

    def fit(self, learner: Learner, labeled: Examples, unlabeled: Any, *, seed: int, monitor: Monitor) -> Predictor:
        """Return the mean of what the labels alone and what the pool has taught, or the first where doubt is large."""
        alone = functools.partial(learner.fit, labeled)
        if not len(unlabeled):
            monitor.note(told_no_pool())
            return alone()
        on_features = learner.fixed and not learner.consistent
        plain, *seen = side_by_side([alone, *(_seen(learner, labeled, unlabeled) if on_features else ())])
        told = answers(plain, unlabeled, monitor)
        course = _Course(self, learner, labeled, unlabeled, plain, told, monitor)
        return course.on_features(*seen) if on_features else course.on_rows()

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds of the further fits of a head; those of a trained model cost as much as its first."""
        return Cost(0.0, 0.5 + self.rounds * (0.1 + 2.5e-4 * task.n_items))


@dataclass(frozen=True, eq=False)
class Doubt:
    """Something that speaks against the pool: `amount` of it in 0 .. 1, and how to say it.

    `said` is a sentence with a place for the amount's complement, a share.
    """

    name: str
    amount: float
    said: str

    def told(self) -> str:
        """Return what was found, in words that end a sentence."""
        return self.said.format(percent(1 - self.amount))


def most(ways: int) -> float:
    """Return which part of an answer the pool has at most, where it is learnt from in some ways: all count alike."""
    return ways / (1 + ways)


def pool_part(per_class: float, doubt: float, ways: int) -> float:
    """Return which part of an answer the pool has, in 0 .. most(ways), given labels of a class and doubt in 0 .. 1."""
    return most(ways) * min(1.0, 2 / (1 + per_class * doubt))


@dataclass(frozen=True, eq=False)
class View:
    """What rounds are made on: labelled and unlabelled rows, what learns from them, and how new rows are seen alike."""

    labeled: Examples
    unlabeled: Any
    fit: Callable[[Examples], Predictor]
    columns: slice | None = None
    narrowed: Narrowed | None = None

    @classmethod
    def of(cls, labeled: Examples, unlabeled: Floats, columns: slice, strength: float, n_classes: int) -> "View":
        """Return some columns of features (m, d) or (m, v, d), views averaged, in few directions, with a head."""
        known, seen = (averaged_views(rows)[:, columns] for rows in (labeled.rows, unlabeled))
        narrowed = Narrowed.of(np.concatenate([known, seen]), DEPTH_WIDTH)
        head = Logistic((), strength)
        fit = functools.partial(head.fit, n_classes=n_classes, seed=0)
        return cls(untuned(replace(labeled, rows=narrowed(known))), narrowed(seen), fit, columns, narrowed)

    def predictor(self, inner: Predictor) -> Predictor:
        """Return the predictor of rows as they come, given that of rows as they are seen here."""
        if self.narrowed is None:
            return inner
        narrowed, columns = self.narrowed, self.columns
        return lambda rows: inner(narrowed(rows[..., columns]))


def _seen(learner: Learner, labeled: Examples, unlabeled: Any) -> list[Callable[[], Any]]:
    """Return what makes the directions in which all rows are told apart, and then what makes each of the views."""
    return [functools.partial(Narrowed.of, _all_rows(labeled, unlabeled), WIDTH), *_views(learner, labeled, unlabeled)]


def _all_rows(labeled: Examples, unlabeled: Floats) -> Floats:
    """Return the labelled rows and then the unlabelled ones, (n + m, d), views averaged."""
    return np.concatenate([averaged_views(labeled.rows), averaged_views(unlabeled)])


def _views(learner: Learner, labeled: Examples, unlabeled: Any) -> list[Callable[[], View]]:
    """Return what makes a view of each depth, or one of all features as they are where there is one depth."""
    depths = list(learner.depths.values())
    if len(depths) < 2:
        return [functools.partial(View, untuned(labeled), unlabeled, learner.fit)]
    strengths = [STRENGTH] * (len(depths) - 1) + [STRENGTH_LAST]
    return [
        functools.partial(View.of, labeled, unlabeled, each, strength, learner.n_classes)
        for each, strength in zip(depths, strengths, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class _Course:
    """One fit of the technique.

    plain    what the labels alone have taught, and `told` the class probabilities that it gives the pool, (m, k)
    """

    technique: SelfTraining
    learner: Learner
    labeled: Examples
    unlabeled: Any
    plain: Predictor
    told: Float32s
    monitor: Monitor

    @property
    def predicted(self) -> Ints:
        """Return the classes (m,) that the labels alone give the pool."""
        return np.asarray(self.told.argmax(axis=1), np.int64)

    def on_features(self, narrowed: Narrowed, *views: View) -> Predictor:
        """Return the mean of what the labels alone, self-training with neighbours in a graph, and Gaussians answer."""
        nodes = unit(narrowed(_all_rows(self.labeled, self.unlabeled)))
        joined = neighbors(nodes, NEIGHBORS, self.monitor)
        first = [view.fit(view.labeled) for view in views] if len(views) > 1 else [self.plain]
        n = len(self.labeled)
        foreign = foreign_share(nodes[:n], nodes[n:], self.monitor)
        part = self._part([*self._between(views, first), self._along(joined)], foreign, ways=2)
        if part == 0:
            return self.plain
        trained = self._trained(views, first, self.technique.rounds)
        shares = spread(joined, self.labeled.labels, self.learner.n_classes, ALPHA)
        vote = Vote(nodes, shares, NEIGHBORS, self.plain, narrowed)
        return _mixed(self.plain, (Averaged((trained, vote)), self._gaussians(trained, narrowed)), part)

    def _gaussians(self, trained: Predictor, narrowed: Narrowed) -> Predictor:
        """Return Gaussians of all rows, which begin with what the labels alone and self-training say of the pool."""
        known = replace(self.labeled, rows=narrowed(self.labeled.rows))
        beliefs = (self.told + answers(trained, self.unlabeled, self.monitor)) / 2
        return Gaussians.of(known, narrowed(self.unlabeled), beliefs, narrowed, self.monitor)

    def on_rows(self) -> Predictor:
        """Return the mean of what the labels alone and what self-training on rows as they are has taught."""
        view = View(self.labeled, self.unlabeled, self.learner.fit)
        trained = self._trained([view], [self.plain], min(self.technique.rounds, TRAINED_ROUNDS))
        after = answers(trained, self.unlabeled, self.monitor).argmax(axis=1)
        same = agreement(self.predicted, after, self.learner.n_classes)
        doubt = Doubt("changed", 1 - same, "the model gives the same answers as before on {} of it")
        part = self._part([doubt], None, ways=1)
        return self.plain if part == 0 else _mixed(self.plain, (trained,), part)

    # ---- whether -----------------------------------------------------------------------------------------------

    def _per_class(self) -> float:
        """Return the labelled rows of a class, on the mean over classes that have some."""
        return len(self.labeled) / len(np.unique(self.labeled.labels))

    def _between(self, views: Sequence[View], heads: Sequence[Predictor]) -> list[Doubt]:
        """Return the doubt that comes from depths which disagree; none where there is one depth."""
        if len(views) < 2:
            return []
        *early, last = (head(view.unlabeled) for head, view in zip(heads, views, strict=True))
        guesses = np.mean(early, axis=0).argmax(axis=1), last.argmax(axis=1)
        same = agreement(*guesses, self.learner.n_classes)
        return [Doubt("depths", 1 - same, "early and last layers agree on {} of it")]

    def _along(self, joined: Ints) -> Doubt:
        """Return the doubt that comes from neighbours which look like different classes."""
        labels = np.concatenate([self.labeled.labels, self.predicted])
        together = float(np.clip(alike(joined, labels, self.learner.n_classes), 0.0, 1.0))
        return Doubt("neighbors", 1 - together, "neighbours look like one class in {} of the cases, less chance")

    def _part(self, doubts: Sequence[Doubt], foreign: float | None, ways: int) -> float:
        """Tell why the pool is used or not, and what else speaks against it; return its part of an answer."""
        worst = max(doubts, key=lambda each: each.amount)
        forced = self.technique.switch == "always"
        part = most(ways) if forced else pool_part(self._per_class(), worst.amount, ways)
        used = part * (part >= LEAST)
        found = {each.name: each.amount for each in doubts}
        self.monitor.record("self_training", {"used": used > 0, "part": used, "foreign": foreign, **found})
        for sentence in filter(None, (self._verdict(doubts, worst, part, forced), *self._warnings(foreign))):
            self.monitor.note(sentence)
        return used

    def _verdict(self, doubts: Sequence[Doubt], worst: Doubt, part: float, forced: bool) -> str:
        each = self._per_class()
        per_class = f"{each:.0f}" if each == round(each) else f"about {each:.1f}"
        labels = f"{per_class} label{'' if per_class == '1' else 's'} a class"
        if forced:
            return f"The pool counts for {percent(part)} of each answer, as the settings ask for: {worst.told()}."
        if part < LEAST:
            return Caution(
                f"The pool was not used: {worst.told()}, so that beside {labels} it would count for only"
                f" {percent(part)} of each answer."
            )
        reasons = " and ".join(each.told() for each in doubts)
        return f"The pool was used and counts for {percent(part)} of each answer beside {labels}: {reasons}."

    def _warnings(self, foreign: float | None) -> tuple[str | None, ...]:
        prior = class_shares(self.labeled.labels, self.learner.n_classes, self.labeled.weights)
        shift = told_shift(prior, class_shares(self.predicted, self.learner.n_classes), len(self.predicted))
        return shift, None if foreign is None else told_foreign(foreign, len(self.labeled))

    # ---- how ---------------------------------------------------------------------------------------------------

    def _trained(self, views: Sequence[View], predictors: Sequence[Predictor], rounds: int) -> Predictor:
        """Return the mean of what the predictors of all views have become after some rounds."""
        labels = np.full(len(self.predicted), UNLABELED, np.int64)
        for number in range(1, rounds + 1):
            self.monitor.step(number - 1, rounds)
            labels, sure = self._believed(views, predictors, self.technique.share * number / rounds)
            self.monitor.believe(labels, sure)
            if not (labels != UNLABELED).any():
                break
            predictors = [view.fit(believing(view.labeled, view.unlabeled, labels)) for view in views]
        unused = told_unused(float((labels != UNLABELED).mean()))
        if unused is not None:
            self.monitor.note(unused)
        self.monitor.step(rounds, rounds)
        return Averaged([view.predictor(each) for view, each in zip(views, predictors, strict=True)])

    def _believed(self, views: Sequence[View], predictors: Sequence[Predictor], share: float) -> tuple[Ints, Floats]:
        """Return the labels (m,) that are believed of up to `share` of the pool: those that all predictors give.

        With them comes how sure the predictors are of their guess on the mean, (m,).
        """
        found = [answers(each, view.unlabeled, self.monitor) for view, each in zip(views, predictors, strict=True)]
        mean = np.mean(found, axis=0)
        guesses = mean.argmax(axis=1)
        agreed = np.all([each.argmax(axis=1) == guesses for each in found], axis=0)
        n_classes = self.learner.n_classes
        prior = class_shares(self.labeled.labels, n_classes, self.labeled.weights)
        counts = quotas(prior, class_shares(guesses, n_classes), share * len(agreed))
        return surest(mean, counts, agreed), mean.max(axis=1)


def _mixed(labels: Predictor, pool: Sequence[Predictor], part: float) -> Predictor:
    """Return the mean of predictors, of which those that the pool has taught have that part together."""
    return Averaged((labels, *pool), (1 - part, *[part / len(pool)] * len(pool)))
