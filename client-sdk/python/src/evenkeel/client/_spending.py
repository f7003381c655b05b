"""The privacy that a device spends in a run."""

from __future__ import annotations

import logging

from ..errors import ProtocolError
from ._listener import Announcer
from ._pieces import ReleaseCounter
from ._protocol import RunPlan, RunPrivacy
from ._store import StateStore


class PrivacySpending:
    """Keeps a device within the budget of a private run.

    It counts each message before it can leave the device: one that the coordinator refuses, or that never arrives, may have been
    read on its way. A message that is sent again is the same message.
    """

    def __init__(self, privacy: RunPrivacy, allowed: int, counter: ReleaseCounter, announcer: Announcer) -> None:
        self._privacy = privacy
        self._allowed = allowed
        self._counter = counter
        self._announcer = announcer
        self._told = False

    @classmethod
    def of(
        cls,
        plan: RunPlan,
        limit: tuple[float, float] | None,
        trust_coordinator: bool,
        store: StateStore,
        accepted: int,
        announcer: Announcer,
    ) -> PrivacySpending | None:
        """Returns the spending in a run, or None if it has no privacy.

        Args:
            limit: the device's own epsilon and delta.
            trust_coordinator: whether a device with a limit lets the coordinator add the noise.
            accepted: how many of the device's messages the coordinator has accepted.

        Raises:
            ProtocolError: if the device has a limit, and the run no privacy, noise of a coordinator that the device does not
                trust, or too little noise for a single message.
        """
        if limit is not None and not trust_coordinator and plan.privacy is not None and plan.privacy.by == "coordinator":
            raise ProtocolError(
                f"run '{plan.run}' has privacy.by coordinator, which would see this device's messages without noise, and this "
                "device's limit trusts no coordinator: nothing was sent; take part in another run, or allow it by "
                "trust_coordinator=True"
            )
        allowed = 0 if plan.privacy is None else plan.privacy.allowed_messages(limit)
        if limit is not None and allowed == 0:
            raise ProtocolError(
                f"run '{plan.run}' has {'no privacy' if plan.privacy is None else 'too little noise for one message'}, and this "
                f"device's limit is epsilon {limit[0]} with delta {limit[1]}: nothing was sent; take part in another run"
            )
        if plan.privacy is None:
            return None
        return cls(plan.privacy, allowed, ReleaseCounter(store, plan.run, accepted), announcer)

    @property
    def exhausted(self) -> bool:
        """Whether the budget does not allow another message; tells the listener once."""
        spent = self._counter.count >= self._allowed
        if spent and not self._told:
            self._told = True
            reason = f"the privacy budget is spent: {self._counter.count} messages were sent; taking no part in further rounds"
            self._announcer.tell(logging.INFO, "waiting", "%s", reason)
        return spent

    def count(self) -> None:
        """Counts a message that is about to be saved and sent."""
        self._tell(self._counter.increment())

    def allows(self, digest: int) -> bool:
        """Returns whether the budget allows a masked message: it is counted already, or there is room for one more."""
        return self._counter.includes(digest) or not self.exhausted

    def count_masked(self, digest: int) -> None:
        """Counts a message that is about to be masked and sent, for the first time or again."""
        if not self._counter.includes(digest):
            self._tell(self._counter.increment(digest))

    def _tell(self, messages: int) -> None:
        spent = self._privacy.epsilon_after(messages)
        text = "%d messages have cost epsilon %.4g with delta %g"
        self._announcer.tell(logging.DEBUG, "privacy_spent", text, messages, spent, self._privacy.delta)
