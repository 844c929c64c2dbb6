"""What a study may take for meaningless in a data set when nobody says it: asked of the images once, and kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from explorer.blocks import write_json
from explorer.errors import TechniqueError
from explorer.recipes import split_of
from explorer.records import Arm, Dataset, Fact, Study, digest
from explorer.suggesting import VERSION, Suggestion, suggested
from explorer.techniques.base import Technique
from explorer.techniques.composing import Parts, compose, members
from explorer.techniques.monitors import Quiet, Steps
from explorer.training.weights import missing

#: Those that judge at seed 0, where a study says nothing else, are not looked at.
SHARE = Study.test_share


def suggestion(dataset: Dataset, *, cache: Path, monitor: Steps | None = None) -> Suggestion:
    """Return what the images of a data set suggest, the same for all its studies; no label is looked at.

    It looks at images of the pool that seed 0 has at the usual share, at 160 at most and without labels. Images of a
    test split that the data set brings are never among them. Where the split is drawn, some of them judge at other
    seeds: a study that must not rest on any look at its judging images says itself what carries no meaning.

    Takes about ten seconds the first time. Raises DataError for a data set that cannot be divided, and Cancelled
    through `monitor`.
    """
    kept = known(dataset.fingerprint, cache)
    if kept is None:
        pool = split_of(dataset, 0, SHARE).pool
        kept = suggested(dataset, pool, seed=0, monitor=monitor or Quiet())
        if missing() is None:  # what is missing today may be installed tomorrow
            path = _file(dataset.fingerprint, cache)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_json(path, asdict(kept))
    return kept


def known(fingerprint: str, cache: Path) -> Suggestion | None:
    """Return what was suggested for a data set before; None where it was not asked for yet."""
    try:
        told = json.loads(_file(fingerprint, cache).read_text(encoding="utf-8"))
        reasons = {Fact(name): str(text) for name, text in told["reasons"].items()}
        return Suggestion(tuple(Fact(name) for name in told["free"]), reasons, dict(told["figures"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # not asked yet, or not kept by us


def _file(fingerprint: str, cache: Path) -> Path:
    return cache / f"{digest('facts', fingerprint, str(VERSION))}.json"


def matter(arms: Sequence[Arm], kind: str) -> bool:
    """Tell whether any of the arms does something else where a fact carries no meaning.

    An arm that cannot be composed where all of them carry one is such an arm.
    """
    return any(_differs(arm, kind) for arm in arms)


def _differs(arm: Arm, kind: str) -> bool:
    try:
        return any(_asks(parts) for parts in members(compose(arm, kind), kind))
    except TechniqueError:
        return True


def _asks(parts: Parts) -> bool:
    makes_views = parts.augmentation is not None
    compares_views = parts.semi_supervised is not None and parts.semi_supervised.needs_consistency
    return makes_views or compares_views or any(type(each).suited is not Technique.suited for each in parts.all())
