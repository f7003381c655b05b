"""Integers that a cohort can add modulo 2^32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._types import Floats

_MOST = 2**31 - 1


@dataclass(frozen=True)
class FixedPoint:
    """Codes a value v as q = v / 2^exponent, rounded to the nearest integer (ties to even) and limited to :attr:`limit`.

    What rounding and the limit drop is one more compression error, which error feedback sends later.

    Args:
        exponent: the unit is 2^exponent; -1022 to 0.
        total_weight: a bound of the sum of the cohort's weights, 1 to 2^31 - 1.

    Raises:
        ValueError: if one is out of range.
    """

    exponent: int
    total_weight: int

    def __post_init__(self) -> None:
        if not -1022 <= self.exponent <= 0:
            raise ValueError(f"exponent is {self.exponent}, expected -1022 to 0")
        if not 1 <= self.total_weight <= _MOST:
            raise ValueError(f"total_weight is {self.total_weight}, expected 1 to {_MOST}")

    @property
    def limit(self) -> int:
        """The largest magnitude of q: a cohort whose members all send it does not overflow."""
        return _MOST // self.total_weight

    def encode(self, values: Floats) -> npt.NDArray[np.int32]:
        """Returns q for each of some finite values."""
        with np.errstate(over="ignore"):
            scaled = np.rint(np.ldexp(values, -self.exponent))
        q: npt.NDArray[np.int32] = np.clip(scaled, -self.limit, self.limit).astype(np.int32)
        return q

    def decode(self, words: npt.NDArray[np.int32]) -> Floats:
        """Returns the values of q, or of sums of weighted q, exactly."""
        return np.ldexp(words.astype(np.float64), self.exponent)
