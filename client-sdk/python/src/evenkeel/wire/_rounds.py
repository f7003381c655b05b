"""Consecutive parts of a downlink, one for each round: a header, which begins with size and round and ends with a checksum, then
a frame."""

from __future__ import annotations

from ..compress import CompressedVector
from ..errors import Fault, WireError
from ._frame import frame_at
from ._layout import CHECKSUM_BYTES, MAX_INT, Limits, corrupted, is_sealed
from ._reader import Reader


def check_sealed(reader: Reader, start: int, checksum: int) -> None:
    """Checks a header from ``start`` to its checksum."""
    if not is_sealed(reader.data, start, checksum):
        raise corrupted(reader.data, start, checksum)


def read_size(reader: Reader, start: int, limits: Limits, name: str) -> int:
    """Reads the bytes of a part at ``start``, which are complete and within the limits."""
    size = reader.u32("the size")
    available = reader.limit - start
    if size > limits.max_bytes or size > MAX_INT:
        found = f"a {name} of {size} bytes"
        raise WireError(Fault.LIMIT_EXCEEDED, reader.position - 4, found, f"at most {limits.max_bytes}")
    if size > available:
        found = f"the end, {available} bytes from the magic"
        raise WireError(Fault.TRUNCATED, reader.limit, found, f"the announced {size}")
    return size


def read_round(reader: Reader, last: int | None) -> int:
    """Reads the round, which must follow the ``last`` one if there was one."""
    round = reader.u31("round", 0, Fault.INVALID_VALUE)
    if last is not None and round != last + 1:
        expected = f"round {last + 1} after round {last}"
        raise WireError(Fault.INVALID_VALUE, reader.position - 4, f"round {round}", expected)
    return round


def frame_behind(reader: Reader, start: int, end: int, limits: Limits) -> tuple[CompressedVector, int]:
    """Reads the frame after the header's checksum, up to the end of the part; returns it with its position."""
    frame = reader.position + CHECKSUM_BYTES
    if frame > end:
        raise WireError(Fault.INVALID_VALUE, start + 4, "a size within the header", "one beyond it")
    return frame_at(reader.data, frame, end, limits), frame
