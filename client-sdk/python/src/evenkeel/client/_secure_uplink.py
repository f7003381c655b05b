"""Sends the staged message by secure aggregation: the coordinator learns only the cohort's sum."""

from __future__ import annotations

import logging

import numpy as np
import numpy.typing as npt

from ..errors import CoordinatorError, ProtocolError, SecAggError, WireError
from ..privacy import DiscreteGaussian
from ..secagg import (
    CohortContext,
    CohortKeys,
    CohortParameters,
    CohortPlan,
    CohortPrivacy,
    EncryptedShares,
    MaskedVector,
    SecAggDevice,
    SignedAdvertisement,
    cohort_basis,
    decode_included,
    decode_shares,
    encode_keys,
    encode_reveal,
    encode_shares,
)
from ..secagg._fixed_point import EXTRA_WORDS, vector_words
from ..wire import Limits, Message
from ._aggregation import AggregationDemands, RunAggregation
from ._cohort_calls import CohortCalls
from ._coordinator import Coordinator
from ._counters import RoundMarkers
from ._listener import EventNotifier
from ._model import Model
from ._pieces import Pending
from ._plan import RunPlan
from ._protocol import Nothing, Receipt, Task, Work
from ._spending import PrivacySpending
from ._state import DeviceState
from ._stop import StopSignal
from ._uplink import HISTORY_LOST, Reconciliation, require_receipt

_LOST = frozenset(("attempt-closed", "conflict", "round-closed", "round-not-open", "wrong-state"))
"""The attempt continues or ended without this device; the round's outcome tells whether its message is in the sum."""

_USELESS = frozenset(("other-model", HISTORY_LOST))
"""The device's model or plan differs from the coordinator's. Its attempt is open, so the message is not in an earlier sum of the
round."""

_NO_SUCH_ROUND = frozenset(("round-not-found", "round-not-open"))
_PAUSE = 1.0


class SecureUplink:
    """Takes part in the attempts to aggregate a round with the staged message, until it is known whether the sum has it.

    Secrets are kept in memory only. A device reveals shares at most once in a round, and records this before it sends them.

    Attributes:
        accepted: the number of messages accepted so far.
        refused: the number of messages that are not in a sum.

    Raises:
        SecAggError: if the coordinator breaks the rules that keep the message secret. Nothing more is sent.
    """

    def __init__(
        self,
        coordinator: Coordinator,
        plan: RunPlan,
        demands: AggregationDemands,
        state: DeviceState,
        markers: RoundMarkers,
        reconciliation: Reconciliation,
        stop: StopSignal,
        notifier: EventNotifier,
        wait: float,
        spending: PrivacySpending | None = None,
    ) -> None:
        self._coordinator = coordinator
        self._plan = plan
        assert plan.aggregation is not None and demands.identity is not None
        self._rules = plan.aggregation
        self._cohort_plan = _cohort_plan(plan, plan.aggregation)
        self._identity = demands.identity
        self._state = state
        self._markers = markers
        self._reconciliation = reconciliation
        self._stop = stop
        self._notifier = notifier
        self._wait = wait
        self._spending = spending
        self._reported: tuple[int, int] | None = None
        """The member and the round that were reported last: when the device takes part again."""
        self.accepted = 0
        self.refused = 0

    def report_next_round(self) -> None:
        """Tells the coordinator from which round on this device takes part again. The coordinator skips rounds with too few
        devices."""
        reported = self._reconciliation.member.ordinal, self._markers.next
        if reported != self._reported:
            self._coordinator.report_next_round(self._plan.run, self._markers.next)
            self._reported = reported

    def basis(self, model: Model) -> bytes:
        """Returns the digest of the run's plan and of the model from which a message is computed."""
        return cohort_basis(self._cohort_plan, model.values)

    def send(self, pending: Pending, wait: float, since: int, attempt: int | None = None) -> Task | None:
        """Takes part until the outcome of the message's round is known, and commits or discards the message.

        Args:
            wait: not used: a step waits for the other devices.
            since: not used.
            attempt: the attempt that selects the device; None if the message was staged before a restart.

        Returns:
            the next task; None if the message's round is not open yet, so that the message must be computed again.
        """
        last, undecided = -1, 0
        while True:
            self._stop.check()
            allowed = self._spending is None or not self._spending.exhausted
            if attempt is not None and attempt > last and allowed and not self._markers.end_part_in(pending.round):
                last = attempt
                if not self._take_part(pending, attempt):
                    return Nothing(0.0)
            ended = self._markers.end_part_in(pending.round)
            try:
                outcome = self._calls(pending, max(last, 0)).outcome(self._wait if ended else 0.0)
            except CoordinatorError as e:
                if e.problem.slug == HISTORY_LOST:
                    self._discard(pending)
                if e.problem.slug not in _NO_SUCH_ROUND:
                    raise
                self._discard(pending)
                return None
            if isinstance(outcome, Receipt):
                if outcome.digest != pending.digest and self._reconciliation.restored:
                    self._replace(pending)
                else:
                    self._commit(pending, outcome)
                return Nothing(0.0)
            if outcome is False:
                self._discard(pending)
                return Nothing(0.0)
            undecided += ended
            if undecided > 1:
                # After its database was restored to a state before the reveal, the coordinator asks the device to reveal again.
                self.report_next_round()
            attempt = None if ended else self._open_attempt(pending)
            if ended or attempt is None or attempt <= last:
                # A request about a replaced attempt is answered at once, without a pause.
                self._stop.sleep(_PAUSE)

    def _calls(self, pending: Pending, attempt: int) -> CohortCalls:
        return CohortCalls(self._coordinator, self._stop, self._wait, self._plan.run, pending.round, attempt, pending.history)

    def _open_attempt(self, pending: Pending) -> int | None:
        """Returns the attempt of the message's round that selects this device."""
        task = self._coordinator.task(self._plan.run, pending.round - 1, 0.0, -1)
        return task.attempt if isinstance(task, Work) and task.round == pending.round else None

    def _take_part(self, pending: Pending, attempt: int) -> bool:
        """Takes part in an attempt until it ends, or is over for this device.

        Returns:
            whether the message is still pending; false if device and coordinator disagreed and the device's state was replaced.
        """
        try:
            self._steps(pending, attempt)
        except CoordinatorError as e:
            if e.problem.slug == "state-diverged":
                if not self._reconciliation.reconcile(self._coordinator.membership(self._plan.run)):
                    self._tell_lost(pending)
                    return False
            elif e.problem.slug in _USELESS:
                self._discard(pending)
                raise
            elif e.problem.slug not in _LOST:
                raise
        except WireError as e:
            raise ProtocolError(
                f"a frame of round {pending.round} cannot be read: {e}: check that both sides have the same version"
            ) from e
        return True

    def _steps(self, pending: Pending, attempt: int) -> None:
        calls = self._calls(pending, attempt)
        context = CohortContext(self._plan.run, pending.round, attempt, pending.basis)
        ordinal = self._reconciliation.member.ordinal
        device = SecAggDevice(context, ordinal)
        own = self._identity.sign(device.advertisement(), context)
        calls.send("keys", encode_keys(own))
        told = CohortKeys.decode(calls.receive("keys"))
        self._check(context, own, told)
        shares = device.share(told.neighbours_of(ordinal), told.threshold)
        text = "round %d, attempt %d: a cohort of %d members"
        event = (pending.round, attempt, len(told.members))
        self._notifier.notify(logging.DEBUG, "cohort_formed", text, *event)
        calls.send("shares", encode_shares({share.receiver: share.data for share in shares}))
        received = decode_shares(calls.receive("shares"))
        words = self._words(pending)
        device.mask(words, [EncryptedShares(sender, ordinal, data) for sender, data in received.items()])
        self._stop.check()
        self._markers.mask(pending.round)
        if self._spending is not None:
            # A sent vector may be read: the shares of the other devices suffice to unmask it.
            self._spending.count()
        calls.send("masked", MaskedVector(pending.sequence, pending.previous, pending.digest, words).encode())
        reveal = device.reveal(decode_included(calls.receive("included")))
        # Saved first: after a crash the device must not reveal shares for another set of members.
        self._markers.reveal(pending.round)
        calls.send("reveals", encode_reveal(reveal))

    def _check(self, context: CohortContext, own: SignedAdvertisement, told: CohortKeys) -> None:
        """Checks the coordinator's list of members: a coordinator that lies about it could learn the device's message."""
        rules, count = self._rules, len(told.members)
        if not rules.min_members <= count <= rules.max_members:
            raise self._refusal(context, f"{count} members", f"{rules.min_members} to {rules.max_members}")
        needed = CohortParameters.of(count, rules.dropout, rules.collusion)
        if needed is None:
            shares = f"{rules.dropout:g} of them drop out and {rules.collusion:g} collude"
            raise self._refusal(context, f"{count} members", f"more, if {shares}")
        if told.threshold < needed.threshold:
            raise self._refusal(context, f"the threshold {told.threshold} of {count - 1} others", f"at least {needed.threshold}")
        if own not in told.members:
            raise self._refusal(context, f"other keys for this device, member {own.member}, or none", "those that it has sent")
        seen: dict[bytes, SignedAdvertisement] = {}
        for member in told.members:
            if member == own:
                continue
            self._identity.verify(member, context)
            if member.identity in seen:
                twice = f"members {seen[member.identity].member} and {member.member} with one identity"
                raise self._refusal(context, twice, "separate devices")
            seen[member.identity] = member

    @staticmethod
    def _refusal(context: CohortContext, found: str, expected: str) -> SecAggError:
        return SecAggError(
            f"the cohort of round {context.round}, attempt {context.attempt} has {found}, expected {expected}: this could give the "
            "device's message away, so it was not sent; ask the coordinator's operator"
        )

    def _words(self, pending: Pending) -> npt.NDArray[np.int32]:
        """Returns the words of a message. With privacy they contain no loss, and new noise of this device in each attempt: two
        sums with the same noise would reveal more than two sums with different noise. Error feedback keeps the message without
        noise."""
        loss = Message.decode(pending.message, Limits(self._plan.dimension)).report.loss
        words = vector_words(pending.delta.values, loss, self._rules.exponent, self._rules.max_members)
        if self._plan.privacy is not None and self._plan.privacy.shares is not None:
            words[:-EXTRA_WORDS] = self._plan.privacy.shares.add(words[:-EXTRA_WORDS], DiscreteGaussian())
        return words

    def _replace(self, pending: Pending) -> None:
        """The sum includes the message that the device sent before it lost its state, so the restored copy is too old."""
        if self._reconciliation.reconcile(self._coordinator.membership(self._plan.run)):
            self._state.discard()
        self._tell_lost(pending)

    def _commit(self, pending: Pending, receipt: Receipt) -> None:
        require_receipt(pending, receipt)
        self._state.commit()
        self.accepted += 1
        self._notifier.notify(logging.DEBUG, "message_accepted", "accepted: %s", receipt)
        self._reconciliation.back_up()

    def _discard(self, pending: Pending) -> None:
        self._state.discard()
        self._tell_lost(pending)

    def _tell_lost(self, pending: Pending) -> None:
        self.refused += 1
        text = "the sum of round %d does not have the message"
        self._notifier.notify(logging.INFO, "message_not_included", text, pending.round)


def _cohort_plan(plan: RunPlan, rules: RunAggregation) -> CohortPlan:
    """Returns the part of a plan that all members of a cohort must have in common."""
    privacy = plan.privacy
    return CohortPlan(
        tuple(plan.layout.tensors),
        plan.algorithm,
        plan.feedback,
        plan.eta,
        plan.horizon,
        plan.compressor,
        plan.downlink,
        plan.seed,
        rules.owners,
        rules.dropout,
        rules.collusion,
        rules.rebase_every,
        rules.exponent,
        rules.min_members,
        rules.max_members,
        None if privacy is None else CohortPrivacy(privacy.mechanism, privacy.delta, privacy.epsilon),
    )
