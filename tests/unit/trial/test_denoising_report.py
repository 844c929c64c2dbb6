"""The report on cleaning, against plain computations and against noise that is known."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage.metrics import peak_signal_noise_ratio
from skimage.restoration import denoise_invariant

from explorer.denoising_report import (
    CORRELATED,
    OPPOSED,
    Seen,
    autocorrelation,
    losses,
    psnr,
    report,
    rows_of,
    sentence,
    ssim,
)


def pair(sigma=0.1, n=6, side=32):
    """Return clean and noisy images (n, side, side, 2) whose second channel has twice the noise."""
    rng = np.random.default_rng(0)
    clean = gaussian_filter(rng.random((n, side, side, 2)), (0, 3, 3, 0)).astype(np.float32)
    noise = rng.standard_normal(clean.shape) * [sigma, 2 * sigma]
    return clean, (clean + noise).astype(np.float32)


def blur(images):
    return gaussian_filter(images, (0, 1.5, 1.5, 0)).astype(np.float32)


def test_noise_before_and_after_is_told_for_each_channel():
    clean, noisy = pair()
    found = report(Seen(noisy, blur(noisy)), blur)
    assert found["noise_before"] == pytest.approx([0.1, 0.2], rel=0.1)
    assert max(found["noise_after"]) < 0.03
    assert found["residual"] == pytest.approx((noisy - blur(noisy)).std(axis=(0, 1, 2)).tolist(), rel=1e-4)
    assert found["rows"] == len(clean)
    assert found["truth"] is None


def test_the_loss_is_that_of_hidden_pixels():
    _, noisy = pair()
    mask = (slice(2, None, 4), slice(2, None, 4))
    expected = []
    for image in noisy:
        found = denoise_invariant(
            image, lambda each, channel_axis: blur(each[None])[0], masks=[mask], denoiser_kwargs={"channel_axis": -1}
        )
        expected.append(((found[mask] - image[mask]) ** 2).mean())
    assert losses(noisy, blur)[0] == pytest.approx(np.mean(expected), rel=1e-5)
    one, other = losses(noisy, lambda images: images)
    assert one == pytest.approx(other), "who cleans nothing predicts the mean of the neighbours"
    assert losses(noisy, blur)[0] < other


def test_white_residuals_have_no_correlation_and_striped_ones_have_it_along_the_stripes():
    white = np.random.default_rng(0).standard_normal((8, 48, 48, 1))
    found = autocorrelation(white)
    assert abs(found["strongest"]["value"]) < 0.05
    stripes = np.repeat(white[:, :, :1], 48, axis=2) + 0.1 * white
    found = autocorrelation(stripes)
    assert found["strongest"]["direction"] == "rows"
    assert found["strongest"]["value"] > 0.9
    assert max(map(abs, found["columns"])) < 0.15


def test_correlations_are_those_of_a_plain_loop():
    values = np.random.default_rng(0).random((2, 9, 7, 1))
    centred = values - values.mean()
    found = autocorrelation(values)
    assert found["lags"] == [1, 2, 3, 4, 5]
    for lag in found["lags"]:
        along = [
            centred[k, y, x, 0] * centred[k, y, x + lag, 0] for k in range(2) for y in range(9) for x in range(7 - lag)
        ]
        down = [
            centred[k, y, x, 0] * centred[k, y + lag, x, 0] for k in range(2) for y in range(9 - lag) for x in range(7)
        ]
        assert found["rows"][lag - 1] == pytest.approx(np.mean(along) / centred.var())
        assert found["columns"][lag - 1] == pytest.approx(np.mean(down) / centred.var())


def test_lags_fit_into_small_images_and_nothing_taken_away_is_not_correlated():
    found = autocorrelation(np.zeros((3, 4, 4, 2)))
    assert found["lags"] == [1, 2, 3]
    assert found["strongest"]["value"] == 0


def test_structure_that_was_taken_away_is_told_in_a_sentence():
    clean, _ = pair()
    told = sentence(report(Seen(clean, np.full_like(clean, 0.5)), blur))
    assert told.startswith("What cleaning took away is alike at pixels 1 px apart")
    _, noisy = pair()
    found = report(Seen(noisy, blur(noisy)), blur)
    assert found["autocorrelation"]["strongest"]["value"] < CORRELATED
    assert sentence(found) is None


def of_pattern(*rows):
    """Return a residual of white noise that repeats these multiples of itself, pixel after pixel along the rows."""
    white = np.random.default_rng(0).standard_normal((12, 64, 64, 1))
    return sum(each * np.roll(white, at, axis=2) for at, each in enumerate(rows))


@pytest.mark.parametrize(("pattern", "told"), [
    ((1, -0.9, 0.4), "is opposite at pixels 1 px apart along the rows (correlation -0.6"),
    ((1, -0.25, 0, 0, 0.3), "is alike at pixels 4 px apart along the rows (correlation 0.2"),
    ((1, -0.35), None),
    ((1, 0, 0.1), None),
])  # fmt: skip
def test_correlations_of_either_sign_are_told_from_where_noise_alone_does_not_have_them(pattern, told):
    found = sentence({"autocorrelation": autocorrelation(of_pattern(*pattern))})
    assert found is None if told is None else told in found


@pytest.mark.parametrize("sigma", [0.3, 0.4, 0.5, 0.7, 1.0, 1.5])
def test_noise_that_a_blur_takes_away_is_not_told(sigma):
    white = np.random.default_rng(0).standard_normal((12, 64, 64, 1))
    found = autocorrelation(white - gaussian_filter(white, (0, sigma, sigma, 0)))
    assert OPPOSED < found["strongest"]["value"] < CORRELATED
    assert sentence({"autocorrelation": found}) is None


def test_psnr_and_ssim_are_told_with_what_they_compare_with():
    clean, noisy = (np.clip(each, 0, 1) for each in pair())
    truth = report(Seen(noisy, blur(noisy), clean, "the clean images beside the data"), blur)["truth"]
    assert truth["compared_with"] == "the clean images beside the data"
    assert truth["data_range"] == 1.0
    assert truth["psnr_before"] == pytest.approx(peak_signal_noise_ratio(clean, noisy, data_range=1.0))
    assert truth["psnr_after"] > truth["psnr_before"] + 3
    assert truth["ssim_after"] > truth["ssim_before"]


@pytest.mark.parametrize("side", [4, 5, 8])
def test_equal_images_are_alike_at_any_side(side):
    images = np.random.default_rng(0).random((2, side, side, 1), np.float32)
    assert ssim(images, images) == pytest.approx(1)
    assert psnr(images, images) is None


def test_rows_are_of_the_pool_and_the_same_for_a_seed():
    pool = np.arange(100, 300)
    found = rows_of(pool, 3)
    assert len(found) == 64
    assert set(found.tolist()) <= set(pool.tolist())
    assert np.array_equal(found, rows_of(pool, 3))
    assert rows_of(pool[:5], 0).tolist() == pool[:5].tolist()
