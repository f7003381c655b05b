"""EF21 with momentum on the device."""

from __future__ import annotations

import numpy as np

from .._types import Floats, Vector
from ..compress import Compressor, require_finite
from ._base import ErrorFeedback, Staged, carry_of, require_eta

_CHUNK = 1 << 14


class Ef21Momentum(ErrorFeedback):
    """EF21 on a running mean of stochastic gradients, m <- (1 - eta) m + eta gradient (arXiv 2410.16871, Algorithm 2).

    The first m is the first gradient. Only a commit advances m and g, so a run depends on its accepted messages only.
    """

    method = "ef21-momentum"
    retains_sum = True
    has_momentum = True

    def __init__(self, g: Floats, m: Floats | None = None) -> None:
        self.g = g
        self.m = m

    def stage(
        self,
        gradient: Vector,
        compressor: Compressor,
        *,
        eta: float = 1.0,
        seed: int = 0,
        model: Vector | None = None,
        second: Vector | None = None,
    ) -> Staged:
        """Compresses m - g for the next m; model and second are not used.

        Args:
            gradient: shape (d,).
            eta: the weight of the new gradient, in (0, 1].

        Raises:
            InvalidGradientError: if the gradient does not have d finite values.
            ValueError: if eta is out of range.
        """
        require_finite(gradient, compressor.layout)
        require_eta(eta)
        mean = gradient.astype(np.float64) if self.m is None else running_mean(self.m, gradient, eta)
        return Staged(compressor.compress(mean, self.g, seed, checked=True), (mean,))

    def commit(self, staged: Staged) -> None:
        """Stores m of the staged message and adds the message to g."""
        (self.m,) = carry_of(staged, self.method, 1)
        staged.delta.add_to(self.g)

    @property
    def vectors(self) -> list[Floats]:
        """The state: g, and after the first commit also m; float64 of shape (d,), not copied."""
        return [self.g] if self.m is None else [self.g, self.m]


def running_mean(m: Floats, gradient: Vector, eta: float) -> Floats:
    """Returns ``(1 - eta) m + eta gradient``, in pieces that fit into the processor's cache."""
    mean = np.empty_like(m)
    scratch = np.empty(min(_CHUNK, m.size))
    for at in range(0, m.size, _CHUNK):
        piece = mean[at : at + _CHUNK]
        kept = np.multiply(m[at : at + _CHUNK], 1 - eta, out=scratch[: piece.size])
        np.copyto(piece, gradient[at : at + _CHUNK])
        piece *= eta
        piece += kept
    return mean
