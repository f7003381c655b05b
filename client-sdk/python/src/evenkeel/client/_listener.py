"""Hears what a device does."""

from __future__ import annotations

import logging
from enum import Enum
from typing import TYPE_CHECKING, Any

from ..errors import Problem
from ._protocol import Receipt, RunPlan

if TYPE_CHECKING:
    from ._training import RunOutcome

log = logging.getLogger("evenkeel")


class ModelKind(Enum):
    """How a model came to the device: all values, all values and the coordinator's sum, or what changed since the one before."""

    DENSE = "dense"
    REPLICA = "replica"
    UPDATE = "update"


class Listener:
    """Override what you want to hear. Called on the thread that trains; what a method raises is logged and goes no further."""

    def enrolled(self, client: str) -> None:
        """The device enrolled and has credentials."""

    def joined(self, plan: RunPlan, sequence: int) -> None:
        """The device is a member of the run; its messages so far are ``sequence``."""

    def waiting(self, reason: str) -> None:
        """The device has nothing to do; called when the reason changes, not for every request."""

    def recovered(self, sequence: int) -> None:
        """The device took over the coordinator's state, since its own was lost or differed."""

    def round_started(self, round: int) -> None:
        """There is work for the device."""

    def model_fetched(self, round: int, kind: ModelKind, size: int) -> None:
        """The model arrived in a body of so many bytes."""

    def message_staged(self, round: int, sequence: int, size: int) -> None:
        """A message of so many bytes was saved and will be sent until the coordinator answers."""

    def message_accepted(self, receipt: Receipt) -> None:
        """A message is part of the sum."""

    def message_refused(self, round: int, problem: Problem) -> None:
        """A message was refused and dropped; the device goes on with its state as before."""

    def retrying(self, request: str, cause: str, pause: float) -> None:
        """A request failed and is tried again after the pause, in seconds."""

    def finished(self, outcome: RunOutcome) -> None:
        """The training ended."""


class Announcer:
    """Logs what a device does and passes it on to the listener, whose failures it keeps from the training."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def tell(self, level: int, event: str, text: str, *values: Any) -> None:
        """Logs ``text % values`` and calls the listener's method ``event`` with the values."""
        log.log(level, text, *values)
        for listener in self._listeners:
            try:
                getattr(listener, event)(*values)
            except Exception:
                log.exception("the listener failed; the training goes on")

    def retrying(self, request: str, cause: str, pause: float) -> None:
        """Tells of a failed attempt."""
        self.tell(logging.INFO, "retrying", "%s failed (%s), again in %.1f s", request, cause, pause)
