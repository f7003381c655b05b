"""Writes and reads sequences of bits, lowest bit of each byte first, without a loop over codes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .._types import Indices
from ..errors import Fault, WireError

Codes = npt.NDArray[np.uint64]

_HOPS = 6


def packed(positions: Indices, codes: Codes, bits: int) -> bytes:
    """Writes numbers into a sequence of bits, which are zero elsewhere.

    Args:
        positions: the first bit of each number, ascending.
        codes: the numbers; their bits do not overlap.
        bits: the length of the sequence, which is padded to whole bytes.
    """
    words = np.zeros(bits // 64 + 2, dtype=np.uint64)
    if positions.size:
        word = positions >> 6
        shift = (positions & 63).astype(np.uint64)
        starts = np.flatnonzero(np.concatenate(([True], word[1:] != word[:-1])))
        words[word[starts]] = np.bitwise_or.reduceat(codes << shift, starts)
        over = (codes >> np.uint64(1)) >> (np.uint64(63) - shift)
        crossing = np.flatnonzero(over)
        words[word[crossing] + 1] |= over[crossing]
    return words.astype("<u8", copy=False).tobytes()[: (bits + 7) // 8]


def windows(data: memoryview, positions: Indices) -> Codes:
    """Returns the 57 bits or more from each position on, zeros beyond the end, as numbers."""
    padded = np.zeros(len(data) + 16, dtype=np.uint8)
    padded[: len(data)] = np.frombuffer(data, dtype=np.uint8)
    words: Codes = np.ndarray((len(data) + 8,), dtype="<u8", buffer=padded.data, strides=(1,))
    found: Codes = words[positions >> 3].astype(np.uint64, copy=False)
    return found >> (positions & 7).astype(np.uint64)


def unpacked(data: memoryview) -> npt.NDArray[np.uint8]:
    """Returns every bit as a number, 0 or 1."""
    return np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")


def chain(following: Indices, start: int, count: int) -> Indices:
    """Returns the first ``count`` nodes of the chain ``start``, ``following[start]``, ...

    The links are doubled until one spans 64 nodes. The chain is followed with those, and then the 64 nodes after each found
    node are filled in at once.
    """
    leaps = following
    for _ in range(_HOPS):
        leaps = leaps[leaps]
    anchors: Indices = np.empty(count + (1 << _HOPS) - 1 >> _HOPS, dtype=np.int64)
    node = start
    for i in range(anchors.size):
        anchors[i] = node
        node = int(leaps[node])
    nodes = np.empty((anchors.size, 1 << _HOPS), dtype=np.int64)
    for i in range(1 << _HOPS):
        nodes[:, i] = anchors
        anchors = following[anchors]
    return nodes.reshape(-1)[:count]


def check_padding(data: memoryview, bit: int, base: int, what: str) -> int:
    """Checks that the rest of the byte that contains ``bit`` is zeros.

    Args:
        data: the bytes of the section.
        bit: the end of the bits, counted from the start of the section.
        base: the position of the section.

    Returns:
        the position after the byte.
    """
    if bit & 7 and data[bit >> 3] >> (bit & 7):
        raise WireError(Fault.NOT_CANONICAL, base + (bit >> 3), f"padding bits that are set after the {what}", "zeros")
    return base + (bit + 7 >> 3)
