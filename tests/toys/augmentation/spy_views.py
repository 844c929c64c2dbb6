from dataclasses import dataclass
from typing import ClassVar

from explorer.techniques.base import Augmentation

SEEN = []


@dataclass(frozen=True)
class SpyViews(Augmentation):
    """Keeps a record of the batches, and turns all but the first row of each image around."""

    title: ClassVar[str] = "Viewing spy"
    paper: ClassVar[str] = "none"
    fails: ClassVar[str] = "Never."

    def views(self, shape, free):
        def make(batch, random):
            SEEN.append(batch.copy())
            view = batch.copy()
            view[:, 1:] = batch[:, 1:, ::-1]
            return view

        return make
