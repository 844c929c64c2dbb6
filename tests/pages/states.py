"""Make-believe data sets, studies and outcomes for the tests of pages, and how to look at what pages show."""

import json
from dataclasses import replace

import numpy as np
from PIL import Image

from explorer.records import Outcome, State, Study
from explorer.scores import scores
from explorer.techniques.discovery import ready_arms

NAMES = ("round", "striped", "dotted")


def images(folder, each=14):
    """Write a folder of images of three classes, one broken file, two copies and two unlabelled images."""
    random = np.random.default_rng(0)
    for number, name in enumerate(NAMES):
        (folder / name).mkdir(parents=True)
        for place in range(each):
            pixels = random.integers(60 * number, 60 * number + 90, (16, 16), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{name}{place:02}.png")
    (folder / "unlabeled").mkdir()
    for place in range(2):
        pixels = random.integers(0, 255, (16, 16), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / "unlabeled" / f"u{place}.png")
    (folder / "round" / "broken.png").write_bytes(b"no image")
    return folder


def study_of(dataset, id="s1"):
    """Return a study of two quick arms, three budgets and two seeds."""
    arms = tuple(ready_arms()[name] for name in ("majority", "hog"))
    return Study(id, "Shapes", dataset.fingerprint, arms, (1, 2, 5), seeds=2)


def outcome(dataset, trial, share, failed=False):
    """Return a make-believe outcome whose accuracy is `share`, or a failure."""
    if failed:
        return Outcome(trial, State.FAILED, error="Traceback (most recent call last):\nValueError: made to fail")
    random = np.random.default_rng([trial.budget, trial.seed])
    test = np.sort(random.permutation(np.flatnonzero(dataset.labels >= 0))[:12])
    labels = dataset.labels[test]
    right = np.arange(12) < round(12 * share)
    probabilities = np.full((12, 3), 0.1, np.float32)
    probabilities[np.arange(12), np.where(right, labels, (labels + 1) % 3)] = 0.8
    found = Outcome(trial, State.DONE, 3 * trial.budget, trial.budget, test, probabilities, fit_seconds=0.5)
    return replace(found, scores=scores(probabilities, labels), notes=("made up",))


def figure(app, key, mode="light"):
    """Return the Plotly figure that a page shows under `key`, as a dict, and its text alternative."""
    shown = json.loads(app.get_by_key(key).proto.json)
    return json.loads(shown[mode]), shown["alt"]


def said(app):
    """Return all words of a page in one text."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.html, app.error, app.warning, app.info)
    return "\n".join(str(each.value) for kind in kinds for each in kind)


def question(app, fact):
    """Return one of the three questions on what carries the class of an image."""
    return next(radio for radio in app.radio if radio.key.startswith(f"meaning-{fact}"))
