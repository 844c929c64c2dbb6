"""Semi-supervised techniques on the toys: every technique with one model of each kind that it works with."""

import functools
from typing import Any

import numpy as np

from explorer.records import Choice, Fact, Rows, Slot
from explorer.techniques.base import FixedModel, Learner, Model, SemiSupervised
from explorer.techniques.discovery import build, techniques
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import Quiet
from tests.unit.techniques.toys import digest, quick, toy

FIXED, TRAINED = "pixels", "small_cnn"


def pairs() -> list[tuple[str, str]]:
    """Return the names of every semi-supervised technique and of each toy model that it works with."""
    found = []
    for name, technique in techniques(Slot.SEMI_SUPERVISED).items():
        assert issubclass(technique, SemiSupervised)
        for model, works in ((FIXED, technique.works_with_fixed), (TRAINED, technique.works_with_trained)):
            known = techniques(Slot.MODEL)[model]
            assert issubclass(known, Model)
            if works and (known.can_be_consistent or not technique.needs_consistency):
                found.append((name, model))
    return found


def taught(
    name: str, model: str, labeled: tuple[Rows, Any], pool: Rows, seen: Any, *, n_classes: int = 3, monitor: Any = None
) -> Any:
    """Return what the technique, with that model, answers for `seen`, (m, side, side, channels) in [0, 1]."""
    technique = build(Slot.SEMI_SUPERVISED, Choice(name))
    assert isinstance(technique, SemiSupervised)
    watched = Quiet() if monitor is None else monitor
    made = quick(model)
    fixed = isinstance(made, FixedModel)
    fit = functools.partial(_fit, made, n_classes, watched)
    depths = made.depths(described(made, pool).shape[-1]) if fixed else {}
    learner = Learner(fit, n_classes, fixed, depths, made.can_be_consistent, frozenset({Fact.ORIENTATION}))
    rows, unlabeled = (described(made, each) if fixed else each for each in (labeled[0], pool))
    predictor = technique.fit(learner, Examples.of(rows, labeled[1]), unlabeled, seed=0, monitor=watched)
    return predictor(made.features(seen) if fixed else seen)


def _fit(model: Any, n_classes: int, monitor: Any, examples: Examples, consistency: Any = None) -> Any:
    return model.fit(examples, n_classes=n_classes, seed=0, monitor=monitor, consistency=consistency)


def described(model: FixedModel, rows: Rows) -> Any:
    """Return the features of rows, which may be none."""
    one = model.features(np.zeros((1, *rows.shape[1:]), np.float32))
    return model.features(rows[:]) if len(rows) else one[:0]


def rows_of(images: Rows, chosen: Any) -> Rows:
    """Return some of the rows."""
    return Rows(np.ascontiguousarray(images.values[chosen]), images.scaling)


def semi_answers() -> dict[str, str]:
    """Return the digest of every technique's probabilities on the toy, for comparison between processes."""
    labeled, pool, seen = toy(4), toy(10, seed=2)[0], toy(4, seed=1)[0][:]
    return {f"{name} {model}": digest(taught(name, model, labeled, pool, seen)) for name, model in pairs()}
