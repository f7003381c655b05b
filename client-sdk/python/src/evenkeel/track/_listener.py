"""Tracks a device."""

from __future__ import annotations

import time

from ..client import Listener, ModelKind, Receipt, RunOutcome
from ..wire import Report
from ._tracker import Tracker


class TrackingListener(Listener):
    """Writes the figures that a device reports in each round of ``Client.train``, once the coordinator has accepted its message:
    ``loss``, ``samples``, ``metrics/NAME``, ``message_bytes``, ``model_bytes``, and in private runs ``epsilon`` in place of the
    first three.

    Args:
        tracker: a tracker that is used only for this device and this run.
    """

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._figures: dict[str, float] = {}

    def round_started(self, round: int) -> None:
        """Discards the figures of an abandoned round."""
        self._figures = {}

    def model_fetched(self, round: int, kind: ModelKind, size: int) -> None:
        """Records the size of the download."""
        self._figures["model_bytes"] = size

    def message_staged(self, round: int, sequence: int, size: int) -> None:
        """Records the size of the message."""
        self._figures["message_bytes"] = size

    def figures_staged(self, round: int, report: Report) -> None:
        """Records the loss, the samples and the metrics."""
        self._figures["samples"] = report.samples
        if report.loss is not None:
            self._figures["loss"] = report.loss
        self._figures.update({f"metrics/{name}": value for name, value in report.metrics.items()})

    def privacy_spent(self, messages: int, epsilon: float, delta: float) -> None:
        """Records the cost of the messages."""
        self._figures["epsilon"] = epsilon

    def message_accepted(self, receipt: Receipt) -> None:
        """Writes the round's figures."""
        if receipt.round >= self._tracker.next_step and self._figures:
            self._tracker.write(receipt.round, time.time(), self._figures)
        self._figures = {}

    def finished(self, outcome: RunOutcome) -> None:
        """Ends the tracker's run, unless the client was only stopped."""
        if outcome.end.value != "stopped":
            self._tracker.finish(outcome.end.value)
        self._tracker.close()
