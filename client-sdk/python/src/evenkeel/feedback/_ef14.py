"""EF14, the first error feedback, and its variant with a decay."""

from __future__ import annotations

from collections.abc import Iterable

from .._types import Floats, Vector
from ..compress import Compressor, require_finite
from ._base import ErrorFeedback, Staged, carry_of, require_eta


class Ef14(ErrorFeedback):
    """Sends C(e + gradient), then e <- e + gradient - Delta (Seide et al., "1-bit SGD", Interspeech 2014)."""

    method = "ef14"
    retains_sum = False

    def __init__(self, e: Floats) -> None:
        self.e = e

    def forget(self, parts: Iterable[slice]) -> None:
        """Sets parts of e to 0."""
        for part in parts:
            self.e[part] = 0

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
        """Compresses e + gradient, where e is multiplied by the decay if there is one.

        Args:
            gradient: shape (d,).
            eta: the decay beta, in (0, 1]; not used without a decay. Model and second are not used.

        Raises:
            InvalidGradientError: if the gradient does not have d finite values.
            ValueError: if there is a decay, and eta is out of range.
        """
        require_finite(gradient, compressor.layout)
        corrected = self.e if self.overwrites else self.e.copy()
        self._decay(corrected, eta)
        corrected += gradient
        return Staged(compressor.compress(corrected, None, seed), (corrected,))

    def _decay(self, e: Floats, eta: float) -> None:
        """Multiplies e in place by the decay, if there is one."""

    def commit(self, staged: Staged) -> None:
        """Replaces e with the part of e + gradient that the staged message dropped."""
        (corrected,) = carry_of(staged, self.method, 1)
        if corrected is not self.e:
            self.e[:] = corrected
        staged.delta.add_to(self.e, -1.0)

    @property
    def vectors(self) -> list[Floats]:
        """The state: e, float64 of shape (d,); not copied."""
        return [self.e]


class Ef14Decay(Ef14):
    """Sends C(beta e + gradient), then e <- beta e + gradient - Delta, where beta is the round's eta. It multiplies only the
    remainder of earlier rounds (SparseLoCo, arXiv 2508.15706, Algorithm 1). With beta = 1 it is ``Ef14``, bit for bit."""

    method = "ef14-decay"

    def _decay(self, e: Floats, eta: float) -> None:
        require_eta(eta)
        e *= eta
