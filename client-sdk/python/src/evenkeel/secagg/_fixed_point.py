"""Integers that a cohort can add modulo 2^32, and the words of a message."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._types import Floats

EXTRA_WORDS = 2
"""The number of words of a message besides its values."""

_MAX_INT = 2**31 - 1
_LOSS_EXPONENT = -16


@dataclass(frozen=True)
class FixedPoint:
    """Encodes a value v as q = v / 2^exponent, rounded to the nearest integer (ties to even) and limited to :attr:`limit`.

    Rounding and the limit add a compression error, which error feedback sends later.

    Args:
        exponent: the unit is 2^exponent; -1022 to 0.
        total_weight: a bound on the sum of the cohort's weights, 1 to 2^31 - 1.

    Raises:
        ValueError: if one is out of range.
    """

    exponent: int
    total_weight: int

    def __post_init__(self) -> None:
        if not -1022 <= self.exponent <= 0:
            raise ValueError(f"exponent is {self.exponent}, expected -1022 to 0")
        if not 1 <= self.total_weight <= _MAX_INT:
            raise ValueError(f"total_weight is {self.total_weight}, expected 1 to {_MAX_INT}")

    @property
    def limit(self) -> int:
        """The largest magnitude of q: the sum does not overflow even if all members send it."""
        return _MAX_INT // self.total_weight

    def encode(self, values: Floats) -> npt.NDArray[np.int32]:
        """Returns q for each of some finite values."""
        with np.errstate(over="ignore"):
            scaled = np.rint(np.ldexp(values, -self.exponent))
        q: npt.NDArray[np.int32] = np.clip(scaled, -self.limit, self.limit).astype(np.int32)
        return q

    def decode(self, words: npt.NDArray[np.int32]) -> Floats:
        """Returns the values of q, or of sums of weighted q, exactly."""
        return np.ldexp(words.astype(np.float64), self.exponent)


def vector_words(values: Floats, loss: float | None, exponent: int, max_members: int) -> npt.NDArray[np.int32]:
    """Returns the words that a cohort adds: the values of a message in the order of its support, the loss, and 1 if there is a loss.

    Args:
        loss: the device's loss; None if it reports none.
        exponent: the values' unit is 2^exponent.
        max_members: the size of the largest cohort.
    """
    losses = FixedPoint(_LOSS_EXPONENT, max_members).encode(np.array([0.0 if loss is None else loss]))
    reporters = np.array([0 if loss is None else 1], dtype=np.int32)
    return np.concatenate([FixedPoint(exponent, max_members).encode(values), losses, reporters])
