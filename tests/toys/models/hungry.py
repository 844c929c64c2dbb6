import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from explorer.techniques.base import NOTHING, FixedModel
from explorer.techniques.settings import setting

SIZE = 700_000_000


@dataclass(frozen=True)
class Hungry(FixedModel):
    """Holds many bytes for two seconds: those of a file that it maps, or of its own."""

    title: ClassVar[str] = "Hungry"
    paper: ClassVar[str] = "none"
    fails: ClassVar[str] = "On purpose."

    how: str = setting("maps", label="How", help="Whose bytes it holds.", choices=("maps", "eats"))

    def features(self, inputs, learnt=NOTHING):
        return np.zeros((len(inputs), 1), np.float32)

    def fit(self, examples, *, n_classes, seed, monitor, consistency=None):
        held = _mapped() if self.how == "maps" else np.ones(SIZE, np.uint8)
        monitor.note(f"{held.sum()} is the sum.")  # every page has been in memory
        for _ in range(20):
            time.sleep(0.1)
            monitor.step(0, 0)
        return lambda given: np.full((len(given), n_classes), 1 / n_classes, np.float32)


def _mapped():
    path = Path(os.environ["EXPLORER_TEST_MARKS"]) / "mapped"
    with path.open("wb") as file:
        file.truncate(SIZE)
    return np.memmap(path, np.uint8, "r")
