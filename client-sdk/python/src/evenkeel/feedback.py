"""The device's half of error feedback: it keeps what compression dropped and sends it later.

``stage`` computes a message and changes nothing. ``commit`` applies it to the state after the coordinator has accepted it; a
refused message needs no action. So the device's state always matches the coordinator's sum.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ._types import Floats, Vector
from .compress import CompressedVector, Compressor, require_finite

__all__ = ["METHODS", "Ef14", "Ef21", "Ef21Momentum", "ErrorFeedback", "NoFeedback", "Staged", "restore", "start"]

_CHUNK = 1 << 14


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


class Ef21(ErrorFeedback):
    """Sends C(gradient - g), then adds it to g (Richtárik, Sokolov, Fatkhullin 2021; arXiv 2410.16871, Algorithm 1).

    g is the coordinator's estimate of this client's gradient.
    """

    method = "ef21"
    retains_sum = True

    def __init__(self, g: Floats) -> None:
        self.g = g

    def stage(self, gradient: Vector, compressor: Compressor, *, eta: float = 1.0, seed: int = 0) -> Staged:
        return Staged(compressor.compress(gradient, self.g, seed))

    def commit(self, staged: Staged) -> None:
        staged.delta.add_to(self.g)

    @property
    def vectors(self) -> list[Floats]:
        return [self.g]


class Ef21Momentum(ErrorFeedback):
    """EF21 on a running mean of stochastic gradients, m <- (1 - eta) m + eta gradient (arXiv 2410.16871, Algorithm 2).

    The first m is the first gradient. Only a commit advances m and g, so a run depends on its accepted messages only.
    """

    method = "ef21-momentum"
    retains_sum = True

    def __init__(self, g: Floats, m: Floats | None = None) -> None:
        self.g = g
        self.m = m

    def stage(self, gradient: Vector, compressor: Compressor, *, eta: float = 1.0, seed: int = 0) -> Staged:
        require_finite(gradient, compressor.layout)
        if not 0 < eta <= 1:
            raise ValueError(f"eta is {eta}, expected more than 0 and at most 1")
        mean = gradient.astype(np.float64) if self.m is None else _mean(self.m, gradient, eta)
        return Staged(compressor.compress(mean, self.g, seed, checked=True), mean)

    def commit(self, staged: Staged) -> None:
        self.m = _carry(staged, self.method, "m")
        staged.delta.add_to(self.g)

    @property
    def vectors(self) -> list[Floats]:
        return [self.g] if self.m is None else [self.g, self.m]


class Ef14(ErrorFeedback):
    """Sends C(e + gradient), then e <- e + gradient - Delta (Seide et al., "1-bit SGD", Interspeech 2014)."""

    method = "ef14"
    retains_sum = False

    def __init__(self, e: Floats) -> None:
        self.e = e

    def stage(self, gradient: Vector, compressor: Compressor, *, eta: float = 1.0, seed: int = 0) -> Staged:
        require_finite(gradient, compressor.layout)
        corrected = gradient.astype(np.float64)
        corrected += self.e
        return Staged(compressor.compress(corrected, None, seed), corrected)

    def commit(self, staged: Staged) -> None:
        self.e[:] = _carry(staged, self.method, "e + gradient")
        staged.delta.add_to(self.e, -1.0)

    @property
    def vectors(self) -> list[Floats]:
        return [self.e]


class NoFeedback(ErrorFeedback):
    """Sends C(gradient) and keeps no state: compressed gradient descent, or plain gradient descent."""

    method = "none"
    retains_sum = False

    def stage(self, gradient: Vector, compressor: Compressor, *, eta: float = 1.0, seed: int = 0) -> Staged:
        return Staged(compressor.compress(gradient, None, seed))

    def commit(self, staged: Staged) -> None:
        """Does nothing; there is no state."""

    @property
    def vectors(self) -> list[Floats]:
        return []


METHODS: dict[str, type[ErrorFeedback]] = {kind.method: kind for kind in (Ef21, Ef21Momentum, Ef14, NoFeedback)}
"""The methods by their names in plans."""


def start(method: str, dimension: int) -> ErrorFeedback:
    """Returns the state of a device that has sent nothing.

    Raises:
        ValueError: if there is no such method.
    """
    return restore(method, dimension, [np.zeros(dimension)] if _kind(method) is not NoFeedback else [])


def restore(method: str, dimension: int, vectors: Sequence[Floats]) -> ErrorFeedback:
    """Restores a state from what ``ErrorFeedback.vectors`` returned.

    Args:
        vectors: the method's float64 arrays of shape (d,); not copied.

    Raises:
        ValueError: if the number of arrays or a shape is wrong.
    """
    kind = _kind(method)
    for vector in vectors:
        if vector.shape != (dimension,) or vector.dtype != np.float64:
            raise ValueError(f"a state vector is {vector.dtype} of shape {vector.shape}, expected float64 of ({dimension},)")
    least, most = {Ef21Momentum: (1, 2), NoFeedback: (0, 0)}.get(kind, (1, 1))
    if not least <= len(vectors) <= most:
        raise ValueError(f"{len(vectors)} state vectors for {method}: the state is of another method")
    return kind(*vectors)


def _kind(method: str) -> type[ErrorFeedback]:
    if method not in METHODS:
        raise ValueError(f"'{method}' is not an error feedback method: expected one of {', '.join(METHODS)}")
    return METHODS[method]


def _mean(m: Floats, gradient: Vector, eta: float) -> Floats:
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


def _carry(staged: Staged, method: str, what: str) -> Floats:
    if staged.carry is None:
        raise ValueError(f"a staged message of {method} carries {what}: commit what its stage returned")
    return staged.carry
