"""What a study will cost, before it is run: trials and wall seconds on this machine.

Techniques state their costs in seconds on one core of a reference machine: one that does the two parts of the
calibration at the rates below. Where trials of the same arm and size have been run on this data, their median counts.
"""

import json
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from explorer.engine.client import engine_running
from explorer.engine.cluster import cores
from explorer.engine.costs import cost, task
from explorer.recipes import PROTOCOL, is_ready, learns_from_pool, recipe, recipe_of, split_of
from explorer.records import Arm, Dataset, Study
from explorer.store.rows import Timing
from explorer.store.store import Store
from explorer.techniques.base import FixedModel, Technique
from explorer.techniques.composing import Parts, compose, members
from explorer.workspace import Workspace

#: Rates of one core of the reference machine: float32 matrix products in GFLOP/s, and copying in GB/s.
REFERENCE_GFLOPS = 100.0
REFERENCE_GBS = 8.0
#: Share of arithmetic in the work of a typical technique; the rest waits for memory.
ARITHMETIC = 0.6
#: Seconds that handing out a trial and storing it takes on its worker beside the fit.
OVERHEAD = 0.02
#: Seconds on the reference machine until the first trial of an engine that does not run yet.
START = 2.5
#: Seconds there in which every worker imports what techniques need that are not available everywhere, such as torch.
LIBRARIES = 3.5
#: Seconds of each of the two parts of the calibration.
PROBE_SECONDS = 0.4
#: Seconds for which a calibration is kept.
VALID = 7 * 86400.0


@dataclass(frozen=True)
class Bill:
    """What a study costs: number of trials, wall seconds with all workers, and each arm's seconds of work.

    `start` are those of the wall seconds that pass before the first trial, `preparing` those of each arm's seconds of
    work that prepare its trials.
    """

    trials: int
    seconds: float
    by_arm: Mapping[str, float]
    start: float = 0.0
    preparing: Mapping[str, float] = field(default_factory=dict)


def bill(study: Study, dataset: Dataset, workspace: Workspace) -> Bill:
    """Return the bill of a study. The first call in a workspace calibrates for about a second.

    Raises TechniqueError for an arm that cannot be composed.
    """
    slowness = slowness_of(workspace)
    past = _medians(Store(workspace.store).timings(dataset.fingerprint))
    preparing = dict.fromkeys([arm.name for arm in study.arms], 0.0)
    for (name, _), seconds in _preparations(study, dataset, workspace).items():
        preparing[name] += seconds * slowness
    by_arm = {arm.name: preparing[arm.name] + _fits(study, arm, dataset, slowness, past) for arm in study.arms}
    total = sum(by_arm.values()) + OVERHEAD * len(study.trials())
    start = slowness * _start(study, dataset, workspace)
    return Bill(len(study.trials()), start + total / cores(), by_arm, start, preparing)


def _start(study: Study, dataset: Dataset, workspace: Workspace) -> float:
    """Return the reference seconds until trials can run at their own speed; all workers start together."""
    imports = any(_needs_libraries(study, arm, dataset, workspace) for arm in study.arms)
    return (0.0 if engine_running(workspace) else START) + (LIBRARIES if imports else 0.0)


def _needs_libraries(study: Study, arm: Arm, dataset: Dataset, workspace: Workspace) -> bool:
    """Tell whether an arm uses a technique that can be missing on a machine; features that are there need none."""
    arms = members(compose(arm, dataset.kind, study.free), dataset.kind)
    key = recipe(dataset, study, arm, 0)
    ready = key is not None and is_ready(key, workspace.cache)
    used = [each for parts in arms for each in parts.all() if not (ready and _is_done(parts, each))]
    kinds = {kind for each in used for kind in type(each).__mro__ if kind is not Technique}
    return any("unavailable" in vars(kind) for kind in kinds)


def _is_done(parts: Parts, technique: Technique) -> bool:
    """Tell whether a technique has no more to do in a trial once what it prepares is there."""
    return technique is parts.denoising or (technique is parts.model and isinstance(technique, FixedModel))


Past = Mapping[tuple[Arm, int], float]


def _fits(study: Study, arm: Arm, dataset: Dataset, slowness: float, past: Past) -> float:
    parts = compose(arm, dataset.kind, study.free)
    unnamed = _unnamed(arm)
    total = 0.0
    for budget in study.budgets:
        size = task(dataset, study, budget)
        measured = past.get((unnamed, size.n_labeled))
        total += study.seeds * (cost(parts, size).fit * slowness if measured is None else measured)
    return total


def _preparations(study: Study, dataset: Dataset, workspace: Workspace) -> Mapping[tuple[str, str], float]:
    """Return the reference seconds of what is not cached yet, by the first arm that needs it and its key."""
    found: dict[str, tuple[str, float]] = {}
    for arm in study.arms:
        size = task(dataset, study, study.budgets[0])
        for parts in members(compose(arm, dataset.kind, study.free), dataset.kind):
            learns = learns_from_pool(parts)
            for seed in range(study.seeds if learns else 1):
                pool = split_of(dataset, seed, study.test_share).pool if learns else np.empty(0, np.int64)
                key = recipe_of(dataset, parts, pool, seed)
                if key is not None and not is_ready(key, workspace.cache):
                    found.setdefault(key, (arm.name, cost(parts, size).prepare))
    return {(name, key): seconds for key, (name, seconds) in found.items()}


def _medians(timings: Sequence[Timing]) -> Past:
    """Return the seconds of arms at sizes, of trials in which an arm did by default what it does now."""
    by_size: dict[tuple[Arm, int], list[float]] = defaultdict(list)
    alike = [each for each in timings if each.protocol == str(PROTOCOL)]
    for each in alike:
        by_size[_unnamed(each.arm), each.n_labeled].append(each.fit_seconds)
    return {size: statistics.median(seconds) for size, seconds in by_size.items()}


def _unnamed(arm: Arm) -> Arm:
    """Return the arm without its name and title, which say nothing about its work."""
    return Arm("", "", arm.model, arm.denoising, arm.augmentation, arm.semi_supervised)


# ---- calibration -----------------------------------------------------------------------------------------------


def slowness_of(workspace: Workspace) -> float:
    """Return how many times longer than the reference machine this one takes, from the workspace or measured now."""
    path = workspace.home / "speed.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if 0 <= time.time() - kept["measured"] < VALID:
            return float(kept["slowness"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not measured yet, or not by us
    slowness = ARITHMETIC * REFERENCE_GFLOPS / _gflops() + (1 - ARITHMETIC) * REFERENCE_GBS / _gigabytes()
    workspace.make()
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps({"slowness": slowness, "measured": time.time()}), encoding="utf-8")
    partial.replace(path)
    return slowness


def _gflops() -> float:
    """Return the rate of float32 matrix products of 256 × 256 on one core, in GFLOP/s."""
    from threadpoolctl import threadpool_limits

    matrix = np.ones((256, 256), np.float32)
    with threadpool_limits(1):
        return 2 * 256**3 / 1e9 * _rate(lambda: matrix @ matrix)


def _gigabytes() -> float:
    """Return the rate of copying 32 MB, in GB/s."""
    source = np.ones(32 << 20, np.uint8)
    target = np.empty_like(source)
    return source.nbytes / 1e9 * _rate(lambda: np.copyto(target, source))


def _rate(work: Callable[[], object]) -> float:
    """Return how often a second of a core the work can be done; the best of short stretches.

    Seconds that the core spends on others are not counted: what is measured beside a study must hold after it.
    """
    work()
    best, end = 0.0, time.perf_counter() + PROBE_SECONDS
    while time.perf_counter() < end:
        start, times = time.thread_time(), 0
        while time.thread_time() - start < PROBE_SECONDS / 10:
            work()
            times += 1
        best = max(best, times / (time.thread_time() - start))
    return best
