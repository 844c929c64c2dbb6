"""The denoising autoencoder against torch's modules, and the squares that it restores."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from explorer.training import autoencoder, small_net
from explorer.training.pretext import Source

WIDTHS = (8, 16, 16)


def _images(n=5, side=20, channels=2):
    return torch.randn((n, channels, side, side), generator=torch.Generator().manual_seed(0))


def _parts(channels=2):
    return small_net.initial(channels, WIDTHS, 1, 0)[:-2], autoencoder.decoder(channels, WIDTHS, 1)


@pytest.mark.parametrize("side", [16, 19, 20])
def test_restored_images_have_the_shape_of_those_that_went_in(side):
    images = _images(side=side)
    assert autoencoder.restored(*_parts(), images).shape == images.shape


def test_the_decoder_is_upsampling_and_convolution_as_torchs_modules_have_them():
    encoder, decoding = _parts()
    images = _images(side=16)
    convolutions = []
    for kernel, bias in zip(decoding[::2], decoding[1::2], strict=True):
        convolution = nn.Conv2d(kernel.shape[1], kernel.shape[0], 3, padding=1)
        convolution.weight, convolution.bias = nn.Parameter(kernel.detach()), nn.Parameter(bias.detach())
        convolutions.append(convolution)
    first, second, third = convolutions
    up = nn.Upsample(scale_factor=2)
    # Two blocks halve the map and the last does not, so that one of the three steps back stays at its size.
    plain = nn.Sequential(first, nn.ReLU(), up, second, nn.ReLU(), up, third)
    wanted = plain(small_net.maps(encoder, images)[-1])
    torch.testing.assert_close(autoencoder.restored(encoder, decoding, images), wanted, atol=1e-5, rtol=1e-4)


def test_the_loss_is_the_mean_squared_error_of_the_whole_image():
    encoder, decoding = _parts()
    whole = _images()
    blanked = whole * (torch.arange(20) > 9)
    found = autoencoder.objective(len(decoding))([*encoder, *decoding], (blanked, whole), 0)
    wanted = (autoencoder.restored(encoder, decoding, blanked) - whole).square().mean()
    torch.testing.assert_close(found, wanted, atol=1e-2, rtol=1e-2)


def test_squares_of_an_eighth_are_blanked_in_two_fifths_of_the_places():
    masks = autoencoder.kept(400, (32, 32), np.random.default_rng(0))
    assert masks.shape == (400, 1, 32, 32)
    assert set(masks.unique().tolist()) == {0.0, 1.0}
    assert float(1 - masks.mean()) == pytest.approx(autoencoder.BLANK, abs=0.01)
    squares = masks.reshape(400, 8, 4, 8, 4)
    assert torch.equal(squares.amax((2, 4)), squares.amin((2, 4)))


def test_a_batch_is_blanked_and_whole():
    images = np.random.default_rng(0).random((6, 16, 16, 1)).astype(np.float32) + 1

    def ready(batch):
        return torch.from_numpy(batch).permute(0, 3, 1, 2)

    batches = autoencoder.batches(Source(images, None, ready), np.random.default_rng(0))
    for blanked, whole in itertools.islice(batches, 3):
        assert whole.shape == (6, 1, 16, 16)
        assert torch.equal(blanked, torch.where(blanked == 0, 0, whole))
        assert 0.2 < float((blanked == 0).float().mean()) < 0.6
        assert functional.mse_loss(whole.sum(), torch.tensor(images).sum()) < 1e-3
