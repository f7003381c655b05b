"""A device's copy of the coordinator's state, advanced by round updates."""

from __future__ import annotations

import struct

import numpy as np

from .._types import Bytes, Floats
from ..errors import Fault, WireError
from . import _layout as layout
from ._layout import CHECKSUM_BYTES, MAX_INT, corrupted, is_sealed, open_format, sealed
from ._reader import Reader

_DOUBLES, _HAS_SUM = 1, 2
_HEADER_BYTES = 12


class Replica:
    """The model x^k and the sum S before round k is closed; takes ownership of the arrays.

    Attributes:
        round: the round k, from 0.
        x: the model, d finite float64 values.
        total: the sum S, d finite float64 values.

    Raises:
        ValueError: if a value is out of range.
    """

    def __init__(self, round: int, x: Floats, total: Floats) -> None:
        if not 0 <= round <= MAX_INT:
            raise ValueError(f"round is {round}, expected 0 to {MAX_INT}")
        if x.ndim != 1 or x.size == 0 or total.shape != x.shape:
            raise ValueError(f"x has shape {x.shape} and the sum {total.shape}, expected the same, (d,) with d at least 1")
        for what, values in (("x", x), ("the sum", total)):
            wrong = np.flatnonzero(~np.isfinite(values))
            if wrong.size:
                raise ValueError(f"coordinate {wrong[0]} of {what} is {values[wrong[0]]}, expected a finite number")
        self.round = round
        self.x = x
        self.total = total

    def encode(self) -> bytes:
        """Returns the bytes: x as float32 if that is exact, else as float64; S as float64, or not at all if it is zero."""
        with np.errstate(over="ignore"):
            floats = self.x.astype("<f4")
        doubles = bool(np.any(floats != self.x))
        # Compares bits, since a negative zero must be decoded as one.
        has_sum = bool(np.any(self.total.view(np.uint64)))
        head = layout.header(layout.REPLICA, doubles * _DOUBLES | has_sum * _HAS_SUM)
        head += struct.pack("<II", self.round, self.x.size)
        x = (self.x.astype("<f8") if doubles else floats).tobytes()
        return sealed(head + x + (self.total.astype("<f8").tobytes() if has_sum else b""))

    @classmethod
    def decode(cls, data: Bytes, dimension: int) -> Replica:
        """Decodes a replica.

        Raises:
            WireError: if the bytes are not one replica of ``dimension`` coordinates.
        """
        view = memoryview(data).cast("B")
        reader = open_format(view, 0, len(view), layout.REPLICA, MAX_INT)
        flags = reader.u8("the flags")
        round = reader.u32("round")
        found = reader.u32("the dimension")
        _check_extent(reader, (8 if flags & _DOUBLES else 4) * found + (8 * found if flags & _HAS_SUM else 0))
        layout.check_flags(flags, _DOUBLES | _HAS_SUM, 3)
        if round > MAX_INT:
            raise WireError(Fault.INVALID_VALUE, 4, f"round {round}", f"0 to {MAX_INT}")
        if found != dimension:
            raise WireError(Fault.WRONG_DIMENSION, 8, f"dimension {found}", str(dimension))
        x = _values(reader, "x", 8 if flags & _DOUBLES else 4, dimension)
        total = _values(reader, "the sum", 8, dimension) if flags & _HAS_SUM else np.zeros(dimension)
        return cls(round, x, total)


def _check_extent(reader: Reader, content: int) -> None:
    """Checks the length that the header announces, then the checksum, before the content is checked."""
    reader.need(content + CHECKSUM_BYTES, "x, the sum and the checksum")
    checksum = reader.position + content
    if not is_sealed(reader.data, 0, checksum):
        raise corrupted(reader.data, 0, checksum)
    behind = reader.end - checksum - CHECKSUM_BYTES
    if behind:
        position = reader.end - behind
        raise WireError(Fault.TRAILING_BYTES, position, f"{behind} bytes after the replica", "its end")


def _values(reader: Reader, what: str, width: int, dimension: int) -> Floats:
    section = reader.take(width * dimension, what)
    values = np.frombuffer(section, dtype=f"<f{width}").astype(np.float64)
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        j = int(wrong[0])
        position = reader.position - len(section) + width * j
        raise WireError(Fault.INVALID_VALUE, position, f"coordinate {j} of {what} to be {values[j]}", "a finite number")
    return values
