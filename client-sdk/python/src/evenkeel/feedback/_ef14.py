"""EF14, the first error feedback."""

from __future__ import annotations

import numpy as np

from .._types import Floats, Vector
from ..compress import Compressor, require_finite
from ._base import ErrorFeedback, Staged, carry_of


class Ef14(ErrorFeedback):
    """Sends C(e + gradient), then e <- e + gradient - Delta (Seide et al., "1-bit SGD", Interspeech 2014)."""

    method = "ef14"
    retains_sum = False

    def __init__(self, e: Floats) -> None:
        self.e = e

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
        """Compresses e + gradient; ``gradient`` has shape (d,), and eta, model and second are not used.

        Raises:
            InvalidGradientError: if the gradient does not have d finite values.
        """
        require_finite(gradient, compressor.layout)
        corrected = gradient.astype(np.float64)
        corrected += self.e
        return Staged(compressor.compress(corrected, None, seed), (corrected,))

    def commit(self, staged: Staged) -> None:
        """Replaces e by what the staged message left out of e + gradient."""
        self.e[:] = carry_of(staged, self.method, 1)[0]
        staged.delta.add_to(self.e, -1.0)

    @property
    def vectors(self) -> list[Floats]:
        """The state: e, float64 of shape (d,); not copied."""
        return [self.e]
