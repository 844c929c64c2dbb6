"""Likeness of layers: what is compared, on which images, and against what each network itself says."""

import numpy as np
import pytest
import torch

from explorer.errors import TechniqueError
from explorer.previews import refitting
from explorer.previews.answers import named
from explorer.previews.layers import layers
from explorer.previews.likeness import ENOUGH, images_of, make
from explorer.previews.making import AtWork
from explorer.records import Arm, Choice, Study, Trial
from explorer.statistics.similarity import cka
from explorer.techniques.monitors import QUIET
from explorer.training import small_net
from explorer.training.lite0 import TAPPED
from explorer.trial import Refit, refit

CNN = Arm("cnn", "CNN", Choice("small_cnn", {"steps": 12, "side": 32}))
FROZEN = Arm("frozen", "Frozen", Choice("pretrained", {"side": 96, "scales": "one"}))
TUNED = Arm("tuned", "Tuned", Choice("finetune", {"side": 96, "scales": "one", "steps": 10}))
PLAIN = Arm("hog", "HOG", Choice("hog"))
ARMS = (CNN, FROZEN, TUNED, PLAIN)
STUDY = Study("s", "s", "toy", ARMS, (4,), seeds=2)


@pytest.fixture
def fit(make_dataset, tmp_path):
    """Return the data set, and a function that fits a trial of an arm."""
    refitting._fitted.clear()
    inputs = np.random.default_rng(0).integers(0, 255, (30, 16, 16, 1), dtype=np.uint8)
    data = make_dataset(np.arange(30) % 3, inputs=inputs)
    return data, lambda arm, seed=0: refit(data, STUDY, Trial(arm.name, 4, seed), cache=tmp_path, monitor=QUIET)


def side(fitted, arm, seed=0):
    return {"arm": arm.name, "budget": 4, "seed": seed, "answers": named(fitted.test, fitted.probabilities)}


def test_layers_of_the_small_network_are_means_and_spreads_of_its_maps(fit):
    data, fitted = fit
    trial = fitted(CNN)
    rows = np.array([0, 5, 7])
    found = layers(trial, rows)
    model, scale = trial.predictor.model, trial.predictor.scale
    images = model.prepared(model.reduced(data.rows(rows)[:]), scale=scale)
    maps = small_net.maps(trial.predictor.parameters[:-2], images)
    assert list(found) == ["block 1", "block 2", "block 3", "block 4"]
    for part, each in zip(maps, found.values(), strict=True):
        flat = part.detach().flatten(2)
        wanted = torch.cat([flat.mean(2), flat.std(2, correction=0)], 1)
        assert np.allclose(each, wanted, atol=1e-5)


def test_layers_of_pretrained_networks_are_those_that_describe_images(fit):
    _, fitted = fit
    names = [f"stage {stage}" for stage in TAPPED]
    rows = np.arange(6)
    frozen, tuned = layers(fitted(FROZEN), rows), layers(fitted(TUNED), rows)
    assert list(frozen) == names
    assert list(tuned) == names[1:]  # its lower half ends in the first of these
    for name in names[1:2]:  # what both see there is the same, up to the length and to half precision
        assert cka([frozen[name]], [tuned[name]])[0, 0] > 0.98
    assert [each.shape[1] for each in tuned.values()] == [each.shape[1] for each in list(frozen.values())[1:]]


def test_the_same_trial_is_like_itself_and_a_frozen_network_like_itself_at_every_seed(fit, tmp_path):
    data, fitted = fit
    for arm, seed in ((CNN, 0), (FROZEN, 1)):
        sides = [side(fitted(arm), arm), side(fitted(arm, seed), arm, seed)]
        found = make(data, {"study": STUDY.to_dict(), "sides": sides, "most": 200}, AtWork(tmp_path, QUIET))
        assert np.allclose(np.diag(found.arrays["likeness"]), 1)
        assert found.facts["layers"][0] == found.facts["layers"][1]
        assert found.facts["images"] == 9


def test_two_networks_are_compared_layer_by_layer(fit, tmp_path):
    data, fitted = fit
    sides = [side(fitted(CNN), CNN), side(fitted(FROZEN), FROZEN)]
    found = make(data, {"study": STUDY.to_dict(), "sides": sides, "most": 8}, AtWork(tmp_path, QUIET))
    assert found.arrays["likeness"].shape == (4, 5)
    assert found.facts["images"] == 8
    assert found.facts["both"]


def test_an_arm_without_layers_says_so(fit, tmp_path):
    data, fitted = fit
    sides = [side(fitted(CNN), CNN), side(fitted(PLAIN), PLAIN)]
    with pytest.raises(TechniqueError, match="has no layers that can be compared"):
        make(data, {"study": STUDY.to_dict(), "sides": sides, "most": 8}, AtWork(tmp_path, QUIET))


def test_images_that_judged_at_both_seeds_are_taken_where_they_are_enough():
    def judged(rows):
        return Refit(None, None, None, np.asarray(rows), np.empty((0, 0)))

    many, other = judged(np.arange(200)), judged(np.arange(100, 300))
    rows, both = images_of(many, other, 40)
    assert both
    assert len(rows) == 40
    assert rows.min() >= 100
    assert rows.max() < 200
    few, apart = judged(np.arange(ENOUGH)), judged(np.arange(ENOUGH - 5, 2 * ENOUGH))
    rows, both = images_of(few, apart, 1000)
    assert not both
    assert rows.tolist() == few.test.tolist()
