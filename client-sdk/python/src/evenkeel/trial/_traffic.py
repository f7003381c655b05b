"""Counts the bytes that a fleet would transfer for the same run."""

from __future__ import annotations

import numpy as np

from .._types import Floats
from ..compress import All, CompressedVector, Listed, ValueCoding
from ..vector import TensorLayout
from ..wire import Message, ModelDelta, Replica, Report, RoundUpdate, encode_frame

_MASKED_BYTES = 45
"""A masked vector's frame without the values: header, chain, the two words of the loss, and checksum (FORMAT.md)."""


class Traffic:
    """Counts bytes. Uplink: messages with their headers and reports. Downlink: a client gets the replica when it joins,
    and later the updates since its last round or a new replica, whichever is smaller. A step rule without updates needs
    a whole model each time; a lossy downlink sends the deltas or a whole model.

    Args:
        x: the first model.
        divisors: the number of divisors in a step of this arm: 1, or one for each tensor.
        means: how clients follow the model: by ``updates``, by the ``deltas`` of a lossy downlink, or ``whole``.
    """

    def __init__(self, x: Floats, layout: TensorLayout, clients: int, divisors: int, means: str) -> None:
        self._means = means
        self._dimension = layout.dimension
        nothing = self._listed(np.empty(0, dtype=np.int64))
        frame = len(encode_frame(nothing))
        report = Report(1, loss=0.0, gradient_norm=0.0)
        self._message_header = len(Message(1, 0, report, nothing).encode()) - frame
        self._slopes = [
            len(Message(1, 0, Report(1, loss=0.0, gradient_norm=0.0, metrics=metrics), nothing).encode())
            - frame
            - self._message_header
            for metrics in ({"slope": 0.0}, {"slope": 0.0, "slope-change": 0.0})
        ]
        self._update_header = len(RoundUpdate(0, True, 1.0, (1.0,) * divisors, nothing).encode()) - frame
        overhead = len(Replica(0, np.zeros(1), np.zeros(1)).encode()) - 4
        whole = 4 * self._dimension
        self._anew = overhead + 16 * self._dimension if means == "updates" else whole
        self._changed = np.zeros(self._dimension, dtype=bool)
        self._last_sum: Floats = np.zeros(self._dimension)
        self._fetched_up_to = np.zeros(clients, dtype=np.int64)
        self._updates = 0
        self.uplink = 0
        first = len(Replica(0, x, np.zeros(self._dimension)).encode())
        self.downlink = clients * (whole if means == "deltas" else first)

    def _listed(self, indices: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> CompressedVector:
        return CompressedVector(Listed(self._dimension, indices), ValueCoding.FLOAT64, np.zeros(indices.size))

    def sent(self, delta: CompressedVector) -> None:
        """Counts a message, and records the coordinates of the sum that it changes."""
        self.uplink += self._message_header + len(encode_frame(delta))
        self._changed[delta.support.index] = True

    def sent_slope(self, with_change: bool) -> None:
        """Counts a slope in a message's report, with or without its change."""
        self.uplink += self._slopes[with_change]

    def sent_masked(self, delta: CompressedVector) -> None:
        """Counts a message as a masked vector, without the other steps of secure aggregation, and records the coordinates that it
        changes."""
        self.uplink += _MASKED_BYTES + 4 * delta.values.size
        self._changed[delta.support.index] = True

    def summed(self, total: Floats) -> None:
        """Records a sum computed by a robust rule: an update has the coordinates that differ from the previous sum."""
        self._changed[:] = total != self._last_sum
        self._last_sum = total.copy()

    def fetched(self, client: int) -> None:
        """Counts a client's download of the model of the open round."""
        self.downlink += int(min(self._updates - self._fetched_up_to[client], self._anew))
        self._fetched_up_to[client] = self._updates

    def close(self, delta: CompressedVector | None = None) -> None:
        """Closes a round: the coordinates that changed become an update, or the delta of the clients' model is sent."""
        if self._means == "deltas":
            self._updates += 0 if delta is None else len(ModelDelta(0, delta).encode())
        elif self._means == "whole":
            self._updates += self._anew
        else:
            self._updates += self._update_bytes()
        self._changed[:] = False

    def _update_bytes(self) -> int:
        indices = np.flatnonzero(self._changed)
        changes = (
            CompressedVector(All(self._dimension), ValueCoding.FLOAT64, np.zeros(self._dimension))
            if indices.size == self._dimension
            else self._listed(indices)
        )
        return self._update_header + len(encode_frame(changes))
