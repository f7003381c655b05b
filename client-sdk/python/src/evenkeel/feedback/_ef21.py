"""EF21."""

from __future__ import annotations

from .._types import Floats, Vector
from ..compress import Compressor
from ._base import ErrorFeedback, Staged


class Ef21(ErrorFeedback):
    """Sends C(gradient - g), then adds it to g (Richtárik, Sokolov, Fatkhullin 2021; arXiv 2410.16871, Algorithm 1).

    g is the coordinator's estimate of this client's gradient.
    """

    method = "ef21"
    retains_sum = True

    def __init__(self, g: Floats) -> None:
        self.g = g

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
        """Compresses gradient - g; ``gradient`` has shape (d,), and eta, model and second are not used.

        Raises:
            InvalidGradientError: if the gradient does not have d finite values.
        """
        return Staged(compressor.compress(gradient, self.g, seed))

    def commit(self, staged: Staged) -> None:
        """Adds the staged message to g."""
        staged.delta.add_to(self.g)

    @property
    def vectors(self) -> list[Floats]:
        """The state: g, float64 of shape (d,); not copied."""
        return [self.g]
