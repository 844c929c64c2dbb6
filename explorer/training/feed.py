"""Batches without end for the training loop: labelled images, and two views of unlabelled ones beside them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from explorer.training.loop import Batch

Float32s: TypeAlias = npt.NDArray[np.float32]
Views: TypeAlias = Callable[[Float32s, np.random.Generator], Float32s]
Mixer: TypeAlias = Callable[[Float32s, Float32s, np.random.Generator], tuple[Float32s, Float32s]]


class Unlabeled(Protocol):
    """Unlabelled images (m, ...) that are seen in two views; `ratio` of them come with each labelled one."""

    @property
    def unlabeled(self) -> Any:
        """The images, (m, height, width, channels) in [0, 1] when indexed."""

    @property
    def ratio(self) -> int:
        """Unlabelled images for each labelled one of a batch."""

    @property
    def weak(self) -> Views | None:
        """Makes the view that teaches; None = the image itself."""

    @property
    def strong(self) -> Views | None:
        """Makes the view that is taught; None = the image itself."""


@dataclass(frozen=True, eq=False)
class Feed:
    """Labelled images (n, height, width, channels) in [0, 1], their class shares (n, k), and what each counts (n,).

    `size` is that of a batch: without views and unlabelled images, that of all images where they are fewer.
    """

    images: Float32s
    targets: Float32s
    weights: npt.NDArray[np.floating[Any]]
    size: int

    def batches(
        self,
        ready: Callable[[Float32s], Any],
        random: np.random.Generator,
        views: Views | None = None,
        mixer: Mixer | None = None,
        unlabeled: Unlabeled | None = None,
    ) -> Iterator[Batch]:
        """Yield batches, every row once before any comes again; views and blends are made anew each time.

        `ready` turns images in [0, 1] into the tensor that the network takes.
        """
        import torch

        plain = views is None and mixer is None
        kept = ready(self.images) if plain else None
        size = self.size if views or unlabeled else min(self.size, len(self.images))
        others = None if unlabeled is None else rows(len(unlabeled.unlabeled), unlabeled.ratio * size, random)
        for chosen in rows(len(self.images), size, random):
            targets = self.targets[chosen]
            if kept is not None:
                images = kept[chosen]
            else:
                seen = self.images[chosen] if views is None else views(self.images[chosen], random)
                seen, targets = (seen, targets) if mixer is None else mixer(seen, targets, random)
                images = ready(seen)
            counts = torch.from_numpy(self.weights[chosen].astype(np.float32))
            pairs = (None, None) if others is None else _pair(unlabeled, next(others), ready, random)
            yield Batch(images, torch.from_numpy(targets), counts, *pairs)


def _pair(unlabeled: Any, chosen: Any, ready: Callable[[Float32s], Any], random: np.random.Generator) -> Any:
    """Return a weak and a strong view of the chosen unlabelled images."""
    images = unlabeled.unlabeled[chosen]
    views = (images if make is None else make(images, random) for make in (unlabeled.weak, unlabeled.strong))
    return tuple(ready(view) for view in views)


def rows(n: int, size: int, random: np.random.Generator) -> Iterator[npt.NDArray[np.int64]]:
    """Yield `size` of the numbers 0 .. n-1 at a time, without end; each comes once before any comes again."""
    waiting = np.empty(0, np.int64)
    while True:
        while len(waiting) < size:
            waiting = np.concatenate([waiting, random.permutation(n)])
        yield waiting[:size]
        waiting = waiting[size:]
