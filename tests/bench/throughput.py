"""Benchmarks of feature extraction and of training: ours against what a user would write, in the same run.

`python -m tests.bench.throughput` prints the figures. Both plain versions are float32, channels first, with timm or
torch modules as they come; that of extraction runs on one thread like ours, that of training on torch's default.
"""

import functools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import click
import numpy as np
from sklearn.linear_model import LogisticRegression

from explorer.records import Rows, Scaling
from explorer.techniques.models.pretrained import Pretrained
from explorer.techniques.models.small_cnn import WIDTHS, SmallCnn
from explorer.training.precision import fast_bfloat16, one_thread
from tests.bench import plain
from tests.bench.figures import Figure, middle

SCALING = Scaling(0.0, 255.0, "8-bit values divided by 255")
STEPS = 200
CLASSES = 5


def stripes(n: int, side: int = 64, seed: int = 0) -> tuple[Any, Any]:
    """Return RGB images (n, side, side, 3) uint8 of noisy stripes whose period tells the class, and labels (n,)."""
    random = np.random.default_rng(seed)
    labels = np.arange(n) % CLASSES
    phase = random.uniform(0, 6.28, (n, 1)) + np.arange(side) * (0.3 + 0.05 * labels[:, None])
    images = 128 + 40 * np.sin(phase)[:, None, :, None] + random.normal(0, 60, (n, side, side, 3))
    return images.clip(0, 255).astype(np.uint8), labels


# ---- feature extraction ----------------------------------------------------------------------------------------


def extraction(n: int = 192, repeats: int = 3) -> Figure:
    """Images a second through the whole of feature extraction, and accuracy of a probe on what comes out."""
    images, labels = stripes(n)
    theirs, ours = plain.features_loop(), Pretrained(depth="last", views="one", scales="one").features
    found, ratios, rates = {}, [], []
    with one_thread():
        ours(Rows(images[:16], SCALING)[:])
        for _ in range(repeats):
            slow, found["plain"] = _timed(lambda: theirs(images))
            fast, found["ours"] = _timed(lambda: ours(Rows(images, SCALING)[:]))
            ratios.append(slow / fast)
            rates.append(n / fast)
    bound = 2.5 if fast_bfloat16() else 1.3
    accuracy = {name: 100 * _probe(each, labels) for name, each in found.items()}
    away = abs(accuracy["ours"] - accuracy["plain"])
    return Figure(
        "feature extraction (64 px to 1,280 features, images prepared) against a plain loop, one thread each",
        f"{bound} ×, probe within 0.5 points",
        f"{middle(ratios)} ×, {statistics.median(rates):.0f} images a second; probe {accuracy['ours']:.1f} against "
        f"{accuracy['plain']:.1f} %",
        statistics.median(ratios) >= bound and away < 0.5,
    )


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _probe(features: Any, labels: Any, per_class: int = 10) -> float:
    """Return the accuracy of logistic regression on unit features, mean of ten draws of labelled rows."""
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    found = []
    for seed in range(10):
        order = np.random.default_rng(seed).permutation(len(labels))
        rows = np.concatenate([order[labels[order] == each][:per_class] for each in range(CLASSES)])
        rest = np.setdiff1d(order, rows)
        model = LogisticRegression(C=30, class_weight="balanced", max_iter=1000).fit(unit[rows], labels[rows])
        found.append(model.score(unit[rest], labels[rest]))
    return float(np.mean(found))


# ---- training --------------------------------------------------------------------------------------------------


def cnn(fits: int = 4) -> Figure:
    """Fits a minute on the whole machine: two processes of one thread against a plain loop on torch's threads."""
    slow = _race("plain", 1, fits)
    fast = _race("ours", 2, fits // 2)
    ratio = slow["seconds"] / fast["seconds"]
    bound = 2.5 if fast_bfloat16() else 1.5
    rate = _work() * STEPS * fits / 2 / fast["seconds"] / 1e9
    peak = _gemm_rate()
    speed = f"{60 * fits / fast['seconds']:.1f} against {60 * fits / slow['seconds']:.1f} a minute"
    scores = f"accuracy {fast['accuracy']:.1f} against {slow['accuracy']:.1f} %"
    share = f"{rate:.0f} GFLOP/s a core, {100 * rate / peak:.0f} % of the {peak:.0f} of its matrix product"
    return Figure(
        f"trials a minute of the small CNN on the whole machine ({STEPS} steps each) against a plain loop",
        f"{bound} ×, same accuracy within noise",
        f"{ratio:.2f} × ({speed}); {scores}; {share}",
        ratio >= bound and abs(fast["accuracy"] - slow["accuracy"]) < 5,
    )


def _race(kind: str, processes: int, fits: int) -> dict[str, float]:
    """Run fits in processes that start together once all are warm; return seconds of the slowest, and accuracy."""
    command = [sys.executable, "-m", "tests.bench.throughput", kind]
    runners = [
        subprocess.Popen(
            [*command, str(number * fits), str(fits)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for number in range(processes)
    ]
    for each in runners:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    start = time.perf_counter()
    for each in runners:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    found = [json.loads(each.communicate()[0]) for each in runners]
    return {
        "seconds": time.perf_counter() - start,
        "accuracy": 100 * float(np.mean([row for rows in found for row in rows])),
    }


def _run(kind: str, first: int, fits: int) -> None:
    """Answer "ready" when warm, wait for a line, fit with the seeds first, first + 1, …, and print the accuracies."""
    fit = {"plain": plain.fit, "ours": _our_fit}[kind]
    images, labels = stripes(400)
    fit(images[:100], labels[:100], images[100:], 0, 5)
    click.echo("ready")
    sys.stdin.readline()
    found = [fit(images[:100], labels[:100], images[100:], seed, STEPS) for seed in range(first, first + fits)]
    click.echo(json.dumps([float((each.argmax(axis=1) == labels[100:]).mean()) for each in found]))


def _our_fit(images: Any, labels: Any, seen: Any, seed: int, steps: int) -> Any:
    from explorer.techniques.examples import Examples
    from explorer.techniques.monitors import Quiet

    rows = Rows(images, SCALING)
    predict = SmallCnn(steps=steps).fit(Examples.of(rows, labels), n_classes=CLASSES, seed=seed, monitor=Quiet())
    return predict(Rows(seen, SCALING)[:])


def _work() -> float:
    """Return the floating-point operations of one training step as our form of the network needs them."""
    technique, channels, side, total = SmallCnn(), 3, 48, 0.0
    for index, width in enumerate(WIDTHS):
        halves = index < len(WIDTHS) - 1
        side = side // 2 if halves else side
        passes = 3 if index else 2  # the first layer needs no gradient of its input
        total += 2 * passes * channels * width * (16 if halves else 9) * side * side
        channels = width
    return total * technique.batch


def _gemm_rate(side: int = 1024) -> float:
    """Return GFLOP/s of a float32 matrix product on one thread, best of ten."""
    import torch

    left = torch.rand((side, side))
    with one_thread():
        best = min(_timed(lambda: left @ left)[0] for _ in range(10))
    return 2 * side**3 / best / 1e9


# ---- training with views --------------------------------------------------------------------------------------------

VIEWED = ("standard", "strong")


def augmented(repeats: int = 3) -> Figure:
    """Training steps a second of the small CNN with views, as a share of those without, at 64 px in grey and colour."""
    shares: dict[str, list[float]] = {}
    for channels in (1, 3):
        _stepping(channels, VIEWED[0], 10)
        for _ in range(repeats):
            bare = _stepping(channels, None, STEPS)
            for name in VIEWED:
                shares.setdefault(f"{name}, {'grey' if channels == 1 else 'colour'}", []).append(
                    100 * bare / _stepping(channels, name, STEPS)
                )
    middles = {name: statistics.median(each) for name, each in shares.items()}
    return Figure(
        "training steps a second of the small CNN with augmentation (all facts free, 64 px), in percent of without",
        "80 % for each",
        "; ".join(f"{name}: {share:.0f} %" for name, share in middles.items()),
        min(middles.values()) >= 80,
    )


def _stepping(channels: int, augmentation: str | None, steps: int) -> float:
    """Return the seconds of a fit of so many steps on one thread."""
    from explorer.records import Choice, Fact, Slot
    from explorer.techniques.base import Augmentation
    from explorer.techniques.discovery import build
    from explorer.techniques.examples import Examples
    from explorer.techniques.monitors import Quiet

    images, labels = stripes(100)
    rows = Rows(images[..., :channels], SCALING)
    views = None
    if augmentation is not None:
        technique = build(Slot.AUGMENTATION, Choice(augmentation))
        assert isinstance(technique, Augmentation)
        views = technique.views(rows.shape[1:], frozenset(Fact))
    fit = functools.partial(SmallCnn(steps=steps).fit, n_classes=CLASSES, seed=0, monitor=Quiet(), views=views)
    return _timed(lambda: fit(Examples.of(rows, labels)))[0]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        for figure in (extraction(), cnn(), augmented()):
            click.echo(figure)
