"""How alike two representations of the same images are: linear centred kernel alignment (CKA), debiased.

Kornblith et al. 2019, arXiv:1905.00414. With Gram matrices K = X Xᵀ and L = Y Yᵀ of the features of n images,

    CKA = HSIC(K, L) / sqrt(HSIC(K, K) HSIC(L, L)).

The usual estimate of HSIC is above 0 for unrelated features wherever they are many and images few. Here it is the
unbiased one of Song et al. 2012 (J. Mach. Learn. Res. 13, 1393-1434), as Nguyen et al. 2021, arXiv:2010.15327,
use it: with K̃ and L̃, whose diagonals are 0,

    HSIC(K, L) = (tr(K̃ L̃) + 1ᵀK̃1 · 1ᵀL̃1 / ((n-1)(n-2)) - 2 / (n-2) · 1ᵀK̃L̃1) / (n (n-3)).

A few images that lie far from all others can move it (Davari et al. 2022, arXiv:2210.16156).
"""

from collections.abc import Sequence

import numpy as np

from explorer.records import Floats

#: Images at least: the estimate divides by n - 3.
FEWEST = 4


def grams(representations: Sequence[Floats]) -> list[Floats]:
    """Return the Gram matrix (n, n), with a diagonal of 0, of each representation (n, d); scaled to a mean square of 1.

    Features are centred first, which changes nothing but the last bits.
    """
    found = []
    for each in representations:
        centred = each.astype(np.float64) - each.mean(axis=0, dtype=np.float64)
        gram = centred @ centred.T
        np.fill_diagonal(gram, 0.0)
        size = float(np.sqrt(np.mean(gram**2)))
        found.append(np.asarray(gram / size if size > 0 else gram))
    return found


def hsic(first: Floats, second: Floats) -> float:
    """Return the unbiased estimate for Gram matrices (n, n) with a diagonal of 0. Raises ValueError under 4 images."""
    n = len(first)
    if n < FEWEST:
        raise ValueError(f"Likeness needs at least {FEWEST} images, not {n}.")
    one, other = first.sum(axis=0), second.sum(axis=0)
    total = (first * second).sum() + one.sum() * other.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (one @ other)
    return float(total / (n * (n - 3)))


def cka(first: Sequence[Floats], second: Sequence[Floats]) -> Floats:
    """Return the CKA, (a, b), of a representations with b others, of the same n images each, (n, any width).

    It is 1 for the same up to turns and scale, about 0 for unrelated ones, and may be a little below 0. NaN where a
    representation is the same for all images.
    """
    ones, others = grams(first), grams(second)
    left, right = (np.array([max(hsic(each, each), 0.0) for each in side]) for side in (ones, others))
    found = np.array([[hsic(one, other) for other in others] for one in ones])
    size = np.sqrt(np.outer(left, right))
    return np.asarray(np.divide(found, size, out=np.full_like(found, np.nan), where=size > 0))
