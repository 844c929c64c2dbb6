"""What previews of a whole pool share: which rows they show, and the plane in which rows lie widest apart.

All of them show the pool of seed 0, the images that techniques may learn from there; none that judges is among them.
"""

from typing import Any

import numpy as np

from explorer.recipes import split_of
from explorer.records import Dataset, Floats, Ints, Split, Study

SEED = 0
#: Images that a map shows at most.
POINTS = 2000
#: Dimensions that a map of neighbours starts from.
KEPT = 50


def split(dataset: Dataset) -> Split:
    """Return the split of seed 0, with the share of judging images that studies have by default."""
    return split_of(dataset, SEED, Study.test_share)


def shown_rows(dataset: Dataset) -> Ints:
    """Return the rows of the pool that are shown, POINTS of them at most, evenly taken."""
    return evenly(split(dataset).pool, POINTS)


def evenly(rows: Ints, most: int) -> Ints:
    """Return `most` of the rows, (n,), evenly taken; all where there are no more."""
    return rows if len(rows) <= most else rows[np.arange(most) * len(rows) // most]


def principal(features: Floats, most: int = KEPT) -> tuple[Floats, list[float]]:
    """Return the principal components of features (m, d), (m, `most` at most), and the share of variance of each.

    Halko et al. 2011, arXiv:0909.4061: the first ones alone are computed.
    """
    from sklearn.decomposition import PCA

    count = max(1, min(most, features.shape[0] - 1, features.shape[1]))
    model: Any = PCA(count, svd_solver="randomized", random_state=0)
    found = model.fit_transform(np.asarray(features, np.float32))
    return found, np.nan_to_num(model.explained_variance_ratio_).tolist()


def plane(components: Floats) -> Floats:
    """Return the first two components, (m, 2) float32; the second is 0 where there is one alone."""
    padded = np.pad(components, ((0, 0), (0, max(0, 2 - components.shape[1]))))
    return padded[:, :2].astype(np.float32)
