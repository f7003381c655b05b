"""Keeps an encrypted copy of the device's state at the coordinator, in a run with secure aggregation, and restores it."""

from __future__ import annotations

import logging
import secrets

from ..errors import CoordinatorError, DeadlineError, SecAggError
from ..feedback import METHODS
from ._coordinator import Coordinator
from ._listener import EventNotifier
from ._protocol import Membership
from ._state import DeviceState

_MEDIA_TYPE = "application/vnd.evenkeel.backup"


class StateBackups:
    """The encrypted copies of one device's state. A failed upload never stops the training.

    Args:
        key: the recovery key; None if the device keeps no copy.
    """

    def __init__(
        self, coordinator: Coordinator, state: DeviceState, notifier: EventNotifier, member: Membership, key: bytes | None
    ) -> None:
        self._coordinator = coordinator
        self._state = state
        self._notifier = notifier
        self._plan = member.plan
        self._client = member.client
        # In a private run a device that lost its disk no longer takes part, since it lost the record of its spent privacy.
        has_copies = member.plan.aggregation is not None and member.plan.privacy is None
        self._key = key if has_copies and METHODS[member.plan.feedback].retains_sum else None
        self._path = f"runs/{member.plan.run}/members/me/backup"

    def upload(self) -> None:
        """Uploads a copy of the state after an accepted message, in one attempt."""
        if self._key is None:
            return
        from ..secagg._backup import NONCE_BYTES, StateBackup

        state, plan = self._state, self._plan
        position = (state.sequence, state.head, state.last_round)
        backup = StateBackup(*position, plan.feedback, plan.dimension, tuple(state.feedback.vectors))
        copy = backup.encrypt(self._key, plan.run, self._client, secrets.token_bytes(NONCE_BYTES))
        try:
            self._coordinator.send_once(self._path, _MEDIA_TYPE, copy)
        except (CoordinatorError, DeadlineError) as e:
            self._tell(f"the copy of the state was not uploaded: {e}")

    def restore(self, member: Membership) -> bool:
        """Replaces the state with the copy at the coordinator, if the copy includes the membership's last message.

        Returns:
            whether it did.
        """
        if self._key is None:
            return False
        from ..secagg._backup import StateBackup, most_bytes

        plan = self._plan
        try:
            copy = self._coordinator.download(self._path, most_bytes(plan.feedback, plan.dimension))
            if not copy:
                raise SecAggError("the coordinator has none")
            backup = StateBackup.decrypt(copy, self._key, plan.run, self._client)
            if (backup.sequence, backup.head) != (member.sequence, member.head):
                raise SecAggError(
                    f"it includes message {backup.sequence}, but the coordinator has accepted message {member.sequence}"
                )
            backup.require_suited(plan.feedback, plan.dimension)
        except (CoordinatorError, SecAggError) as e:
            self._tell(f"the copy of the state was not used: {e}")
            return False
        self._state.adopt(backup.sequence, backup.head, backup.last_round, backup.vectors)
        return True

    def _tell(self, reason: str) -> None:
        self._notifier.notify(logging.WARNING, "backup_failed", "%s", reason)
