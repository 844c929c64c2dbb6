from dataclasses import dataclass
from typing import ClassVar

from explorer.techniques.base import SemiSupervised


@dataclass(frozen=True)
class FixedOnly(SemiSupervised):
    """Works on features only."""

    title: ClassVar[str] = "Fixed only"
    paper: ClassVar[str] = "none"
    fails: ClassVar[str] = "Never."
    works_with_trained: ClassVar[bool] = False

    def fit(self, learner, labeled, unlabeled, *, seed, monitor):
        return learner.fit(labeled)
