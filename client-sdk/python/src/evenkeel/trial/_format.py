"""Formats figures like the Java trial: ``%.Nf`` and ``%.Ng`` round the shortest decimal half up."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from math import inf, isfinite

_UNITS = ("kB", "MB", "GB", "TB")


def java_fixed(value: float, decimals: int) -> str:
    """Formats like Java's ``%.Nf``."""
    return f"{Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"


def java_general(value: float, digits: int) -> str:
    """Formats like Java's ``%.Ng``, which keeps trailing zeros, and has an exponent below 1e-4 or from 10^N on."""
    if value == 0:
        return f"{0:.{digits - 1}f}"
    number = Decimal(repr(float(value)))
    rounded = number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1), ROUND_HALF_UP)
    power = rounded.adjusted()
    if -4 <= power < digits:
        return f"{rounded:.{digits - 1 - power}f}"
    mantissa, _, exponent = f"{rounded:.{digits - 1}e}".partition("e")
    return f"{mantissa}e{int(exponent):+03d}"


def shortest(value: float, digits: int) -> str:
    """Formats like Java's ``Numerals.shortest``: no trailing zeros, a power of ten below 0.001 and from a million on."""
    if value == 0 or not isfinite(value):
        return {0.0: "0", inf: "∞", -inf: "-∞"}.get(value, "-")
    number = Decimal(repr(float(value)))
    if 1e-3 <= abs(value) < 1e6:
        return f"{_rounded(number, digits):,f}"
    power = number.adjusted()
    mantissa = _rounded(number.scaleb(-power), digits)
    if abs(mantissa) >= 10:
        power, mantissa = power + 1, mantissa.scaleb(-1).normalize()
    front = {"1": "10", "-1": "-10"}.get(f"{mantissa:f}", f"{mantissa:f}·10")
    return front + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _rounded(number: Decimal, digits: int) -> Decimal:
    """Rounds to significant digits without trailing zeros; keeps all digits before the decimal point."""
    rounded = number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1), ROUND_HALF_UP).normalize()
    exponent = rounded.as_tuple().exponent
    return rounded if isinstance(exponent, int) and exponent < 0 else number.quantize(Decimal(1), ROUND_HALF_EVEN)


def byte_text(count: float) -> str:
    """Formats a number of bytes with three digits and a decimal unit, such as ``2.31 MB``."""
    if count < 1000:
        return f"{round(count)} B"
    value = count / 1000
    unit = 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value /= 1000
        unit += 1
    return f"{java_fixed(value, 2 if value < 9.995 else 1 if value < 99.95 else 0)} {_UNITS[unit]}"
