"""Adam's direction, computed by each worker from its own gradients."""

from __future__ import annotations

import torch
from torch import Tensor


class AdamDirection:
    """Turns a worker's gradients into the direction of Adam (arXiv 1412.6980), the bias-corrected m/(sqrt(v) +
    epsilon). A step of ``torch.optim.SGD`` with ``weight_decay`` along it equals a step of AdamW.

    Args:
        dimension: d.
        settings: beta1 and beta2 in [0, 1), and epsilon above 0.
        device: the device of the moments, two float32 vectors of d values; a step needs four more.

    Raises:
        ValueError: if a setting is out of range.
    """

    def __init__(self, dimension: int, settings: tuple[float, float, float], device: torch.device) -> None:
        beta1, beta2, epsilon = settings
        if not (0 <= beta1 < 1 and 0 <= beta2 < 1 and 0 < epsilon < float("inf")):
            raise ValueError(
                f"adam is {settings}, expected beta1 and beta2 in [0, 1) and an epsilon above 0, such as (0.9, 0.95, 1e-8)"
            )
        self.settings = settings
        self.moments = [torch.zeros(dimension, dtype=torch.float32, device=device) for _ in range(2)]
        self._next: list[Tensor] = []

    def stage(self, gradient: Tensor, round: int) -> Tensor:
        """Returns the direction; the moments change with ``commit``.

        Args:
            gradient: float32 of shape (d,).
            round: the number of committed steps.
        """
        beta1, beta2, epsilon = self.settings
        m = torch.lerp(gradient, self.moments[0], beta1)
        v = torch.lerp(gradient * gradient, self.moments[1], beta2)
        self._next = [m, v]
        scale = (v / (1 - beta2 ** (round + 1))).sqrt_().add_(epsilon)
        return m.div(scale).div_(1 - beta1 ** (round + 1))

    def commit(self) -> None:
        """Stores the moments of the staged direction."""
        self.moments, self._next = self._next, []
