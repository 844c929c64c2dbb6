"""What each data set is there to teach, as bounds that cheap models can be held to (four draws each)."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.svm import SVC

from explorer.datasets.examples import ROOT
from sample_data import measure


def half(name, kind="data"):
    """Return images, labels, groups and split of every second group or image, which is enough for a bound."""
    saved = np.load(ROOT / name / "data.npz")
    images = np.load(ROOT / name / f"{kind}.npz")["images"]
    units = saved.get("groups", np.arange(len(images)))
    optional = (saved.get(each) for each in ("groups", "split"))
    kept = units % 2 == 0
    return images[kept] / 255.0, saved["labels"][kept], *(None if each is None else each[kept] for each in optional)


@pytest.fixture(scope="module")
def score():
    """Return a function that scores features of a data set at a number of labels of each class; features are kept."""
    seen = {}

    def scored(name, features, per_class, *, clean=False, smooth=False):
        images, labels, groups, split = half(name, "clean" if clean else "data")
        key = (name, features, clean, smooth)
        if key not in seen:
            seen[key] = features(measure.smoothed(images) if smooth else images)
        scores = []
        for seed in range(4):
            pool, test = measure.draw(labels, groups, split, seed)
            fit = measure.first_of_each(labels, pool, per_class)
            model = SVC(C=10) if features is measure.oriented else LogisticRegression(max_iter=1000)
            predicted = model.fit(seen[key][fit], labels[fit]).predict(seen[key][test])
            scores.append(balanced_accuracy_score(labels[test], predicted))
        return float(np.mean(scores))

    return scored


def test_pixels_are_enough_for_digits(score):
    assert 0.84 < score("digits", measure.pixels, 10) < 0.94
    assert score("digits", measure.pixels, 30) > 0.90
    assert score("digits", measure.intensity, 30) < 0.3


def test_textures_need_features(score):
    pixels, features = (score("textures", each, 20) for each in (measure.pixels, measure.oriented))
    assert pixels < 0.7
    assert features > pixels + 0.2


@pytest.mark.parametrize("name", ["ising", "lattices"])
def test_a_linear_model_on_pixels_is_blind_to_a_symmetry(score, name):
    chance = {"ising": 1 / 3, "lattices": 1 / 5}[name]
    assert abs(score(name, measure.pixels, 30) - chance) < 0.08


def test_neighbourhoods_show_the_phase(score):
    assert score("ising", measure.oriented, 30) > 0.7
    assert score("ising", measure.oriented, 30, clean=True) > score("ising", measure.oriented, 30) + 0.05


def test_smoothing_does_not_help_with_single_flipped_spins(score):
    assert score("ising", measure.oriented, 30, smooth=True) < score("ising", measure.oriented, 30) + 0.02


def test_brightness_does_not_tell_a_lattice(score):
    assert score("lattices", measure.intensity, 30) < 0.28


def test_hand_made_features_fail_on_lattices_at_this_dose(score):
    assert score("lattices", measure.oriented, 30) < 0.32


@pytest.mark.parametrize("name", ["galaxies", "cells"])
def test_features_learn_and_noise_is_what_holds_them_back(score, name):
    few, many = (score(name, measure.oriented, each) for each in (10, 30))
    assert many > few + 0.02
    assert score(name, measure.oriented, 30, clean=True) > many + 0.06


def test_denoising_helps_features_of_cells(score):
    noisy, smooth = (score("cells", measure.oriented, 10, smooth=each) for each in (False, True))
    assert smooth > noisy + 0.015


@pytest.mark.parametrize("name", ["galaxies", "cells"])
def test_brightness_gives_away_less_than_half(score, name):
    assert score(name, measure.intensity, 30) < 0.5
