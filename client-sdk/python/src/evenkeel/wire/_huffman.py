"""Canonical Huffman codes of at most 12 bits a symbol, and the table of their lengths.

Source: Huffman, "A method for the construction of minimum-redundancy codes", 1952; client-sdk/FORMAT.md, "log". There are at
most 1025 symbols, so loops over symbols are short.
"""

from __future__ import annotations

import heapq

import numpy as np

from .._types import Indices
from ..errors import Fault, WireError

MAX_LENGTH = 12
UNUSED = -1
_FIRST = 7


def code_lengths(counts: Indices) -> list[int]:
    """Returns the length of each symbol's code, ``UNUSED`` for symbols that do not occur.

    The two lightest nodes are merged until one is left. Among nodes of equal weight a symbol goes before a merged node, a lower
    symbol before a higher, an earlier node before a later. If a code is too long, all counts are halved, rounding up.
    """
    lengths = [UNUSED] * counts.size
    # A node is (weight, order, symbols below it); merged nodes come after all symbols.
    nodes = [(int(counts[s]), int(s), [int(s)]) for s in np.flatnonzero(counts)]
    for _, _, (symbol,) in nodes:
        lengths[symbol] = 0
    heapq.heapify(nodes)
    merged = counts.size
    while len(nodes) > 1:
        first, second = heapq.heappop(nodes), heapq.heappop(nodes)
        below = first[2] + second[2]
        for symbol in below:
            lengths[symbol] += 1
        heapq.heappush(nodes, (first[0] + second[0], merged, below))
        merged += 1
    return code_lengths((counts + 1) >> 1) if max(lengths, default=0) > MAX_LENGTH else lengths


def canonical_codes(lengths: list[int]) -> list[int]:
    """Returns each symbol's code with its first bit lowest, as it is written."""
    codes = [0] * len(lengths)
    following = 0
    for length in range(1, MAX_LENGTH + 1):
        following <<= 1
        for symbol, of_symbol in enumerate(lengths):
            if of_symbol == length:
                codes[symbol] = int(f"{following:0{length}b}"[::-1], 2)
                following += 1
    return codes


def is_complete(lengths: list[int]) -> bool:
    """Returns whether codes of these lengths cover every sequence of bits; a single symbol has a code of zero bits."""
    return sum(1 << MAX_LENGTH - length for length in lengths if length != UNUSED) == 1 << MAX_LENGTH


def table_text(lengths: list[int]) -> str:
    """Returns the table of lengths as a text of bits, the first bit first."""
    text, last = [], _FIRST
    for length in lengths:
        if length == UNUSED:
            text.append("0")
            continue
        text.append({0: "10", -1: "110", 1: "1110"}.get(length - last) or "1111" + f"{length:04b}"[::-1])
        last = length
    return "".join(text)


class TableReader:
    """Reads the table of lengths from the start of a section of bits.

    Attributes:
        at: the next bit.
    """

    def __init__(self, section: memoryview, base: int, limit: int) -> None:
        self._section = section
        self._base = base
        self._limit = limit
        self.at = 0

    def lengths(self, count: int, needed: bool) -> list[int]:
        """Reads the lengths of ``count`` symbols. Rejects an incomplete code, and a code without values."""
        lengths, last = [], _FIRST
        for _ in range(count):
            ones = 0
            while ones < 4 and self._bit():
                ones += 1
            length = (UNUSED, last, last - 1, last + 1)[ones] if ones < 4 else sum(self._bit() << i for i in range(4))
            shorter = ones == 4 and length - last in (0, -1, 1)
            if length > MAX_LENGTH or (ones and length < 0) or shorter:
                raise self._refusal(f"length {length} of a code after {last}", "0 to 12, written in its shortest form")
            lengths.append(length)
            last = length if ones else last
        if not (is_complete(lengths) if needed else all(length == UNUSED for length in lengths)):
            raise self._refusal("lengths of codes that form no code", "those of a complete prefix code, none for no value")
        return lengths

    def _bit(self) -> int:
        if self.at >= 8 * len(self._section):
            raise WireError(Fault.TRUNCATED, self._limit, "the end", "more bits of the values")
        bit = self._section[self.at >> 3] >> (self.at & 7) & 1
        self.at += 1
        return bit

    def _refusal(self, found: str, expected: str) -> WireError:
        return WireError(Fault.NOT_CANONICAL, self._base + (self.at - 1 >> 3), found, expected)
