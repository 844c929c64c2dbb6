"""One strong change at a time, drawn among those that are safe, and holes where those are safe too."""

from dataclasses import dataclass
from typing import Any, ClassVar

from explorer.records import Fact
from explorer.techniques.augmentation.gentle import moves
from explorer.techniques.pipelines import Pipeline, composed
from explorer.techniques.settings import setting

#: Side of the largest hole as a share of the image's: a quarter of the area.
HOLE = 0.5


@dataclass(frozen=True)
class Strong(Pipeline):
    """Adds to the gentle views one further change of random strength, drawn among those that the free facts allow, as
    TrivialAugment does. Where position and intensity are both free, holes of up to a quarter of the area are cut, too.

    Turns by any angle and changes of size take the nearest pixel: interpolation would smooth the noise of views only.
    """

    title: ClassVar[str] = "Strong augmentation"
    paper: ClassVar[str] = (
        "TrivialAugment: Müller and Hutter 2021, arXiv:2103.10158; Cutout: DeVries and Taylor 2017, arXiv:1708.04552"
    )
    fails: ClassVar[str] = "Where the class is in a small detail, which holes hide, or where labels are very few."

    shift: int = setting(
        4,
        label="Largest shift",
        help="Images are shifted by up to this many pixels, and by a tenth of their side at most.",
        unit="px",
        low=1,
        high=16,
        needs=(Fact.POSITION,),
    )
    strength: float = setting(
        0.3,
        label="Strength",
        help="Largest change of brightness, contrast, colour and noise; changes of size are up to half of it.",
        low=0.05,
        high=0.6,
    )
    holes: float = setting(
        0.5,
        label="Holes",
        help="Share of the images in which a hole is cut.",
        low=0.0,
        high=1.0,
        needs=(Fact.POSITION, Fact.INTENSITY),
    )

    def composition(self, shape: tuple[int, ...], free: frozenset[Fact]) -> Any:
        """Return the pipeline for images (height, width, channels)."""
        import albumentations

        one = albumentations.OneOf(changes(shape, free, self.strength), p=1.0)
        return composed([*moves(shape, free, self.shift), one, *holes(free, self.holes)])


def changes(shape: tuple[int, ...], free: frozenset[Fact], strength: float) -> list[Any]:
    """Return the changes of which one is drawn for each image; to change nothing is one of them."""
    import albumentations

    noise = albumentations.MultiplicativeNoise((1 - strength, 1 + strength), per_channel=True, elementwise=True, p=1.0)
    found = [albumentations.NoOp(p=1.0), noise]
    if Fact.ORIENTATION in free:
        found += _angles()
    if Fact.POSITION in free:
        found += _sizes(strength)
    if Fact.INTENSITY in free:
        found += _exposures(strength, shape[-1])
    return found


def _angles() -> list[Any]:
    import albumentations
    import cv2

    return [albumentations.Rotate(45, interpolation=cv2.INTER_NEAREST, border_mode=cv2.BORDER_REFLECT_101, p=1.0)]


def _sizes(strength: float) -> list[Any]:
    import albumentations
    import cv2

    sizes = (1 - strength / 2, 1 + strength / 2)
    return [
        albumentations.Affine(scale=sizes, interpolation=cv2.INTER_NEAREST, border_mode=cv2.BORDER_REFLECT_101, p=1.0)
    ]


def _exposures(strength: float, channels: int) -> list[Any]:
    """Return changes of brightness, contrast and gamma, and of colour where there are several channels."""
    import albumentations

    found = [
        albumentations.RandomBrightnessContrast(strength, 0.0, brightness_by_max=False, p=1.0),
        albumentations.RandomBrightnessContrast(0.0, strength, p=1.0),
        albumentations.RandomGamma((100 / (1 + strength), 100 * (1 + strength)), p=1.0),
    ]
    colour = albumentations.MultiplicativeNoise(
        (1 - strength, 1 + strength), per_channel=True, elementwise=False, p=1.0
    )
    return found + ([colour] if channels > 1 else [])


def holes(free: frozenset[Fact], share: float) -> list[Any]:
    """Return the step that cuts a hole into a share of the images.

    A hole changes where things are and how bright an image is, so that both must be free.
    """
    import albumentations

    if not {Fact.POSITION, Fact.INTENSITY} <= free:
        return []
    return [albumentations.CoarseDropout((1, 1), (0.1, HOLE), (0.1, HOLE), fill="random_uniform", p=share)]
