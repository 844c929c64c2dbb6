import time
from dataclasses import dataclass
from typing import ClassVar

from explorer.techniques.base import Cost, Denoising


@dataclass(frozen=True)
class Stuck(Denoising):
    """Hangs before its first step, and says beforehand that it takes long."""

    title: ClassVar[str] = "Stuck"
    paper: ClassVar[str] = "none"
    fails: ClassVar[str] = "On purpose."

    def cost(self, task):
        return Cost(10.0, 0.0)

    def clean(self, inputs, learnt):
        time.sleep(60)
        return inputs
