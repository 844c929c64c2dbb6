"""Textures against plain loops, and the trees on them against scikit-learn's."""

import itertools

import numpy as np
import pytest
from scipy import stats
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier

from explorer.errors import Cancelled, OutOfTime
from explorer.techniques import texture
from explorer.techniques.examples import Examples
from explorer.techniques.heads import Counted
from explorer.techniques.models.classical import ROUNDS, TREES, Classical
from explorer.techniques.monitors import Quiet
from tests.unit.techniques.toys import weighted


def _plane(side=9, seed=0):
    return np.random.default_rng(seed).random((side, side)).astype(np.float32)


# ---- what describes a plane ----


def test_moments_are_those_of_scipy():
    plane = _plane(20) ** 3
    found = texture.intensities(plane)
    third, fourth = stats.skew(plane, axis=None), stats.kurtosis(plane, axis=None)
    expected = [plane.mean(), plane.std(), third / (1 + abs(third)), fourth / (1 + abs(fourth))]
    np.testing.assert_allclose(found[:4], expected, atol=1e-5)
    np.testing.assert_allclose(found[5:12], np.percentile(plane, texture.PERCENTILES), atol=1e-6)
    counts = np.histogram(plane, 16, (0, 1))[0]
    np.testing.assert_allclose(found[4], stats.entropy(counts, base=16), atol=1e-6)
    np.testing.assert_allclose(found[12:] ** 2, counts / plane.size, atol=1e-6)


def _pattern(whole, row, column, radius, points):
    """Return the pattern of one pixel by the definition of Ojala et al., neighbours by bilinear interpolation."""
    brighter = []
    for number in range(points):
        angle = 2 * np.pi * number / points
        down, right = row - radius * np.sin(angle), column + radius * np.cos(angle)
        top, left = int(np.floor(round(down, 5))), int(np.floor(round(right, 5)))
        y, x = round(down, 5) - top, round(right, 5) - left
        upper = whole[top, left] * (1 - x) + whole[top, left + 1] * x
        lower = whole[top + 1, left] * (1 - x) + whole[top + 1, left + 1] * x
        brighter.append(upper * (1 - y) + lower * y >= whole[row, column])
    changes = sum(one != other for one, other in zip(brighter, brighter[1:] + brighter[:1], strict=True))
    return sum(brighter) if changes <= 2 else points + 1


def test_binary_patterns_are_those_of_plain_loops():
    plane = _plane()
    border = 5
    whole = np.rint(np.pad(plane, border, mode="symmetric") * 65535).astype(np.float64)
    inner = range(border, border + len(plane))
    expected = []
    for radius, points in texture.RINGS:
        codes = [_pattern(whole, row, column, radius, points) for row, column in itertools.product(inner, inner)]
        expected.append(np.bincount(codes, minlength=points + 2) / plane.size)
    np.testing.assert_allclose(texture.patterns(plane) ** 2, np.concatenate(expected), atol=1e-6)


def test_binary_patterns_know_neither_brightness_nor_quarter_turns():
    plane = _plane(16)
    found = texture.patterns(plane)
    np.testing.assert_allclose(texture.patterns(plane * 0.5 + 0.25), found, atol=0.05)
    np.testing.assert_allclose(texture.patterns(np.rot90(plane).copy()), found, atol=0.05)


def _pairs(grey, distance):
    """Return the means over four directions of the properties of grey levels (h, w), from plain loops over pixels."""
    found = []
    for down, right in ((0, 1), (1, 1), (1, 0), (1, -1)):
        step = distance if 0 in (down, right) else round(distance / np.sqrt(2))
        counts = np.zeros((32, 32))
        for row, column in itertools.product(range(len(grey)), range(len(grey))):
            other = (row + down * step, column + right * step)
            if 0 <= other[0] < len(grey) and 0 <= other[1] < len(grey):
                counts[grey[row, column], grey[other]] += 1
                counts[grey[other], grey[row, column]] += 1
        found.append(_properties(counts / counts.sum()))
    return np.mean(found, axis=0)


def _properties(shares):
    i, j = np.mgrid[:32, :32]
    apart = np.abs(i - j)
    mean = (shares * i).sum()
    variance = (shares * (i - mean) ** 2).sum()
    return [
        (shares * apart**2).sum() / 31**2,
        (shares * apart).sum() / 31,
        (shares / (1 + apart**2)).sum(),
        np.sqrt((shares**2).sum()),
        (shares * (i - mean) * (j - mean)).sum() / variance,
        stats.entropy(shares.ravel()) / np.log(32**2),
    ]


def test_pairs_of_grey_levels_are_those_of_plain_loops():
    plane = _plane(12)
    low, high = np.percentile(plane, (1, 99))
    grey = np.minimum(np.clip((plane.astype(np.float64) - low) / (high - low), 0, 1) * 32, 31).astype(int)
    expected = np.stack([_pairs(grey, distance) for distance in texture.DISTANCES], axis=1)
    np.testing.assert_allclose(texture.pairs(plane).reshape(6, 3), expected, atol=1e-5)


def test_pairs_do_not_depend_on_brightness_and_contrast():
    plane = _plane(16)
    np.testing.assert_allclose(texture.pairs(plane * 0.3 + 0.1), texture.pairs(plane), atol=0.02)


def test_a_few_bright_pixels_before_an_even_background_make_pairs():
    plane = np.zeros((20, 20), np.float32)
    plane[5, 5] = plane[9, 14] = 0.4
    assert texture.pairs(plane)[0] > 0


def _opened(plane, radius):
    """Return the opening by a disc from loops: the largest, over discs that cover a pixel, of the least in the disc."""
    reach = range(-radius, radius + 1)
    disc = [(y, x) for y, x in itertools.product(reach, reach) if y * y + x * x <= radius * radius]
    inside = range(len(plane))
    least = {
        (r, c): min(plane[r + y, c + x] for y, x in disc if r + y in inside and c + x in inside)
        for r, c in itertools.product(inside, inside)
    }
    return np.array([[max(least.get((r + y, c + x), -1) for y, x in disc) for c in inside] for r in inside])


@pytest.mark.parametrize("seed", [0, 1])
def test_granules_are_those_of_plain_loops(seed):
    plane = _plane(10, seed)
    expected = []
    for each in (plane, 1 - plane):
        left = np.array([each.mean(), *(_opened(each, radius).mean() for radius in texture.RADII)])
        taken = left[0] - left.min()
        expected += [*(-np.diff(left) / taken), taken]
    np.testing.assert_allclose(texture.granules(plane), expected, atol=1e-5)


def test_granules_tell_the_size_of_blobs():
    y, x = np.mgrid[:60, :60] % 20 - 10
    spectra = [texture.granules((y**2 + x**2 <= radius**2).astype(np.float32))[:6] for radius in (1, 3)]
    assert spectra[0].argmax() == texture.RADII.index(2), "a disc of radius 2 no longer fits into one of radius 1"
    assert spectra[1].argmax() == texture.RADII.index(4)


@pytest.mark.parametrize(("wavelength", "band"), [(48, 0), (24, 1), (12, 2), (6, 3), (3, 4)])
def test_waves_are_found_in_their_band(wavelength, band):
    down = np.arange(96)[:, None] / np.sqrt(2)
    plane = 0.5 + 0.4 * np.sin(2 * np.pi * (down + down.T) / wavelength)
    for each in (plane, plane[:, ::-1], plane[:, :80]):
        found = texture.waves(each.astype(np.float32))
        assert found.argmax() == band
        assert found[band] > 0.8, "a window spreads a wave a little"


def test_shares_of_waves_are_those_of_a_plain_fourier_sum():
    plane = _plane(8).astype(np.float64)
    window = np.sin(np.pi * np.arange(1, 9) / 9) ** 2
    seen = (plane - plane.mean()) * window[:, None] * window[None, :]
    shares, total = np.zeros(5), 0.0
    for u, v in itertools.product(range(-4, 4), repeat=2):
        phases = np.exp(-2j * np.pi * (u * np.arange(8)[:, None] + v * np.arange(8)[None, :]) / 8)
        power, frequency = abs((seen * phases).sum()) ** 2, np.hypot(u, v) / 8
        total += power
        for band, (low, high) in enumerate(itertools.pairwise(texture.BANDS)):
            shares[band] += power * (low <= frequency < high)
    np.testing.assert_allclose(texture.waves(plane.astype(np.float32)) ** 2, shares / total, atol=1e-6)


def test_channels_that_are_the_same_correlate_and_even_ones_do_not():
    plane = _plane()
    found = texture.between(np.stack([plane, plane, np.full_like(plane, 0.5)], axis=-1))
    np.testing.assert_allclose(found[:3], [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(found[3:], [0, plane.mean() - 0.5, plane.mean() - 0.5], atol=1e-6)


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("shape", [(2, 2, 1), (3, 40, 2), (8, 8, 5), (140, 130, 3)])
def test_images_of_one_value_have_finite_features(value, shape):
    found = Classical().features(np.full((1, *shape), value, np.float32))
    assert found.shape == (1, shape[-1] * 119 + shape[-1] * (shape[-1] - 1))
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 1


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_features_lie_between_minus_one_and_one(channels):
    images = np.random.default_rng(0).random((3, 33, 33, channels)).astype(np.float32) ** 4
    assert np.abs(Classical().features(images)).max() <= 1


# ---- what is learnt ----


def _data(per_class, d=30, seed=0):
    rng = np.random.default_rng(seed)
    labels = (np.arange(3 * per_class) % 3).astype(np.int64)
    return (rng.normal(size=(len(labels), d)) + 2 * np.eye(3, d)[labels]).astype(np.float32), labels


def _fit(examples, learner="both", n_classes=3, monitor=None):
    return Classical(learner=learner).fit(examples, n_classes=n_classes, seed=4, monitor=monitor or Quiet())


PLAIN = {
    "forest": ExtraTreesClassifier(TREES, random_state=4),
    "boosting": GradientBoostingClassifier(n_estimators=ROUNDS, max_depth=3, max_features="sqrt", random_state=4),
}


@pytest.mark.parametrize("learner", PLAIN)
@pytest.mark.parametrize("per_class", [1, 10])
def test_answers_are_those_of_scikit_learn_but_for_a_doubt(learner, per_class):
    features, labels = _data(per_class)
    weights = np.linspace(0.5, 2, len(labels))
    examples = weighted(features, labels, weights)
    plain = PLAIN[learner].fit(features, labels, sample_weight=Counted.of(examples).weights)
    seen = _data(20, seed=1)[0]
    expected = (TREES * plain.predict_proba(seen) + 1 / 3) / (TREES + 1)
    np.testing.assert_allclose(_fit(examples, learner)(seen), expected, atol=1e-6)


def test_both_is_the_mean_of_the_two():
    examples = Examples.of(*_data(5))
    seen = _data(20, seed=1)[0]
    parts = [_fit(examples, learner)(seen) for learner in PLAIN]
    np.testing.assert_allclose(_fit(examples)(seen), np.mean(parts, axis=0), atol=1e-6)


def test_a_row_of_several_views_is_their_mean():
    views = np.random.default_rng(0).normal(size=(12, 4, 5)).astype(np.float32)
    labels = (np.arange(12) % 3).astype(np.int64)
    means = views.mean(axis=1)
    of_means = _fit(Examples.of(means, labels))(means)
    np.testing.assert_allclose(_fit(Examples.of(views, labels))(views), of_means, atol=1e-6)


@pytest.mark.parametrize("learner", ["both", *PLAIN])
def test_rows_without_weight_are_as_if_they_were_not_there(learner):
    features, labels = _data(6)
    weights = np.where(np.arange(len(labels)) < 12, 1.0, 0.0)
    some = _fit(weighted(features, labels, weights), learner)(features)
    np.testing.assert_array_equal(some, _fit(Examples.of(features[:12], labels[:12]), learner)(features))


@pytest.mark.parametrize("learner", ["both", *PLAIN])
def test_classes_without_rows_get_nothing_and_a_single_class_gets_all(learner):
    features, labels = _data(4)
    found = _fit(Examples.of(features, labels * 2), learner, n_classes=6)(features)
    assert found[:, [1, 3, 5]].max() == 0
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    alone = _fit(Examples.of(features, np.full_like(labels, 1)), learner)(features)
    np.testing.assert_array_equal(alone, np.tile([0, 1, 0], (len(features), 1)))


@pytest.mark.parametrize("learner", PLAIN)
def test_a_rare_class_counts_as_much_as_a_frequent_one(learner):
    """At a place that both share, 40 rows of one class do not outvote 4 of another."""
    features = np.zeros((44, 3), np.float32)
    labels = np.array([0] * 40 + [1] * 4)
    found = _fit(Examples.of(features, labels), learner, n_classes=2)(features[:1])
    np.testing.assert_allclose(found, 0.5, atol=1e-5)


@pytest.mark.parametrize("error", [Cancelled, OutOfTime])
@pytest.mark.parametrize("after", [0, 3, 20])
def test_cancellation_and_time_limit_end_a_fit(error, after):
    class Stop(Quiet):
        asked = 0

        def step(self, done, total):
            self.asked += 1
            assert done == self.asked <= total
            if self.asked > after:
                raise error("ended")

    monitor = Stop()
    with pytest.raises(error, match="ended"):
        _fit(Examples.of(*_data(4)), monitor=monitor)
    assert monitor.asked == after + 1
