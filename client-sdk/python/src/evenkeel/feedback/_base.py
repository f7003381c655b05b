"""The base class of the methods of error feedback."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from .._types import Floats, Vector
from ..compress import CompressedVector, Compressor


@dataclass(frozen=True)
class Staged:
    """A computed message that is not committed.

    Attributes:
        delta: the vector to send: exactly what the coordinator decodes and adds.
        carry: the vectors that must be saved with a staged message to survive a restart, d float64 values each: (m,) with
            momentum, (v, x) with IGT and STORM, (beta e + gradient,) for EF14, () if delta suffices.
    """

    delta: CompressedVector
    carry: tuple[Floats, ...] = ()


class ErrorFeedback(ABC):
    """A device's state of error feedback; not thread-safe.

    Attributes:
        method: the name in plans and in devices' state; permanent.
        retains_sum: whether the coordinator's sum persists over rounds, so that a silent client still contributes all that it has
            sent. If not, a round's direction is the mean of that round's messages.
        has_momentum: whether the method averages gradients over rounds, with eta as the weight of the new one.
        keeps_model: whether the device keeps the model of its last accepted message, and ``stage`` needs the round's model.
        extrapolates: whether the gradient is computed at a point other than the round's model, see ``point``.
        needs_two_gradients: whether a message needs two gradients on the same sample, see ``second_point``.
        overwrites: whether ``stage`` may overwrite the state, which saves EF14 a vector. The state can then only be used for
            ``commit``; after a refusal or an error the caller restores it from a copy.
    """

    method: ClassVar[str]
    retains_sum: ClassVar[bool]
    has_momentum: ClassVar[bool] = False
    keeps_model: ClassVar[bool] = False
    extrapolates: ClassVar[bool] = False
    needs_two_gradients: ClassVar[bool] = False
    overwrites: bool = False

    def point(self, model: Vector, eta: float) -> Vector:
        """Returns the point at which the device computes its gradient for a model: the model itself, or with IGT a float64
        extrapolation of it.

        Args:
            model: the round's model, d values; not changed.
            eta: the round's momentum, in (0, 1].
        """
        return model

    @property
    def second_point(self) -> Floats | None:
        """The model at which the device computes a second gradient, on the same sample as the first: with STORM the model of
        its last accepted message, not copied. None if the next message needs one gradient only."""
        return None

    @property
    def estimate(self) -> Floats | None:
        """g, this device's part of the coordinator's sum, not copied; None if the method's sum does not persist."""
        return self.vectors[0] if self.retains_sum else None

    def forget(self, parts: Iterable[slice]) -> None:  # noqa: B027
        """Drops what earlier messages left out of some coordinates, if the method keeps it to send it later."""

    @abstractmethod
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
        """Computes the message for a gradient; does not change the state, unless it ``overwrites``.

        Args:
            gradient: d finite values, float32 or float64; not changed.
            compressor: for d coordinates.
            eta: the round's momentum or, of EF14 with a decay, its beta, in (0, 1]; other methods ignore it.
            seed: the seed of a random compressor.
            model: the round's model, d values; methods that do not keep the model ignore it. Kept if it
                is float64, so it must not change.
            second: the gradient at ``second_point`` on the same sample; None if there is no such point. Not changed.

        Raises:
            InvalidGradientError: if a gradient is not d finite numbers.
            ValueError: if the model is missing, or the second gradient is missing or unexpected.
        """

    @abstractmethod
    def commit(self, staged: Staged) -> None:
        """Applies a message that the coordinator has accepted to the state."""

    @property
    @abstractmethod
    def vectors(self) -> list[Floats]:
        """The state's arrays, not copied, d float64 values each: [g], [g, m] with momentum and [g, v, x] with IGT and STORM
        ([g] at first), [e] for EF14, or []."""


def carry_of(staged: Staged, method: str, count: int) -> tuple[Floats, ...]:
    """Returns the vectors that a staged message of a method carries; raises ValueError if it was not staged by that method."""
    if len(staged.carry) != count:
        raise ValueError(
            f"a staged message of {method} carries {count} vectors, but this one carries {len(staged.carry)}: commit what its "
            "stage returned"
        )
    return staged.carry


def require_eta(eta: float) -> None:
    """Raises ValueError if a momentum is out of range."""
    if not 0 < eta <= 1:
        raise ValueError(f"eta is {eta}, expected more than 0 and at most 1")
