"""Adam with one cycle of its rate, by torch's own fused function without the classes around it; Muon beside it.

The first use of any class of `torch.optim` imports torch's compiler and with it Triton: a second and 150 MB in every
worker, for nothing that is used here. The function beneath them does not. Sources: Kingma and Ba 2015, arXiv:1412.6980;
decoupled weight decay: Loshchilov and Hutter 2019, arXiv:1711.05101; one cycle: Smith and Topin 2019, arXiv:1708.07120.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch.optim.adam import adam

from explorer.training.muon import Muon

Tensor: TypeAlias = Any

#: How far below its peak the rate begins, and how far below that it ends.
RISE, FALL = 25.0, 1e4
#: Share of the old mean gradient that a step keeps, at the ends of the cycle and at its peak.
RESTING, PEAKING = 0.95, 0.85
SECOND_MOMENT, EPSILON = 0.999, 1e-8
#: Dimensions of a kernel.
KERNEL = 4


@dataclass(frozen=True)
class Cycle:
    """A rate that rises to `peak` over the share `warm_up` of the steps and falls to nearly nothing, both as cosines.

    The momentum does the opposite. `warm_up` holds two steps at least: one alone cannot rise.
    """

    peak: float
    steps: int
    warm_up: float

    def at(self, done: int) -> tuple[float, float]:
        """Return rate and momentum of the step after `done` steps, 0 .. steps-1."""
        start, top = self.peak / RISE, self.warm_up * self.steps - 1
        if done <= top:
            part = done / top
            return _eased(start, self.peak, part), _eased(RESTING, PEAKING, part)
        part = (done - top) / (self.steps - 1 - top)
        return _eased(self.peak, start / FALL, part), _eased(PEAKING, RESTING, part)


class Descent:
    """Steps of Adam down the gradients of parameters, which have `weight_decay` where they are matrices or kernels.

    With `kernel_step`, all kernels (out, in, rows, columns) but the first are moved by Muon instead: by this share of
    their length at the peak of the cycle, and by less in proportion before and after. The first one reads the image;
    what the others make must be normalized.
    """

    def __init__(
        self, parameters: Sequence[Tensor], cycle: Cycle, weight_decay: float = 0.0, kernel_step: float = 0.0
    ) -> None:
        self._cycle, self._done, self._kernel_step = cycle, 0, kernel_step
        hidden = [each for each in parameters if each.ndim == KERNEL][1:] if kernel_step else []
        others = [each for each in parameters if not any(each is one for one in hidden)]
        self._hidden = Muon(hidden)
        self._groups = [
            (_State.of([each for each in others if each.ndim > 1]), weight_decay),
            (_State.of([each for each in others if each.ndim <= 1]), 0.0),
        ]

    def step(self) -> None:
        """Move the parameters by their gradients, and forget these."""
        rate, momentum = self._cycle.at(self._done)
        self._hidden.move(self._kernel_step * rate / self._cycle.peak)
        for state, weight_decay in self._groups:
            state.move(rate, momentum, weight_decay)
        self._done += 1


@dataclass(frozen=True, eq=False)
class _State:
    """Parameters, the running means of their gradients and of the squares of these, and the steps made."""

    parameters: Sequence[Tensor]
    means: Sequence[Tensor]
    squares: Sequence[Tensor]
    steps: Sequence[Tensor]

    @classmethod
    def of(cls, parameters: Sequence[Tensor]) -> "_State":
        means, squares = ([torch.zeros_like(each) for each in parameters] for _ in range(2))
        return cls(parameters, means, squares, [torch.zeros(()) for _ in parameters])

    def move(self, rate: float, momentum: float, weight_decay: float) -> None:
        with torch.no_grad():
            self._moved(rate, momentum, weight_decay)
        for each in self.parameters:
            each.grad = None

    def _moved(self, rate: float, momentum: float, weight_decay: float) -> None:
        adam(
            list(self.parameters),
            [each.grad for each in self.parameters],
            list(self.means),
            list(self.squares),
            [],
            list(self.steps),
            fused=True,
            amsgrad=False,
            beta1=momentum,
            beta2=SECOND_MOMENT,
            lr=rate,
            weight_decay=weight_decay,
            eps=EPSILON,
            maximize=False,
            decoupled_weight_decay=True,
        )


def _eased(start: float, end: float, part: float) -> float:
    """Return the value on half a cosine from `start` to `end`, at a part in 0 .. 1 of the way."""
    return end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1)
