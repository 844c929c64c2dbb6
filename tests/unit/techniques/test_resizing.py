import numpy as np
import pytest
from PIL import Image

from explorer.techniques.resizing import resized, weights

PILLOW = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR, "box": Image.Resampling.BOX}


@pytest.mark.parametrize("filter", PILLOW)
@pytest.mark.parametrize(
    ("old", "new"), [((8, 8), (128, 128)), ((64, 64), (48, 48)), ((31, 50), (20, 33)), ((64, 64), (32, 32))]
)
def test_it_is_what_pillow_computes_in_floating_point(filter, old, new):
    image = np.random.default_rng(0).random(old).astype(np.float32)
    wanted = np.asarray(Image.fromarray(image, mode=None).resize(new[::-1], PILLOW[filter]))
    found = resized(image[None, :, :, None], *new, filter=filter)
    np.testing.assert_allclose(found[0, :, :, 0], wanted, atol=2e-5)


def test_channels_and_images_do_not_mix():
    images = np.random.default_rng(0).random((5, 17, 17, 5)).astype(np.float32)
    together = resized(images, 32, 32)
    assert together.shape == (5, 32, 32, 5)
    assert together.flags.c_contiguous
    for row in range(5):
        for channel in range(5):
            alone = resized(images[row : row + 1, :, :, channel : channel + 1], 32, 32)
            np.testing.assert_allclose(together[row, :, :, channel], alone[0, :, :, 0], atol=1e-6)


def test_the_same_size_gives_a_copy():
    images = np.ones((2, 9, 9, 1), np.float32)
    same = resized(images, 9, 9)
    same[:] = 0
    assert images.all()


@pytest.mark.parametrize("filter", PILLOW)
def test_weights_sum_to_one_and_cannot_be_changed(filter):
    matrix = weights(64, 23, filter)
    np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-6)
    with pytest.raises(ValueError, match="read-only"):
        matrix[0, 0] = 1
