"""What the trials of an arm need before they start, by name, without computing any of it."""

import functools
import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from explorer.blocks import readable
from explorer.datasets.remembering import per_dataset
from explorer.records import Arm, Dataset, Ints, Split, Study, digest
from explorer.splits import make_split
from explorer.techniques.base import FixedModel, Technique
from explorer.techniques.composing import Parts, compose, members
from explorer.training.precision import fast_bfloat16

#: Raised when the code changes which rows a trial learns from or is judged on, or what an arm does by default: trials
#: of one study must be of one protocol, or arms are compared on different rows.
PROTOCOL = 5
#: Views made of each row where an augmentation meets a fixed model, beside the row itself.
VIEWS = 4
#: Between the names of recipes in a joint one.
JOINT = "+"
#: Files that a manifest names.
FILES = ("inputs", "features", "learnt")


def recipe(dataset: Dataset, study: Study, arm: Arm, seed: int) -> str | None:
    """Return the name of what the trials of an arm need at that seed; trials of one name share it, None = nothing.

    Raises TechniqueError for an arm that cannot be composed.
    """
    parts = members(compose(arm, dataset.kind, study.free), dataset.kind)
    learns = any(learns_from_pool(each) for each in parts)
    pool = split_of(dataset, seed, study.test_share).pool if learns else np.empty(0, np.int64)
    return joint([recipe_of(dataset, each, pool, seed) for each in parts])


def joint(keys: Sequence[str | None]) -> str | None:
    """Return the name of all that several recipes make: their own where there is one, None where there is none."""
    made = [key for key in keys if key is not None]
    return JOINT.join(dict.fromkeys(made)) or None


def recipe_of(dataset: Dataset, parts: Parts, pool: Ints, seed: int) -> str | None:
    """Return `recipe` of techniques; pool and seed count only where one of them learns from the pool."""
    fixed = isinstance(parts.model, FixedModel)
    learns = learns_from_pool(parts)
    if not (fixed or learns or parts.denoising is not None):
        return None
    made = [dataset.fingerprint]
    made += [] if parts.denoising is None else ["cleaned", cleaning_key(parts.denoising)]
    made += ["described", made_key(parts.model)] if fixed or parts.model.learns_from_pool else []
    made += views_key(parts) if fixed else []
    of_pool = (str(seed), pool.astype(np.int64).tobytes()) if learns else ()
    return digest("recipe", *made, *of_pool)


def made_key(technique: Technique) -> str:
    """Return a name of what a technique's `features` and `learn` compute on this machine, with its libraries.

    Machines that share a folder may differ in the number format: what one computed in bfloat16, another must not take
    for its own float32. What another version of a library made is made anew: a trial tells the versions that made it.
    """
    number_format = ["float32"] if technique.in_bfloat16 and not fast_bfloat16() else []
    return digest(technique.features_key(), *number_format, *libraries().values())


def cleaning_key(denoising: Technique) -> str:
    """Return a name of what a denoiser makes of inputs with the libraries of this machine."""
    return digest(denoising.key(), *libraries().values())


#: What techniques compute with, by the names of the packages; timm and torchvision hold networks, OpenCV is called by
#: albumentations.
_COMPUTE = (
    *("numpy", "scipy", "scikit-learn", "scikit-image", "torch", "torchvision", "timm", "albumentations"),
    "opencv-python-headless",
)


@functools.cache
def libraries() -> Mapping[str, str]:
    """Return the versions of the libraries that compute, by name, as far as they are there; none is imported."""
    found = {}
    for name in _COMPUTE:
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def views_key(parts: Parts) -> list[str]:
    """Return the name of the views that an augmentation makes for a fixed model, in parts; empty without any."""
    if parts.augmentation is None or parts.is_idle:
        return []
    return [parts.augmentation.key(), str(VIEWS), *sorted(parts.free)]


def learns_from_pool(parts: Parts) -> bool:
    """Tell whether a denoiser or a model learns from the pool before any trial."""
    return parts.model.learns_from_pool or (parts.denoising is not None and parts.denoising.learns_from_pool)


def manifest(key: str, cache: Path) -> dict[str, Any] | None:
    """Return what is kept under a recipe's name, None where that is not whole.

    It names the files (None where there is none) of inputs, features and what the model has learnt, and holds the
    figures and sentences that techniques told of themselves, as `reports` and `notes`, and the seconds in which each
    file was made, as `took`; earlier versions did not note these.
    """
    try:
        kept: dict[str, Any] = json.loads(manifest_file(key, cache).read_text(encoding="utf-8"))
        whole = all(kept[each] is None or readable(cache / kept[each]) for each in FILES)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return kept if whole else None


def manifest_file(key: str, cache: Path) -> Path:
    """Return the file of a manifest."""
    return cache / f"{key}.json"


def is_ready(key: str, cache: Path) -> bool:
    """Tell whether what the recipe of that name, or each one of a joint name, makes is there."""
    return all(manifest(each, cache) is not None for each in key.split(JOINT))


# ---- the same on every worker ----------------------------------------------------------------------------------


def seed_for(seed: int, purpose: str) -> int:
    """Return a seed in 0 .. 2³²-1 for one purpose of a trial, so that one purpose draws nothing from another's."""
    return int(np.random.SeedSequence([seed, *purpose.encode()]).generate_state(1)[0])


# A study of fifty seeds asks for each split on every change of its plan, and one of many groups takes half a second.
@per_dataset(64)
def split_of(dataset: Dataset, seed: int, test_share: float) -> Split:
    """Return `make_split`, remembered for the trials that share it."""
    return make_split(dataset, seed, test_share)
