"""Muon's step on tensors of PyTorch."""

from __future__ import annotations

from math import sqrt

from torch import Tensor

from ..step import MuonStep, matrix_shape
from ..vector import TensorLayout

_A, _B, _C = 3.4445, -4.7750, 2.0315


def muon_step(rule: MuonStep, x: Tensor, total: Tensor, layout: TensorLayout, gamma: float) -> None:
    """Moves x in place, like ``MuonStep`` on numpy vectors except for the order in which products are added."""
    for i, tensor in enumerate(layout.tensors):
        rows, columns = matrix_shape(tensor)
        here = layout.slice(i)
        part = total[here].view(rows, columns)
        largest = part.abs().max()
        if largest == 0:
            continue
        part = part / largest
        part = part / part.norm()
        if min(rows, columns) > 1:
            part = _orthogonal(part if rows <= columns else part.T, rule.steps)
        if part.shape != (rows, columns):
            part = part.T
        x[here] -= gamma * rule.root_mean_square * sqrt(max(rows, columns)) * part.reshape(-1)


def _orthogonal(matrix: Tensor, steps: int) -> Tensor:
    for _ in range(steps):
        gram = matrix @ matrix.T
        matrix = _A * matrix + (_B * gram + _C * gram @ gram) @ matrix
    return matrix
