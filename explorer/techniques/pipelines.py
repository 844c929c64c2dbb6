"""Views made by pipelines of albumentations: what every augmentation that is such a pipeline shares.

Notation: images are (b, height, width, channels), float32 in [0, 1], any number of channels, sides of 8 px or more. A
pipeline draws all its random numbers from the generator that it is handed, and nothing from any state of the process.
albumentations: Buslaev et al. 2020, doi:10.3390/info11020125.
"""

import functools
import random
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from explorer.records import Choice, Fact, Slot
from explorer.techniques.base import Augmentation, Cost, Float32s, Task, Views
from explorer.techniques.discovery import build

#: Content is moved by no more than this share of a side, so that little of it leaves the image.
REACH = 0.1
#: Seconds on the reference machine for a view of an image, and for each of its values.
A_VIEW, A_VALUE = 1.5e-4, 1e-8


class Pipeline(Augmentation):
    """An augmentation whose views are made by one pipeline of albumentations."""

    @abstractmethod
    def composition(self, shape: tuple[int, ...], free: frozenset[Fact]) -> Any:
        """Return the `albumentations.Compose` for images (height, width, channels); None where it changes nothing.

        It changes only what the facts `free` name, beside noise.
        """

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why views cannot be made here; None when they can."""
        return missing()

    def views(self, shape: tuple[int, ...], free: frozenset[Fact]) -> Views | None:
        """Return the maker of views for images (height, width, channels); None where the pipeline changes nothing.

        It takes images of another size too, such as reduced ones, for which it makes the pipeline that suits them.
        """
        import cv2

        cv2.setNumThreads(1)  # a worker has one core, and albumentations leaves OpenCV to take all
        pipelines = functools.cache(functools.partial(self.composition, free=free))
        return None if pipelines(shape) is None else functools.partial(_views, pipelines)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds of one view of every image, made once for a fixed model.

        A trained one makes them for each batch, which adds a fifth to its steps at most.
        """
        return Cost(task.n_items * (A_VIEW + A_VALUE * float(np.prod(task.shape))), 0.0)


def missing() -> str | None:
    """Return why pipelines cannot be made on this machine, and the remedy; None when they can."""
    from explorer.training.weights import not_installed

    return not_installed("albumentations", "albumentations")


def composed(steps: Sequence[Any]) -> Any:
    """Return the pipeline of these transforms, None where there are none."""
    if not steps:
        return None
    import albumentations

    return albumentations.Compose(list(steps))


def _views(pipelines: Callable[[tuple[int, ...]], Any], images: Float32s, generator: np.random.Generator) -> Float32s:
    return viewed(pipelines(images.shape[1:]), images, generator)


def viewed(pipeline: Any, images: Float32s, generator: np.random.Generator) -> Float32s:
    """Return one view of each image, same shape, float32 in [0, 1]; the images are left as they are.

    The pipeline draws from `generator`, and where albumentations wants one of Python's, from one seeded by it.
    """
    pipeline.set_random_state(generator, random.Random(int(generator.integers(2**63))))
    found = np.empty_like(images)
    for view, image in zip(found, images, strict=True):
        view[:] = pipeline(image=image.copy())["image"]
    return np.clip(found, 0.0, 1.0, out=found)


# ---- views beneath another augmentation ------------------------------------------------------------------------

#: What can be made of images before they are blended: nothing, or the views of another augmentation.
BENEATH = ("none", "gentle", "standard")


def beneath(name: str, shape: tuple[int, ...], free: frozenset[Fact]) -> Views | None:
    """Return the maker of views of the augmentation of that name, one of `BENEATH`; None where there are none."""
    if name == BENEATH[0]:
        return None
    found = build(Slot.AUGMENTATION, Choice(name))
    return found.views(shape, free) if isinstance(found, Augmentation) else None


# ---- steps that several pipelines have -------------------------------------------------------------------------


def turned(shape: tuple[int, ...]) -> list[Any]:
    """Return the step that turns by quarters and flips, without interpolation; oblong images are only flipped."""
    import albumentations

    square = shape[0] == shape[1]
    return (
        [albumentations.D4(p=1.0)]
        if square
        else [albumentations.HorizontalFlip(p=0.5), albumentations.VerticalFlip(p=0.5)]
    )


def shifted(shape: tuple[int, ...], most: int) -> list[Any]:
    """Return the steps that shift by up to `most` pixels, and by a tenth of the shorter side at most.

    Content is mirrored at the border, and no value is interpolated.
    """
    import albumentations
    import cv2

    height, width = shape[:2]
    margin = min(most, max(1, round(REACH * min(height, width))))
    padding = albumentations.Pad(padding=margin, border_mode=cv2.BORDER_REFLECT_101, p=1.0)
    return [padding, albumentations.RandomCrop(height=height, width=width, p=1.0)]
