"""Muon: kernels move by the same amount in every direction that their gradients span, and keep their length.

A gradient is nearly of low rank: most of a plain step goes where few patterns point already, and faint ones wait. Here
the running mean of the gradients is made orthogonal before the step. A kernel that is followed by a normalization may
have any length; it is held, so that the rate alone says by what angle a kernel turns. Sources: Jordan et al. 2024,
kellerjordan.github.io/posts/muon, who hold lengths in their training of CIFAR-10 as well; why it works: Bernstein and
Newhouse 2024, arXiv:2409.20325. torch has the method for matrices only, in a class that imports its compiler.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

import torch

Tensor: TypeAlias = Any

#: Of the odd polynomial ax + bx³ + cx⁵ that takes singular values in (0, 1] towards 1, by Jordan et al. 2024: steep at
#: 0, so that after five times those from 0.0016 on lie between 0.68 and 1.21, and smaller ones below.
POLYNOMIAL = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5
#: Share of the old mean gradient that a step keeps.
MOMENTUM = 0.8
#: Keeps a gradient of nothing from being divided by its length.
LEAST = 1e-12


class Muon:
    """Steps of kernels (out, in, rows, columns) by their gradients made orthogonal; each keeps the length it has.

    What a kernel makes must be normalized, or its length would have to be learnt, too.
    """

    def __init__(self, kernels: Sequence[Tensor]) -> None:
        self._kernels = kernels
        self._means = [torch.zeros_like(each) for each in kernels]
        self._lengths = [each.detach().norm() for each in kernels]

    def move(self, share: float) -> None:
        """Move each kernel by a share of its length, and forget its gradient."""
        with torch.no_grad():
            for kernel, mean, length in zip(self._kernels, self._means, self._lengths, strict=True):
                mean.lerp_(kernel.grad, 1 - MOMENTUM)
                step = _orthogonal_kernel(kernel.grad.lerp(mean, MOMENTUM))
                kernel.sub_(step, alpha=share * float(length / step.norm().clamp_min(LEAST)))
                kernel.mul_(length / kernel.norm())
                kernel.grad = None


def orthogonal(matrix: Tensor) -> Tensor:
    """Return a matrix (m, n) of the same singular vectors, and singular values about 1 where they were not tiny.

    Five Newton–Schulz iterations. Each multiplies from the left by a polynomial of the m × m products of rows, so that
    these polynomials are multiplied first, and the long matrix is touched twice instead of ten times.
    """
    if len(matrix) > matrix.shape[1]:
        return orthogonal(matrix.T).T
    matrix = matrix / matrix.norm().clamp_min(LEAST)
    a, b, c = POLYNOMIAL
    products, found = matrix @ matrix.T, torch.eye(len(matrix), dtype=matrix.dtype)
    for _ in range(ITERATIONS):
        factor = torch.addmm(products, products, products, beta=b, alpha=c)
        factor.diagonal().add_(a)
        found = factor @ found
        products = factor @ products @ factor
    return found @ matrix


def _orthogonal_kernel(kernel: Tensor) -> Tensor:
    """Return a kernel (out, in, rows, columns) made orthogonal as the matrix (out, rows × columns × in)."""
    placed = kernel.permute(0, 2, 3, 1)
    return orthogonal(placed.reshape(len(kernel), -1)).view(placed.shape).permute(0, 3, 1, 2)
