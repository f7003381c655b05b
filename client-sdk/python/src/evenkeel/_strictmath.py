"""Two float64 functions that are bit-identical on every platform, and to Java's StrictMath.

C libraries round ``pow`` and ``hypot`` differently from each other. These follow the algorithms of fdlibm 5.3 (e_pow.c, e_hypot.c),
which StrictMath prescribes: arithmetic in doubles split into a high and a low half. "Developed at SunSoft, a Sun Microsystems,
Inc. business. Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is
preserved." Copyright (C) 1993-2004 by Sun Microsystems, Inc. All rights reserved.
"""

from __future__ import annotations

import math
import struct

_LOG_SERIES = (
    5.99999999999994648725e-01,
    4.28571428578550184252e-01,
    3.33333329818377432918e-01,
    2.72728123808534006489e-01,
    2.30660745775561754067e-01,
    2.06975017800338417784e-01,
)
_EXP_SERIES = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
_LN2, _LN2_HIGH, _LN2_LOW = 6.93147180559945286227e-01, 6.93147182464599609375e-01, -1.90465429995776804525e-09
_CP, _CP_HIGH, _CP_LOW = 9.61796693925975554329e-01, 9.61796700954437255859e-01, -7.02846165095275826516e-09
"""2 / (3 ln 2)"""

_LOG2_HIGH, _LOG2_LOW = (0.0, 5.84962487220764160156e-01), (0.0, 1.35003920212974897128e-08)
"""log2 of 1 and of 1.5"""


def power(base: float, exponent: float) -> float:
    """Returns ``base ** exponent``.

    Args:
        base: 1 to 2^32.
        exponent: -1 to 0.
    """
    if exponent == 0 or base == 1:
        return 1.0
    if exponent == -1:
        return 1 / base
    high, low = _log2(base)
    head = _high(exponent)
    tail = (exponent - head) * high + exponent * low
    return _exp2(head * high, tail)


def _log2(x: float) -> tuple[float, float]:
    """Returns log2(x) as a sum of a short high part and a low one."""
    fraction, exponent = math.frexp(x)
    x, n = 2 * fraction, exponent - 1
    bits = _word(x) & 0xFFFFF
    k = 1 if 0x3988E < bits < 0xBB67A else 0
    if bits >= 0xBB67A:
        x, n = x / 2, n + 1
    near = (1.0, 1.5)[k]
    u, v = x - near, 1 / (x + near)
    s = u * v
    s_high = _high(s)
    sum_high = _of_word((_word(x) >> 1 | 0x20000000) + 0x00080000 + (k << 18))
    sum_low = x - (sum_high - near)
    s_low = v * ((u - s_high * sum_high) - s_high * sum_low)
    square = s * s
    rest = square * square * _polynomial(_LOG_SERIES, square) + s_low * (s_high + s)
    square = s_high * s_high
    t_high = _high(3.0 + square + rest)
    t_low = rest - ((t_high - 3.0) - square)
    u, v = s_high * t_high, s_low * t_high + t_low * s
    p_high = _high(u + v)
    p_low = v - (p_high - u)
    z_high = _CP_HIGH * p_high
    z_low = _CP_LOW * p_high + p_low * _CP + _LOG2_LOW[k]
    high = _high(((z_high + z_low) + _LOG2_HIGH[k]) + n)
    return high, z_low - (((high - n) - _LOG2_HIGH[k]) - z_high)


def _exp2(high: float, low: float) -> float:
    """Returns 2^(high + low), for a sum of -32 to 0."""
    total = low + high
    n = 0
    if _word(abs(total)) > 0x3FE00000:
        n = int(total - 0.5)
        high -= n
    t = _high(low + high)
    u, v = t * _LN2_HIGH, (low - (t - high)) * _LN2 + t * _LN2_LOW
    z = u + v
    w = v - (z - u)
    square = z * z
    t1 = z - square * _polynomial(_EXP_SERIES, square)
    r = (z * t1) / (t1 - 2.0) - (w + z * w)
    return math.ldexp(1.0 - (r - z), n)


def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    value = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = coefficient + x * value
    return value


def hypot(x: float, y: float) -> float:
    """Returns sqrt(x^2 + y^2) of finite numbers without intermediate overflow; infinity if it is beyond float64's range."""
    a, b = max(abs(x), abs(y)), min(abs(x), abs(y))
    word_a, word_b = _word(a), _word(b)
    if word_a - word_b > 0x3C00000 or b == 0:
        return a + b
    scale = 0
    if word_a > 0x5F300000:
        scale = 600
    elif word_b < 0x20B00000:
        scale = -1022 if word_b <= 0x000FFFFF else -600
    a, b = math.ldexp(a, -scale), math.ldexp(b, -scale)
    w = a - b
    if w > b:
        head = _high(a)
        w = math.sqrt(head * head - (b * -b - (a - head) * (a + head)))
    else:
        b_head = _high(b)
        head = _of_word(_word(a) + 0x00100000)
        w = math.sqrt(head * b_head - (w * -w - (head * (b - b_head) + (2 * a - head) * b)))
    return _scaled(w, scale)


def _scaled(value: float, exponent: int) -> float:
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        return math.inf


def _word(value: float) -> int:
    """Returns the upper 32 bits of a float64 without a sign."""
    return int(struct.unpack(">Q", struct.pack(">d", value))[0]) >> 32


def _of_word(word: int) -> float:
    """Returns the float64 with the given upper 32 bits and lower bits of zero."""
    return float(struct.unpack(">d", struct.pack(">Q", word << 32))[0])


def _high(value: float) -> float:
    """Returns a float64 with its lower 32 bits cleared."""
    bits = struct.unpack(">Q", struct.pack(">d", value))[0]
    return float(struct.unpack(">d", struct.pack(">Q", bits & 0xFFFFFFFF00000000))[0])
