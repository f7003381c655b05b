"""EF21 with momentum that follows the model: IGT and STORM."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from .._types import Floats, Vector
from ..compress import Compressor, require_finite
from ..errors import InvalidGradientError
from ._base import ErrorFeedback, Staged, carry_of, require_eta
from ._momentum import running_mean

_CHUNK = 1 << 14


class KeptModelMomentum(ErrorFeedback):
    """Sends C(v - g), then adds it to g, where v estimates the gradient at the model (Sadiev et al., arXiv 2511.14501).

    The first v is the first gradient. x is the model of the last accepted message. Only a commit advances v, g and x, so a device
    that missed rounds, or whose message was refused, uses the model of its last accepted message.
    """

    retains_sum = True
    has_momentum = True
    keeps_model = True

    def __init__(self, g: Floats, v: Floats | None = None, x: Floats | None = None) -> None:
        self.g = g
        self.v = v
        self.x = x

    @abstractmethod
    def _estimate(self, v: Floats, gradient: Vector, second: Vector | None, eta: float) -> Floats:
        """Returns the next v."""

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
        """Compresses v - g for the next v.

        Args:
            gradient: at ``point(model, eta)``, shape (d,).
            eta: the weight of the new gradient, in (0, 1].
            model: the round's model, shape (d,); required.
            second: the gradient at ``second_point``, shape (d,); required if that is a model, else None.

        Raises:
            InvalidGradientError: if a gradient or the model does not have d finite values.
            ValueError: if eta is out of range, the model is missing, or ``second`` is missing or not expected.
        """
        require_finite(gradient, compressor.layout)
        require_eta(eta)
        if model is None:
            raise ValueError(f"{self.method} computes a message from the model and the gradient: give model=...")
        kept = np.asarray(model, np.float64)
        if kept.shape != self.g.shape or not np.isfinite(kept).all():
            raise InvalidGradientError(f"the model is not {self.g.size} finite values")
        if (second is None) != (self.second_point is None):
            found = "the second gradient is missing" if second is None else "there is a second gradient"
            raise ValueError(f"{found}, expected one exactly where second_point is a model")
        if second is not None:
            require_finite(second, compressor.layout)
        v = gradient.astype(np.float64) if self.v is None else self._estimate(self.v, gradient, second, eta)
        return Staged(compressor.compress(v, self.g, seed, checked=True), (v, kept))

    def commit(self, staged: Staged) -> None:
        """Stores v and the model of the staged message, and adds the message to g."""
        self.v, self.x = carry_of(staged, self.method, 2)
        staged.delta.add_to(self.g)

    @property
    def vectors(self) -> list[Floats]:
        """The state: g, and after the first commit also v and x; float64 of shape (d,), not copied."""
        return [self.g] if self.v is None or self.x is None else [self.g, self.v, self.x]


class Ef21Igt(KeptModelMomentum):
    """EF21 on implicit gradient transport, v <- (1 - eta) v + eta gradient, with one gradient at the extrapolated point
    model + ((1 - eta)/eta) (model - x) (Sadiev et al., arXiv 2511.14501).

    On a quadratic the extrapolation moves the old gradients in v to the new model exactly, so v has no bias.
    """

    method = "ef21-igt"
    extrapolates = True

    def point(self, model: Vector, eta: float) -> Vector:
        """Returns the extrapolated model, shape (d,); before the first commit the model itself. Raises ValueError unless eta
        is in (0, 1]."""
        require_eta(eta)
        if self.x is None:
            return model
        now = model.astype(np.float64)
        extrapolated = now - self.x
        extrapolated *= (1 - eta) / eta
        extrapolated += now
        return extrapolated

    def _estimate(self, v: Floats, gradient: Vector, second: Vector | None, eta: float) -> Floats:
        return running_mean(v, gradient, eta)


class Ef21Storm(KeptModelMomentum):
    """EF21 on STORM, v <- gradient + (1 - eta) (v - second), where ``gradient`` is at the new model and ``second`` at x, both
    on the same sample (Sadiev et al., arXiv 2511.14501).

    With full gradients v is the exact gradient.
    """

    method = "ef21-storm"
    needs_two_gradients = True

    @property
    def second_point(self) -> Floats | None:
        """The model of the last accepted message, shape (d,); None before the first."""
        return self.x

    def _estimate(self, v: Floats, gradient: Vector, second: Vector | None, eta: float) -> Floats:
        assert second is not None
        estimate = np.empty_like(v)
        for at in range(0, v.size, _CHUNK):
            piece = estimate[at : at + _CHUNK]
            np.subtract(v[at : at + _CHUNK], second[at : at + _CHUNK], out=piece)
            piece *= 1 - eta
            piece += gradient[at : at + _CHUNK]
        return estimate
