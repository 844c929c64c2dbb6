"""A small convolutional network trained from scratch: the plain baseline that everything must beat."""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.records import Arm, Choice, Rows
from explorer.techniques.base import (
    NOTHING,
    Consistency,
    Cost,
    Float32s,
    Learnt,
    Mixer,
    Predictor,
    Task,
    TrainedModel,
    Views,
)
from explorer.techniques.examples import Examples
from explorer.techniques.monitors import Monitor
from explorer.techniques.resizing import resized
from explorer.techniques.settings import setting
from explorer.techniques.tuning import balanced
from explorer.training.precision import fast_bfloat16

#: Smaller images are enlarged to this side, so that three halvings leave a map to average over.
SMALLEST = 32
WIDTHS = (32, 64, 128, 128)
#: With unlabelled images, steps for each that is set: on the pool of galaxies with 5 labels a class, as many as are set
#: left 8 points behind. And the share of the labelled images of a batch: three unlabelled images in two views beside
#: each labelled one make a step 2.6 times as dear.
CONSISTENT_STEPS = 2
CONSISTENT_BATCH = 1 / 2
SMOOTHING = 0.1
#: The works on what moves its kernels.
MUON = "Muon: Jordan et al. 2024, An optimizer for hidden layers in neural networks, kellerjordan.github.io/posts/muon"
#: Seconds of a step with bfloat16, as a share of those without; and of moving the kernels in it by Muon, in float32.
FAST, MUON_SECONDS = 0.45, 0.003
#: Images predicted, reduced or measured at once.
CHUNK = 64


@dataclass(frozen=True)
class SmallCnn(TrainedModel):
    """Trains a network of four convolutions from random weights on the labelled examples alone, without augmentation.
    It is what deep learning gives without any of the techniques that save labels.
    """

    title: ClassVar[str] = "Small CNN from scratch"
    paper: ClassVar[str] = (
        "LeCun et al. 1998, doi:10.1109/5.726791; AdamW: Loshchilov and Hutter 2019, arXiv:1711.05101; " + MUON
    )
    fails: ClassVar[str] = "Below about ten labels of each class, where features that were learnt elsewhere do better."
    arms: ClassVar[tuple[Arm, ...]] = (Arm("baseline", title, Choice("small_cnn")),)
    first: ClassVar[bool] = True
    can_be_consistent: ClassVar[bool] = True

    side: int = setting(
        48,
        label="Image side",
        help="Larger images are reduced to this side; images below 32 px are enlarged to 32 px.",
        unit="px",
        low=32,
        high=96,
    )
    steps: int = setting(
        300,
        label="Training steps",
        help="Batches that the network learns from; FixMatch takes twice as many.",
        unit="steps",
        low=10,
        high=5000,
    )
    batch: int = setting(
        32, label="Batch", help="Images in one step; all of them where there are fewer.", unit="images", low=4, high=128
    )
    learning_rate: float = setting(
        0.003,
        label="Learning rate",
        help="The largest step of all but the kernels that Muon moves.",
        low=1e-5,
        high=0.1,
    )
    kernel_step: float = setting(
        0.05,
        label="Kernel step (Muon)",
        help="Muon moves all kernels but the first one, which reads the image; the largest step is this share of a"
        " kernel's length. Small values leave kernels nearly as they were drawn; 0: AdamW moves them by the learning"
        " rate, which as a rule takes more steps.",
        low=0.0,
        high=0.5,
    )
    weight_decay: float = setting(
        0.05,
        label="Weight decay",
        help="How strongly the weights that AdamW moves are pulled to zero.",
        low=0.0,
        high=1.0,
    )

    def works(self) -> tuple[str, ...]:
        """Return the works that it follows with these settings: that on kernels where they are moved so."""
        return tuple(work for work in super().works() if self.kernel_step or work != MUON)

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why networks cannot be trained here; None when they can."""
        from explorer.training.weights import not_installed

        return not_installed("torch", "torch")

    def fit(
        self,
        examples: Examples,
        *,
        n_classes: int,
        seed: int,
        monitor: Monitor,
        learnt: Learnt = NOTHING,
        views: Views | None = None,
        mixer: Mixer | None = None,
        consistency: Consistency | None = None,
    ) -> Predictor:
        """Return the predictor trained on inputs (n, height, width, channels), in which classes count equally.

        `learnt`, where it is not empty, holds the weights to start from, as `kept` returns them. Raises StudyError when
        training diverges.
        """
        from explorer.training import small_net
        from explorer.training.feed import Feed
        from explorer.training.loop import train
        from explorer.training.precision import one_thread

        labels = examples.labels
        scale = Scale.of(examples.rows) if not learnt else Scale(*learnt[SCALE])
        images = np.concatenate([self.reduced(part) for part in _parts(examples.rows)])
        counts = balanced(labels, n_classes, examples.weights)
        size = self.batch if consistency is None else max(1, round(CONSISTENT_BATCH * self.batch))
        targets = np.eye(n_classes, dtype=np.float32)[labels]
        feed = Feed(images, targets, counts / counts.mean(), size, self.reduced)
        with one_thread():
            start = small_net.initial(images.shape[-1], WIDTHS, n_classes, seed)
            start = [*encoder(learnt, grows=True), *start[-2:]] if learnt else start
            ready = functools.partial(self.prepared, scale=scale)
            batches = feed.batches(ready, np.random.default_rng(seed), views, mixer, consistency)
            believing = None if consistency is None else consistency.believing
            recipe = self._recipe(consistent=consistency is not None)
            trained = train(small_net.logits, start, batches, recipe, monitor.step, believing)
        return Trained(self, tuple(trained), scale)

    def _recipe(self, *, consistent: bool) -> Any:
        from explorer.training.loop import Recipe, averaging

        steps = CONSISTENT_STEPS * self.steps if consistent else self.steps
        decay = self.weight_decay
        return Recipe(steps, self.learning_rate, decay, SMOOTHING, averaging(steps), kernel_step=self.kernel_step)

    def prepared(self, images: Float32s, *, scale: "Scale") -> Any:
        """Return the tensor (b, channels, side, side), channels last, of images in [0, 1]."""
        import torch

        height, width = (min(max(each, SMALLEST), self.side) for each in images.shape[1:3])
        return torch.from_numpy(scale(_sized(images, height, width))).permute(0, 3, 1, 2)

    def reduced(self, images: Float32s) -> Float32s:
        """Return images (b, height, width, channels) in [0, 1] no larger than the network takes them.

        Views are made of these: at full size, most of the work would be lost on pixels that the network never sees.
        """
        height, width = (min(each, self.side) for each in images.shape[1:3])
        return _sized(images, height, width)

    def predicted(self, learnt: Sequence[Any], scale: "Scale", inputs: Float32s) -> Float32s:
        """Return the class probabilities (m, k) that a network gives inputs (m, height, width, channels) in [0, 1]."""
        import torch

        from explorer.training import small_net
        from explorer.training.precision import one_thread

        found = [np.empty((0, len(learnt[-1])), np.float32)]
        with one_thread(), torch.inference_mode():
            for start in range(0, len(inputs), CHUNK):
                logits = small_net.logits(learnt, self.prepared(inputs[start : start + CHUNK], scale=scale))
                found.append(logits.softmax(dim=1).numpy())
        return np.concatenate(found)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds from the steps, the size of a batch and that of the images."""
        side = min(max(*task.shape[:2], SMALLEST), self.side)
        batch = min(self.batch, task.n_labeled)
        step = (0.004 + 0.001 * batch * (side / 48) ** 2) * (FAST if fast_bfloat16() else 1.0)
        step += MUON_SECONDS if self.kernel_step else 0.0
        return Cost(0.0, 0.2 + self.steps * step)


@dataclass(frozen=True, eq=False)
class Trained:
    """The predictor: a network's parameters, as `explorer.training.small_net` has them, and how it is shown images."""

    model: SmallCnn
    parameters: tuple[Any, ...]
    scale: "Scale"

    def __call__(self, inputs: Float32s) -> Float32s:
        """Return class probabilities (m, k) of inputs (m, height, width, channels) in [0, 1]."""
        return self.model.predicted(self.parameters, self.scale, inputs)


def _sized(images: Float32s, height: int, width: int) -> Float32s:
    """Return images (b, any height, any width, channels) in [0, 1] at another size; the same ones at their own."""
    if images.shape[1:3] == (height, width):
        return images
    found = resized(images, height, width)
    return np.clip(found, 0.0, 1.0, out=found)


# ---- weights that were learnt elsewhere ------------------------------------------------------------------------

#: Name under which mean and spread, (2, channels), are kept beside the parameters "0", "1", ... of the encoder.
SCALE = "scale"


def kept(parameters: Sequence[Any], scale: "Scale") -> Learnt:
    """Return the parameters of an encoder, all but the last layer's, and its scale, as arrays by name."""
    arrays = {str(index): each.detach().contiguous().numpy() for index, each in enumerate(parameters)}
    return {SCALE: np.stack([scale.mean, scale.spread]), **arrays}


def encoder(learnt: Learnt, *, grows: bool = False) -> list[Any]:
    """Return the encoder's parameters that were kept, in channels-last memory; `grows`: they are trained further."""
    import torch

    tensors = [torch.from_numpy(np.array(learnt[str(index)])) for index in range(sum(map(str.isdigit, learnt)))]
    placed = [each.contiguous(memory_format=torch.channels_last) if each.ndim == 4 else each for each in tensors]
    return [each.requires_grad_(grows) for each in placed]


def _parts(images: Float32s | Rows) -> Iterator[Float32s]:
    """Yield images (n, height, width, channels) some at a time, float32 in [0, 1]."""
    for start in range(0, len(images), CHUNK):
        yield images[start : start + CHUNK]


@dataclass(frozen=True, eq=False)
class Scale:
    """Mean and standard deviation of each channel over some rows, by which inputs are standardized."""

    mean: Float32s
    spread: Float32s

    @classmethod
    def of(cls, images: Float32s | Rows) -> "Scale":
        """Return the scale of images (n, height, width, channels); a constant channel is divided by 1.

        Some are looked at at a time, since all of them at full size and precision may be gigabytes.
        """
        axes, each = (0, 1, 2), images.shape[1] * images.shape[2]
        mean = np.sum([part.sum(axis=axes, dtype=np.float64) for part in _parts(images)], axis=0) / (len(images) * each)
        squares = [np.square(part - mean).sum(axis=axes) for part in _parts(images)]
        spread = np.sqrt(np.sum(squares, axis=0) / (len(images) * each))
        return cls(mean.astype(np.float32), np.where(spread > 1e-6, spread, 1.0).astype(np.float32))

    def __call__(self, images: Float32s) -> Float32s:
        """Return standardized images of the same shape, float32."""
        return (images - self.mean) / self.spread
