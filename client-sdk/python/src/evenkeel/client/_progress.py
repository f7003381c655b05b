"""Human-readable progress messages."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from ..errors import Problem
from ._coordinator import Coordinator
from ._listener import EventNotifier, Listener
from ._outcome import RunOutcome
from ._plan import RunPlan
from ._protocol import Membership, Receipt


class ProgressListener(Listener):
    """Writes a line of text for each event of a training."""

    def __init__(self, line: Callable[[str], None]) -> None:
        self._line = line
        self._rounds = 0

    def _write(self, round: int, what: str) -> None:
        self._line(f"round {round} of {self._rounds}: {what}")

    def enrolled(self, client: str) -> None:
        """Writes the client id."""
        self._line(f"enrolled as client {client}")

    def joined(self, plan: RunPlan, sequence: int) -> None:
        """Writes the run, its size, and how many messages were accepted before."""
        self._rounds = plan.rounds
        size = f"{plan.rounds} rounds of {plan.dimension} values"
        self._line(f"joined run {plan.run}: {size}; messages accepted before: {sequence}")

    def waiting(self, reason: str) -> None:
        """Writes why the device is waiting."""
        self._line(reason)

    def recovered(self, sequence: int) -> None:
        """Writes that the state came from the coordinator."""
        self._line(f"adopted the coordinator's state of this device after {sequence} messages")

    def messages_lost(self, messages: int, first_round: int, last_round: int) -> None:
        """Writes how many acknowledged messages the coordinator has lost."""
        self._line(
            f"the coordinator has lost {messages} acknowledged messages from this device, for rounds {first_round} to {last_round}"
        )

    def round_started(self, round: int) -> None:
        """Writes that a round is computed."""
        self._write(round, "computing")

    def model_piece_fetched(self, round: int, fetched: int, size: int) -> None:
        """Writes how much of a large model has arrived."""
        self._write(round, f"{fetched >> 20} of {size >> 20} MiB of the model")

    def message_part_arrived(self, round: int, arrived: int, size: int) -> None:
        """Writes how much of a large message has arrived."""
        self._write(round, f"{arrived >> 20} of {size >> 20} MiB of the message sent")

    def cohort_formed(self, round: int, attempt: int, members: int) -> None:
        """Writes the cohort's size."""
        self._write(round, f"in a cohort of {members} devices")

    def message_not_included(self, round: int) -> None:
        """Writes that the sum lacks the message."""
        self._write(round, "the sum does not have the message")

    def message_accepted(self, receipt: Receipt) -> None:
        """Writes that a message was accepted."""
        self._write(receipt.round, "message accepted")

    def message_refused(self, round: int, problem: Problem) -> None:
        """Writes why a message was dropped."""
        self._write(round, f"message dropped: {problem.title}")

    def retrying(self, request: str, cause: str, pause: float) -> None:
        """Writes the cause and the pause, in whole seconds of at least 1."""
        self._line(f"{request} failed: {cause}; trying again in {max(1, round(pause))} s")

    def finished(self, outcome: RunOutcome) -> None:
        """Writes how the training ended, with the counts of messages."""
        counts = f"messages accepted: {outcome.accepted}, dropped: {outcome.refused}"
        self._line(f"{outcome.end.value} at round {outcome.round}; {counts}")


class Waiting:
    """Reports to the listener why a device without work is waiting, once for each reason."""

    def __init__(self, coordinator: Coordinator, notifier: EventNotifier, member: Membership) -> None:
        self._coordinator = coordinator
        self._notifier = notifier
        self._run = member.plan.run
        self._progress = member.progress
        self._reported = ""

    def begin(self) -> None:
        """Reports at once if the run assigns no work at all."""
        if self._progress.state != "running":
            self._report(-1)

    def go_on(self, after: int) -> None:
        """Reports why the device is waiting if it got no work; makes an additional request only before the run starts.

        Args:
            after: the last round that the device has completed, -1 if there is none.
        """
        if self._progress.state == "created":
            self._progress = self._coordinator.membership(self._run).progress
        self._report(after)

    def end(self) -> None:
        """Resets the reason when there is work again."""
        self._progress = replace(self._progress, state="running")
        self._reported = ""

    def _report(self, after: int) -> None:
        reason = self._reason(after)
        if reason and reason != self._reported:
            self._reported = reason
            self._notifier.notify(logging.INFO, "waiting", "%s", reason)

    def _reason(self, after: int) -> str:
        progress = self._progress
        if progress.state == "created":
            needed = progress.min_participants
            members = f"{progress.members} of {needed}" if progress.members < needed else str(progress.members)
            return f"joined; {members} member{'' if members == '1' else 's'}; waiting for the run to start"
        if progress.state == "paused":
            return "joined; the run is paused; waiting for it to resume"
        if progress.state == "running":
            return "waiting for a round to open" if after < 0 else f"done with round {after}; waiting for the next to open"
        return ""
