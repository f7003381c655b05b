"""A round's change of the coordinator's sum and model, for devices with a replica of them."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .._types import Bytes, Floats
from ..compress import All, CompressedVector, Listed, ValueCoding
from ..errors import Fault, WireError
from ..step import StepScale
from ..vector import TensorLayout
from . import _layout as layout
from ._frame import encode_frame
from ._layout import CHECKSUM_BYTES, MAX_INT, Limits, open_format, sealed
from ._reader import Reader
from ._rounds import check_sealed, frame_behind, read_round, read_size

_RETAINED = 1
_DIVISORS_OFFSET = 24


@dataclass(frozen=True)
class RoundUpdate:
    """One round's change of (x, S): S is set to zero unless it is retained, takes the new values, and x moves along S.

    Attributes:
        round: the round k, from 0: the update leads from x^k to x^{k+1}.
        retained: whether S persists over rounds; if not, it is this round's sum only.
        factor: the step's factor, finite.
        divisors: one for all coordinates or one for each tensor, each finite and above 0.
        changes: the new values of the coordinates of S that may have changed: float64 on all coordinates or listed ones.
    """

    round: int
    retained: bool
    factor: float
    divisors: tuple[float, ...]
    changes: CompressedVector

    def __post_init__(self) -> None:
        if not 0 <= self.round <= MAX_INT:
            raise ValueError(f"round is {self.round}, expected 0 to {MAX_INT}")
        if not math.isfinite(self.factor):
            raise ValueError(f"factor is {self.factor}, expected a finite number")
        if not self.divisors:
            raise ValueError("there is no divisor, expected one, or one for each tensor")
        for i, divisor in enumerate(self.divisors):
            if not _is_divisor(divisor):
                raise ValueError(f"divisor {i} is {divisor}, expected a finite number above 0")
        if not _is_changes(self.changes):
            raise ValueError(f"the changes are {self.changes}, expected float64 values on all coordinates or listed ones")

    def apply(self, x: Floats, total: Floats, tensors: TensorLayout) -> None:
        """Changes a replica from before the round to after it, in place, with the coordinator's bits.

        Args:
            x: the model x^k, d float64 values.
            total: the sum S, d float64 values.
            tensors: the model's tensors.
        """
        if total.shape != (self.changes.dimension,):
            raise ValueError(f"the sum has shape {total.shape}, expected ({self.changes.dimension},)")
        if not self.retained:
            total[:] = 0
        total[self.changes.support.index] = self.changes.values
        StepScale(self.factor, self.divisors, 0.0).apply(x, total, tensors)

    def encode(self) -> bytes:
        """Returns the update's bytes, which contain their length."""
        frame = encode_frame(self.changes)
        count = len(self.divisors)
        size = _DIVISORS_OFFSET + 8 * count + CHECKSUM_BYTES + len(frame)
        head = struct.pack(f"<IIdI{count}d", size, self.round, self.factor, count, *self.divisors)
        return sealed(layout.header(layout.UPDATE, _RETAINED if self.retained else 0) + head) + frame


def _is_divisor(value: float) -> bool:
    return 0 < value < math.inf


def _is_changes(changes: CompressedVector) -> bool:
    return changes.coding is ValueCoding.FLOAT64 and isinstance(changes.support, (All, Listed))


def decode_updates(data: Bytes, limits: Limits) -> Iterator[RoundUpdate]:
    """Yields consecutive updates, one at a time.

    Args:
        data: the updates without other bytes.
        limits: the limits; ``max_bytes`` applies to each update.

    Raises:
        WireError: if the bytes are not updates within the limits, or their rounds are not consecutive.
    """
    view = memoryview(data).cast("B")
    position, last = 0, None
    while position < len(view):
        update, position = _update_at(view, position, limits, last)
        last = update.round
        yield update


def _update_at(data: memoryview, start: int, limits: Limits, last: int | None) -> tuple[RoundUpdate, int]:
    reader = open_format(data, start, len(data), layout.UPDATE, MAX_INT)
    _check_header(reader, start)
    flags = reader.u8("the flags")
    layout.check_flags(flags, _RETAINED, reader.position - 1)
    end = start + read_size(reader, start, limits, "round update")
    round = read_round(reader, last)
    factor = reader.finite("factor")
    divisors = []
    for _ in range(reader.u31("the count of divisors", 1, Fault.INVALID_VALUE)):
        divisors.append(reader.finite("divisor"))
        if not _is_divisor(divisors[-1]):
            raise WireError(Fault.INVALID_VALUE, reader.position - 8, f"divisor {divisors[-1]}", "above 0")
    changes, frame = frame_behind(reader, start, end, limits)
    if not _is_changes(changes):
        expected = "float64 values on all coordinates or listed ones"
        raise WireError(Fault.NOT_CANONICAL, frame + 4, f"changes of {changes}", expected)
    return RoundUpdate(round, flags == _RETAINED, factor, tuple(divisors), changes), end


def _check_header(reader: Reader, start: int) -> None:
    content = reader.position
    reader.need(_DIVISORS_OFFSET - (content - start), "the header")
    reader.position = start + _DIVISORS_OFFSET - 4
    size = 8 * reader.u32("the count of divisors")
    reader.need(size + CHECKSUM_BYTES, "the divisors and the header's checksum")
    check_sealed(reader, start, reader.position + size)
    reader.position = content
