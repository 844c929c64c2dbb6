"""Features of a network pretrained on ImageNet and logistic regression: the first arm to try."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.records import Arm, Choice
from explorer.techniques.base import NOTHING, Cost, FixedModel, Float32s, Head, Learnt, Task
from explorer.techniques.heads import Logistic
from explorer.techniques.resizing import resized
from explorer.techniques.settings import setting

#: Images prepared at once: enough for whole blocks of the network, little memory.
CHUNK = 64


@dataclass(frozen=True)
class Pretrained(FixedModel):
    """Describes each image by the last layer of a network (EfficientNet-Lite0) that has learnt from photographs.
    Logistic regression on this description learns from few labels, since the network need not learn to see any more.
    """

    title: ClassVar[str] = "ImageNet features + LR"
    paper: ClassVar[str] = "Razavian et al. 2014, arXiv:1403.6382; network: Tan and Le 2019, arXiv:1905.11946"
    fails: ClassVar[str] = (
        "When the label is a count, an angle or a size, or when another instrument made the test images."
    )
    arms: ClassVar[tuple[Arm, ...]] = (Arm("transfer", title, Choice("pretrained")),)
    head: ClassVar[Head] = Logistic(strengths=(3.0, 30.0, 300.0), fallback=30.0)

    side: int = setting(
        128,
        label="Image side",
        help="Every image is resized to this side before the network sees it.",
        unit="px",
        low=64,
        high=224,
        features=True,
    )

    @classmethod
    def unavailable(cls) -> str | None:
        """Return why the network or its weights cannot be used here; None when they can."""
        from explorer.training.weights import missing

        return missing()

    def features(self, inputs: Float32s, learnt: Learnt = NOTHING) -> Float32s:
        """Return the last layer averaged over the map and scaled to length 1, (n, 1280 × planes).

        Three channels are seen as colours and one as grey. With any other count each channel is seen as a grey image
        of its own, and the descriptions stand end to end, so that no channel is mixed with another or lost.
        """
        planes = 1 if inputs.shape[-1] in (1, 3) else inputs.shape[-1]
        found = np.concatenate([self._described(each) for each in np.split(inputs, planes, axis=-1)], axis=1)
        return _unit(found) if planes > 1 else found

    def _described(self, images: Float32s) -> Float32s:
        from explorer.training.lite0 import WIDTH, lite0

        found = np.empty((len(images), WIDTH), np.float32)
        for start in range(0, len(images), CHUNK):
            ready = self._prepared(images[start : start + CHUNK])
            found[start : start + CHUNK] = lite0().features(ready)
        return _unit(found)

    def _prepared(self, images: Float32s) -> Float32s:
        """Return images (n, side, side, 3) in [-1, 1], grey ones with three equal channels."""
        scaled = np.clip(resized(images, self.side, self.side), 0.0, 1.0) * np.float32(2) - np.float32(1)
        return np.repeat(scaled, 3, axis=-1) if images.shape[-1] == 1 else scaled

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds from the number of images, their channels and the labels."""
        planes = 1 if task.shape[-1] in (1, 3) else task.shape[-1]
        extraction = 0.009 * task.n_items * planes * (self.side / 128) ** 2
        return Cost(3.5 + extraction, 0.03 + 6e-5 * task.n_labeled * task.n_classes)


def _unit(rows: Float32s) -> Float32s:
    """Return rows of length 1; each sum is over one row alone, so that its bits do not depend on the others."""
    length = np.array([np.sqrt(row @ row) for row in rows], np.float32).reshape(-1, 1)
    return np.asarray(rows / np.maximum(length, np.float32(1e-12)), np.float32)
