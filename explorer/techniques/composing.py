"""An arm's choices as techniques, built and checked against each other: what cannot work is refused with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from explorer.errors import TechniqueError
from explorer.records import Arm, Fact, Slot
from explorer.techniques.base import (
    Augmentation,
    CombinedModel,
    Denoising,
    FixedModel,
    Model,
    SemiSupervised,
    Technique,
)
from explorer.techniques.discovery import build


@dataclass(frozen=True)
class Parts:
    """The techniques of an arm, one per filled slot, and what they may take for meaningless in the data."""

    model: Model
    denoising: Denoising | None = None
    augmentation: Augmentation | None = None
    semi_supervised: SemiSupervised | None = None
    free: frozenset[Fact] = frozenset()

    def all(self) -> tuple[Technique, ...]:
        """Return the techniques in the order in which the data passes them."""
        slots = (self.denoising, self.model, self.augmentation, self.semi_supervised)
        return tuple(each for each in slots if each is not None)

    @property
    def is_idle(self) -> bool:
        """Tell whether there is an augmentation that changes nothing, since nothing that it changes is free."""
        return self.augmentation is not None and self.augmentation.is_idle(self.free)


def compose(arm: Arm, kind: str = "image", free: Iterable[Fact] = ()) -> Parts:
    """Return the techniques of `arm` for data of that kind, in which the facts `free` carry no meaning.

    Raises TechniqueError, with the reason and the remedy, for a technique that does not exist, a setting out of range,
    a technique that this machine or this kind of data cannot use, and a combination that cannot work.
    """
    facts = frozenset(free)
    built: dict[Slot, Any] = {slot: build(slot, choice).suited(facts) for slot, choice in arm.choices()}
    for technique in built.values():
        _check_usable(technique, arm, kind)
    parts = Parts(**{slot.value: technique for slot, technique in built.items()}, free=facts)
    _check_combined(parts, arm)
    _check_augmentation(parts, arm)
    _check_semi_supervised(parts, arm)
    return parts


def _check_usable(technique: Technique, arm: Arm, kind: str) -> None:
    if kind not in technique.kinds:
        serves = ", ".join(sorted(technique.kinds))
        raise TechniqueError(
            f"{arm.title}: {technique.title} works on data of the kind {serves}, not {kind}. Choose another arm."
        )
    reason = technique.problem()
    if reason is not None:
        raise TechniqueError(f"{arm.title}: {technique.title} cannot be used here. {reason}")


def members(parts: Parts, kind: str = "image") -> tuple[Parts, ...]:
    """Return the techniques of each arm that a combined model is made of; of any other model, its own parts.

    Raises TechniqueError for a member that cannot be composed, or that is made of arms itself.
    """
    if not isinstance(parts.model, CombinedModel):
        return (parts,)
    found = tuple(compose(arm, kind, parts.free) for arm in parts.model.members())
    if any(isinstance(each.model, CombinedModel) for each in found):
        raise TechniqueError(f"{parts.model.title} is made of an arm that is made of arms. Choose plain ones.")
    return found


def _check_combined(parts: Parts, arm: Arm) -> None:
    others = [each for each in parts.all() if each is not parts.model]
    if isinstance(parts.model, CombinedModel) and others:
        raise TechniqueError(
            f"{arm.title}: {parts.model.title} is made of whole arms, and {others[0].title} cannot be added to it."
            " Leave the other slots empty."
        )


def _check_augmentation(parts: Parts, arm: Arm) -> None:
    augmentation = parts.augmentation
    if augmentation is not None and not augmentation.works_with_fixed and isinstance(parts.model, FixedModel):
        raise TechniqueError(
            f"{arm.title}: {augmentation.title} blends images, and {parts.model.title} describes each image by itself."
            " Choose a model that is trained end to end, or another augmentation."
        )


def _check_semi_supervised(parts: Parts, arm: Arm) -> None:
    semi = parts.semi_supervised
    if semi is None:
        return
    fixed = isinstance(parts.model, FixedModel)
    if not (semi.works_with_fixed if fixed else semi.works_with_trained):
        kind = "with fixed features" if fixed else "that are trained end to end"
        raise TechniqueError(
            f"{arm.title}: {semi.title} does not work with models {kind}, and {parts.model.title} is one of them."
            " Choose another model, or leave the semi-supervised slot empty."
        )
    if semi.needs_consistency and not parts.model.can_be_consistent:
        raise TechniqueError(
            f"{arm.title}: {semi.title} trains a model on two views of one image, which {parts.model.title} cannot."
            " Choose another model, or another semi-supervised technique."
        )
