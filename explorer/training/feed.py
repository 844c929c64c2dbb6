"""Batches without end for the training loop: labelled images, and two views of unlabelled ones beside them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from explorer.training.loop import Batch

#: Batches whose views are made together, and times that each view is seen, every time in other company. To make a view
#: takes a quarter to a half of what a network takes to learn from it, so that new ones each time would starve it; no
#: image is seen less often. Choi et al. 2019, arXiv:1907.05550.
TOGETHER, ECHOES = 8, 3

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

    `size` is that of a batch: without views and unlabelled images, that of all images where they are fewer. `reduced`
    makes unlabelled images, as they are handed in, as large as `images`: views are made at the size of the network.
    """

    images: Float32s
    targets: Float32s
    weights: npt.NDArray[np.floating[Any]]
    size: int
    reduced: Callable[[Float32s], Float32s] = np.asarray

    def batches(
        self,
        ready: Callable[[Float32s], Any],
        random: np.random.Generator,
        views: Views | None = None,
        mixer: Mixer | None = None,
        unlabeled: Unlabeled | None = None,
    ) -> Iterator[Batch]:
        """Yield batches, every row once before any comes again; with views, those of TOGETHER batches ECHOES times.

        Blends are made anew each time, and so are the views of unlabelled images. `ready` turns images in [0, 1] into
        the tensor that the network takes.
        """
        import torch

        size = self.size if views or unlabeled else min(self.size, len(self.images))
        others = None if unlabeled is None else rows(len(unlabeled.unlabeled), unlabeled.ratio * size, random)
        for chosen, seen in self._seen(ready if mixer is None else np.asarray, random, views, size):
            images, targets = seen, self.targets[chosen]
            if mixer is not None:
                blended, targets = mixer(images, targets, random)
                images = ready(blended)
            counts = torch.from_numpy(self.weights[chosen].astype(np.float32))
            pairs = (None, None) if others is None else _pair(unlabeled, next(others), self.reduced, ready, random)
            yield Batch(images, torch.from_numpy(targets), counts, *pairs)

    def _seen(
        self, ready: Callable[[Float32s], Any], random: np.random.Generator, views: Views | None, size: int
    ) -> Iterator[tuple[npt.NDArray[np.int64], Any]]:
        """Yield the numbers of `size` rows at a time, and what `ready` makes of these images or of views of them."""
        if views is None:
            kept = ready(self.images)
            yield from ((chosen, kept[chosen]) for chosen in rows(len(self.images), size, random))
        else:
            for block in rows(len(self.images), TOGETHER * size, random):
                made = ready(views(self.images[block], random))
                for _ in range(ECHOES):
                    for part in np.split(random.permutation(len(block)), TOGETHER):
                        yield block[part], made[part]


def _pair(
    unlabeled: Any,
    chosen: Any,
    reduced: Callable[[Float32s], Float32s],
    ready: Callable[[Float32s], Any],
    random: np.random.Generator,
) -> Any:
    """Return a weak and a strong view of the chosen unlabelled images."""
    images = reduced(unlabeled.unlabeled[chosen])
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
