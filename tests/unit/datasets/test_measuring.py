import cv2
import numpy as np
import pytest

from explorer.datasets.arrayfile import ArrayFile
from explorer.datasets.candidates import LIKE, NEIGHBORS, candidates, unit_vectors
from explorer.datasets.measuring import Meter, rings
from explorer.datasets.shifts import MOST, fits
from explorer.datasets.turning import orbit_keys
from tests.unit.datasets.making import noise


def measured(images, path, *, one_by_one=False):
    """Measure images of any size, stored at 16 × 16; all by one meter, or each by its own."""
    groups = [[image] for image in images] if one_by_one else [images]
    found = []
    for group in groups:
        with ArrayFile(path, (32, 32, 1), "float32") as file:
            meter = Meter(file)
            for image in group:
                meter.add(image, cv2.resize(image, (16, 16)).reshape(16, 16, -1))
        found.append(meter.measures(np.load(path)[:, :, :, 0]))
    return found


@pytest.mark.parametrize("channels", [1, 2, 3, 6])
def test_images_measured_together_are_measured_as_each_alone(tmp_path, monkeypatch, channels):
    sizes = [(20, 20)] * 7 + [(20, 31), (31, 20), (20, 20), (6, 5)] + [(40, 40)] * 4
    images = [
        noise(k, height, width, channels).reshape(height, width, channels) for k, (height, width) in enumerate(sizes)
    ]
    images[3][:] = 77
    images[5][:] = images[5][:, :1]
    images[5][0] = images[5][0, 0]  # as flat as its first row
    monkeypatch.setattr("explorer.datasets.measuring._TOGETHER", 4000)
    (together,) = measured(images, tmp_path / "a.npy")
    alone = measured(images, tmp_path / "b.npy", one_by_one=True)
    for name in ("sizes", "channels", "flat", "prints", "turns", "small", "borders", "inners"):
        wanted = np.concatenate([getattr(each, name) for each in alone])
        np.testing.assert_allclose(getattr(together, name), wanted, rtol=0 if wanted.dtype.kind in "bui" else 1e-5)
    assert np.flatnonzero(together.flat).tolist() == [3]
    assert np.allclose(together.channels, [image.mean(axis=(0, 1)) for image in images], rtol=1e-6)
    assert np.allclose(together.means, [image.mean() for image in images], rtol=1e-6)


def test_a_ring_holds_what_lies_along_the_frame():
    images = np.stack([noise(k, 32, 48) for k in range(3)]).astype(np.float32)
    found = rings(images, 4, 6).reshape(3, 4, 16)
    inside = images[:, 4:28, 6:42]
    assert np.allclose(found[:, 0].mean(axis=1), inside[:, 0].mean(axis=1), rtol=1e-5)
    assert np.allclose(found[:, 3].mean(axis=1), inside[:, :, -1].mean(axis=1), rtol=1e-5)


def test_orbit_keys_are_shared_by_turned_and_mirrored_versions_only():
    image, other = noise(0, 24, 24, 3), noise(1, 24, 24, 3)
    turned = [np.rot90(side, k) for side in (image, image[:, ::-1]) for k in range(4)]
    keys = orbit_keys(np.stack([*turned, other]))
    assert len(set(keys[:8])) == 1
    assert keys[8] != keys[0]


@pytest.mark.parametrize(("height", "width"), [(32, 32), (40, 33), (64, 64)])
def test_the_correlations_at_small_shifts_are_those_of_the_whole_transform(height, width):
    images = np.random.default_rng(0).normal(size=(12, height, width)).astype(np.float32)
    spectra = np.fft.rfft2(images)
    product = spectra[:6] * np.conj(spectra[6:])
    whole = np.roll(np.fft.irfft2(product, (height, width)), (MOST, MOST), axis=(1, 2))
    assert np.allclose(fits(product, width), whole[:, : 2 * MOST + 1, : 2 * MOST + 1], atol=1e-3)


def test_candidates_are_the_most_alike_ones_of_each_image():
    small = np.random.default_rng(0).normal(size=(60, 32, 32)).astype(np.float32)
    small[10:20] = small[:1] + 0.05 * small[10:20]
    vectors = unit_vectors(small)
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    near = np.argsort(-likeness, axis=1)[:, :NEIGHBORS]
    wanted = {(min(i, j), max(i, j)) for i in range(60) for j in near[i].tolist() if likeness[i, j] >= LIKE}
    assert wanted
    assert [tuple(pair) for pair in candidates(small).tolist()] == sorted(wanted)
    assert candidates(small[:1]).shape == (0, 2)
