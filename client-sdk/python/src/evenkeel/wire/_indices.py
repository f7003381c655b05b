"""The index section of a frame: the coding of a support. The shortest coding is used; in a tie the first."""

from __future__ import annotations

import struct

import numpy as np

from .._types import Indices
from ..compress import All, Blocks, Listed, Seeded, Support
from ..errors import Fault, WireError
from . import _layout as layout
from ._adaptive import AdaptiveGaps, read_adaptive
from ._golomb import GolombGaps, gaps_of, read_golomb
from ._reader import Reader

_HEADER_BYTES = 13
_CODINGS_OFFSET = 4


def index_section(support: Support) -> tuple[int, bytes]:
    """Returns the index coding's id and its content."""
    if isinstance(support, All):
        return layout.EVERY, b""
    if isinstance(support, Seeded):
        return layout.SEED, struct.pack("<Q", support.seed)
    if isinstance(support, Blocks):
        total = Blocks.total(support.dimension, support.length)
        choice, content = _shortest(support.blocks, total)
        ids = (layout.BLOCK_BITMAP, layout.BLOCK_GOLOMB, layout.BLOCK_ADAPTIVE)
        return ids[choice], struct.pack("<I", support.length) + content
    choice, content = _shortest(support.indices, support.dimension)
    return (layout.BITMAP, layout.GOLOMB, layout.ADAPTIVE)[choice], content


def _shortest(numbers: Indices, bound: int) -> tuple[int, bytes]:
    """Returns 0 and a bitmap, 1 and gaps, or 2 and adaptive gaps."""
    gaps = gaps_of(numbers)
    golomb, adaptive = GolombGaps.of(gaps), AdaptiveGaps.of(gaps)
    bitmap = (bound + 7) // 8
    if bitmap <= min(golomb.size, adaptive.size):
        bits = np.zeros(bound, dtype=np.uint8)
        bits[numbers] = 1
        return 0, np.packbits(bits, bitorder="little").tobytes()
    return (1, golomb.written()) if golomb.size <= adaptive.size else (2, adaptive.written())


def read_support(reader: Reader, coding: int, dimension: int, count: int) -> Support:
    """Reads a support of ``count`` of ``dimension`` coordinates."""
    if coding == layout.EVERY:
        if count != dimension:
            found = f"count {count} for every coordinate"
            raise WireError(Fault.INVALID_INDEX, reader.position - 4, found, f"the dimension, {dimension}")
        return All(dimension)
    if coding == layout.SEED:
        return Seeded(dimension, count, reader.u64("the seed"))
    if coding in (layout.BITMAP, layout.GOLOMB, layout.ADAPTIVE):
        return Listed(dimension, _numbers(reader, coding, count, dimension))
    if coding in (layout.BLOCK_BITMAP, layout.BLOCK_GOLOMB, layout.BLOCK_ADAPTIVE):
        return _blocks(reader, coding, dimension, count)
    position = reader.position - _HEADER_BYTES + _CODINGS_OFFSET
    raise WireError(Fault.NOT_CANONICAL, position, f"index coding {coding}", f"0 to {layout.BLOCK_ADAPTIVE}")


def _numbers(reader: Reader, coding: int, count: int, bound: int) -> Indices:
    if coding in (layout.BITMAP, layout.BLOCK_BITMAP):
        return _bitmap(reader, count, bound)
    return (
        read_golomb(reader, count, bound)
        if coding in (layout.GOLOMB, layout.BLOCK_GOLOMB)
        else read_adaptive(reader, count, bound)
    )


def _bitmap(reader: Reader, count: int, bound: int) -> Indices:
    section = reader.take((bound + 7) // 8, f"a bitmap of {bound} bits")
    start = reader.position - len(section)
    if bound & 7 and section[-1] >> (bound & 7):
        position = reader.position - 1
        raise WireError(Fault.NOT_CANONICAL, position, "padding bits that are set after the bitmap", "zeros")
    numbers = np.flatnonzero(np.unpackbits(np.frombuffer(section, dtype=np.uint8), bitorder="little"))
    if numbers.size != count:
        found = f"a bitmap with {numbers.size} bits set"
        raise WireError(Fault.INVALID_INDEX, start, found, f"as many as announced, {count}")
    return numbers.astype(np.int64, copy=False)


def _blocks(reader: Reader, coding: int, dimension: int, count: int) -> Blocks:
    start = reader.position
    length = reader.u31("the block length", 1, Fault.NOT_CANONICAL)
    if length > dimension:
        raise WireError(Fault.NOT_CANONICAL, start, f"block length {length}", f"1 to the dimension, {dimension}")
    # Only the last block of the vector can be short, so the count of values determines the count of blocks.
    numbers = _numbers(reader, coding, Blocks.total(count, length), Blocks.total(dimension, length))
    blocks = Blocks(dimension, length, numbers)
    if blocks.count != count:
        found = f"blocks of {blocks.count} coordinates"
        raise WireError(Fault.INVALID_INDEX, start, found, f"as many as there are values, {count}")
    return blocks
