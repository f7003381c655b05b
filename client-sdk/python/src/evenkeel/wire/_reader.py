"""Reads little-endian fields from a range of bytes, and checks every read."""

from __future__ import annotations

import math
import struct

from ..errors import Fault, WireError


class Reader:
    """A cursor over bytes.

    Attributes:
        data: all the bytes; positions are indices into them.
        position: the next byte.
        end: the end of reading; the bytes from it to ``limit`` are reserved.
        limit: the end of the bytes.
    """

    def __init__(self, data: memoryview, start: int, stop: int) -> None:
        self.data = data
        self.position = start
        self.end = stop
        self.limit = stop

    def need(self, count: int, what: str) -> None:
        """Raises unless ``count`` more bytes lie before the end."""
        if count > self.end - self.position:
            follows = "" if self.limit == self.end else ", and what follows"
            raise WireError(
                Fault.TRUNCATED,
                self.limit,
                f"the end, {self.limit - self.position} bytes after byte {self.position}",
                f"{count + self.limit - self.end} or more there: {what}{follows}",
            )

    def reserve(self, count: int, what: str) -> None:
        """Reserves the last ``count`` bytes: checks that they exist, and excludes them from reading."""
        self.need(count, what)
        self.end -= count

    def release(self, count: int) -> None:
        """Releases bytes reserved by ``reserve``."""
        self.end += count

    def take(self, count: int, what: str) -> memoryview:
        """Reads ``count`` bytes."""
        self.need(count, what)
        self.position += count
        return self.data[self.position - count : self.position]

    def u8(self, what: str) -> int:
        """Reads an unsigned number of one byte."""
        return self.take(1, what)[0]

    def i16(self, what: str) -> int:
        """Reads a signed number of two bytes."""
        return int.from_bytes(self.take(2, what), "little", signed=True)

    def u16(self, what: str) -> int:
        """Reads an unsigned number of two bytes."""
        return int.from_bytes(self.take(2, what), "little")

    def u32(self, what: str) -> int:
        """Reads an unsigned number of four bytes."""
        return int.from_bytes(self.take(4, what), "little")

    def u31(self, what: str, least: int, fault: Fault) -> int:
        """Reads a number of four bytes from ``least`` to 2^31 - 1."""
        value = self.u32(what)
        if not least <= value < 2**31:
            raise WireError(fault, self.position - 4, f"{what} {value}", f"{least} to {2**31 - 1}")
        return value

    def i64(self, what: str) -> int:
        """Reads a signed number of eight bytes."""
        return int.from_bytes(self.take(8, what), "little", signed=True)

    def u64(self, what: str) -> int:
        """Reads an unsigned number of eight bytes."""
        return int.from_bytes(self.take(8, what), "little")

    def at_least(self, what: str, least: int) -> int:
        """Reads a signed number of eight bytes that must be ``least`` or more."""
        value = self.i64(what)
        if value < least:
            raise WireError(Fault.INVALID_VALUE, self.position - 8, f"{what} {value}", f"at least {least}")
        return value

    def finite(self, what: str) -> float:
        """Reads a finite float64."""
        value = float(struct.unpack("<d", self.take(8, what))[0])
        if not math.isfinite(value):
            raise WireError(Fault.INVALID_VALUE, self.position - 8, f"{what} {value}", "a finite number")
        return value

    def scale(self) -> float:
        """Reads a float32 scale: finite and without a sign."""
        value = float(struct.unpack("<f", self.take(4, "the scale"))[0])
        if not math.isfinite(value) or math.copysign(1, value) < 0:
            raise WireError(Fault.INVALID_VALUE, self.position - 4, f"scale {value}", "a finite number without a sign")
        return value
