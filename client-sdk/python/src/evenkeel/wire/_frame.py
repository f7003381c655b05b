"""Encodes compressed vectors as frames and decodes them."""

from __future__ import annotations

import struct

from .._types import Bytes
from ..compress import CompressedVector
from ..errors import Fault, WireError
from . import _layout as layout
from ._indices import index_section, read_support
from ._layout import CHECKSUM_BYTES, Limits, corrupted, is_sealed, open_format, sealed
from ._reader import Reader
from ._values import read_values, value_section


def encode_frame(vector: CompressedVector) -> bytes:
    """Returns the frame of a vector; equal vectors give equal bytes.

    Raises:
        ValueError: if its coding cannot represent a value.
    """
    values = value_section(vector)
    id, indices = index_section(vector.support)
    head = struct.pack("<BII", vector.coding.id << 4 | id, vector.dimension, vector.count)
    return sealed(layout.header(layout.FRAME, 0) + head + indices + values)


def decode_frame(data: Bytes, limits: Limits) -> CompressedVector:
    """Returns the vector of a frame, with the support, the coding and the exact bits of the encoded values.

    Args:
        data: exactly one frame.
        limits: the limits, checked before memory is allocated.

    Raises:
        WireError: if the bytes are not one frame within the limits.
    """
    return frame_at(memoryview(data).cast("B"), 0, len(data), limits)


def frame_at(data: memoryview, start: int, stop: int, limits: Limits) -> CompressedVector:
    """Like ``decode_frame``, for a part of some bytes."""
    reader = open_format(data, start, stop, layout.FRAME, limits.max_bytes)
    reader.reserve(CHECKSUM_BYTES, "the checksum")
    end = reader.end
    if not is_sealed(data, start, end):
        raise _diagnosis(reader, start, limits)
    vector = _content(reader, limits)
    if reader.position != end:
        raise _trailing(reader.position + CHECKSUM_BYTES, stop)
    return vector


def _diagnosis(reader: Reader, start: int, limits: Limits) -> WireError:
    """Distinguishes a truncated frame, one with trailing bytes, and a corrupted one: all have a wrong checksum at the end."""
    end = reader.end
    try:
        _content(reader, limits)
        if reader.position < end and is_sealed(reader.data, start, reader.position):
            return _trailing(reader.position + CHECKSUM_BYTES, end + CHECKSUM_BYTES)
    except WireError as e:
        if e.fault is Fault.TRUNCATED:
            return e
    return corrupted(reader.data, start, end)


def _trailing(position: int, end: int) -> WireError:
    return WireError(Fault.TRAILING_BYTES, position, f"{end - position} bytes after the frame", "its end")


def _content(reader: Reader, limits: Limits) -> CompressedVector:
    """Reads the content between version and checksum."""
    layout.check_flags(reader.u8("the flags"), 0, reader.position - 1)
    codings = reader.u8("the codings")
    coding = layout.value_coding(codings >> 4, reader.position - 1)
    dimension = reader.u32("the dimension")
    if dimension != limits.dimension:
        position = reader.position - 4
        raise WireError(Fault.WRONG_DIMENSION, position, f"dimension {dimension}", str(limits.dimension))
    count = reader.u31("count", 0, Fault.INVALID_INDEX)
    if count > dimension:
        expected = f"at most the dimension, {dimension}"
        raise WireError(Fault.INVALID_INDEX, reader.position - 4, f"count {count}", expected)
    if count > limits.most_values:
        expected = f"at most {limits.most_values}"
        raise WireError(Fault.LIMIT_EXCEEDED, reader.position - 4, f"count {count}", expected)
    value_bytes = layout.least_value_bytes(coding, count)
    reader.reserve(value_bytes, f"{count} values as {coding.text}")
    support = read_support(reader, codings & 15, dimension, count)
    reader.release(value_bytes)
    return CompressedVector(support, coding, read_values(reader, support, coding))
