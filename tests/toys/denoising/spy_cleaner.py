from dataclasses import dataclass
from typing import ClassVar

from explorer.techniques.base import Denoising

SEEN = []


@dataclass(frozen=True)
class SpyCleaner(Denoising):
    """Learns nothing, keeps a record of its pool, and darkens all but the first two pixels."""

    title: ClassVar[str] = "Cleaning spy"
    paper: ClassVar[str] = "none"
    fails: ClassVar[str] = "Never."

    def fit(self, pool, *, seed, monitor):
        SEEN.append((pool[:].copy(), seed))
        monitor.record("strength", 0.5)

        def clean(inputs):
            cleaned = inputs / 2
            cleaned[:, 0, :2] = inputs[:, 0, :2]
            return cleaned

        return clean
