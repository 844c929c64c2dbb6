import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from explorer.techniques.base import NOTHING, FixedModel
from explorer.techniques.settings import setting


@dataclass(frozen=True)
class Deadly(FixedModel):
    """Kills its process the first time, or each time, or hangs without ever looking at the monitor."""

    title: ClassVar[str] = "Deadly"
    paper: ClassVar[str] = "none"
    fails: ClassVar[str] = "On purpose."

    how: str = setting("once", label="How", help="When it kills.", choices=("once", "always", "hang"))

    def features(self, inputs, learnt=NOTHING):
        return np.zeros((len(inputs), 1), np.float32)

    def fit(self, examples, *, n_classes, seed, monitor, consistency=None):
        mark = Path(os.environ["EXPLORER_TEST_MARKS"]) / f"{len(examples)}-{seed}-{os.getpid()}"
        before = list(mark.parent.iterdir())
        mark.touch()
        if self.how == "hang":
            time.sleep(120)
        if self.how == "always" or not before:
            os.kill(os.getpid(), signal.SIGKILL)
        return lambda given: np.full((len(given), n_classes), 1 / n_classes, np.float32)
