"""Parses decimal numbers of configuration texts strictly, and writes them with the same characters as the Java SDK."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?([eE]-?[0-9]+)?")
_LOWEST_PLAIN_EXPONENT = -7
_HIGHEST_PLAIN_EXPONENT = 15


def parse_number(text: str) -> float | None:
    """Parses an unsigned number such as ``3``, ``0.01`` or ``1.5e-9``; None if the text is not one. May be infinite."""
    return float(text) if _NUMBER.fullmatch(text) and text.isascii() else None


def number_text(value: float) -> str:
    """Writes a positive finite number with the fewest digits that read back as the same number, and always a decimal point."""
    number = Decimal(repr(value)).normalize()
    exponent = number.adjusted()
    if _LOWEST_PLAIN_EXPONENT <= exponent <= _HIGHEST_PLAIN_EXPONENT:
        plain = format(number, "f")
        return plain if "." in plain else plain + ".0"
    digits = "".join(map(str, number.as_tuple().digits))
    return f"{digits[0]}.{digits[1:] or '0'}E{exponent}"
