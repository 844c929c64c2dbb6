"""Calibration against the strength that the clean images would have chosen, for every denoiser that has one."""

import numpy as np
import pytest

from explorer.datasets.examples import ROOT
from explorer.records import Choice, Rows, Scaling, Slot
from explorer.techniques import calibrating
from explorer.techniques.calibrating import AUTO, UNTOUCHED, Calibrated, Counted, Curve, ladder, planes_of
from explorer.techniques.discovery import build, techniques
from explorer.techniques.monitors import Quiet
from tests.unit.techniques.test_noise_level import soft

UNIT = Scaling(0.0, 1.0, "values in [0, 1]")
CALIBRATED = [name for name, each in techniques(Slot.DENOISING).items() if issubclass(each, Calibrated)]
COUNTED = [name for name in CALIBRATED if issubclass(techniques(Slot.DENOISING)[name], Counted)]


class Ear(Quiet):
    """A monitor that keeps what it is told."""

    def __init__(self):
        self.records, self.notes = {}, []

    def record(self, name, value):
        self.records[name] = value

    def note(self, sentence):
        self.notes.append(sentence)


def denoiser(name, **settings):
    return build(Slot.DENOISING, Choice(name, settings))


def scene(sigma, n=10, side=40, seed=0):
    """Return clean and noisy images (n, side, side, 1): blobs and discs with edges, and Gaussian noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:side, 0:side] / side
    clean = soft(n, side, seed)
    for image in clean:
        row, column, radius = rng.uniform(0.2, 0.8, 3) * (1, 1, 0.3)
        image[(y - row) ** 2 + (x - column) ** 2 < radius**2] += 0.2
    noisy = np.clip(clean + sigma * rng.standard_normal(clean.shape), 0, 1)
    return clean[..., None], noisy[..., None].astype(np.float32)


def error(found, clean):
    return float(((found - clean) ** 2).mean())


@pytest.mark.parametrize("name", CALIBRATED)
@pytest.mark.parametrize("sigma", [0.05, 0.15])
def test_the_chosen_strength_is_about_as_good_as_the_best_one(name, sigma):
    clean, noisy = scene(sigma)
    ear = Ear()
    chosen = denoiser(name)
    learnt = chosen.learn(Rows(noisy, UNIT), seed=0, monitor=ear)
    found = error(chosen.clean(noisy, learnt), clean)
    fixed = [denoiser(name, strength=f"{each:g}") for each in chosen.strengths]
    best = min(error(each.clean(noisy, {}), clean) for each in fixed)
    assert found < 1.25 * best, "within a decibel of what the clean images would have chosen"
    assert found < 0.35 * error(noisy, clean)
    (curve,) = ear.records["calibration"]
    assert curve["chosen"] == learnt["strengths"][0]
    assert curve["strengths"] == list(chosen.strengths)
    assert len(curve["losses"]) == len(curve["strengths"])
    assert curve["noise_variance"] == pytest.approx(error(noisy, clean), rel=0.25)


@pytest.mark.parametrize("name", CALIBRATED)
def test_pools_of_other_seeds_choose_the_same_strength_or_the_next(name, monkeypatch):
    monkeypatch.setattr(calibrating, "PIXELS", 12 * 40 * 40)  # twelve images, others at each seed
    _, noisy = scene(0.1, n=36)
    chosen = denoiser(name)
    learnt = [chosen.learn(Rows(noisy, UNIT), seed=seed, monitor=Quiet())["strengths"][0] for seed in range(4)]
    places = [chosen.strengths.index(each) for each in learnt]
    assert max(places) - min(places) <= 1


@pytest.mark.parametrize("name", CALIBRATED)
def test_images_without_noise_are_left_as_they_are_and_the_user_is_told(name):
    images = np.load(ROOT / "textures" / "data.npz")["images"][::24, ..., None]
    rows, ear = Rows(images, Scaling(0.0, 255.0, "8 bits")), Ear()
    chosen = denoiser(name)
    learnt = chosen.learn(rows, seed=0, monitor=ear)
    assert learnt["strengths"].tolist() == [UNTOUCHED]
    assert np.array_equal(chosen.clean(rows[:], learnt), rows[:])
    assert any("left as they are" in note for note in ear.notes)


@pytest.mark.parametrize("name", CALIBRATED)
def test_a_set_strength_needs_no_pool_and_is_the_one_applied(name):
    _, noisy = scene(0.1, n=3)
    strengths = techniques(Slot.DENOISING)[name].strengths
    for strength in (strengths[0], strengths[-1]):
        chosen = denoiser(name, strength=f"{strength:g}")
        assert not chosen.learns_from_pool
        expected = np.clip(chosen.smoothed(noisy, strength), 0, 1)
        assert np.array_equal(chosen.clean(noisy, {}), expected)
    assert denoiser(name).learns_from_pool
    assert denoiser(name).strength == AUTO


@pytest.mark.parametrize("name", CALIBRATED)
def test_each_channel_gets_the_strength_that_it_needs_and_colours_share_one(name):
    _, weak = scene(0.03)
    _, strong = scene(0.25)
    chosen = denoiser(name)
    learnt = chosen.learn(Rows(np.concatenate([weak, strong], axis=-1), UNIT), seed=0, monitor=Quiet())
    assert learnt["strengths"][0] < learnt["strengths"][1]
    colours = chosen.learn(Rows(np.repeat(strong, 3, axis=-1), UNIT), seed=0, monitor=Quiet())
    assert colours["strengths"].shape == (1,)


def test_planes_hold_every_channel_once():
    assert planes_of(3) == [slice(0, 3)]
    for channels in (1, 2, 5):
        assert [list(range(channels))[each] for each in planes_of(channels)] == [[at] for at in range(channels)]


@pytest.mark.parametrize("name", COUNTED)
def test_taking_noise_for_that_of_counts_helps_where_it_is_or_does_next_to_nothing(name):
    rng = np.random.default_rng(0)
    clean = soft(20, 40)[..., None] - 0.04
    noisy = np.clip(rng.poisson(clean * 12) / 12, 0, 1).astype(np.float32)
    found = {}
    for counts in (False, True):
        chosen = denoiser(name, counts=counts)
        learnt = chosen.learn(Rows(noisy, UNIT), seed=0, monitor=Quiet())
        found[counts] = error(chosen.clean(noisy, learnt), clean)
    assert learnt["gains"][0] == pytest.approx(1 / 12, rel=0.35)
    # Over six draws the error fell to 0.86 (non-local means) and 0.92 (wavelets) of what it was; that of total
    # variation, which smooths dark and bright areas alike, stayed where it was (1.01).
    assert found[True] < found[False] * (1.05 if name == "tv" else 1.0)


@pytest.mark.parametrize("name", COUNTED)
def test_noise_that_is_not_of_counts_is_not_taken_for_it(name):
    clean, _ = scene(0.1, n=60)
    noisy = clean + 0.1 * np.random.default_rng(0).standard_normal(clean.shape, np.float32)
    plain, counted = denoiser(name), denoiser(name, counts=True)
    low = Rows(noisy - 0.6 * clean.max(), Scaling(-2.0, 2.0, "wide enough for nothing to be cut"))
    ear = Ear()
    learnt = counted.learn(low, seed=0, monitor=ear)
    if learnt["gains"][0] == 0:
        assert any("not taken for that of counts" in note for note in ear.notes)
        assert np.array_equal(
            counted.clean(low[:], learnt), plain.clean(low[:], plain.learn(low, seed=0, monitor=Quiet()))
        )
    assert learnt["gains"][0] < 0.002


def test_the_weakest_of_equally_good_strengths_is_taken():
    curve = Curve((0.1, 0.2, 0.3), np.array([0.5, 0.4, 0.4]), 0.4)
    assert curve.best == 0.2
    assert Curve((0.1, 0.2, 0.3), np.array([0.5, 0.4, 0.4]), 0.2).best == UNTOUCHED


def test_strengths_of_a_ladder_are_a_factor_apart():
    found = ladder(0.01, 0.08, 2.0)
    assert found == (0.01, 0.02, 0.04, 0.08)


def test_the_example_of_galaxies_becomes_much_cleaner():
    noisy, clean = (np.load(ROOT / "galaxies" / f"{kind}.npz")["images"][::40, ..., None] for kind in ("data", "clean"))
    chosen = denoiser("wavelet")
    rows = Rows(noisy, Scaling(0.0, 255.0, "8 bits"))
    found = chosen.clean(rows[:], chosen.learn(rows, seed=0, monitor=Quiet()))
    assert error(found, clean / 255) < error(rows[:], clean / 255) / 10
