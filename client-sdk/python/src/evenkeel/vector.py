"""Flat vectors: their division into tensors, norms without overflow, and seeded random bits.

All results are bit-identical to those of the Java SDK's ``io.evenkeel.core.vector``.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, prod, sqrt

import numpy as np
import numpy.typing as npt

from ._types import Floats

__all__ = [
    "LOWEST_SAFE_SUM",
    "MAX_DIMENSION",
    "SplitMix64",
    "Tensor",
    "TensorLayout",
    "derive_seed",
    "l2",
    "row_norms",
    "sequential_sum",
]

MAX_DIMENSION = 2**31 - 1
"""The maximum number of a model's values."""

_CHUNK = 1 << 15
LOWEST_SAFE_SUM = 2.0**-900
"""Sums of squares above this are exact up to rounding: no relevant square has underflowed."""
_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Tensor:
    """A named block of consecutive coordinates of a flat model.

    Args:
        name: not blank, unique in its layout.
        shape: the lengths of the axes, each at least 1; empty for a scalar.

    Raises:
        ValueError: if the name is blank, an axis is below 1, or there are more than 2^31 - 1 values.
    """

    name: str
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", tuple(int(axis) for axis in self.shape))
        if not self.name.strip():
            raise ValueError("a tensor's name is blank: give each tensor a name")
        for axis in self.shape:
            if axis < 1:
                raise ValueError(f"tensor '{self.name}' has an axis of length {axis}: every axis is at least 1")
        if self.size > MAX_DIMENSION:
            raise ValueError(f"tensor '{self.name}' with shape {list(self.shape)} has more than {MAX_DIMENSION} values")

    @property
    def size(self) -> int:
        """The number of values, the product of the axes."""
        return prod(self.shape)


class TensorLayout:
    """The division of a flat model's d coordinates into tensors, in order and without gaps. Immutable.

    Raises:
        ValueError: if there is no tensor, a name repeats, or there are more than 2^31 - 1 values in all.
    """

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        if not tensors:
            raise ValueError("a model has at least one tensor")
        names = set()
        offsets = [0]
        for tensor in tensors:
            if tensor.name in names:
                raise ValueError(f"two tensors are named '{tensor.name}': names are unique")
            names.add(tensor.name)
            offsets.append(offsets[-1] + tensor.size)
        if offsets[-1] > MAX_DIMENSION:
            raise ValueError(f"the tensors have more than {MAX_DIMENSION} values in all")
        self.tensors = tuple(tensors)
        self._offsets = tuple(offsets)

    @classmethod
    def flat(cls, dimension: int) -> TensorLayout:
        """Returns the layout of a single tensor named ``x`` with ``dimension`` values."""
        return cls([Tensor("x", (dimension,))])

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return self._offsets[-1]

    def __len__(self) -> int:
        return len(self.tensors)

    def slice(self, i: int) -> slice:
        """Returns the coordinates of tensor ``i``."""
        return slice(self._offsets[i], self._offsets[i + 1])

    def slices(self, names: Iterable[str]) -> list[builtins.slice]:
        """Returns the coordinates of tensors by name; KeyError for an unknown name."""
        places = {tensor.name: i for i, tensor in enumerate(self.tensors)}
        return [self.slice(places[name]) for name in names]

    def name_of(self, coordinate: int) -> str:
        """Returns the name of the tensor that a coordinate belongs to."""
        return self.tensors[int(np.searchsorted(self._offsets, coordinate, side="right")) - 1].name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TensorLayout) and self.tensors == other.tensors

    def __hash__(self) -> int:
        return hash(self.tensors)

    def __repr__(self) -> str:
        return f"TensorLayout({list(self.tensors)})"


def sequential_sum(values: Floats) -> float:
    """Returns the sum in float64, added strictly in ascending order; ``numpy.sum`` uses another order."""
    total = 0.0
    buffer = np.empty(min(_CHUNK, values.size))
    for start in range(0, values.size, _CHUNK):
        part = values[start : start + _CHUNK].astype(np.float64)
        part[0] += total
        total = float(np.add.accumulate(part, out=buffer[: part.size])[-1])
    return total


def _sum_of_squares(values: Floats, half: float = 1.0, rest: float = 1.0) -> float:
    """Returns the sum of ``(v * half * rest)^2`` in ascending order."""
    total = 0.0
    buffer = np.empty(min(_CHUNK, values.size))
    for start in range(0, values.size, _CHUNK):
        part = values[start : start + _CHUNK].astype(np.float64)
        if half != 1.0 or rest != 1.0:
            part *= half
            part *= rest
        part *= part
        part[0] += total
        total = float(np.add.accumulate(part, out=buffer[: part.size])[-1])
    return total


def l2(values: Floats) -> float:
    """Returns the Euclidean norm, bit-identical on every machine and in every SDK.

    The squares are added in ascending order. If they leave float64's range, the values are first scaled by a power of two,
    which is exact, so that the largest is near 1.

    Returns:
        infinity only if the true norm is beyond float64's range; NaN if a value is NaN.
    """
    with np.errstate(all="ignore"):
        total = _sum_of_squares(values)
        if LOWEST_SAFE_SUM < total < np.inf:
            return sqrt(total)
        largest = float(np.max(np.abs(values), initial=0.0))
        if largest == 0 or not isfinite(largest):
            return largest
        exponent, half, rest = _scale(np.array([largest]))
        return float(np.ldexp(sqrt(_sum_of_squares(values, float(half[0]), float(rest[0]))), exponent[0]))


def _scale(largest: Floats) -> tuple[npt.NDArray[np.int32], Floats, Floats]:
    """Returns the exponents of magnitudes, and two factors whose product is 2^-exponent, since a single one can be out of
    range."""
    exponent = np.maximum(np.frexp(largest)[1] - 1, -1023)
    first = np.trunc(exponent / 2).astype(np.int32)
    return exponent.astype(np.int32), np.ldexp(1.0, -first), np.ldexp(1.0, -(exponent - first))


def row_norms(rows: Floats) -> Floats:
    """Returns ``l2`` of each row of a matrix."""
    with np.errstate(all="ignore"):
        totals = _row_sums(rows * rows)
        norms = np.sqrt(totals)
        unsafe = np.flatnonzero(~((totals > LOWEST_SAFE_SUM) & (totals < np.inf)))
        if unsafe.size:
            norms[unsafe] = _scaled_row_norms(rows[unsafe])
        return norms


def _scaled_row_norms(rows: Floats) -> Floats:
    largest = np.max(np.abs(rows), axis=1)
    exponent, half, rest = _scale(largest)
    scaled = rows * half[:, None]
    scaled *= rest[:, None]
    norms = np.ldexp(np.sqrt(_row_sums(scaled * scaled)), exponent)
    return np.where((largest == 0) | ~np.isfinite(largest), largest, norms)


def _row_sums(rows: Floats) -> Floats:
    """Returns each row's sum in ascending order."""
    if rows.shape[1] > rows.shape[0]:
        return np.add.accumulate(rows, axis=1)[:, -1].copy()
    sums = np.zeros(rows.shape[0])
    for column in rows.T:
        sums += column
    return sums


class SplitMix64:
    """A generator of seeded random bits, the same on every platform. Not for secrets, not thread-safe.

    Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014; FORMAT.md, "Drawing a support".
    """

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def next(self) -> int:
        """Returns the next 64 bits, as a number from 0 to 2^64 - 1."""
        return int(self.bits(1)[0])

    def bits(self, count: int) -> npt.NDArray[np.uint64]:
        """Returns the next ``count`` numbers of 64 bits."""
        steps = np.arange(1, count + 1, dtype=np.uint64)
        states = np.uint64(self._state) + steps * np.uint64(_GAMMA)
        self._state = (self._state + count * _GAMMA) & _MASK
        return _mix(states)

    def below(self, bounds: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Returns one number for each bound, uniform in ``0 <= n < bound``, equal to consecutive draws."""
        limits = bounds.astype(np.uint64)
        halves = self.bits(limits.size) >> np.uint64(1)
        while True:
            drawn = halves % limits
            # Numbers in the last, incomplete multiple of the bound are drawn again: their remainders would be biased.
            biased = np.flatnonzero(halves - drawn + (limits - np.uint64(1)) >> np.uint64(63))
            if not biased.size:
                return drawn.astype(np.int64)
            halves = np.append(np.delete(halves, biased[0]), self.bits(1) >> np.uint64(1))

    def doubles(self, count: int) -> Floats:
        """Returns ``count`` numbers uniform in [0, 1), multiples of 2^-53."""
        return (self.bits(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mix(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    z = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def derive_seed(seed: int, other: int) -> int:
    """Returns a seed of 64 bits that depends on every bit of both numbers."""
    first = int(_mix(np.array([(seed + _GAMMA) & _MASK], dtype=np.uint64))[0])
    return int(_mix(np.array([first ^ ((other * _GAMMA + 1) & _MASK)], dtype=np.uint64))[0])
