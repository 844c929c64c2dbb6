"""What augmentations that blend several inputs of a batch share: the views that are made before."""

from dataclasses import dataclass
from typing import ClassVar

from explorer.records import Fact
from explorer.techniques.base import Augmentation, Views
from explorer.techniques.pipelines import BENEATH, beneath, missing
from explorer.techniques.settings import setting


@dataclass(frozen=True)
class Blending(Augmentation):
    """An augmentation that blends the inputs of a batch, for models that are trained end to end."""

    works_with_fixed: ClassVar[bool] = False

    under: str = setting("gentle", label="Views beneath", help="Views that are made before blending.", choices=BENEATH)

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why the views beneath cannot be made here; None when they can."""
        return missing()

    def views(self, shape: tuple[int, ...], free: frozenset[Fact]) -> Views | None:
        """Return the maker of the views beneath for images (height, width, channels); None where there are none."""
        return beneath(self.under, shape, free)
