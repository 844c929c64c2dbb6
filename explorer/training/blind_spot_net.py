"""A small U-Net that learns to predict a pixel from its neighbourhood alone, from noisy images without clean ones.

Noise2Void (Krull et al. 2019, arXiv:1811.10980) with the changes of N2V2 (Höck et al. 2022, arXiv:2211.08512): hidden
pixels are replaced by the median of their neighbours, maps are halved by a blur, the noisy image is not added to the
answer, and there is no skip at full size. No layer mixes images. Images are (b, channels, height, width).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from explorer.errors import StudyError
from explorer.training.descent import Cycle, Descent

Tensor: TypeAlias = Any
Float32s = npt.NDArray[np.float32]

#: Halvings of the map; sides are mirrored up to a multiple of 2 to that power.
HALVINGS = 2
#: One pixel is hidden in every square of this side.
CELL = 4
#: Side of the pieces of images that are learnt from.
PIECE = 32
#: Weights of the blur along one axis before every second pixel is taken: Zhang 2019, arXiv:1904.11486.
BLUR = (0.25, 0.5, 0.25)
#: Share of the steps in which the learning rate rises.
WARM_UP = 0.3
#: Losses that are kept of a training, each the mean over as many steps.
KEPT = 40


@dataclass(frozen=True)
class Recipe:
    """How to train: steps, pieces in each, the highest learning rate and the number of maps at full size."""

    steps: int
    batch: int
    learning_rate: float
    width: int


class Images(Protocol):
    """Standardized images, one for each number: an array of them, or what makes them when they are asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of all of them: (n, height, width, channels)."""

    def __getitem__(self, number: int, /) -> Any:
        """Return one of them, (height, width, channels) float32."""


def initial(channels: int, width: int, seed: int) -> list[Tensor]:
    """Return kernel and bias of each convolution, drawn after He et al. 2015, arXiv:1502.01852."""
    random = torch.Generator().manual_seed(seed)
    found: list[Tensor] = []
    for before, after, side in _layers(channels, width):
        kernel = torch.randn((after, before, side, side), generator=random) * (2 / (before * side**2)) ** 0.5
        found += [kernel.contiguous(memory_format=torch.channels_last), torch.zeros(after)]
    return [each.requires_grad_() for each in found]


def _layers(channels: int, width: int) -> list[tuple[int, int, int]]:
    """Return maps before, maps after and side of each kernel, in the order in which an image meets them."""
    w = width
    down = [(channels, w, 3), (w, w, 3), (w, 2 * w, 3), (2 * w, 2 * w, 3)]
    bottom = [(2 * w, 4 * w, 3), (4 * w, 2 * w, 3)]
    up = [(4 * w, 2 * w, 3), (2 * w, w, 3), (w, w, 3), (w, channels, 1)]
    return [*down, *bottom, *up]


def predicted(parameters: Sequence[Tensor], images: Tensor) -> Tensor:
    """Return the predicted images (b, channels, height, width), sides multiples of 4, standardized as the inputs."""
    layers = iter(zip(parameters[::2], parameters[1::2], strict=True))
    maps = _convolved(_convolved(images, layers), layers)
    half = _convolved(_convolved(_halved(maps), layers), layers)
    bottom = _convolved(_convolved(_halved(half), layers), layers)
    joined = torch.cat([_doubled(bottom), half], dim=1)
    whole = _convolved(_doubled(_convolved(_convolved(joined, layers), layers)), layers)
    kernel, bias = next(layers)
    return functional.conv2d(whole, kernel, bias)


def _convolved(maps: Tensor, layers: Iterator[tuple[Tensor, Tensor]]) -> Tensor:
    kernel, bias = next(layers)
    return functional.relu_(functional.conv2d(maps, kernel, bias, padding=1))


def _halved(maps: Tensor) -> Tensor:
    weights = torch.tensor(BLUR)
    kernel = torch.outer(weights, weights).expand(maps.shape[1], 1, 3, 3).contiguous()
    padded = functional.pad(maps, (1, 1, 1, 1), mode="replicate")
    return functional.conv2d(padded, kernel, stride=2, groups=maps.shape[1])


def _doubled(maps: Tensor) -> Tensor:
    return functional.interpolate(maps, scale_factor=2.0, mode="nearest")


# ---- training ----------------------------------------------------------------------------------------------------


def train(
    images: Images, recipe: Recipe, seed: int, report: Callable[[int, int], None]
) -> tuple[list[Tensor], list[float]]:
    """Return parameters trained on standardized images (n, height, width, channels), and the course of the loss.

    The loss is the mean squared error at hidden pixels, averaged over stretches of the training. `report` is called
    with (steps made, steps in all) before each step, and may raise to end the training. Raises StudyError when the
    loss is not a finite number.
    """
    parameters = initial(images.shape[-1], recipe.width, seed)
    descent = Descent(parameters, Cycle(recipe.learning_rate, recipe.steps, WARM_UP))
    rng = np.random.default_rng(seed)
    losses = []
    for done in range(recipe.steps):
        report(done, recipe.steps)
        losses.append(_step(parameters, descent, *hidden(_pieces(images, recipe.batch, rng), rng)))
    report(recipe.steps, recipe.steps)
    return parameters, [float(np.mean(part)) for part in np.array_split(losses, min(KEPT, len(losses)))]


def _step(parameters: Sequence[Tensor], descent: Descent, given: Float32s, wanted: Float32s, where: Any) -> float:
    """Make one step from images with hidden pixels towards what was seen there; return the loss."""
    answer = predicted(parameters, torch.from_numpy(given).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
    loss = functional.mse_loss(answer[where], torch.from_numpy(wanted))
    if not torch.isfinite(loss):
        raise StudyError(f"The denoising network's loss became {loss.item()}; choose a lower learning rate.")
    loss.backward()
    descent.step()
    return float(loss.detach())


def _pieces(images: Images, count: int, rng: np.random.Generator) -> Float32s:
    """Return random pieces (count, side, side, channels) of random images, turned and mirrored at random."""
    side = _multiple(min(PIECE, *images.shape[1:3]))
    found = np.empty((count, side, side, images.shape[-1]), np.float32)
    for at, number in enumerate(rng.integers(images.shape[0], size=count)):
        image = mirrored(images[number][None], side)[0]
        top, left = (rng.integers(size - side + 1) for size in image.shape[:2])
        piece = np.rot90(image[top : top + side, left : left + side], int(rng.integers(4)))
        found[at] = piece[::-1] if rng.integers(2) else piece
    return found


def hidden(images: Float32s, rng: np.random.Generator) -> tuple[Float32s, Float32s, Any]:
    """Return a copy of images (b, h, w, c) with pixels hidden, what was seen there (m, c), and where, three indices.

    One pixel of every square of CELL is replaced, in all channels, by the median of its eight neighbours.
    """
    count, height, width, _ = images.shape
    rows, columns = np.mgrid[0:height:CELL, 0:width:CELL]
    shape = (count, *rows.shape)
    where = (
        np.broadcast_to(np.arange(count)[:, None, None], shape).ravel(),
        np.minimum(rows + rng.integers(CELL, size=shape), height - 1).ravel(),
        np.minimum(columns + rng.integers(CELL, size=shape), width - 1).ravel(),
    )
    wide = np.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
    around = [
        wide[where[0], where[1] + 1 + down, where[2] + 1 + right]
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
        if (down, right) != (0, 0)
    ]
    given = images.copy()
    given[where] = np.median(around, axis=0)
    return given, images[where], where


# ---- use ---------------------------------------------------------------------------------------------------------


def cleaned(parameters: Sequence[Tensor], image: Float32s) -> Float32s:
    """Return the prediction for one standardized image (height, width, channels) of any side from 4 px."""
    height, width = image.shape[:2]
    wide = mirrored(image[None], 0)
    with torch.inference_mode():
        answer = predicted(parameters, torch.from_numpy(wide).permute(0, 3, 1, 2))
    return np.ascontiguousarray(answer[0].permute(1, 2, 0).numpy()[:height, :width])


def mirrored(images: Float32s, least: int) -> Float32s:
    """Return images (b, h, w, c) continued by their mirror image to multiples of 4, at least `least` to a side."""
    more = [max(_multiple(size), least) - size for size in images.shape[1:3]]
    if more == [0, 0]:
        return images
    return np.pad(images, ((0, 0), (0, more[0]), (0, more[1]), (0, 0)), mode="symmetric")


def _multiple(side: int) -> int:
    step: int = 2**HALVINGS
    return -(-side // step) * step
