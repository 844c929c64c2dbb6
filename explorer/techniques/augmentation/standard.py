"""Turns, flips and shifts, and a little of what another exposure of the same thing would change."""

from dataclasses import dataclass
from typing import Any, ClassVar

from explorer.records import Arm, Choice, Fact
from explorer.techniques.augmentation.gentle import moves
from explorer.techniques.pipelines import Pipeline, composed
from explorer.techniques.settings import setting


@dataclass(frozen=True)
class Standard(Pipeline):
    """Adds slight noise to the turns, flips and shifts of the gentle views, and changes brightness and contrast where
    they carry no meaning. A network then learns less from the exposure of the labelled images.
    """

    title: ClassVar[str] = "Standard augmentation"
    paper: ClassVar[str] = (
        "Shorten and Khoshgoftaar 2019, doi:10.1186/s40537-019-0197-0; albumentations: Buslaev et al. 2020,"
        " doi:10.3390/info11020125"
    )
    fails: ClassVar[str] = "Where noise itself carries the class, or where brightness is a measurement after all."
    arms: ClassVar[tuple[Arm, ...]] = (
        Arm("augmentation", "Small CNN + augmentation", Choice("small_cnn"), augmentation=Choice("standard")),
    )
    first: ClassVar[bool] = True

    shift: int = setting(
        4,
        label="Largest shift",
        help="Images are shifted by up to this many pixels, and by a tenth of their side at most.",
        unit="px",
        low=1,
        high=16,
        needs=(Fact.POSITION,),
    )
    exposure: float = setting(
        0.15,
        label="Brightness and contrast",
        help="Largest change of contrast, and of brightness as a share of the mean of the image.",
        low=0.0,
        high=0.5,
        needs=(Fact.INTENSITY,),
    )
    noise: float = setting(
        0.1, label="Noise", help="Each value is changed by up to this share of itself.", low=0.0, high=0.5
    )

    def composition(self, shape: tuple[int, ...], free: frozenset[Fact]) -> Any:
        """Return the pipeline for images (height, width, channels)."""
        exposed = exposures(self.exposure) if Fact.INTENSITY in free else []
        return composed([*moves(shape, free, self.shift), *exposed, *grains(self.noise)])


def exposures(most: float) -> list[Any]:
    """Return the step that changes contrast, and brightness in shares of the mean, so that dim images stay visible."""
    import albumentations

    return [albumentations.RandomBrightnessContrast(most, most, brightness_by_max=False, p=0.5)]


def grains(most: float) -> list[Any]:
    """Return the step that multiplies each value by its own factor about 1: black stays black, and the mean is kept."""
    import albumentations

    return [albumentations.MultiplicativeNoise((1 - most, 1 + most), per_channel=True, elementwise=True, p=0.5)]
