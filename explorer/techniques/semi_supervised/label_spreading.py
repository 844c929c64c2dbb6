"""Label spreading: labels flow along a graph of similar images, and a new image asks its neighbours."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from explorer.cautions import Caution
from explorer.records import UNLABELED, Floats, Ints
from explorer.techniques.base import Cost, Learner, Predictor, SemiSupervised, Task
from explorer.techniques.believing import (
    Narrowed,
    answers,
    class_shares,
    foreign_share,
    told_foreign,
    told_no_pool,
    told_shift,
    unit,
)
from explorer.techniques.examples import Examples
from explorer.techniques.graphs import Vote, alike, neighbors, spread
from explorer.techniques.heads import averaged_views
from explorer.techniques.monitors import Monitor
from explorer.techniques.settings import setting

#: Directions of the features in which neighbours are looked for, as in self-training: all take eight times as long.
WIDTH = 256
#: Neighbours' agreement, beyond that by chance and as a share of what is possible, under which there are no clusters.
CLUSTERED = 0.6


@dataclass(frozen=True)
class LabelSpreading(SemiSupervised):
    """Joins every image to those whose features are most alike, and lets labels flow along this graph into the pool.
    A new image takes the mean of what its neighbours in the graph have become.

    The graph is computed once in a fit. Images that no label has reached have no say; where none of the neighbours has
    one, the model that is fitted on the labels alone answers.
    """

    title: ClassVar[str] = "Label spreading"
    paper: ClassVar[str] = "Zhou et al. 2003, NIPS 16; on features: Douze et al. 2018, arXiv:1706.02332"
    fails: ClassVar[str] = "Where the classes are no clusters of features, or are rarer in the pool than in the labels."
    works_with_trained: ClassVar[bool] = False

    neighbors: int = setting(10, label="Neighbours", help="Images that each image is joined to.", low=2, high=50)
    alpha: float = setting(
        0.2,
        label="Flow",
        help="Share of a label that comes from neighbours and not from the image itself.",
        low=0.01,
        high=0.99,
    )

    def fit(self, learner: Learner, labeled: Examples, unlabeled: Any, *, seed: int, monitor: Monitor) -> Predictor:
        """Return the vote among neighbours in the graph of labelled and unlabelled features."""
        plain = learner.fit(labeled)
        if not len(unlabeled):
            monitor.note(told_no_pool())
            return plain
        monitor.step(0, 2)
        rows = np.concatenate([averaged_views(labeled.rows), averaged_views(unlabeled)])
        narrowed = Narrowed.of(rows, WIDTH)
        nodes = unit(narrowed(rows))
        joined = neighbors(nodes, self.neighbors, monitor)
        monitor.step(1, 2)
        shares = spread(joined, labeled.labels, learner.n_classes, self.alpha)
        predicted = np.concatenate([labeled.labels, answers(plain, unlabeled, monitor).argmax(axis=1)])
        self._tell(shares, labeled, nodes, alike(joined, predicted, learner.n_classes), monitor)
        monitor.step(2, 2)
        return Vote(nodes, shares, self.neighbors, plain, narrowed)

    def _tell(self, shares: Floats, labeled: Examples, nodes: Floats, clustered: float, monitor: Monitor) -> None:
        """Tell what was believed, and what speaks against it."""
        n, n_classes = len(labeled), shares.shape[1]
        labels, sure = _believed(shares[n:])
        foreign = foreign_share(nodes[:n], nodes[n:], monitor)
        missed = float((labels == UNLABELED).mean())
        monitor.believe(labels, sure)
        monitor.record("label_spreading", {"foreign": foreign, "neighbors_alike": clustered, "not_reached": missed})
        if missed > 0:
            monitor.note(Caution(f"No label reached {missed:.0%} of the pool along the graph."))
        if clustered < CLUSTERED:
            monitor.note(
                Caution("Neighbours in the pool often look like different classes, where spread labels mislead.")
            )
        prior = class_shares(labeled.labels, n_classes, labeled.weights)
        shift = told_shift(prior, class_shares(labels, n_classes), len(labels))
        for sentence in filter(None, (shift, told_foreign(foreign, n))):
            monitor.note(sentence)

    def cost(self, task: Task) -> Cost:
        """Estimate the seconds of the likeness of all pairs of rows, in so many directions."""
        return Cost(0.0, 0.3 + 2.0e-8 * task.n_items**2 + 2e-4 * task.n_items)


def _believed(shares: Floats) -> tuple[Ints, Floats]:
    """Return the label of each row of shares (m, k), and its part of what came there; -1 and 0 where no label came."""
    total = shares.sum(axis=1)
    labels = np.where(total > 0, shares.argmax(axis=1), UNLABELED).astype(np.int64)
    return labels, np.divide(shares.max(axis=1), total, out=np.zeros_like(total), where=total > 0)
