"""Calls for the steps of a secure aggregation."""

from __future__ import annotations

from dataclasses import dataclass

from ..secagg._frames import MEDIA_TYPE
from ._coordinator import Coordinator
from ._fields import Fields
from ._protocol import Receipt
from ._stop import StopSignal

_MAX_FRAME = 512 << 10
"""A frame for a device has the keys of at most 1,000 members, 324 bytes each."""

_MAX_OUTCOME = 64 << 10
_DEFAULT_PAUSE = 1.0


@dataclass(frozen=True)
class CohortCalls:
    """Calls of one attempt of a round. Refusals raise CoordinatorError; not thread-safe.

    Attributes:
        wait: how many seconds the coordinator may hold a request.
        history: the history of the round's model; None if it is not known.
    """

    coordinator: Coordinator
    stop: StopSignal
    wait: float
    run: str
    round: int
    attempt: int
    history: str | None = None

    def send(self, step: str, frame: bytes) -> None:
        """Sends a device's frame of a step; sending the same again has no effect."""
        self.coordinator.send_frame(self._path(step), MEDIA_TYPE, frame)

    def receive(self, step: str) -> bytes:
        """Waits for a step to end, and returns its frame for the device."""
        while True:
            self.stop.check()
            answer = self.coordinator.poll(self._path(step), self.wait, _MAX_FRAME)
            if not isinstance(answer, bytes):
                self.stop.sleep(_DEFAULT_PAUSE if answer is None else answer)
                continue
            return answer

    def outcome(self, wait: float) -> Receipt | bool | float | None:
        """Asks whether the device's message of the round is in the sum of any attempt.

        Returns:
            the receipt if it is, False if it is not; if undecided, the seconds until the next request, or None.
        """
        answer = self.coordinator.poll(self._path("outcome"), wait, _MAX_OUTCOME)
        if not isinstance(answer, bytes):
            return answer
        fields = Fields.parse("the outcome", answer)
        return Receipt.of(fields.object("receipt")) if fields.flag("included") else False

    def _path(self, step: str) -> str:
        history = "" if self.history is None else f"?history={self.history}"
        return f"runs/{self.run}/rounds/{self.round}/attempts/{self.attempt}/{step}/me{history}"
