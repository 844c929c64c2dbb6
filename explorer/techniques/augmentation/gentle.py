"""Turns, flips and small shifts: the changes that leave every pixel its value."""

from dataclasses import dataclass
from typing import Any, ClassVar

from explorer.records import Fact
from explorer.techniques.pipelines import Pipeline, composed, shifted, turned
from explorer.techniques.settings import setting


@dataclass(frozen=True)
class Gentle(Pipeline):
    """Turns images by quarters and flips them where orientation carries no meaning, and shifts them by a few pixels
    where position carries none. Every pixel keeps its value, and where neither fact is free nothing is changed.

    Turns by other angles are left out: they interpolate, which smooths the noise of the views only, and a network
    learns to tell views from images by that.
    """

    title: ClassVar[str] = "Gentle augmentation"
    paper: ClassVar[str] = (
        "Shorten and Khoshgoftaar 2019, doi:10.1186/s40537-019-0197-0; albumentations: Buslaev et al. 2020,"
        " doi:10.3390/info11020125"
    )
    fails: ClassVar[str] = (
        "Where orientation or position carries the class after all, as up and down do in a six and a nine."
    )

    shift: int = setting(
        4,
        label="Largest shift",
        help="Images are shifted by up to this many pixels, and by a tenth of their side at most.",
        unit="px",
        low=1,
        high=16,
        needs=(Fact.POSITION,),
    )

    def is_idle(self, free: frozenset[Fact]) -> bool:
        """Tell whether neither orientation nor position is free."""
        return not free & {Fact.ORIENTATION, Fact.POSITION}

    def composition(self, shape: tuple[int, ...], free: frozenset[Fact]) -> Any:
        """Return the pipeline for images (height, width, channels); None where neither fact is free."""
        return composed(moves(shape, free, self.shift))


def moves(shape: tuple[int, ...], free: frozenset[Fact], shift: int) -> list[Any]:
    """Return the steps for images (height, width, channels) that the free facts allow."""
    turns = turned(shape) if Fact.ORIENTATION in free else []
    return turns + (shifted(shape, shift) if Fact.POSITION in free else [])
