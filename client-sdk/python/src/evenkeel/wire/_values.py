"""The value section of a frame. Rejects values that would not be decoded to the same bits."""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt

from .._types import Floats
from ..compress import CompressedVector, Support, ValueCoding
from ..errors import Fault, WireError
from ._bits import check_padding, unpacked
from ._logvalues import log_section, read_log
from ._reader import Reader

_NATURAL_ZERO = 127
_MIN_EXPONENT, _MAX_EXPONENT = -1074, 1023


def value_section(vector: CompressedVector) -> bytes:
    """Returns the values in the vector's coding.

    Raises:
        ValueError: if a value's coding cannot represent it.
    """
    coding, values = vector.coding, vector.values
    with np.errstate(over="ignore"):
        if coding is ValueCoding.FLOAT64:
            return values.astype("<f8").tobytes()
        if coding is ValueCoding.FLOAT32:
            return _floats(vector).astype("<f4").tobytes()
        if coding is ValueCoding.BF16:
            bits = _floats(vector).view(np.uint32)
            _check(vector, bits & np.uint32(0xFFFF) != 0)
            return (bits >> np.uint32(16)).astype("<u2").tobytes()
        if coding is ValueCoding.NATURAL:
            return _natural(vector)
        if coding is ValueCoding.SIGN:
            scale = float(abs(np.float32(values[0]))) if values.size else 0.0
            _check(vector, np.abs(values) != scale)
            return struct.pack("<f", scale) + np.packbits(np.signbit(values), bitorder="little").tobytes()
    section, wrong = log_section(coding, values)
    if wrong is not None:
        raise _unrepresentable(vector, wrong)
    return section


def _floats(vector: CompressedVector) -> npt.NDArray[np.float32]:
    floats = vector.values.astype(np.float32)
    _check(vector, floats != vector.values)
    return floats


def _natural(vector: CompressedVector) -> bytes:
    values = vector.values
    fractions, exponents = np.frexp(np.abs(values))
    exponents = exponents - 1
    zero = (values == 0) & ~np.signbit(values)
    largest = int(exponents[values != 0].max()) if np.any(values) else 0
    below = largest - exponents
    _check(vector, ~zero & ((fractions != 0.5) | (below >= _NATURAL_ZERO)))
    codes = np.where(zero, _NATURAL_ZERO, below | np.where(values < 0, 128, 0))
    return struct.pack("<h", largest) + codes.astype(np.uint8).tobytes()


def _check(vector: CompressedVector, wrong: npt.NDArray[np.bool_]) -> None:
    if wrong.any():
        raise _unrepresentable(vector, int(np.flatnonzero(wrong)[0]))


def _unrepresentable(vector: CompressedVector, j: int) -> ValueError:
    return ValueError(
        f"the value at coordinate {vector.indices[j]} is {vector.values[j]}, which {vector.coding.text} cannot carry here: "
        "round the values with ValueCoding.rounded first"
    )


def read_values(reader: Reader, support: Support, coding: ValueCoding) -> Floats:
    """Reads one value for each coordinate of a support."""
    count = support.count
    if coding in (ValueCoding.FLOAT32, ValueCoding.FLOAT64, ValueCoding.BF16):
        return _fixed(reader, support, coding)
    if coding is ValueCoding.NATURAL:
        return _read_natural(reader, count)
    if coding is ValueCoding.SIGN:
        return _read_signs(reader, count)
    return read_log(reader, coding, count)


def _fixed(reader: Reader, support: Support, coding: ValueCoding) -> Floats:
    width = {ValueCoding.FLOAT32: 4, ValueCoding.FLOAT64: 8, ValueCoding.BF16: 2}[coding]
    section = reader.take(width * support.count, "the values")
    if coding is ValueCoding.BF16:
        bits = np.frombuffer(section, dtype="<u2").astype(np.uint32) << np.uint32(16)
        values = bits.view(np.float32).astype(np.float64)
    else:
        values = np.frombuffer(section, dtype=f"<f{width}").astype(np.float64)
    finite = np.isfinite(values)
    if not finite.all():
        j = int(np.flatnonzero(~finite)[0])
        position = reader.position - len(section) + width * j
        found = f"value {j}, of coordinate {support.indices[j]}, to be {values[j]}"
        raise WireError(Fault.INVALID_VALUE, position, found, "a finite number")
    return values


def _read_natural(reader: Reader, count: int) -> Floats:
    start = reader.position
    largest = reader.i16("the largest exponent")
    codes = np.frombuffer(reader.take(count, "a value"), dtype=np.uint8).astype(np.int64)
    below = codes & _NATURAL_ZERO
    zero, negative = below == _NATURAL_ZERO, codes > _NATURAL_ZERO
    exponents = largest - below
    beyond = ~zero & ((exponents < _MIN_EXPONENT) | (exponents > _MAX_EXPONENT))
    wrong = np.flatnonzero(beyond | (zero & negative))
    if wrong.size:
        j = int(wrong[0])
        if zero[j]:
            raise WireError(Fault.NOT_CANONICAL, start + 2 + j, "a negative zero, ff", "7f for zero")
        range_text = f"{_MIN_EXPONENT} to {_MAX_EXPONENT}"
        raise WireError(Fault.INVALID_VALUE, start + 2 + j, f"the exponent {exponents[j]}", range_text)
    if largest != 0 if zero.all() else below.min() != 0:
        expected = "0, since every value is zero" if zero.all() else "one that a value has"
        raise WireError(Fault.NOT_CANONICAL, start, f"largest exponent {largest}", expected)
    magnitudes = np.where(zero, 0.0, np.ldexp(1.0, exponents))
    return np.where(negative, -magnitudes, magnitudes)


def _read_signs(reader: Reader, count: int) -> Floats:
    start = reader.position
    scale = reader.scale()
    if count == 0 and scale != 0:
        raise WireError(Fault.NOT_CANONICAL, start, f"scale {scale}", "0, since there are no values")
    section = reader.take((count + 7) // 8, "signs")
    check_padding(section, count, reader.position - len(section), "signs")
    return np.where(unpacked(section)[:count] == 0, scale, -scale)
