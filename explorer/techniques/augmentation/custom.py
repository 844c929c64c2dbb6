"""A pipeline that the user brings, in the form in which albumentations writes its own."""

import difflib
import functools
import json
import random
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from explorer.errors import TechniqueError
from explorer.hosting import hosted
from explorer.records import Fact
from explorer.techniques.base import Float32s, Views
from explorer.techniques.pipelines import Pipeline
from explorer.techniques.resizing import resized
from explorer.techniques.settings import setting

#: Transforms that need nothing but the image and give an image back, with the facts that they may change. Which facts
#: those are is a judgement that no code can make, so that it stands here; noise and sharpness belong to none.
_CHANGES: Mapping[tuple[Fact, ...], str] = {
    (): (
        "NoOp GaussNoise ISONoise SaltAndPepper ShotNoise PixelDropout AdvancedBlur Blur Defocus GaussianBlur GlassBlur"
        " MedianBlur MotionBlur ZoomBlur Downscale ImageCompression RingingOvershoot Sharpen UnsharpMask"
    ),
    (Fact.ORIENTATION,): "D4 SquareSymmetry HorizontalFlip VerticalFlip Transpose RandomRotate90 Rotate",
    (Fact.INTENSITY,): (
        "AdditiveNoise MultiplicativeNoise AutoContrast CLAHE ChannelDropout ChannelShuffle ColorJitter Equalize"
        " FancyPCA HEStain HueSaturationValue Illumination InvertImg PlanckianJitter PlasmaBrightnessContrast"
        " PlasmaShadow Posterize RGBShift RandomBrightnessContrast RandomGamma RandomShadow RandomToneCurve Solarize"
        " ToGray ToSepia"
    ),
    (Fact.POSITION,): (
        "CenterCrop CropAndPad ElasticTransform GridDistortion OpticalDistortion Pad PadIfNeeded Perspective RandomCrop"
        " RandomCropFromBorders RandomGridShuffle RandomResizedCrop RandomScale RandomSizedCrop Resize ThinPlateSpline"
    ),
    (Fact.ORIENTATION, Fact.POSITION): "Affine SafeRotate",
    (Fact.INTENSITY, Fact.POSITION): "CoarseDropout Erasing GridDropout XYMasking",
}
TRANSFORMS: Mapping[str, frozenset[Fact]] = {
    name: frozenset(facts) for facts, names in _CHANGES.items() for name in names.split()
}
#: Parts of a pipeline that hold further transforms.
CONTAINERS = frozenset({"Compose", "Sequential", "OneOf", "SomeOf", "RandomOrder", "OneOrOther"})
#: What a pipeline may say of boxes and other targets beside the image, which must be empty here.
TARGETS = ("bbox_params", "keypoint_params", "additional_targets")
#: Times that a pipeline is tried with every transform switched on, so that most ways through it are taken once.
TRIES = 16


@dataclass(frozen=True)
class Custom(Pipeline):
    """Makes views by a pipeline of your own, in the form that albumentations writes with A.to_dict or A.save.
    It is checked first: every transform must run on these images, and may change only what carries no meaning.
    """

    title: ClassVar[str] = "Custom pipeline"
    paper: ClassVar[str] = "albumentations: Buslaev et al. 2020, doi:10.3390/info11020125"
    fails: ClassVar[str] = (
        "Where a transform changes something that carries the class and that none of the facts names."
    )

    pipeline: str = setting(
        '{"transform": {"__class_fullname__": "Compose", "p": 1.0, "transforms": ['
        '{"__class_fullname__": "GaussNoise", "std_range": [0.01, 0.03], "p": 0.5}]}}',
        label="Pipeline",
        help="What json.dumps(A.to_dict(pipeline)) returns, or the path of a .json file that A.save has written.",
    )

    def self_contained(self) -> Self:
        """Return the technique with the text of its file. Raises TechniqueError where that cannot be read."""
        return replace(self, pipeline=_text(self.pipeline))

    def suited(self, free: frozenset[Fact]) -> Self:
        """Return the technique with the text of its file, checked against what carries no meaning.

        Raises TechniqueError.
        """
        found = self.self_contained()
        _check_facts(_tree(found.pipeline), free)
        return found

    def views(self, shape: tuple[int, ...], free: frozenset[Fact]) -> Views | None:
        """Return the maker of views for images (height, width, channels).

        Images of another size, such as reduced ones, are brought to that size and back: a pipeline of your own has its
        numbers in pixels of the data. Raises TechniqueError as `composition` does.
        """
        made = super().views(shape, free)
        return None if made is None else functools.partial(_at_size, made, shape)

    def composition(self, shape: tuple[int, ...], free: frozenset[Fact]) -> Any:
        """Return the pipeline, tried on images (height, width, channels).

        Raises TechniqueError for text that is not a pipeline, and for transforms that are unknown, need more than the
        image, change what is not free, or do not run on such images.
        """
        tree = _tree(_text(self.pipeline))
        _check_facts(tree, free)
        return _proven(tree, shape)


def _at_size(made: Views, shape: tuple[int, ...], images: Float32s, generator: np.random.Generator) -> Float32s:
    """Return views of images (b, any height, any width, channels) made at the height and width of `shape`."""
    if images.shape[1:] == shape:
        return made(images, generator)
    full = np.clip(resized(images, *shape[:2]), 0.0, 1.0)
    return np.clip(resized(made(full, generator), *images.shape[1:3]), 0.0, 1.0)


# ---- reading it, without albumentations ------------------------------------------------------------------------


def _text(given: str) -> str:
    """Return the JSON text itself, read from a file where a path is given."""
    if given.lstrip().startswith(("{", "[")):
        return given
    if hosted():
        raise TechniqueError(
            f"Custom pipeline: {given[:80]!r} is no JSON, and this server reads no files of its own; paste the text"
            " that json.dumps(A.to_dict(pipeline)) returns."
        )
    try:
        return Path(given).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise TechniqueError(
            f"Custom pipeline: {given[:80]!r} is neither JSON nor a file that can be read; give the text that"
            " json.dumps(A.to_dict(pipeline)) returns, or the path of such a file."
        ) from error


def _tree(text: str) -> dict[str, Any]:
    """Return the outermost part of the pipeline, a Compose, checked in its form and names."""
    try:
        found = json.loads(text)
        tree = found["transform"]
        names = [str(each["__class_fullname__"]) for each in _parts(tree)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TechniqueError(
            f"Custom pipeline: this is not what albumentations writes ({_short(error)}); give the text that"
            " json.dumps(A.to_dict(pipeline)) returns."
        ) from error
    _check_names(names)
    extra = next((key for key in TARGETS if any(each.get(key) for each in _parts(tree))), None)
    if extra is not None:
        raise TechniqueError(f"Custom pipeline: '{extra}' is for more than images; build the pipeline without it.")
    single = {"__class_fullname__": "Compose", "p": 1.0, "transforms": [tree]}
    return dict(tree) if names[0] == "Compose" else single


def _parts(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a part of a pipeline and all parts inside it."""
    yield tree
    for each in tree.get("transforms", ()):
        yield from _parts(each)


def _check_names(names: list[str]) -> None:
    for name in names:
        if name not in CONTAINERS and name not in TRANSFORMS:
            near = difflib.get_close_matches(name, sorted(TRANSFORMS), n=3, cutoff=0.0)
            raise TechniqueError(
                f"Custom pipeline: '{name}' is not among the {len(TRANSFORMS)} transforms that need nothing but an"
                f" image and give an image back; leave it out, or take another one, such as {', '.join(near)}."
            )


def _check_facts(tree: Mapping[str, Any], free: frozenset[Fact]) -> None:
    for each in _parts(tree):
        name = each["__class_fullname__"]
        changed = sorted(TRANSFORMS.get(name, frozenset()) - free)
        if changed:
            raise TechniqueError(
                f"Custom pipeline: '{name}' changes {' and '.join(changed)}, which may carry the class here; leave it"
                " out, or say of the data set that this carries no meaning."
            )


# ---- trying it -------------------------------------------------------------------------------------------------


def _built(tree: Mapping[str, Any]) -> Any:
    """Return the transform that a part describes; what albumentations warns of is an error here."""
    import albumentations

    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        return albumentations.from_dict({"transform": tree})


def _proven(tree: Mapping[str, Any], shape: tuple[int, ...]) -> Any:
    """Return the transform that a part describes, after it has run with every transform in it switched on.

    Raises TechniqueError when that fails or gives something else than such images.
    """
    try:
        built, found = _built(tree), _tried(_always(tree), shape)
    except Exception as error:  # what any of the transforms raises is not known
        raise TechniqueError(
            f"Custom pipeline: it does not run on images of {shape[0]} × {shape[1]} pixels with {shape[2]} channels"
            f" ({_short(error)}); change or leave out the transform that this names."
        ) from error
    wrong = next((each for each in found if each.shape != shape or each.dtype != np.float32), None)
    if wrong is not None:
        raise TechniqueError(
            f"Custom pipeline: it makes images of shape {wrong.shape} and type {wrong.dtype} of such of shape {shape}"
            " and type float32; leave out what changes size or type, or add a transform that changes it back."
        )
    return built


def _tried(tree: Mapping[str, Any], shape: tuple[int, ...]) -> list[Any]:
    pipeline = _built(tree)
    generator = np.random.default_rng(0)
    pipeline.set_random_state(generator, random.Random(0))
    images = generator.random((TRIES, *shape), dtype=np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        return [pipeline(image=image)["image"] for image in images]


def _always(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a part with the probability of every transform in it set to 1; choices between several stay choices."""
    certain = tree["__class_fullname__"] != "OneOrOther"
    inside = {"transforms": [_always(each) for each in tree["transforms"]]} if "transforms" in tree else {}
    return {**tree, **({"p": 1.0} if certain else {}), **inside}


def _short(error: Exception) -> str:
    """Return the kind of an error and the beginning of its text, in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}".rstrip(".: ")
