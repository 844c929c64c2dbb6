"""Features of a network pretrained on ImageNet and logistic regression: the first arm to try."""

from dataclasses import dataclass
from typing import ClassVar

from explorer.records import Arm, Choice
from explorer.techniques.backbone import Backbone
from explorer.techniques.base import Head
from explorer.techniques.logistic import Apart, Logistic
from explorer.techniques.settings import setting
from explorer.training.networks import LAST

#: C of the penalty of each depth where it is learnt from by itself; that of the last layer is lower, since its
#: descriptions differ more.
STRENGTH, STRENGTH_LAST = 300.0, 30.0


@dataclass(frozen=True)
class Pretrained(Backbone):
    """Describes each image, in all its views, by several layers of a network that has learnt from photographs.
    Logistic regression on each depth learns from few labels, and their probabilities are averaged.
    """

    title: ClassVar[str] = "ImageNet features + LR"
    paper: ClassVar[str] = "Razavian et al. 2014, arXiv:1403.6382; network: Tan and Le 2019, arXiv:1905.11946"
    version: ClassVar[int] = 3
    fails: ClassVar[str] = (
        "When the label is a count, an angle or a size, or when another instrument made the test images."
    )
    arms: ClassVar[tuple[Arm, ...]] = (Arm("transfer", title, Choice("pretrained")),)
    first: ClassVar[bool] = True
    head: ClassVar[Head] = Logistic(strengths=(30.0, 300.0, 3000.0), fallback=300.0)

    depth_use: str = setting(
        "apart",
        label="Use of depths",
        help="Whether each depth is learnt from by itself and the answers are averaged, or all of them together.",
        choices=("apart", "together"),
    )

    def learner(self, d: int) -> Head:
        """Return what learns from d features: one regression on each depth, or one on all."""
        if self.depth_use == "together":
            return self.head
        depths = self.depths(d)
        strengths = tuple(STRENGTH_LAST if name == LAST else STRENGTH for name in depths)
        return Apart(tuple(depths.values()), strengths)
