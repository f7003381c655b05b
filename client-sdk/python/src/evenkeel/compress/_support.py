"""The coordinates for which a compressed vector has values, in a form that can be encoded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property

import numpy as np
import numpy.typing as npt

from .._types import Indices
from ..vector import MAX_DIMENSION, SplitMix64

_MASK = (1 << 64) - 1


class Support(ABC):
    """Coordinates in ascending order. Immutable; takes ownership of the arrays passed to it.

    Attributes:
        dimension: the number of coordinates d of the whole vector.
    """

    def __init__(self, dimension: int) -> None:
        if not 1 <= dimension <= MAX_DIMENSION:
            raise ValueError(f"dimension is {dimension}, expected 1 to {MAX_DIMENSION}")
        self.dimension = int(dimension)

    @property
    @abstractmethod
    def count(self) -> int:
        """The number K of coordinates in the support."""

    @property
    @abstractmethod
    def index(self) -> slice | Indices:
        """An index that selects the support's values from a vector: ``vector[support.index]``."""

    @property
    def indices(self) -> Indices:
        """The coordinates, int64 of shape (K,)."""
        index = self.index
        return np.arange(self.dimension, dtype=np.int64) if isinstance(index, slice) else index


class All(Support):
    """Every coordinate."""

    @property
    def count(self) -> int:
        """The number K of coordinates in the support: d."""
        return self.dimension

    @property
    def index(self) -> slice:
        """The index of the whole vector."""
        return slice(None)


class Listed(Support):
    """Coordinates listed one by one.

    Raises:
        ValueError: unless they are strictly ascending in 0 to d - 1.
    """

    def __init__(self, dimension: int, indices: npt.ArrayLike) -> None:
        super().__init__(dimension)
        self._indices = _ascending(indices, dimension, "index")

    @property
    def count(self) -> int:
        """The number K of coordinates in the support, 0 to d."""
        return self._indices.size

    @property
    def index(self) -> Indices:
        """The coordinates, int64 of shape (K,)."""
        return self._indices


class Seeded(Support):
    """K coordinates drawn without replacement from a seed (FORMAT.md, "Drawing a support").

    Args:
        count: K, 0 to d.
        seed: any number; its lowest 64 bits count.
    """

    def __init__(self, dimension: int, count: int, seed: int) -> None:
        super().__init__(dimension)
        if not 0 <= count <= dimension:
            raise ValueError(f"count is {count}, expected 0 to {dimension}")
        self._count = int(count)
        self.seed = seed & _MASK

    @property
    def count(self) -> int:
        """The number K of coordinates in the support, 0 to d."""
        return self._count

    @cached_property
    def index(self) -> Indices:
        """The drawn coordinates in ascending order, int64 of shape (K,)."""
        return _draw(self.dimension, self._count, self.seed)


class Blocks(Support):
    """Whole blocks of consecutive coordinates; the last block of the vector may be shorter than the others.

    Args:
        length: coordinates in a block, 1 to d.
        blocks: strictly ascending block numbers, 0 to ceil(d / length) - 1.
    """

    def __init__(self, dimension: int, length: int, blocks: npt.ArrayLike) -> None:
        super().__init__(dimension)
        if not 1 <= length <= dimension:
            raise ValueError(f"block length is {length}, expected 1 to {dimension}")
        self.length = int(length)
        total = self.total(dimension, length)
        self.blocks = _ascending(blocks, total, "block")
        has_last = self.blocks.size > 0 and self.blocks[-1] == total - 1
        self._count = self.blocks.size * self.length - (total * self.length - dimension if has_last else 0)

    @staticmethod
    def total(dimension: int, length: int) -> int:
        """Returns the number of blocks a vector of d coordinates has, ceil(d / length)."""
        return -(-dimension // length)

    @property
    def count(self) -> int:
        """The number K of coordinates in the support, 0 to d."""
        return self._count

    @cached_property
    def index(self) -> Indices:
        """The coordinates of all blocks, int64 of shape (K,)."""
        starts = self.blocks[:, None] * self.length
        return (starts + np.arange(self.length, dtype=np.int64)).reshape(-1)[: self._count]


def _ascending(numbers: npt.ArrayLike, bound: int, what: str) -> Indices:
    given = np.asarray(numbers)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise ValueError(f"the {what} numbers are {given.dtype} of shape {given.shape}, expected integers of one axis")
    array = given.astype(np.int64, copy=False)
    if array.size == 0 or (array[0] >= 0 and array[-1] < bound and bool(np.all(array[1:] > array[:-1]))):
        return array
    before = np.concatenate(([-1], array[:-1]))
    i = int(np.flatnonzero((array <= before) | (array >= bound))[0])
    raise ValueError(
        f"{what} {i} is {array[i]}, expected strictly ascending from 0 to {bound - 1}"
        + (f", after {array[i - 1]}" if i else "")
        + f" in {array.tolist() if array.size <= 8 else f'{array.size} of them'}"
    )


def _draw(dimension: int, count: int, seed: int) -> Indices:
    """Returns the draws of Floyd's algorithm without its loop.

    Draw i is a candidate c_i of 0 to d - K + i, or the top d - K + i if the candidate is already in the set. It is in the set
    if an earlier candidate was the same, or if it is the top of an earlier draw that took its top. The latter is a chain from
    draw to earlier draw, which is followed by doubling.
    """
    tops = np.arange(dimension - count, dimension, dtype=np.int64)
    candidates = SplitMix64(seed).below(tops + 1)
    taken = np.ones(count, dtype=bool)
    taken[np.unique(candidates, return_index=True)[1]] = False
    draws = np.arange(count, dtype=np.int64)
    earlier = candidates - (dimension - count)
    link = np.where((earlier >= 0) & (earlier < draws), earlier, draws)
    while True:
        taken = taken | taken[link]
        further = link[link]
        if np.array_equal(further, link):
            break
        link = further
    return np.sort(np.where(taken, tops, candidates))
