from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from explorer.cautions import Caution
from explorer.techniques.base import Denoising

SEEN = []


@dataclass(frozen=True)
class SpyCleaner(Denoising):
    """Learns nothing, keeps a record of its pool, and darkens all but the first two pixels."""

    title: ClassVar[str] = "Cleaning spy"
    paper: ClassVar[str] = "none"
    fails: ClassVar[str] = "Never."

    learns_from_pool = True

    def learn(self, pool, *, seed, monitor):
        SEEN.append((pool[:].copy(), seed))
        monitor.record("strength", 0.5)
        monitor.note(Caution("The images were halved."))
        return {"factor": np.float32(0.5)}

    def clean(self, inputs, learnt):
        cleaned = inputs * learnt["factor"]
        cleaned[:, 0, :2] = inputs[:, 0, :2]
        return cleaned
