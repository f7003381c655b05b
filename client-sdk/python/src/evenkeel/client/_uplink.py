"""Sends the staged message until the coordinator answers, and then commits or discards it."""

from __future__ import annotations

import logging
from enum import Enum

from ..errors import CoordinatorError, DivergedError, Problem, ProtocolError, WireError, WrongStateError
from ..feedback import METHODS
from ..wire import Limits, decode_frame, digest_text
from ._backups import StateBackups
from ._coordinator import Coordinator, RoundMessage
from ._listener import EventNotifier
from ._pieces import Pending
from ._plan import RunPlan
from ._protocol import Membership, Nothing, Receipt, Task
from ._state import DeviceState

_NOT_OPEN = "round-not-open"
_TOO_LATE = frozenset(("round-closed", _NOT_OPEN, "wrong-state"))
"""The message was never accepted and never will be; otherwise the answer would be the receipt. The device continues with its
previous state."""

_DIVERGED = frozenset(("state-diverged", "conflict"))
_BAD_MESSAGE = frozenset((400, 413, 415, 422))
"""The message itself is at fault and would be refused again."""

HISTORY_LOST = "history-lost"
"""The coordinator lacks the model that the device names: its database was restored to an earlier state."""


class OnDivergence(Enum):
    """The reaction to a disagreement of device and coordinator on the accepted messages. The sum stays correct in any case.

    Attributes:
        RECOVER_IF_LOST: if one side has no state (a lost or new state, or a member that was removed and joins again), take the
            coordinator's state; if both have state and it differs, fail, since two copies of the device may be running.
        RECOVER: always take the coordinator's state, for a device restored from a backup.
        FAIL: always fail.
    """

    RECOVER_IF_LOST = "recover-if-lost"
    RECOVER = "recover"
    FAIL = "fail"


class Reconciliation:
    """Compares the device's state with the coordinator's, and replaces the device's state if allowed.

    The coordinator can return g_i, the sum of the accepted messages. Momentum restarts, and EF14's unsent error is lost. With
    secure aggregation it does not know g_i: the device restores its encrypted copy, or leaves and joins again as a new member.
    Its old share remains in the sum until the next rebase.

    Attributes:
        member: the device's membership; a new one after it has joined again.
    """

    def __init__(
        self,
        coordinator: Coordinator,
        state: DeviceState,
        choice: OnDivergence,
        notifier: EventNotifier,
        member: Membership,
        recovery_key: bytes | None = None,
    ) -> None:
        self._coordinator = coordinator
        self._backups = StateBackups(coordinator, state, notifier, member, recovery_key)
        self._restored: int | None = None
        self._state = state
        self._choice = choice
        self._notifier = notifier
        self._plan = member.plan
        self.member = member

    @property
    def restored(self) -> bool:
        """Whether the state was restored from a copy, with no message accepted since. A message that the device sent before it
        lost its state may still be accepted; then the copy is too old."""
        return self._restored == self._state.sequence

    def back_up(self) -> None:
        """Uploads the encrypted copy of the state after an accepted message."""
        self._backups.upload()

    def reconcile(self, member: Membership) -> bool:
        """Ensures that both are at the same message, or that the coordinator is ahead by exactly the staged message.

        Returns:
            whether this was already the case.

        Raises:
            DivergedError: if they disagree and the device must not adopt the coordinator's state.
        """
        state, pending = self._state, self._state.pending
        if member.sequence < state.sequence:
            self._lose_history(member)
            return False
        theirs = (member.sequence, member.head)
        if theirs == (state.sequence, state.head) or (pending and theirs == (pending.sequence, pending.digest)):
            return True
        lost = state.fresh or member.sequence == 0 or self.restored
        if self._choice is OnDivergence.FAIL or (self._choice is OnDivergence.RECOVER_IF_LOST and not lost):
            raise DivergedError(self._explanation(member))
        self._adopt(member, lost_count=True)
        text = "adopted the coordinator's state of this device after %d messages"
        self._notifier.notify(logging.WARNING, "recovered", text, state.sequence)
        return False

    def follow(self, member: Membership) -> None:
        """Follows a coordinator whose database was restored to an earlier state: adopts its state of this device if messages are
        lost, and drops the staged message unless the coordinator has it.

        Raises:
            DivergedError: like ``reconcile``.
        """
        self.member = member
        agrees = self.reconcile(member)
        pending = self._state.pending
        if agrees and pending is not None and member.sequence < pending.sequence:
            self._state.discard()

    def _lose_history(self, member: Membership) -> None:
        """Adopts the coordinator's state regardless of the application's choice: a receipt for a message that the coordinator
        lacks proves that its database was restored, not that another copy of this device exists."""
        state = self._state
        lost, last = state.sequence - member.sequence, state.last_round
        self._coordinator.report_lost(self._plan.run, state.sequence, last)
        text = (
            "the coordinator's database was restored to an earlier state: it has lost %d messages from this device, for rounds %d to "
            "%d, that "
            "it had acknowledged"
        )
        self._notifier.notify(logging.WARNING, "messages_lost", text, lost, member.last_round + 1, last)
        self._adopt(member, lost_count=False)
        text = "adopted the coordinator's state of this device after %d messages"
        self._notifier.notify(logging.WARNING, "recovered", text, state.sequence)

    def _adopt(self, member: Membership, lost_count: bool) -> None:
        """Adopts the coordinator's state.

        Args:
            member: the membership at the coordinator.
            lost_count: whether the record of the spent privacy may be lost with the device's state.
        """
        if member.sequence == 0:
            self._state.adopt(0, 0, -1, ())
        elif METHODS[self._plan.feedback].retains_sum and self._plan.aggregation is not None:
            if self._plan.privacy is not None and lost_count:
                raise DivergedError(
                    f"this device has lost its state of run '{self._plan.run}', which has privacy and secure aggregation: the "
                    "coordinator cannot return it, and joining again would restart the count of its spent privacy; it takes part "
                    "in no further round of this run"
                )
            if self._backups.restore(member):
                self._restored = self._state.sequence
                return
            self._join_again()
            self._state.adopt(0, 0, -1, ())
        elif METHODS[self._plan.feedback].retains_sum:
            frame, sequence, head = self._coordinator.state(self._plan.run, self._plan.dimension)
            try:
                vector = decode_frame(frame, Limits(self._plan.dimension)).to_dense()
            except WireError as e:
                raise ProtocolError(
                    f"the coordinator's copy of this device's state cannot be read: {e}: check that both "
                    "sides have the same version"
                ) from e
            self._state.adopt(sequence, head, member.last_round, (vector,))
        else:
            self._state.adopt(member.sequence, member.head, member.last_round, ())

    def _join_again(self) -> None:
        """Leaves the run, and joins it again as a new member at once: the open round may not be able to close without this
        device. If the run ends meanwhile, the old membership remains, and the device's next request for a task returns how the
        run ended."""
        run = self._plan.run
        self._coordinator.leave(run)
        try:
            joined = self._coordinator.join(run, 1.0)
        except WrongStateError:
            return
        if joined.sequence != 0:
            raise ProtocolError(
                f"the coordinator continues the membership that this device has left in run '{run}', expected a new one: check "
                "that both sides have the same version"
            )
        self.member = joined
        reason = (
            "this device lost its state, left and joined again; it takes part from the next round on, or in the open one if that "
            "cannot close without it"
        )
        self._notifier.notify(logging.INFO, "waiting", "%s", reason)

    def _explanation(self, member: Membership) -> str:
        return (
            f"this device is at {self._state!r} and the coordinator at message {member.sequence} "
            f"({digest_text(member.head)}) of client {member.client}: its state was copied to another device or restored from an "
            "older copy, or the coordinator's was. If another copy runs, stop one and enrol it as a separate device; if "
            "not, create the client with on_divergence=OnDivergence.RECOVER once, and it continues from the coordinator's state"
        )


def require_receipt(pending: Pending, receipt: Receipt) -> None:
    """Raises ProtocolError unless a receipt is for the staged message."""
    if (receipt.digest, receipt.sequence, receipt.round) != (pending.digest, pending.sequence, pending.round):
        raise ProtocolError(
            f"the receipt is for message {receipt.sequence} of round {receipt.round} with digest "
            f"{digest_text(receipt.digest)}, but message {pending.sequence} of round {pending.round} with digest "
            f"{digest_text(pending.digest)} was sent: a proxy between device and coordinator mixes up responses; the message "
            "stays staged"
        )


class Uplink:
    """Sends a device's messages.

    Attributes:
        accepted: the number of messages accepted so far.
        refused: the number refused because they were late.
    """

    def __init__(
        self,
        coordinator: Coordinator,
        plan: RunPlan,
        state: DeviceState,
        reconciliation: Reconciliation,
        notifier: EventNotifier,
    ) -> None:
        self._coordinator = coordinator
        self._plan = plan
        self._state = state
        self._reconciliation = reconciliation
        self._notifier = notifier
        self.accepted = 0
        self.refused = 0

    def send(self, pending: Pending, wait: float, since: int, attempt: int | None = None) -> Task | None:
        """Sends the staged message and requests the next task.

        Args:
            attempt: not used.
            wait: how many seconds the coordinator may hold the request.
            since: the round of the device's last model, -1 for none.

        Returns:
            the next task; None if the message's round is not open yet, so that the message must be sent again.
        """
        try:
            return self._coordinator.send(
                RoundMessage(self._plan.run, pending.round, pending.message, pending.history),
                wait,
                since,
                lambda receipt: self._commit(pending, receipt),
                lambda count: self._arrived(pending, count),
            )
        except CoordinatorError as e:
            if not self._settle(pending, e.problem):
                raise
            return None if e.problem.slug == _NOT_OPEN else Nothing(0.0)

    def _arrived(self, pending: Pending, count: int) -> None:
        text = "round %d: %d of %d bytes of the message have arrived"
        self._notifier.notify(logging.DEBUG, "message_part_arrived", text, pending.round, count, len(pending.message))

    def _commit(self, pending: Pending, receipt: Receipt) -> None:
        require_receipt(pending, receipt)
        self._state.commit()
        self.accepted += 1
        self._notifier.notify(logging.DEBUG, "message_accepted", "accepted: %s", receipt)

    def _accepted_after_all(self, pending: Pending) -> bool:
        """Commits a message that the membership includes, and discards it otherwise. The refusal may come from a proxy, or answer
        a repetition: the receipt of an earlier request may be lost."""
        member = self._coordinator.membership(self._plan.run)
        if not self._reconciliation.reconcile(member):
            return False
        if member.sequence < pending.sequence:
            self._state.discard()
            return False
        counts = (pending.round, member.last_round, member.sequence)
        self._commit(pending, Receipt(self._plan.run, member.client, *counts, member.head, member.head, ""))
        return True

    def _settle(self, pending: Pending, problem: Problem) -> bool:
        """Handles a refusal; returns whether the device can continue."""
        if problem.slug in _DIVERGED:
            # If the chains agree, this round has already been answered, and this second message must be dropped.
            if self._reconciliation.reconcile(self._coordinator.membership(self._plan.run)):
                self._state.discard()
        elif problem.slug in _TOO_LATE:
            self._state.discard()
        elif problem.slug == HISTORY_LOST:
            self._state.discard()
            return False
        else:
            return problem.status in _BAD_MESSAGE and self._accepted_after_all(pending)
        self.refused += 1
        text = "the message for round %d was refused: %s"
        self._notifier.notify(logging.INFO, "message_refused", text, pending.round, problem)
        return True
