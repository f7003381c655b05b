"""Codes ascending numbers as gaps in Golomb codes whose divisor adapts to the gaps. Shorter than with a fixed divisor if the
numbers are clustered.

A state s stands for the divisor M(s div 2). After a gap below its divisor it goes down by one, after any other up by one, so the
divisor tracks the median of nearby gaps (client-sdk/FORMAT.md, "Adaptive gaps").
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np
import numpy.typing as npt

from .._types import Indices
from ._bits import check_padding, packed
from ._golomb import CUTS, DIVISORS, MAX_PARAMETER, SHORT_WIDTHS, cut, out_of_range, read_parameter, truncated
from ._reader import Reader

_LOWEST = 2
_HIGHEST = 2 * MAX_PARAMETER
_MAX_QUOTIENT = 31
_MIN_LANE = 64
_STEPS = np.array([1, -1], dtype=np.int16)

_TABLES: tuple[list[int], ...] = tuple([int(n) for n in table] for table in (DIVISORS, SHORT_WIDTHS, CUTS))

_States = npt.NDArray[np.int16]


@dataclass(frozen=True)
class AdaptiveGaps:
    """Gaps as codes, with the initial parameter for the median gap.

    Attributes:
        parameter: the initial parameter.
        ones: the position of each code's one; the zeros before it belong to the code.
        codes: each code, starting at its one.
        bits: the bits of all codes.
    """

    parameter: int
    ones: Indices
    codes: Indices
    bits: int

    @property
    def size(self) -> int:
        """The length in bytes of the initial parameter and the gaps."""
        return 1 + (self.bits + 7) // 8

    @classmethod
    def of(cls, gaps: Indices) -> AdaptiveGaps:
        """Finds the initial parameter and all codes."""
        parameter = _first_parameter(gaps)
        parameters = _states(gaps, 2 * parameter) >> 1
        divisors = DIVISORS[parameters]
        lengths = np.frexp((gaps // divisors).astype(np.float64))[1].astype(np.int64)
        doublings = np.maximum(lengths - 1, 0)
        remainders = gaps - np.where(lengths > 0, divisors << doublings, 0)
        codes, widths = truncated(remainders, SHORT_WIDTHS[parameters] + doublings, CUTS[parameters] << doublings)
        ends = np.cumsum(lengths + 1 + widths)
        return cls(parameter, ends - widths - 1, codes << 1 | 1, int(ends[-1]) if ends.size else 0)

    def written(self) -> bytes:
        """Returns parameter and gaps."""
        return bytes([self.parameter]) + packed(self.ones, self.codes.astype(np.uint64), self.bits)


def _first_parameter(gaps: Indices) -> int:
    """Returns the smallest parameter whose divisor is not below the upper median of the gaps; 1 if there are none."""
    if not gaps.size:
        return 1
    median = np.partition(gaps, gaps.size // 2)[gaps.size // 2]
    return min(int(np.searchsorted(DIVISORS[1:], median)) + 1, MAX_PARAMETER)


def _states(gaps: Indices, first: int) -> Indices:
    """Returns the state before each gap.

    The state decreases if it has reached a threshold, which depends only on the gap. The gaps are divided into lanes of equal
    length, which are processed in parallel from guessed states. Each lane whose initial state differs from the end of the
    previous lane is repeated, until all agree. States of equal parity converge quickly, so two or three passes suffice.
    """
    length = max(_MIN_LANE, isqrt(gaps.size) // 4 * 2)
    lanes = -(-gaps.size // length)
    thresholds = np.full(lanes * length, _LOWEST, dtype=np.int16)
    thresholds[: gaps.size] = _thresholds(gaps)
    steps = np.ascontiguousarray(thresholds.reshape(lanes, length).T)
    states = np.empty((length, lanes), dtype=np.int16)
    starts: _States = np.full(lanes, first, dtype=np.int16)
    ends = np.empty(lanes, dtype=np.int16)
    wrong: Indices = np.arange(lanes)
    while wrong.size:
        states[:, wrong], ends[wrong] = _run(steps[:, wrong], starts[wrong])
        due = np.concatenate((starts[:1], ends[:-1]))
        wrong = np.flatnonzero(due != starts)
        starts = due
    return states.T.reshape(-1)[: gaps.size].astype(np.int64)


def _thresholds(gaps: Indices) -> _States:
    """Returns for each gap the smallest state whose divisor is above it, or a value beyond all states."""
    thresholds: _States = _SHORT_THRESHOLDS[np.minimum(gaps, _SHORT_THRESHOLDS.size - 1)]
    long = np.flatnonzero(gaps >= _SHORT_THRESHOLDS.size)
    thresholds[long] = _found_thresholds(gaps[long])
    return thresholds


def _found_thresholds(gaps: Indices) -> _States:
    return (2 * (np.searchsorted(DIVISORS[1:], gaps, side="right") + 1)).astype(np.int16)


_SHORT_THRESHOLDS = _found_thresholds(np.arange(1 << 12))


def _run(thresholds: _States, starts: _States) -> tuple[_States, _States]:
    """Returns the states before each step, and those after the last."""
    states = np.empty_like(thresholds)
    state = starts.copy()
    down = np.empty(starts.size, dtype=bool)
    step = np.empty(starts.size, dtype=np.int16)
    for i, reached in enumerate(thresholds):
        states[i] = state
        np.greater_equal(state, reached, out=down)
        np.take(_STEPS, down.view(np.int8), out=step, mode="clip")
        state += step
        np.maximum(state, _LOWEST, out=state)
        np.minimum(state, _HIGHEST, out=state)
    return states, state


def read_adaptive(reader: Reader, count: int, bound: int) -> Indices:
    """Reads the parameter and the gaps of ``count`` numbers below ``bound``. Allocates memory only if enough bits are
    available.

    This is the only loop over entries in this package: the end of a code depends on the divisor, which depends on all codes
    before.
    """
    state = 2 * read_parameter(reader)
    reader.need((count + 7) // 8, f"{count} gaps")
    section = bytes(reader.data[reader.position : reader.end])
    divisors, widths, cuts = _TABLES
    size = 8 * len(section)
    numbers = np.empty(count, dtype=np.int64)
    at, number, pending, held = 0, -1, 0, 0
    for i in range(count):
        if held < 64:
            # At least 96 bits ahead; no valid code is longer.
            pending = int.from_bytes(section[at >> 3 : (at >> 3) + 40], "little") >> (at & 7)
            held = 320 - (at & 7)
        length = (pending & -pending).bit_length() - 1
        parameter = state >> 1
        if not 0 <= length <= _MAX_QUOTIENT:
            if at + _MAX_QUOTIENT >= size:
                raise cut(reader)
            raise out_of_range(reader.position + (at + _MAX_QUOTIENT >> 3), i, bound)
        number += 1
        pending >>= length + 1
        used = length + 1
        width = widths[parameter]
        limit = cuts[parameter]
        if length:
            number += divisors[parameter] << length - 1
            width += length - 1
            limit <<= length - 1
        if number >= bound:
            raise out_of_range(reader.position + (at + length >> 3), i, bound)
        head = pending & (1 << width) - 1
        pending >>= width
        used += width
        if head >= limit:
            head = 2 * head + (pending & 1) - limit
            pending >>= 1
            used += 1
        if at + used > size:
            raise cut(reader)
        number += head
        at += used
        held -= used
        if number >= bound:
            raise out_of_range(reader.position + (at - 1 >> 3), i, bound)
        numbers[i] = number
        state = min(_HIGHEST, state + 1) if length else max(_LOWEST, state - 1)
    reader.position = check_padding(memoryview(section), at, reader.position, "gaps")
    return numbers
