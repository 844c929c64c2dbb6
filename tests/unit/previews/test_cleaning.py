"""Previews of denoisers: what trials have and record, of pool rows alone, and ended when nobody wants them."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.errors import Cancelled, StudyError, TechniqueError
from explorer.preparing import prepared
from explorer.previews import denoise, denoise_learning, denoise_report
from explorer.previews.cleaning import Noisy, built, pool_rows, seconds_to_learn
from explorer.previews.making import AtWork
from explorer.records import Arm, Choice, Rows, Study
from explorer.splits import make_split
from explorer.techniques.composing import compose
from explorer.techniques.denoising.wavelet import Wavelet
from explorer.techniques.monitors import QUIET
from explorer.techniques.noise import Noise

TOYS = Path(__file__).parents[2] / "toys"
GAUSSIAN = {"added_noise": "gaussian", "sigma": 0.2}


def trial_of(dataset, technique, settings, cache):
    """Return what a trial of seed 0 prepares with a denoiser."""
    parts = compose(Arm("a", "A", Choice("majority"), Choice(technique, settings)))
    pool = make_split(dataset, 0, Study.test_share).pool
    return prepared(dataset, parts, pool, 0, cache=cache, monitor=QUIET)


def never(*args, **known):
    raise AssertionError("it was learnt a second time")


@pytest.mark.parametrize("settings", [{}, GAUSSIAN])
def test_a_preview_shows_what_a_trial_is_given_and_learns_it_for_the_trial(noisy, at_work, monkeypatch, settings):
    row = int(pool_rows(noisy)[5])
    found = denoise.make(noisy, {"technique": "wavelet", "settings": settings, "row": row}, at_work)
    monkeypatch.setattr(Wavelet, "learn", never)
    trial = trial_of(noisy, "wavelet", settings, at_work.cache)
    assert np.abs(found.arrays["cleaned"] / 255 - trial.inputs[[row]]).max() <= 0.5 / 255 + 1e-6
    assert np.abs(found.arrays["given"] / 255 - found.arrays["cleaned"] / 255 - found.arrays["residual"]).max() < 0.006


def test_the_figures_are_those_that_a_trial_records(noisy, at_work):
    found = denoise_report.make(noisy, {"technique": "wavelet", "settings": GAUSSIAN}, at_work).facts
    trial = trial_of(noisy, "wavelet", GAUSSIAN, at_work.cache)
    assert found["calibration"] == trial.reports["calibration"]
    recorded = trial.reports["denoising"]
    assert found["report"]["rows"] == recorded["rows"] == len(pool_rows(noisy))
    assert found["report"]["noise_before"] == recorded["noise_before"]
    for name in ("loss", "noise_after", "residual"):
        assert found["report"][name] == pytest.approx(recorded[name], rel=1e-5)
    truth = dict(found["report"]["truth"])
    assert truth.pop("compared_with") == recorded["truth"].pop("compared_with")
    assert truth == pytest.approx(recorded["truth"], rel=1e-5)
    assert found["report"]["noise_before"][0] > 0.17  # 0.1 of the data and 0.2 that was added, cut at black and white


def test_the_chosen_strength_has_the_smallest_measured_loss(noisy, at_work):
    (curve,) = denoise_report.make(noisy, {"technique": "gaussian", "settings": {}}, at_work).facts["calibration"]
    assert curve["chosen"] == curve["strengths"][int(np.argmin(curve["losses"]))]
    assert min(curve["losses"]) > 0
    set_by_hand = {"technique": "gaussian", "settings": {"strength": "1.4"}}
    assert denoise_report.make(noisy, set_by_hand, at_work).facts["calibration"] == []


def test_truth_is_told_only_where_it_is_known(noisy, at_work):
    row = int(pool_rows(noisy)[0])
    unknown = replace(noisy, clean=None)
    plain = {"technique": "gaussian", "settings": {"strength": "1.4"}, "row": row}
    found = denoise.make(unknown, plain, at_work)
    assert "clean" not in found.arrays
    assert found.facts == {"compared_with": "", "psnr_before": None, "psnr_after": None}
    added = denoise.make(unknown, {**plain, "settings": {**plain["settings"], **GAUSSIAN}}, at_work)
    assert np.array_equal(added.arrays["clean"], noisy.inputs[[row]])
    wrong = (added.arrays["given"].astype(float) - noisy.inputs[[row]]) / 255
    assert added.facts["psnr_before"] == pytest.approx(-10 * np.log10((wrong**2).mean()), abs=0.05)
    assert added.facts["psnr_after"] > added.facts["psnr_before"]
    known = denoise.make(noisy, plain, at_work)
    assert np.array_equal(known.arrays["clean"], noisy.clean[[row]])


def test_only_the_pool_is_shown_and_learnt_from(noisy, at_work, monkeypatch):
    monkeypatch.setenv("EXPLORER_TECHNIQUES", str(TOYS))
    split = make_split(noisy, 0, Study.test_share)
    spy = sys.modules[type(built(Choice("spy_cleaner"))).__module__]
    spy.SEEN.clear()
    options = {"technique": "spy_cleaner", "settings": {}, "row": int(split.pool[0])}
    denoise.make(noisy, options, at_work)
    ((pool, _),) = spy.SEEN
    assert np.array_equal(pool, noisy.rows(split.pool)[:])
    with pytest.raises(StudyError, match="not in the pool"):
        denoise.make(noisy, {**options, "row": int(split.test[0])}, at_work)
    assert set(denoise_report.rows_of(noisy)) <= set(split.pool)


def test_fewer_images_are_looked_at_where_they_are_large(make_dataset):
    large = make_dataset(np.tile([0, 1], 20), inputs=np.zeros((40, 512, 512, 1), np.uint8))
    assert len(denoise_report.rows_of(large)) == 4
    assert len(denoise_report.rows_of(make_dataset(np.tile([0, 1], 200)))) == 64


class Ending:
    """Ends the work at its n-th step."""

    def __init__(self, steps):
        self.left = steps

    def step(self, done, total):
        self.left -= 1
        if self.left < 0:
            raise Cancelled("enough")


@pytest.mark.parametrize("steps", [0, 2, 70])
def test_a_preview_that_nobody_wants_ends_at_its_next_step(noisy, at_work, steps):
    ended = AtWork(at_work.cache, Ending(steps))
    with pytest.raises(Cancelled):
        denoise_report.make(noisy, {"technique": "tv", "settings": {}}, ended)


def test_what_is_learnt_takes_no_time_any_more(noisy, at_work, monkeypatch):
    technique = built(Choice("nlm", GAUSSIAN))
    assert seconds_to_learn(noisy, technique, at_work.cache) > 0
    told = denoise_learning.make(noisy, {"technique": "nlm", "settings": GAUSSIAN}, at_work)
    assert told.facts == {"notes": []}
    assert seconds_to_learn(noisy, technique, at_work.cache) == 0
    assert seconds_to_learn(noisy, built(Choice("nlm")), at_work.cache) > 0  # other noise, other learning
    assert seconds_to_learn(noisy, built(Choice("none")), at_work.cache) == 0


def test_a_denoiser_that_cannot_be_used_says_why(monkeypatch):
    monkeypatch.setattr(Wavelet, "unavailable", classmethod(lambda cls: "Install it."))
    with pytest.raises(TechniqueError, match=r"Wavelet shrinkage cannot be used here. Install it."):
        built(Choice("wavelet"))


def test_noise_of_a_row_is_that_of_the_file_of_all_rows(noisy):
    noise = Noise("poisson", 10.0)
    inputs = Rows(noisy.inputs, noisy.scaling)
    every, lazy = noise.added(inputs[:], 0), Noisy(inputs, noise)
    assert (len(lazy), lazy.shape, lazy.dtype) == (60, every.shape, every.dtype)
    assert np.array_equal(lazy[:], every)
    assert np.array_equal(lazy[np.array([7, 3])], every[[7, 3]])
    assert np.array_equal(lazy[5], every[5])
    assert lazy[:0].shape == (0, 16, 16, 1)
