"""Codes ascending numbers as Golomb-coded gaps, the shortest prefix code for the gaps of a random support.

A gap g is written as ``g div M`` zeros and a one, then ``g mod M`` in truncated binary. The divisor M is given by one byte with
two significant bits after the leading one. Sources: Golomb, "Run-length encodings", 1966; Gallager and van Voorhis, 1975;
client-sdk/FORMAT.md, "Gaps".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from .._types import Indices
from ..errors import Fault, WireError
from ._bits import chain, check_padding, packed, unpacked, windows
from ._reader import Reader

MAX_PARAMETER = 119
DIVISORS = np.array([0, 1, 2, 3] + [(4 + p % 4) << (p // 4 - 1) for p in range(4, MAX_PARAMETER + 1)], dtype=np.int64)
"""M(p) for each parameter p; index 0 is not a parameter."""

SHORT_WIDTHS = np.array([max(0, int(m - 1).bit_length() - 1) if m else 0 for m in DIVISORS], dtype=np.int64)
"""The number of bits of a remainder below the cut; others have one more."""

CUTS = np.array([1 if m < 2 else 2 ** int(m - 1).bit_length() - m for m in DIVISORS], dtype=np.int64)

_LARGEST_SHIFT = 30


def gaps_of(numbers: Indices) -> Indices:
    """Returns the number of absent numbers before each of the ascending numbers."""
    return np.diff(numbers, prepend=-1) - 1


def truncated(remainders: Indices, widths: Indices, cuts: Indices) -> tuple[Indices, Indices]:
    """Returns codes and widths of numbers in truncated binary: ``widths`` bits below the cut, else one bit more."""
    long = remainders >= cuts
    shifted = remainders + np.where(long, cuts, 0)
    codes = np.where(long, (shifted >> 1) | (shifted & 1) << widths, remainders)
    return codes, widths + long


@dataclass(frozen=True)
class GolombGaps:
    """Gaps with the parameter that takes the fewest bits.

    Attributes:
        size: the length in bytes of the parameter and the gaps.
    """

    gaps: Indices
    parameter: int
    size: int

    @classmethod
    def of(cls, gaps: Indices) -> GolombGaps:
        """Chooses the parameter: finds the best power of two, then the best divisor between its half and its double."""
        power = 1 << _best_shift(gaps)
        near = np.flatnonzero((DIVISORS[1:] * 2 > power) & (DIVISORS[1:] < 2 * power)) + 1
        sizes = [_bits(gaps, int(p)) for p in near]
        best = int(np.argmin(sizes))
        return cls(gaps, int(near[best]), 1 + (sizes[best] + 7) // 8)

    def written(self) -> bytes:
        """Returns parameter and gaps."""
        divisor, width, cut = (table[self.parameter] for table in (DIVISORS, SHORT_WIDTHS, CUTS))
        quotients, remainders = np.divmod(self.gaps, divisor)
        codes, widths = truncated(remainders, width, cut)
        ones = np.cumsum(quotients + 1 + widths) - widths - 1
        bits = int(ones[-1] + 1 + widths[-1]) if ones.size else 0
        return bytes([self.parameter]) + packed(ones, (codes << 1 | 1).astype(np.uint64), bits)


def _best_shift(gaps: Indices) -> int:
    if not gaps.size:
        return 0
    count, absent = gaps.size, int(gaps.sum())
    guess = max(1, absent // count).bit_length() - 1
    enough = _rice_bits(gaps, guess)
    # Rounding down reduces each quotient by less than one. This lower bound rules out most powers without counting.
    possible = [s for s in range(_LARGEST_SHIFT + 1) if (absent >> s) + s * count <= enough]
    return min(possible, key=lambda s: (_rice_bits(gaps, s), s))


def _rice_bits(gaps: Indices, shift: int) -> int:
    return (shift + 1) * gaps.size + int((gaps >> shift).sum())


def _bits(gaps: Indices, parameter: int) -> int:
    quotients = gaps // DIVISORS[parameter]
    long = gaps - quotients * DIVISORS[parameter] >= CUTS[parameter]
    return int(SHORT_WIDTHS[parameter] + 1) * gaps.size + int(quotients.sum()) + int(np.count_nonzero(long))


def read_parameter(reader: Reader) -> int:
    """Reads a Golomb parameter, 1 to 119."""
    parameter = reader.u8("the Golomb parameter")
    if not 1 <= parameter <= MAX_PARAMETER:
        found = f"Golomb parameter {parameter}"
        raise WireError(Fault.NOT_CANONICAL, reader.position - 1, found, f"1 to {MAX_PARAMETER}")
    return parameter


def read_golomb(reader: Reader, count: int, bound: int) -> Indices:
    """Reads the parameter and the gaps of ``count`` numbers below ``bound``. Allocates memory only if enough bits are
    available.

    The position of a code's one determines its end. So each one is linked to the one of the following code, and the links are
    followed from the first.
    """
    parameter = read_parameter(reader)
    divisor, width, cut = (int(table[parameter]) for table in (DIVISORS, SHORT_WIDTHS, CUTS))
    reader.need((count * (width + 1) + 7) // 8, f"{count} gaps")
    section = reader.data[reader.position : reader.end]
    bits = unpacked(section)
    ones = np.flatnonzero(bits)
    heads = (windows(section, ones + 1) & np.uint64((1 << width + 1) - 1)).astype(np.int64)
    short = heads & (1 << width) - 1
    long = short >= cut
    remainders = np.where(long, 2 * short + (heads >> width) - cut, short)
    ends = ones + 1 + width + long
    following = np.append(np.searchsorted(ones, ends), ones.size)
    following[:-1][ends > bits.size] = ones.size
    nodes = chain(following, 0, count)
    missing = np.flatnonzero((nodes == ones.size) | (np.append(ends, 0)[nodes] > bits.size))
    whole = int(missing[0]) if missing.size else count
    nodes = nodes[:whole]
    starts = np.concatenate(([0], ends[nodes]))
    gaps = np.minimum(np.minimum(ones[nodes] - starts[:-1], bound) * divisor + remainders[nodes], bound)
    numbers = np.cumsum(gaps + 1) - 1
    beyond = int(np.searchsorted(numbers, bound))
    if beyond < count:
        first = int(numbers[beyond - 1]) + 1 if beyond else 0
        _refuse(reader, section, int(starts[beyond]), beyond, first, bound, divisor)
    reader.position = check_padding(section, int(starts[count]), reader.position, "gaps")
    return numbers


def _refuse(reader: Reader, section: memoryview, start: int, i: int, first: int, bound: int, divisor: int) -> NoReturn:
    """Returns the error for number ``i``, whose code begins at bit ``start`` and is out of range or truncated."""
    bits = unpacked(section)[start:]
    ones = np.flatnonzero(bits)
    zeros = int(ones[0]) if ones.size else bits.size
    if zeros > bound:
        raise out_of_range(reader.position + (start + bound >> 3), i, bound)
    if not ones.size:
        raise cut(reader)
    if first + zeros * divisor >= bound:
        raise out_of_range(reader.position + (start + zeros >> 3), i, bound)
    end = _end(section, start + zeros + 1, divisor)
    if end > 8 * len(section):
        raise cut(reader)
    raise out_of_range(reader.position + (end - 1 >> 3), i, bound)


def _end(section: memoryview, start: int, divisor: int) -> int:
    """Returns the end of the remainder that begins at bit ``start``."""
    parameter = int(np.flatnonzero(DIVISORS == divisor)[0])
    width = int(SHORT_WIDTHS[parameter])
    head = int(windows(section, np.array([start]))[0]) & (1 << width) - 1
    return start + width + int(head >= CUTS[parameter])


def out_of_range(position: int, i: int, bound: int) -> WireError:
    """Returns the error for a gap out of range."""
    return WireError(Fault.INVALID_INDEX, position, f"number {i} beyond its range", f"numbers below {bound}")


def cut(reader: Reader) -> WireError:
    """Returns the error for bytes that end within the gaps."""
    return WireError(Fault.TRUNCATED, reader.limit, "the end", "more bits of the gaps")
