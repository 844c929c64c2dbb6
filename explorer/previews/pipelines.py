"""An augmentation's pipeline of albumentations as what can be taken elsewhere: Python code, and its serialised form."""

import inspect
import json
from collections.abc import Mapping
from typing import Any

from explorer.errors import TechniqueError
from explorer.records import Choice, Fact, Slot
from explorer.techniques.base import Augmentation
from explorer.techniques.blending import Blending
from explorer.techniques.discovery import build
from explorer.techniques.pipelines import BENEATH, Pipeline

_INDENT = "    "
_EMPTY: tuple[Any, ...] = (None, {}, [])
_USE = 'view = transform(image=image)["image"]  # (height, width, channels), float32 in [0, 1]'
#: The technique that takes a pipeline in its serialised form, and the setting that holds it.
_TAKES = ("custom", "pipeline")


def pipeline_of(technique: Augmentation, shape: tuple[int, ...], free: frozenset[Fact]) -> Any:
    """Return the pipeline for images (height, width, channels): of blends, that of the views beneath; None without one.

    Raises TechniqueError.
    """
    if isinstance(technique, Blending):
        bare = technique.under == BENEATH[0]
        beneath = None if bare else build(Slot.AUGMENTATION, Choice(technique.under))
        return pipeline_of(beneath, shape, free) if isinstance(beneath, Augmentation) else None
    return technique.composition(shape, free) if isinstance(technique, Pipeline) else None


def told(pipeline: Any, shape: tuple[int, ...], free: frozenset[Fact]) -> dict[str, str]:
    """Return `code`, `serialised` and `refused`: why the technique of own pipelines would not take it, or nothing."""
    if pipeline is None:
        return {"code": "", "serialised": "", "refused": ""}
    serialised = json.dumps(_plain(pipeline))
    return {"code": python_code(pipeline), "serialised": serialised, "refused": _refused(serialised, shape, free)}


def _refused(serialised: str, shape: tuple[int, ...], free: frozenset[Fact]) -> str:
    name, setting = _TAKES
    try:
        pipeline_of_own = build(Slot.AUGMENTATION, Choice(name, {setting: serialised}))
        assert isinstance(pipeline_of_own, Pipeline)
        pipeline_of_own.composition(shape, free)
    except TechniqueError as error:
        return str(error)
    return ""


def _plain(pipeline: Any) -> Any:
    """Return what albumentations writes of a pipeline, as plain JSON values."""
    import albumentations

    return json.loads(json.dumps(albumentations.to_dict(pipeline)))


def tree_of(pipeline: Any) -> Mapping[str, Any]:
    """Return a pipeline as nested parts, each with its `__class_fullname__` and its arguments."""
    tree: Mapping[str, Any] = _plain(pipeline)["transform"]
    return tree


# ---- code ------------------------------------------------------------------------------------------------------


def python_code(pipeline: Any) -> str:
    """Return Python code that builds the pipeline as `transform`."""
    return f"import albumentations as A\n\ntransform = {part_code(tree_of(pipeline))}\n# {_USE}\n"


def part_code(part: Mapping[str, Any], depth: int = 0) -> str:
    """Return the expression that builds a part; arguments that are as usual are left out, but for `p`."""
    name = part["__class_fullname__"].rpartition(".")[2]
    given = [f"{key}={_value(value)}" for key, value in part.items() if _is_told(name, key, value)]
    if "transforms" not in part:
        return f"A.{name}({', '.join(given)})"
    inside = "".join(f"{_INDENT * (depth + 1)}{part_code(each, depth + 1)},\n" for each in part["transforms"])
    listed = f"[\n{inside}{_INDENT * depth}]"
    return f"A.{name}({', '.join([listed, *given])})"


def _is_told(name: str, key: str, value: Any) -> bool:
    if key in ("__class_fullname__", "transforms"):
        return False
    import albumentations

    known = inspect.signature(getattr(albumentations, name)).parameters
    if key not in known:  # written of a transform by the one that it is made from, and not taken back
        return False
    plain = json.loads(json.dumps(known[key].default, default=str))
    return key == "p" or not (plain == value or (plain in _EMPTY and value in _EMPTY))


def _value(value: Any) -> str:
    """Return a JSON value as Python: lists as the tuples that albumentations names in its documentation."""
    if isinstance(value, list):
        inside = ", ".join(map(_value, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_value(each)}" for key, each in value.items()) + "}"
    return repr(value + 0.0 if isinstance(value, float) else value)  # no minus before a zero
