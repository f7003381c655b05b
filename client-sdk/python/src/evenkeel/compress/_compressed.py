"""Compressed vectors."""

from __future__ import annotations

import numpy as np

from .._types import Floats, Indices
from ._coding import ValueCoding
from ._support import Support


class CompressedVector:
    """Values on a support, zero elsewhere. The values are exactly those that a receiver decodes. Immutable.

    Args:
        support: the coordinates.
        coding: the coding to which the values were rounded.
        values: one finite float64 for each coordinate of the support, each representable in the coding; not copied.

    Raises:
        ValueError: if the numbers of values and coordinates differ, or a value is not finite.
    """

    __slots__ = ("coding", "support", "values")

    def __init__(self, support: Support, coding: ValueCoding, values: Floats) -> None:
        if values.shape != (support.count,):
            raise ValueError(f"values of shape {values.shape} for {support.count} coordinates: expected one for each")
        finite = np.isfinite(values)
        if not finite.all():
            j = int(np.flatnonzero(~finite)[0])
            raise ValueError(f"the value at coordinate {support.indices[j]} is {values[j]}, expected a finite number")
        self.support = support
        self.coding = coding
        self.values = values

    @property
    def dimension(self) -> int:
        """The number of coordinates d of the whole vector."""
        return self.support.dimension

    @property
    def count(self) -> int:
        """The number of values."""
        return self.support.count

    @property
    def indices(self) -> Indices:
        """The coordinates with a value, ascending."""
        return self.support.indices

    def add_to(self, target: Floats, weight: float = 1.0) -> None:
        """Adds ``weight`` times this vector to ``target``, d float64 values, in place."""
        if target.shape != (self.dimension,):
            raise ValueError(f"target has shape {target.shape}, expected ({self.dimension},)")
        target[self.support.index] += self.values if weight == 1 else weight * self.values

    def to_dense(self) -> Floats:
        """Returns the vector with its zeros, d float64 values."""
        dense = np.zeros(self.dimension)
        self.add_to(dense)
        return dense

    def __repr__(self) -> str:
        return f"{self.count} of {self.dimension} values as {self.coding.text}"
