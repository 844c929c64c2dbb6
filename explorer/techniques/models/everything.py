"""All that helps, together: several arms answer, and rows held out of the n labels say what each of them counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from explorer.records import Arm, Choice, Ints
from explorer.techniques import tuning
from explorer.techniques.base import ArmFit, CombinedModel, Float32s, Predictor
from explorer.techniques.discovery import ready_arms
from explorer.techniques.examples import BELIEVED, Examples
from explorer.techniques.monitors import Hushed, Joining, Monitor
from explorer.techniques.settings import setting
from explorer.techniques.tuning import Float64s

#: Folds: two cost two fits beside the last one, and members such as fine-tuning take seconds a fit.
FOLDS = 2
#: Least probability of a class: nothing that one member holds impossible is beyond the others' word.
LEAST = 1e-4


@dataclass(frozen=True)
class Everything(CombinedModel):
    """Fits several whole arms on the same labels and multiplies their class probabilities, each raised to a weight.
    What each arm counts is found by cross-validation inside these labels.

    The weights are not negative and make the held-out labels most probable, under a Gaussian prior so wide that an arm
    may count nothing, or twice, and so narrow that luck on a few rows decides little. Beforehand the arm that is named
    first counts as much as all others together. Where labels are too few to hold any out, the probabilities are
    averaged with these weights: a product would follow whoever is too sure, and nothing tells yet who that is.
    """

    title: ClassVar[str] = "Everything together"
    paper: ClassVar[str] = (
        "Stacking: Wolpert 1992, doi:10.1016/S0893-6080(05)80023-1; logarithmic pool: Genest and Zidek 1986,"
        " doi:10.1214/ss/1177013825"
    )
    fails: ClassVar[str] = (
        "Where a single arm is far ahead of all others and labels are too few to tell, or time matters."
    )
    arms: ClassVar[tuple[Arm, ...]] = (Arm("everything", title, Choice("everything")),)
    first: ClassVar[bool] = True
    fits: ClassVar[int] = FOLDS + 1

    made_of: str = setting(
        "pseudo_labels, finetune, scattering, classical",
        label="Made of",
        help="Names of the ready-made arms that are combined, with commas between.",
    )

    def problem(self) -> str | None:
        """Return why it cannot be used with these settings, and the remedy; None when it can."""
        known = ready_arms()
        unknown = [name for name in self._names() if name not in known]
        if unknown or len(self._names()) < 2:
            wrong = f"There is no arm '{unknown[0]}'." if unknown else "One arm is nothing to combine."
            others = ", ".join(name for name in known if name != self.name())
            return f"{wrong} Choose at least two, with commas between: {others}."
        return None

    def members(self) -> tuple[Arm, ...]:
        """Return the arms that are combined."""
        known = ready_arms()
        return tuple(known[name] for name in self._names())

    def _names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.strip() for name in self.made_of.split(",") if name.strip()))

    def fit(
        self, examples: Examples, members: Sequence[ArmFit], *, n_classes: int, seed: int, monitor: Monitor
    ) -> Predictor:
        """Return the pool of the members' answers; what each counts is recorded under "combination"."""
        split = _split(examples, n_classes, seed)
        weights = beforehand(len(members))
        if split:
            truth = examples.labels[np.concatenate([held for _, held in split])]
            quiet = Hushed(monitor)
            answered = np.stack([_held_out(fit, examples, at, split, quiet) for at, fit in enumerate(members)])
            weights = pool_weights(answered, truth, tuning.balanced(truth, n_classes, np.ones(len(truth))))
        titles = [arm.title for arm in self.members()]
        shares = dict(zip(titles, weights.round(4).tolist(), strict=True))
        monitor.record("combination", shares)
        monitor.note(_told(shares, chosen=bool(split)))
        joining = Joining(monitor)
        predictors = [fit(_own(examples, at), joining) for at, fit in enumerate(members)]
        return Pooled(tuple(predictors), weights, geometric=bool(split))


@dataclass(frozen=True, eq=False)
class Pooled:
    """The pool of predictors: a tuple of each one's rows (m, ...) to probabilities (m, k), float32.

    It is the weighted geometric mean of their probabilities, or the arithmetic one.
    """

    predictors: tuple[Predictor, ...]
    weights: Float64s
    geometric: bool

    def __call__(self, rows: Sequence[Any]) -> Float32s:
        """Return class probabilities (m, k)."""
        each = [predictor(own) for predictor, own in zip(self.predictors, rows, strict=True)]
        answers = np.asarray(each, np.float64)
        if self.geometric:
            return tuning.softmax(_logits(answers, self.weights)).astype(np.float32)
        mean = np.tensordot(self.weights, answers, axes=1)
        return np.asarray(mean / mean.sum(axis=1, keepdims=True), np.float32)


def beforehand(members: int) -> Float64s:
    """Return what each of some members counts before any label speaks, sum 1: the first as much as all others."""
    others = np.full(members - 1, 0.5 / (members - 1))
    return np.concatenate([[0.5], others])


def pool_weights(probabilities: Float64s, labels: Ints, counts: Float64s) -> Float64s:
    """Return the weights (a,), not negative, of `a` members in the logarithmic pool that makes labels (n,) probable.

    probabilities   (a, n, k) of rows that the members have not learnt from
    counts          (n,) what each row counts, about 1

    They are those of the greatest posterior, under a Gaussian prior about `beforehand` with variance 1 / 2a. The
    surprise is convex, so that there is one such point.
    """
    from scipy.optimize import minimize

    members, prior = len(probabilities), beforehand(len(probabilities))
    likely = np.log(np.maximum(probabilities, LEAST))
    shown = likely[:, np.arange(len(labels)), labels]

    def surprise(weights: Float64s) -> tuple[float, Float64s]:
        pooled = tuning.softmax(np.asarray(np.tensordot(weights, likely, axes=1)))
        away = weights - prior
        told = counts @ np.log(np.maximum(pooled[np.arange(len(labels)), labels], 1e-300))
        slope = (np.einsum("ank,nk->an", likely, pooled) - shown) @ counts
        return float(members * away @ away - told), slope + 2 * members * away

    found = minimize(surprise, prior, jac=True, bounds=[(0.0, None)] * members)
    return np.asarray(found.x, np.float64)


def _logits(probabilities: Float64s, weights: Float64s) -> Float64s:
    """Return the logits (m, k) of the pool of probabilities (a, m, k)."""
    return np.asarray(np.tensordot(weights, np.log(np.maximum(probabilities, LEAST)), axes=1))


def _split(examples: Examples, n_classes: int, seed: int) -> Sequence[tuple[Ints, Ints]]:
    """Return the folds, in which classes of too few units to be held out are learnt from and judge nothing."""
    judging = examples.units >= 0
    pairs = np.unique(np.stack([examples.labels[judging], examples.units[judging]], axis=1), axis=0)
    counts = np.bincount(pairs[:, 0], minlength=n_classes)
    common = np.flatnonzero(counts >= tuning.LEAST)
    if len(common) < 2:
        return ()
    units = np.where(np.isin(examples.labels, common), examples.units, BELIEVED)
    found = tuning.folds(np.searchsorted(common, examples.labels), units, len(common), seed, FOLDS)
    # A rare class may share its patients with classes that judge: its rows wait, too, while their unit is held out.
    apart = [~np.isin(examples.units[fitted], examples.units[held]) for fitted, held in found]
    return tuple((fitted[keep], held) for (fitted, held), keep in zip(found, apart, strict=True))


def _own(examples: Examples, at: int) -> Examples:
    """Return the examples as one member sees them."""
    return replace(examples, rows=examples.rows[at])


def _held_out(
    fit: ArmFit, examples: Examples, at: int, split: Sequence[tuple[Ints, Ints]], monitor: Monitor
) -> Float64s:
    """Return a member's probabilities (n, k) of the rows that are held out of each fold, one fold after the other."""
    own = _own(examples, at)
    found = []
    for fitted, held in split:
        monitor.step(0, 0)
        found.append(fit(own.subset(fitted), monitor)(_seen(own.subset(held).rows)))
    return np.concatenate(found).astype(np.float64)


def _seen(rows: Any) -> Any:
    """Return rows as a predictor takes them: inputs in [0, 1], or features as they are."""
    return rows[:]


def _told(shares: dict[str, float], *, chosen: bool) -> str:
    total = max(sum(shares.values()), 1e-12)
    listed = ", ".join(f"{title} {share / total:.0%}" for title, share in shares.items())
    reason = "was chosen by labels held out" if chosen else "is fixed beforehand, since labels are too few to choose"
    return f"What each arm counts {reason}: {listed}."
