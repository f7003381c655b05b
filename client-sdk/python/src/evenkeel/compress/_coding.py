"""Value codings, which determine how values are rounded before they are sent."""

from __future__ import annotations

from enum import Enum

import numpy as np

from .._types import Floats
from ..vector import sequential_sum
from ._logscale import LogScale

FLOAT32_MAX = float(np.finfo(np.float32).max)
FLOAT64_MAX = float(np.finfo(np.float64).max)
_BF16_MAX = float.fromhex("0x1.FEp127")
_BF16_DROPPED = 45
_NATURAL_EXPONENTS = 127


class ValueCoding(Enum):
    """A value coding of the wire format; ids and texts are permanent (client-sdk/FORMAT.md, "Value section").

    Attributes:
        id: the id in frames, 0 to 15.
        text: the name in configuration.
        relative_error: the largest relative error of values up to ``largest``; for tiny values ``absolute_error`` applies
            instead. NaN for ``SIGN``, which has no such bound.
        largest: the magnitude up to which ``relative_error`` holds; larger values saturate.
        absolute_error: the largest error of values below the coding's normal range.
    """

    FLOAT32 = (0, "float32", 2.0**-24, FLOAT32_MAX, 2.0**-150)
    FLOAT64 = (1, "float64", 0.0, FLOAT64_MAX, 0.0)
    BF16 = (2, "bf16", 2.0**-8, _BF16_MAX, 2.0**-134)
    NATURAL = (3, "natural", 1.0 / 3, float.fromhex("0x1.8p1023"), 0.0)
    SIGN = (4, "sign", float("nan"), FLOAT32_MAX, 2.0**-150)
    LOG4 = (5, "log:4", LogScale(1).relative_error, FLOAT32_MAX, 2.0**-150)
    LOG5 = (6, "log:5", LogScale(2).relative_error, FLOAT32_MAX, 2.0**-150)
    LOG6 = (7, "log:6", LogScale(3).relative_error, FLOAT32_MAX, 2.0**-150)
    LOG7 = (8, "log:7", LogScale(4).relative_error, FLOAT32_MAX, 2.0**-150)
    LOG8 = (9, "log:8", LogScale(5).relative_error, FLOAT32_MAX, 2.0**-150)

    def __init__(self, id: int, text: str, relative_error: float, largest: float, absolute_error: float) -> None:
        self.id = id
        self.text = text
        self.relative_error = relative_error
        self.largest = largest
        self.absolute_error = absolute_error

    @property
    def log_scale(self) -> LogScale | None:
        """The levels of ``LOG4`` to ``LOG8``; None for the other codings."""
        return LogScale(self.id - 4) if self.id >= ValueCoding.LOG4.id else None

    @classmethod
    def parse(cls, text: str) -> ValueCoding:
        """Finds a coding by its name, such as ``bf16``; raises ValueError if there is no such coding."""
        for coding in cls:
            if coding.text == text:
                return coding
        raise ValueError(f"the value coding is '{text}', expected one of float32, float64, bf16, natural, sign, log:4 to log:8")

    def rounded(self, values: Floats) -> Floats:
        """Returns finite values rounded to what this coding can represent, as float64.

        Args:
            values: the values of one message, float64, all finite; not changed.
        """
        with np.errstate(all="ignore"):
            if self is ValueCoding.FLOAT64:
                return values.copy()
            if self is ValueCoding.FLOAT32:
                return _to_float32(values)
            if self is ValueCoding.BF16:
                return _to_bf16(values)
            if self is ValueCoding.NATURAL:
                return _to_powers_of_two(values)
            if self is ValueCoding.SIGN:
                return _to_signs(values)
            scale = self.log_scale
            assert scale is not None
            return scale.rounded(values)


def _to_float32(values: Floats) -> Floats:
    rounded = values.astype(np.float32).astype(np.float64)
    return np.clip(rounded, -FLOAT32_MAX, FLOAT32_MAX, out=rounded)


def _to_bf16(values: Floats) -> Floats:
    """Rounds from float64 directly: rounding to float32 first would round twice."""
    bits = values.view(np.uint64) if values.flags.c_contiguous else values.copy().view(np.uint64)
    even = (bits >> np.uint64(_BF16_DROPPED)) & np.uint64(1)
    bits = bits + even + np.uint64((1 << (_BF16_DROPPED - 1)) - 1)
    bits &= np.uint64((1 << 64) - (1 << _BF16_DROPPED))
    normal = np.clip(bits.view(np.float64), -_BF16_MAX, _BF16_MAX)
    subnormal = np.rint(values * 2.0**133) * 2.0**-133
    return np.where(np.abs(values) < float(np.finfo(np.float32).tiny), subnormal, normal)


def _to_powers_of_two(values: Floats) -> Floats:
    fraction, exponent = np.frexp(np.abs(values))
    up = (fraction > 0.75) & (exponent < 1024)
    magnitude = np.where(values == 0, 0.0, np.ldexp(1.0, exponent - 1 + up))
    smallest = np.ldexp(np.max(magnitude, initial=0.0), 1 - _NATURAL_EXPONENTS)
    return np.where(magnitude < smallest, 0.0, np.where(values < 0, -magnitude, magnitude))


def _to_signs(values: Floats) -> Floats:
    largest = np.max(np.abs(values), initial=0.0)
    if largest == 0:
        return np.zeros(values.size)
    mean = sequential_sum(np.abs(values) / largest) / values.size
    scale = _to_float32(np.array([mean * largest]))[0]
    return np.where((values < 0) & (scale > 0), -scale, scale)
