"""A round's change of the devices' model in a run with a lossy downlink."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .._types import Bytes
from ..compress import CompressedVector
from . import _layout as layout
from ._frame import encode_frame
from ._layout import CHECKSUM_BYTES, MAX_INT, Limits, open_format, sealed
from ._rounds import check_sealed, frame_behind, read_round, read_size

_CHECKSUM_OFFSET = 12
_FRAME_OFFSET = _CHECKSUM_OFFSET + CHECKSUM_BYTES


@dataclass(frozen=True)
class ModelDelta:
    """One round's change of w, which ``evenkeel.downlink.repeat`` adds to it.

    Attributes:
        round: the round k, from 0: the delta leads from w^k to w^{k+1}.
        vector: the change, with any support and coding.
    """

    round: int
    vector: CompressedVector

    def __post_init__(self) -> None:
        if not 0 <= self.round <= MAX_INT:
            raise ValueError(f"round is {self.round}, expected 0 to {MAX_INT}")

    def encode(self) -> bytes:
        """Returns the delta's bytes, which contain their length."""
        frame = encode_frame(self.vector)
        head = struct.pack("<II", _FRAME_OFFSET + len(frame), self.round)
        return sealed(layout.header(layout.DELTA, 0) + head) + frame


def decode_deltas(data: Bytes, limits: Limits) -> Iterator[ModelDelta]:
    """Yields consecutive deltas, one at a time.

    Args:
        data: the deltas without other bytes.
        limits: the limits; ``max_bytes`` applies to each delta.

    Raises:
        WireError: if the bytes are not deltas within the limits, or their rounds are not consecutive.
    """
    view = memoryview(data).cast("B")
    position, last = 0, None
    while position < len(view):
        delta, position = _delta_at(view, position, limits, last)
        last = delta.round
        yield delta


def _delta_at(data: memoryview, start: int, limits: Limits, last: int | None) -> tuple[ModelDelta, int]:
    reader = open_format(data, start, len(data), layout.DELTA, MAX_INT)
    reader.need(_FRAME_OFFSET - (reader.position - start), "the header")
    check_sealed(reader, start, start + _CHECKSUM_OFFSET)
    layout.check_flags(reader.u8("the flags"), 0, reader.position - 1)
    end = start + read_size(reader, start, limits, "model delta")
    round = read_round(reader, last)
    vector, _ = frame_behind(reader, start, end, limits)
    return ModelDelta(round, vector), end
