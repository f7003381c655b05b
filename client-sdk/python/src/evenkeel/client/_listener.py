"""Listeners for a device's events."""

from __future__ import annotations

import logging
from enum import Enum
from typing import Any

from ..errors import Problem
from ..wire import Report
from ._outcome import RunOutcome
from ._plan import RunPlan
from ._protocol import Receipt

log = logging.getLogger("evenkeel")


class ModelKind(Enum):
    """The form in which a model was downloaded: all values, all values and the coordinator's sum, or the changes since the
    previous one."""

    DENSE = "dense"
    REPLICA = "replica"
    UPDATE = "update"


class Listener:
    """Receives a device's events on the training thread, and those of a followed model on the thread that refreshes it; override what
    you need. Exceptions are logged and do not stop the training."""

    def enrolled(self, client: str) -> None:
        """The device enrolled and has credentials."""

    def joined(self, plan: RunPlan, sequence: int) -> None:
        """The device is a member of the run; ``sequence`` of its messages were accepted so far."""

    def waiting(self, reason: str) -> None:
        """The device waits for work; called when the reason changes, not for each request."""

    def recovered(self, sequence: int) -> None:
        """The device replaced its state with the coordinator's, because its own was lost or differed."""

    def messages_lost(self, messages: int, first_round: int, last_round: int) -> None:
        """Messages that the coordinator had acknowledged in these rounds are lost, because its database was restored to an
        earlier state. The device adopts the coordinator's state next."""

    def round_started(self, round: int) -> None:
        """A round in which this device takes part has started."""

    def model_fetched(self, round: int, kind: ModelKind, size: int) -> None:
        """The model was downloaded in a body of ``size`` bytes."""

    def model_piece_fetched(self, round: int, fetched: int, size: int) -> None:
        """A piece of a large model was downloaded: ``fetched`` of its ``size`` bytes have arrived."""

    def message_staged(self, round: int, sequence: int, size: int) -> None:
        """A message was saved; it is sent repeatedly until the coordinator answers."""

    def message_part_arrived(self, round: int, arrived: int, size: int) -> None:
        """A part of a large message was sent: ``arrived`` of its ``size`` bytes have arrived at the coordinator."""

    def figures_staged(self, round: int, report: Report) -> None:
        """The figures of a message were computed: the loss, the samples and the metrics for the coordinator. Not called in
        private runs and with secure aggregation, where a device's figures stay on the device."""

    def privacy_spent(self, messages: int, epsilon: float, delta: float) -> None:
        """A message of a private run is about to be saved and sent. Including it, the device has sent ``messages`` messages in
        the run, accepted or not, at a total cost of ``epsilon`` for this ``delta``."""

    def cohort_formed(self, round: int, attempt: int, members: int) -> None:
        """The device is in a cohort of secure aggregation with ``members`` members, itself included, and has checked the keys of the
        others."""

    def message_accepted(self, receipt: Receipt) -> None:
        """The coordinator accepted a message into its sum."""

    def message_not_included(self, round: int) -> None:
        """The sum of a round does not include the device's message: it was too late for the cohort, or there is no sum. The device
        dropped it and continues with its state unchanged."""

    def message_refused(self, round: int, problem: Problem) -> None:
        """The coordinator refused a message. The device dropped it and continues with its state unchanged."""

    def backup_failed(self, reason: str) -> None:
        """In a run with secure aggregation, the encrypted copy of the device's state could not be uploaded, or could not be used
        after the state was lost. The training continues."""

    def retrying(self, request: str, cause: str, pause: float) -> None:
        """A request failed and is retried after the pause, in seconds."""

    def model_installed(self, version: int, model: str) -> None:
        """A new version of a model that the device follows was downloaded, verified and stored."""

    def model_failed(self, version: int, model: str, reason: str) -> None:
        """A version of a roll-out does not work on this device. The device reports this and keeps the previous version."""

    def finished(self, outcome: RunOutcome) -> None:
        """The training ended."""


class EventNotifier:
    """Logs a device's events and forwards them to the listener. Exceptions of the listener do not stop the training."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def notify(self, level: int, event: str, text: str, *values: Any) -> None:
        """Logs ``text % values`` and calls the listener's method ``event`` with the values."""
        log.log(level, text, *values)
        for listener in self._listeners:
            try:
                getattr(listener, event)(*values)
            except Exception:
                log.exception("the listener failed; the training continues")

    def retrying(self, request: str, cause: str, pause: float) -> None:
        """Reports a failed attempt."""
        self.notify(logging.INFO, "retrying", "%s failed (%s), again in %.1f s", request, cause, pause)
