"""Graphs of similar rows: who is nearest to whom by cosine similarity, and how labels flow along the edges.

Notation: n = nodes, m = rows that are asked about, k = number of classes, q = features, c = neighbours of a node. Nodes
are rows of length 1. No array of all pairs of nodes is ever made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.records import Floats, Ints
from explorer.techniques.base import Float32s, Predictor
from explorer.techniques.believing import likenesses, unit
from explorer.techniques.heads import averaged_views
from explorer.techniques.monitors import QUIET, Steps

#: Times that labels flow along every edge, as scikit-learn has it.
FLOWS = 30


def neighbors(nodes: Floats, count: int, monitor: Steps) -> Ints:
    """Return the numbers of the `count` nodes nearest to each of (n, q), itself left out, nearest first: (n, c).

    c is `count`, or n - 1 where there are fewer other nodes. Raises what `monitor` raises.
    """
    return _most_alike(nodes, nodes, min(count, len(nodes) - 1), monitor, apart=True)


def nearest(rows: Floats, nodes: Floats, count: int) -> Ints:
    """Return the numbers of the `count` nodes, of (n, q), nearest to each of the unit rows (m, q), nearest first.

    There are min(count, n) columns. Rows are those that a predictor meets at once, which are few.
    """
    return _most_alike(rows, nodes, min(count, len(nodes)), QUIET, apart=False)


def _most_alike(rows: Floats, nodes: Floats, count: int, monitor: Steps, *, apart: bool) -> Ints:
    """Return the nodes nearest to each row, (m, count); if `apart`, rows are the nodes and do not find themselves."""
    found = np.empty((len(rows), count), np.int64)
    for start, likeness in likenesses(rows, nodes, monitor):
        if apart:
            own = np.arange(len(likeness))
            likeness[own, start + own] = -np.inf
        found[start : start + len(likeness)] = _largest(likeness, count)
    return found


def _largest(values: Floats, count: int) -> Ints:
    """Return the columns of the `count` largest values of each row, (m, count), the largest first."""
    chosen = np.argpartition(-values, count - 1, axis=1)[:, :count] if count else np.empty((len(values), 0), np.int64)
    order = np.argsort(-np.take_along_axis(values, chosen, axis=1), axis=1, kind="stable")
    return np.take_along_axis(chosen, order, axis=1)


def spread(joined: Ints, labels: Ints, n_classes: int, alpha: float) -> Floats:
    """Return class shares (n, k) of nodes after the labels of the first ones have flown along the graph.

    Rows sum to 1, or are all 0 where no label arrived. Zhou et al. 2003, "Learning with local and global consistency":
    F = alpha S F + (1 - alpha) Y, repeated, with S the adjacency divided by the roots of both nodes' degrees.

    joined     neighbours of each node, (n, c); edges have no direction and all weigh the same
    labels     those of the first nodes, each in 0 .. k-1
    alpha      share of a label that comes from neighbours, in 0 .. 1
    """
    flow = _flow(joined)
    given = np.zeros((len(joined), n_classes))
    given[np.arange(len(labels)), labels] = 1.0
    found = given
    for _ in range(FLOWS):
        found = alpha * (flow @ found) + (1 - alpha) * given
    return _shares(found)


def _flow(joined: Ints) -> Any:
    """Return the symmetric adjacency, (n, n) sparse, of which each edge is divided by the roots of its degrees."""
    from scipy.sparse import csr_array, diags_array

    n, c = joined.shape
    starts = np.arange(n + 1) * c
    one_way = csr_array((np.ones(joined.size), joined.reshape(-1), starts), shape=(n, n))
    adjacency = one_way.maximum(one_way.T)
    scale = diags_array(1 / np.sqrt(np.maximum(adjacency.sum(axis=1), 1.0)))
    return scale @ adjacency @ scale


def _shares(amounts: Floats) -> Floats:
    """Return rows (m, k) divided by their sums; rows of nothing stay so."""
    total = amounts.sum(axis=1, keepdims=True)
    return np.asarray(amounts / np.where(total > 0, total, 1.0))


def alike(joined: Ints, labels: Ints, n_classes: int) -> float:
    """Return how far neighbours (n, c) are of one class by labels (n,): 1 if all are, about 0 if by chance alone.

    It is the agreement beyond that of pairs drawn from all nodes, as a share of what is possible; 0 where all nodes
    are of one class.
    """
    shares = np.bincount(labels, minlength=n_classes) / len(labels)
    by_chance = float((shares**2).sum())
    if by_chance >= 1.0 or not joined.size:
        return 0.0
    return float(((labels[joined] == labels[:, None]).mean() - by_chance) / (1 - by_chance))


@dataclass(frozen=True, eq=False)
class Vote:
    """The predictor that gives the mean of what the nearest nodes have become.

    Nodes of shares that are all 0 have no say; where no neighbour has any, `fallback` answers.

    nodes      rows of length 1, (n, q), and `shares` their class shares, (n, k)
    count      neighbours that are asked
    seen       maps rows as they come to features (m, q) as the nodes have them
    """

    nodes: Floats
    shares: Floats
    count: int
    fallback: Predictor
    seen: Callable[[Any], Floats] = averaged_views

    def __call__(self, rows: Any) -> Float32s:
        """Return class probabilities (m, k) of features (m, ...)."""
        asked = nearest(unit(self.seen(rows)), self.nodes, self.count)
        found = _shares(self.shares[asked].sum(axis=1)).astype(np.float32)
        unknown = np.flatnonzero(found.sum(axis=1) == 0)
        if len(unknown):
            found[unknown] = self.fallback(rows[unknown])
        return found
