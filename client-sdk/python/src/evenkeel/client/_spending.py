"""The privacy that a device spends in a run."""

from __future__ import annotations

import logging

from ..errors import ProtocolError
from ..privacy import PrivacyCost
from ._counters import PrivacyLedger
from ._listener import EventNotifier
from ._plan import RunPlan, RunPrivacy
from ._store import StateStore

_ROUNDING = 1e-9


class PrivacySpending:
    """Keeps a device within the budget of a private run, and within its own limit, which all its runs share.

    It counts each message before it can leave the device: a message that the coordinator refuses, or that never arrives, may have
    been read in transit. A plain message that is sent again is the same message. A masked one is counted in each attempt: it has
    new noise, and may be in another sum.
    """

    def __init__(
        self, privacy: RunPrivacy, limit: tuple[float, float] | None, ledger: PrivacyLedger, notifier: EventNotifier
    ) -> None:
        self._privacy = privacy
        self._allowed = privacy.allowed_messages()
        self._limit = limit
        self._ledger = ledger
        self._notifier = notifier
        self._reported = False

    @classmethod
    def of(
        cls,
        plan: RunPlan,
        limit: tuple[float, float] | None,
        trust_coordinator: bool,
        store: StateStore,
        accepted: int,
        notifier: EventNotifier,
    ) -> PrivacySpending | None:
        """Returns the spending in a run, or None if it has no privacy.

        Args:
            limit: the device's own epsilon and delta, for all its runs.
            trust_coordinator: whether a device with a limit lets the coordinator add the noise.
            accepted: how many of the device's messages the coordinator has accepted.

        Raises:
            ProtocolError: if the device has a limit, and the run has no privacy, the noise of a coordinator that the device does
                not trust, or too little noise for a single message.
        """
        if limit is not None and not trust_coordinator and plan.privacy is not None and plan.privacy.by == "coordinator":
            raise ProtocolError(
                f"run '{plan.run}' has privacy.by coordinator, which would see this device's messages without noise, but this "
                "device's limit does not trust the coordinator: nothing was sent; take part in another run, or allow it by "
                "trust_coordinator=True"
            )
        few = plan.privacy is None or plan.privacy.allowed_messages() == 0
        if limit is not None and (plan.privacy is None or few or not _within(plan.privacy.cost, limit)):
            raise ProtocolError(
                f"run '{plan.run}' has {'no privacy' if plan.privacy is None else 'too little noise for one message'}, but this "
                f"device's limit is epsilon {limit[0]} with delta {limit[1]}: nothing was sent; take part in another run"
            )
        if plan.privacy is None:
            return None
        return cls(plan.privacy, limit, PrivacyLedger(store, plan.run, plan.privacy.cost, accepted), notifier)

    @property
    def exhausted(self) -> bool:
        """Whether the budget does not allow another message; notifies the listener once."""
        reason = None
        if self._ledger.messages >= self._allowed:
            reason = f"{self._ledger.messages} messages were sent"
        elif self._limit is not None and not _within(self._ledger.total_with_one_more, self._limit):
            reason = f"another message would exceed this device's limit of epsilon {self._limit[0]}, which all its runs share"
        if reason is not None and not self._reported:
            self._reported = True
            told = f"the privacy budget is spent: {reason}; taking no part in further rounds"
            self._notifier.notify(logging.INFO, "waiting", "%s", told)
        return reason is not None

    def count(self) -> None:
        """Counts a message that is about to be saved and sent, or a vector that is about to be masked and sent."""
        messages = self._ledger.add()
        spent = self._privacy.epsilon_after(messages)
        text = "%d messages have cost epsilon %.4g with delta %g"
        self._notifier.notify(logging.DEBUG, "privacy_spent", text, messages, spent, self._privacy.delta)


def _within(cost: PrivacyCost, limit: tuple[float, float]) -> bool:
    """Returns whether a cost is within a limit, with a tolerance for rounded sums of costs."""
    epsilon, delta = limit
    return cost.epsilon(delta) <= epsilon * (1 + _ROUNDING)
