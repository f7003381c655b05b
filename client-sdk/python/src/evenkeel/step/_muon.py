"""Steps along orthogonal factors of the matrices."""

from __future__ import annotations

from math import prod, sqrt

import numpy as np

from .._types import Floats
from ..vector import Tensor, l2, sequential_sum
from ._memory import StepInput, StepState
from ._rules import NormalizedStep, StepRule
from ._scale import StepScale
from ._schedule import Schedule

_A, _B, _C = 3.4445, -4.7750, 2.0315
_MAX_STEPS = 10
_PANEL = 256


class MuonStep(StepRule):
    """``x_l - gamma 0.2 sqrt(max(m, n)) O(g_l)`` for a tensor of m rows, its first axis, and n columns, its other axes together.

    O(g_l) is the nearest matrix with orthonormal rows or columns, by Newton–Schulz iterations; with one row or column it is
    g_l/||g_l||. (Jordan et al., "Muon", 2024; with error feedback Gruntkowska et al., arXiv 2510.00643; the factor of each tensor
    from Liu et al., arXiv 2502.16982.) The results equal the Java SDK's bit for bit, since no product is left to a linear algebra
    library. The recipe has gamma as its factor and W as its divisor. Devices do not repeat the step.

    Args:
        steps: the number of iterations, 1 to 10.
    """

    name = "muon"
    is_repeatable = False
    root_mean_square = 0.2

    def __init__(self, steps: float = 5) -> None:
        if not 1 <= steps <= _MAX_STEPS or steps != steps // 1:
            raise ValueError(f"steps of {self.name} is {steps}, expected an integer from 1 to {_MAX_STEPS}")
        self.steps = int(steps)

    @property
    def text(self) -> str:
        """The name and the number of iterations, such as ``muon:5``."""
        return f"{self.name}:{self.steps}"

    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns the default step size of normalized steps."""
        return NormalizedStep().default_gamma(momentum)

    def _scale(self, state: StepState, norm: float, given: StepInput) -> StepScale:
        return StepScale(given.gamma, (given.weight,), norm / given.weight)

    def apply(self, state: StepState, scale: StepScale) -> None:
        """Moves each tensor of x along its orthogonal factor, in place."""
        if scale.factor == 0:
            return
        with np.errstate(all="ignore"):
            for i, tensor in enumerate(state.layout.tensors):
                rows, columns = matrix_shape(tensor)
                here = state.layout.slice(i)
                x, total = (vector[here].reshape(rows, columns) for vector in (state.x, state.total))
                factor = scale.factor * self.root_mean_square * sqrt(max(rows, columns))
                # Upright: the transposed view of a matrix with more columns than rows.
                _step(*((x, total) if rows >= columns else (x.T, total.T)), factor, self.steps)


def matrix_shape(tensor: Tensor) -> tuple[int, int]:
    """Returns a tensor's rows, its first axis, and its columns, the other axes together."""
    return (tensor.shape[0], prod(tensor.shape[1:])) if tensor.shape else (1, 1)


def _step(x: Floats, total: Floats, factor: float, steps: int) -> None:
    largest = float(np.abs(total).max())
    if largest == 0:
        return
    if total.shape[1] == 1:
        x -= factor * (total / l2(total.ravel()))
        return
    gram = _gram(total, largest)
    trace = sequential_sum(gram.diagonal())
    gram /= trace
    multiplier = _multiplier(gram, steps)
    for at in range(0, len(total), _PANEL):
        panel = np.divide(total[at : at + _PANEL], largest, dtype=np.float64)
        x[at : at + _PANEL] -= factor * (_product(panel, multiplier) / sqrt(trace))


def _gram(total: Floats, largest: float) -> Floats:
    width = total.shape[1]
    gram, added = np.zeros((width, width)), np.empty((width, width))
    for at in range(0, len(total), _PANEL):
        for row in total[at : at + _PANEL] / largest:
            gram += np.multiply(row[:, None], row, out=added)
    return gram


def _multiplier(gram: Floats, steps: int) -> Floats:
    """Returns the product of all ``Q = a I + b A + c A^2``, where A becomes Q A Q: the matrix times this product is the
    result of the iterations."""
    product: Floats = gram
    for step in range(steps):
        factor = _B * gram + _C * _symmetric(gram, gram)
        factor[np.diag_indices_from(factor)] += _A
        product = factor if step == 0 else _symmetric(product, factor)
        if step < steps - 1:
            gram = _symmetric(_symmetric(gram, factor), factor)
    return product


def _symmetric(left: Floats, right: Floats) -> Floats:
    """Returns the product of two commuting symmetric matrices, with the upper triangle a copy of the lower one."""
    product = np.tril(_product(left, right))
    return product + np.tril(product, -1).T


def _product(left: Floats, right: Floats) -> Floats:
    """Returns the matrix product, each entry added in ascending order: the bits of ``numpy.matmul`` depend on the machine."""
    product, added = np.zeros((len(left), right.shape[1])), np.empty((len(left), right.shape[1]))
    for k in range(len(right)):
        product += np.multiply(left[:, k, None], right[k], out=added)
    return product
