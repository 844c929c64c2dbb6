"""All that helps, together: several arms answer, and rows held out of the n labels say what each of them counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from explorer.records import Arm, Choice, Ints
from explorer.techniques import tuning
from explorer.techniques.base import ArmFit, CombinedModel, Examples, Float32s, Hushed, Monitor, Predictor
from explorer.techniques.discovery import ready_arms
from explorer.techniques.settings import setting
from explorer.techniques.tuning import Float64s

#: Folds: two cost two fits beside the last one, and members such as fine-tuning take seconds a fit.
FOLDS = 2
#: Rounds of expectation and maximization; weights move by less than a thousandth long before.
ROUNDS = 200


@dataclass(frozen=True)
class Everything(CombinedModel):
    """Fits several whole arms on the same labels and answers with a weighted mean of their class probabilities.
    What each arm counts is found by cross-validation inside these labels; while there are few, all count alike.

    The weights are those of a mixture of the arms that makes the held-out labels most probable, after as many rows
    as there are arms, each won by one of them (a Dirichlet prior), so that luck on a few rows decides little.
    """

    title: ClassVar[str] = "Everything together"
    paper: ClassVar[str] = (
        "Stacking: Wolpert 1992, doi:10.1016/S0893-6080(05)80023-1; Yao et al. 2018, arXiv:1704.02030"
    )
    fails: ClassVar[str] = (
        "Where a single arm is far ahead of all others and labels are too few to tell, or time matters."
    )
    arms: ClassVar[tuple[Arm, ...]] = (Arm("everything", title, Choice("everything")),)
    first: ClassVar[bool] = True
    fits: ClassVar[int] = FOLDS + 1

    made_of: str = setting(
        "pseudo_labels, finetune, classical",
        label="Made of",
        help="Names of the ready-made arms that are combined, with commas between.",
    )

    def problem(self) -> str | None:
        """Return why it cannot be used with these settings, and the remedy; None when it can."""
        known = ready_arms()
        unknown = [name for name in self._names() if name not in known]
        if unknown or len(self._names()) < 2:
            wrong = f"There is no arm '{unknown[0]}'." if unknown else "One arm is nothing to combine."
            return f"{wrong} Choose at least two of {', '.join(name for name in known if name != self.name())}."
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
        """Return the weighted mean of the members' answers; what each counts is recorded under "combination"."""
        split = tuning.folds(examples.labels, examples.units, n_classes, seed, FOLDS)
        weights = np.full(len(members), 1 / len(members))
        if split:
            truth = examples.labels[np.concatenate([held for _, held in split])]
            quiet = Hushed(monitor)
            answered = np.stack([_held_out(fit, examples, at, split, quiet) for at, fit in enumerate(members)])
            weights = mixture(answered, truth, tuning.balanced(truth, n_classes, np.ones(len(truth))))
        titles = [arm.title for arm in self.members()]
        shares = dict(zip(titles, weights.round(4).tolist(), strict=True))
        monitor.record("combination", shares)
        monitor.note(_told(shares, chosen=bool(split)))
        predictors = [fit(_own(examples, at), monitor) for at, fit in enumerate(members)]
        return Weighted(tuple(predictors), weights)


@dataclass(frozen=True, eq=False)
class Weighted:
    """The weighted mean of several predictors: a tuple of each one's rows (m, ...) to probabilities (m, k), float32."""

    predictors: tuple[Predictor, ...]
    weights: Float64s

    def __call__(self, rows: Sequence[Any]) -> Float32s:
        """Return class probabilities (m, k)."""
        each = [predictor(own) for predictor, own in zip(self.predictors, rows, strict=True)]
        found = np.tensordot(self.weights, np.asarray(each, np.float64), axes=1)
        return np.asarray(found / found.sum(axis=1, keepdims=True), np.float32)


def mixture(probabilities: Float64s, labels: Ints, counts: Float64s) -> Float64s:
    """Return the weights (a,), sum 1, of `a` members in the mixture that makes labels (n,) most probable.

    probabilities   (a, n, k) of rows that the members have not learnt from
    counts          (n,) what each row counts, about 1

    Each member has won one row beforehand. A probability is bounded away from 0 as if one more row had had any class
    (Platt 1999). Expectation and maximization of Dempster et al. 1977, doi:10.1111/j.2517-6161.1977.tb01600.x.
    """
    members, n, k = probabilities.shape
    doubt = 1 / (n + 2)
    likely = (1 - doubt) * probabilities[:, np.arange(n), labels] + doubt / k
    weights = np.full(members, 1 / members)
    for _ in range(ROUNDS):
        won = weights[:, None] * likely
        won /= won.sum(axis=0)
        weights = (won @ counts + 1) / (counts.sum() + members)
    return weights


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
    listed = ", ".join(f"{title} {share:.0%}" for title, share in shares.items())
    reason = "as rows held out of the labels ask for" if chosen else "alike, since labels are too few to choose by"
    return f"Answers count {reason}: {listed}."
