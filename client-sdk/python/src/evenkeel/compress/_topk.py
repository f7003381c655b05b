"""Finds the K largest magnitudes of a vector exactly, in one pass, without copying it."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

import numpy as np

from .._types import Floats, Indices, Vector
from ..vector import SplitMix64
from ._coding import FLOAT64_MAX

CHUNK = 1 << 15
"""The number of coordinates in a piece, which stays in the processor's cache."""

_SAMPLED = 128
_LARGEST_SAMPLE = 1 << 14


def difference(u: Vector, minus: Floats | None, index: slice | Indices) -> Floats:
    """Returns ``u - minus`` at some coordinates as float64, saturated to the range of finite numbers."""
    if minus is None:
        return u[index].astype(np.float64)
    values = np.subtract(u[index], minus[index], dtype=np.float64)
    return np.clip(values, -FLOAT64_MAX, FLOAT64_MAX, out=values)


def magnitudes(u: Vector, minus: Floats | None, start: int, stop: int) -> Iterator[tuple[int, Floats]]:
    """Yields ``|u - minus|`` in pieces, each with its first coordinate; infinity for differences beyond range.

    Each piece overwrites the previous one.
    """
    buffer = np.empty(min(CHUNK, max(stop - start, 0)))
    for at in range(start, stop, CHUNK):
        end = min(stop, at + CHUNK)
        piece = buffer[: end - at]
        # Converts and subtracts separately: together they would take twice as long.
        np.copyto(piece, u[at:end])
        if minus is not None:
            np.subtract(piece, minus[at:end], out=piece)
        np.abs(piece, out=piece)
        yield at, piece


def largest(u: Vector, minus: Floats | None, start: int, stop: int, count: int) -> Indices:
    """Returns the indices of the ``count`` largest magnitudes of ``u - minus`` in ``start`` to ``stop - 1``, ascending.

    Ties go to the lower index, and zeros are omitted. A sample gives a bar that slightly more than ``count`` magnitudes are
    likely to exceed; one pass collects those. If it finds fewer, the pass is repeated without a bar. If it finds many more, all
    but the largest are dropped, and the smallest of those becomes the bar: a later equal magnitude has the higher index and
    loses. So the sample affects only the amount of work, never the result.

    Args:
        u: float32 or float64, d finite values.
        minus: float64, d finite values; None for zeros.
        count: 1 to ``stop - start``.
    """
    with np.errstate(over="ignore"):
        bar = _likely_bar(u, minus, start, stop, count)
        found, sizes = _collect(u, minus, start, stop, count, bar)
        if found.size < count and bar > 0:
            found, sizes = _collect(u, minus, start, stop, count, 0.0)
    return found if found.size <= count else _keep(found, sizes, count)[0]


def _likely_bar(u: Vector, minus: Floats | None, start: int, stop: int, count: int) -> float:
    length = stop - start
    size = min(length // _SAMPLED, _LARGEST_SAMPLE)
    expected = count * size / length
    rank = int(expected + 4 * sqrt(expected) + 4)
    if rank >= size:
        return 0.0
    stride = length // size
    at = start + np.arange(size) * stride + (SplitMix64(size).doubles(size) * stride).astype(np.int64)
    sample = np.abs(difference(u, minus, at))
    return max(0.0, float(np.nextafter(np.partition(sample, size - rank)[size - rank], -np.inf)))


def _collect(u: Vector, minus: Floats | None, start: int, stop: int, count: int, bar: float) -> tuple[Indices, Floats]:
    """Collects the magnitudes above the bar: all of them, or at least the K largest."""
    room = 3 * count + CHUNK
    found: list[Indices] = []
    sizes: list[Floats] = []
    held = 0
    for at, piece in magnitudes(u, minus, start, stop):
        above = np.flatnonzero(piece > bar)
        if above.size:
            sizes.append(piece[above])
            above += at
            found.append(above)
            held += above.size
            if held > room:
                kept, of_kept = _keep(np.concatenate(found), np.concatenate(sizes), count)
                bar = float(of_kept.min())
                found, sizes, held = [kept], [of_kept], kept.size
    if not found:
        return np.empty(0, dtype=np.int64), np.empty(0)
    return np.concatenate(found), np.concatenate(sizes)


def _keep(indices: Indices, sizes: Floats, count: int) -> tuple[Indices, Floats]:
    """Keeps the ``count`` largest, and the first of equal ones."""
    np.minimum(sizes, FLOAT64_MAX, out=sizes)
    smallest = np.partition(sizes, sizes.size - count)[sizes.size - count]
    keep = sizes > smallest
    ties = np.flatnonzero(sizes == smallest)[: count - int(np.count_nonzero(keep))]
    keep[ties] = True
    return indices[keep], sizes[keep]
