"""Which arms can be looked into, told before anything is fitted; imports nothing heavy, for pages ask it."""

from collections.abc import Iterable

from explorer.errors import TechniqueError
from explorer.records import Arm, Fact
from explorer.techniques.backbone import Backbone
from explorer.techniques.composing import compose
from explorer.techniques.models.finetune import Finetune
from explorer.techniques.models.small_cnn import SmallCnn

#: The pretrained network of which it is known what each place adds to an answer.
NETWORK = "lite0"


def can_be_looked_into(arm: Arm, kind: str, free: Iterable[Fact]) -> bool:
    """Tell whether `looking` and `layers` surely know the model that an arm fits on data of that kind.

    free    facts that carry no meaning in the data
    """
    try:
        parts = compose(arm, kind, free)
    except TechniqueError:
        return False
    if parts.semi_supervised is not None:  # whose predictors may be of several models
        return False
    if isinstance(parts.model, Backbone):
        return parts.model.network == NETWORK and (parts.augmentation is None or parts.is_idle)
    return isinstance(parts.model, SmallCnn | Finetune)
