"""The layout of a frame, and the header common to the six formats; see client-sdk/FORMAT.md.

    byte 0   E7, with which no text begins
    byte 1   F frame, M message, U round update, R replica, D model delta, S secure aggregation
    byte 2   version, 1
    byte 3   flags, defined by each format

A frame continues with codings (u8), dimension (u32), count (u32), index section, value section, CRC-32C (u32).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..compress import ValueCoding
from ..errors import Fault, WireError
from ._crc32c import crc32c
from ._reader import Reader

VERSION = 1
CHECKSUM_BYTES = 4
MAX_INT = 2**31 - 1
FRAME, MESSAGE, UPDATE, REPLICA, DELTA, AGGREGATION = b"F", b"M", b"U", b"R", b"D", b"S"

EVERY, BITMAP, GOLOMB, SEED, BLOCK_BITMAP, BLOCK_GOLOMB, ADAPTIVE, BLOCK_ADAPTIVE = range(8)

_NAMES = {
    FRAME: "frame",
    MESSAGE: "message",
    UPDATE: "round update",
    REPLICA: "replica",
    DELTA: "model delta",
    AGGREGATION: "frame of secure aggregation",
}
_CODINGS = {coding.id: coding for coding in ValueCoding}


@dataclass(frozen=True)
class Limits:
    """Limits of what a reader accepts, checked before memory is allocated.

    Attributes:
        dimension: the number of coordinates d a frame must have.
        max_count: the maximum number of values in a frame; d if None.
        max_bytes: the maximum number of bytes of a frame, or of the message or update that contains it.
    """

    dimension: int
    max_count: int | None = None
    max_bytes: int = MAX_INT

    def __post_init__(self) -> None:
        for name, value, least in (("dimension", self.dimension, 1), ("max_bytes", self.max_bytes, 1)):
            if value < least:
                raise ValueError(f"{name} is {value}, expected at least {least}")
        if self.max_count is not None and self.max_count < 0:
            raise ValueError(f"max_count is {self.max_count}, expected at least 0")

    @property
    def most_values(self) -> int:
        """The maximum number of values in a frame."""
        return self.dimension if self.max_count is None else self.max_count


def header(letter: bytes, flags: int) -> bytes:
    """Returns magic, version and flags."""
    return b"\xe7" + letter + bytes([VERSION, flags])


def sealed(data: bytes) -> bytes:
    """Returns bytes followed by their checksum."""
    return data + crc32c(data).to_bytes(CHECKSUM_BYTES, "little")


def is_sealed(data: memoryview, start: int, stop: int) -> bool:
    """Returns whether the four bytes at ``stop`` are the checksum of the bytes from ``start`` to it."""
    return crc32c(data[start:stop]) == int.from_bytes(data[stop : stop + CHECKSUM_BYTES], "little")


def corrupted(data: memoryview, start: int, stop: int) -> WireError:
    """Returns the error for a checksum that does not match."""
    found = int.from_bytes(data[stop : stop + CHECKSUM_BYTES], "little")
    expected = f"{crc32c(data[start:stop]):x} for bytes {start} to {stop - 1}"
    return WireError(Fault.CORRUPTED, stop, f"checksum {found:x}", expected)


def open_format(data: memoryview, start: int, stop: int, letter: bytes, max_bytes: int) -> Reader:
    """Checks size, magic and version, and returns a reader positioned at the flags."""
    name = _NAMES[letter]
    if stop - start > max_bytes:
        raise WireError(Fault.LIMIT_EXCEEDED, start, f"a {name} of {stop - start} bytes", f"at most {max_bytes} bytes")
    reader = Reader(data, start, stop)
    for i, magic in enumerate((0xE7, letter[0])):
        found = reader.u8("magic")
        if found != magic:
            hint = " (is it JSON?)" if found == ord("{") else ""
            other = f" (a {_NAMES[bytes([found])]})" if i and bytes([found]) in _NAMES else ""
            expected = f"e7 {letter[0]:x} for a {name}"
            raise WireError(Fault.WRONG_MAGIC, start + i, f"magic byte {found:x}{hint}{other}", expected)
    version = reader.u8("version")
    if version != VERSION:
        newer = ", which is newer than this reader" if version > VERSION else ""
        found_version = f"{name} version {version}{newer}"
        raise WireError(Fault.UNSUPPORTED_VERSION, start + 2, found_version, f"version {VERSION}")
    return reader


def check_flags(flags: int, known: int, position: int) -> None:
    """Rejects flags other than the known ones."""
    if flags & ~known:
        raise WireError(Fault.NOT_CANONICAL, position, f"flags {flags:x}", f"none but {known:x}")


def value_coding(id: int, position: int) -> ValueCoding:
    """Returns the value coding of an id."""
    if id not in _CODINGS:
        raise WireError(Fault.NOT_CANONICAL, position, f"value coding {id}", f"0 to {len(_CODINGS) - 1}")
    return _CODINGS[id]


def least_value_bytes(coding: ValueCoding, count: int) -> int:
    """Returns the length of a value section in bytes; for the log codings, the minimum."""
    if coding is ValueCoding.FLOAT32:
        return 4 * count
    if coding is ValueCoding.FLOAT64:
        return 8 * count
    if coding is ValueCoding.BF16:
        return 2 * count
    if coding is ValueCoding.NATURAL:
        return 2 + count
    if coding is ValueCoding.SIGN:
        return 4 + (count + 7) // 8
    # One bit of table, and one sign bit per value.
    return 6 + (count + 1 + 7) // 8
