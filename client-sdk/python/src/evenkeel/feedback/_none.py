"""Compression without error feedback."""

from __future__ import annotations

from .._types import Floats, Vector
from ..compress import Compressor
from ._base import ErrorFeedback, Staged


class NoFeedback(ErrorFeedback):
    """Sends C(gradient) and keeps no state: compressed gradient descent, or plain gradient descent."""

    method = "none"
    retains_sum = False

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
        """Compresses the gradient, of shape (d,); eta, model and second are not used.

        Raises:
            InvalidGradientError: if the gradient does not have d finite values.
        """
        return Staged(compressor.compress(gradient, None, seed))

    def commit(self, staged: Staged) -> None:
        """Does nothing; there is no state."""

    @property
    def vectors(self) -> list[Floats]:
        """The state: empty."""
        return []
