"""What all methods of error feedback share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from .._types import Floats, Vector
from ..compress import CompressedVector, Compressor


@dataclass(frozen=True)
class Staged:
    """A computed message that is not committed.

    Attributes:
        delta: the vector to send: exactly what the coordinator decodes and adds.
        carry: what must be saved with a staged message to survive a restart, d float64 values, or None if delta is enough.
    """

    delta: CompressedVector
    carry: Floats | None = None


class ErrorFeedback(ABC):
    """A device's state of error feedback; not thread-safe.

    Attributes:
        method: the name in plans and in devices' state; permanent.
        retains_sum: whether the coordinator's sum persists over rounds, so that a silent client counts with all it has sent. If
            not, a round's direction is the mean of that round's messages.
    """

    method: ClassVar[str]
    retains_sum: ClassVar[bool]

    @abstractmethod
    def stage(self, gradient: Vector, compressor: Compressor, *, eta: float = 1.0, seed: int = 0) -> Staged:
        """Computes the message for a gradient; does not change the state.

        Args:
            gradient: d finite values, float32 or float64; not changed.
            compressor: for d coordinates.
            eta: the round's momentum, in (0, 1]; methods without momentum ignore it.
            seed: the seed of a random compressor.

        Raises:
            InvalidGradientError: if the gradient is not d finite numbers.
        """

    @abstractmethod
    def commit(self, staged: Staged) -> None:
        """Applies a message that the coordinator has accepted to the state."""

    @property
    @abstractmethod
    def vectors(self) -> list[Floats]:
        """The state's arrays, not copied, d float64 values each: [g], [g, m] with momentum ([g] at first), [e] for EF14, or
        []."""


def carry_of(staged: Staged, method: str, what: str) -> Floats:
    """Returns what a staged message of a method carries; raises ValueError if it was not staged by that method."""
    if staged.carry is None:
        raise ValueError(f"a staged message of {method} carries {what}: commit what its stage returned")
    return staged.carry
