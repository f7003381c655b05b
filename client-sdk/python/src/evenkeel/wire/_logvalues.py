"""The value section of a frame in one of the log codings."""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

from .._types import Floats, Indices
from ..compress import ValueCoding
from ..errors import Fault, WireError
from ._bits import chain, check_padding, packed, windows
from ._huffman import UNUSED, TableReader, canonical_codes, code_lengths, table_text
from ._reader import Reader

_HEADER_BYTES = 6


def log_section(coding: ValueCoding, values: Floats) -> tuple[bytes, int | None]:
    """Returns the section, and the index of the first value that is not a level below the largest, or None."""
    scale = coding.log_scale
    assert scale is not None
    magnitudes = np.abs(values)
    with np.errstate(over="ignore"):
        largest = float(np.float32(np.max(magnitudes, initial=0.0)))
    levels = scale.level(magnitudes, largest)
    wrong = np.flatnonzero(scale.magnitude(levels, largest) != magnitudes)
    if wrong.size:
        return b"", int(wrong[0])
    occurring = levels[levels < scale.levels]
    used = int(occurring.max()) + 1 if occurring.size else 0
    symbols = np.minimum(levels, used)
    lengths = code_lengths(np.bincount(symbols, minlength=used + 1))
    codes, widths = np.array(canonical_codes(lengths)), np.array(lengths)
    table = table_text(lengths)
    ends = len(table) + np.cumsum(widths[symbols] + 1)
    signed = codes[symbols] | np.signbit(values).astype(np.int64) << widths[symbols]
    table_at = np.arange(len(table))
    table_bits = np.frombuffer(table.encode(), dtype=np.uint8) - ord("0")
    starts = np.concatenate((table_at, ends - widths[symbols] - 1))
    bits = int(ends[-1]) if ends.size else len(table)
    content = packed(starts, np.concatenate((table_bits.astype(np.uint64), signed.astype(np.uint64))), bits)
    return struct.pack("<fH", largest, used) + content, None


def read_log(reader: Reader, coding: ValueCoding, count: int) -> Floats:
    """Reads ``count`` values.

    The end of a code is looked up for every bit; then the codes are followed from the first.
    """
    scale = coding.log_scale
    assert scale is not None
    start = reader.position
    largest = reader.scale()
    levels = reader.u16("the number of levels")
    if levels > scale.levels or (levels == 0) != (largest == 0):
        found = f"{levels} levels below {largest}"
        raise WireError(Fault.NOT_CANONICAL, start + 4, found, f"1 to {scale.levels}, and 0 below 0")
    section = reader.data[reader.position : reader.end]
    table = TableReader(section, reader.position, reader.limit)
    lengths = table.lengths(levels + 1, count > 0)
    symbols, signs, end = _decoded(section, table.at, lengths, count)
    if symbols.size < count:
        raise WireError(Fault.TRUNCATED, reader.limit, "the end", "more bits of the values")
    _check_table(lengths, symbols, start + _HEADER_BYTES)
    magnitudes = np.append(scale.magnitude(np.arange(levels, dtype=np.int64), largest), 0.0)[symbols]
    reader.position = check_padding(section, end, reader.position, "values")
    return np.where(signs, -magnitudes, magnitudes)


def _decoded(section: memoryview, start: int, lengths: list[int], count: int) -> tuple[Indices, npt.NDArray[np.bool_], int]:
    """Returns the complete symbols and signs, up to ``count``, and the bit after them."""
    if not count:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=bool), start
    longest = max(lengths)
    symbol_of = np.zeros(1 << longest, dtype=np.int64)
    width_of = np.zeros(1 << longest, dtype=np.int64)
    for symbol, code in enumerate(canonical_codes(lengths)):
        if lengths[symbol] != UNUSED:
            symbol_of[code :: 1 << lengths[symbol]] = symbol
            width_of[code :: 1 << lengths[symbol]] = lengths[symbol]
    size = 8 * len(section)
    # A value has at most 13 bits.
    stop = min(size, start + 13 * count)
    at = np.arange(start, stop, dtype=np.int64)
    heads = windows(section, at)
    keys = (heads & np.uint64((1 << longest) - 1)).astype(np.int64)
    ends = at + width_of[keys] + 1
    following = np.append(np.minimum(ends, stop) - start, at.size)
    nodes = chain(following, 0, count)
    nodes = nodes[nodes < at.size]
    nodes = nodes[ends[nodes] <= size]
    signs = (heads[nodes] >> width_of[keys[nodes]].astype(np.uint64) & np.uint64(1)).astype(bool)
    return symbol_of[keys[nodes]], signs, int(ends[nodes[-1]]) if nodes.size else start


def _check_table(lengths: list[int], symbols: Indices, position: int) -> None:
    """Rejects codes of levels that no value has: level 0 and the last level in the table must occur."""
    occurs = np.bincount(symbols, minlength=len(lengths)) > 0
    levels = len(lengths) - 1
    for symbol in range(levels + 1):
        due = lengths[symbol] != UNUSED or (levels > 0 and symbol in (0, levels - 1))
        if due and not occurs[symbol]:
            found = f"level {symbol} in the table though no value has it"
            expected = "the levels of the values, from 0 to the last of them"
            raise WireError(Fault.NOT_CANONICAL, position, found, expected)
