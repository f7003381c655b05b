"""A device's credentials: given, saved, or obtained by enrolling."""

from __future__ import annotations

import json
import logging
import threading

from ..errors import ClientStateError, EvenkeelError, StateError
from ._attributes import AttributeReporter
from ._coordinator import Coordinator
from ._listener import EventNotifier
from ._protocol import Credentials
from ._store import StateStore

CREDENTIALS = "credentials"
"""The name in the state under which the credentials are saved."""


class Enrolment:
    """Enrols a device once and keeps its credentials.

    Args:
        attributes: the device's attributes, sent with the enrolment.
        url: the coordinator's address, saved beside the credentials.
        given: credentials that are kept outside the state; None to keep them in the state.
        token: the token to enrol with; None if the device is already enrolled.
        name: the name that operators see; None for the coordinator's choice.
    """

    def __init__(
        self,
        store: StateStore,
        notifier: EventNotifier,
        attributes: AttributeReporter,
        url: str,
        given: Credentials | None,
        token: str | None,
        name: str | None,
    ) -> None:
        self._once = threading.Lock()
        self._store = store
        self._notifier = notifier
        self._attributes = attributes
        self._url = url
        self._given = given
        self._token = token
        self._name = name

    def enrol(self, coordinator: Coordinator) -> None:
        """Adds the device's credentials to the coordinator's requests; enrols if there are none yet. Thread-safe.

        Raises:
            EvenkeelError: if there are no credentials and no token.
            StateError: if the saved credentials are damaged.
        """
        with self._once:
            known = self._credentials(coordinator)
        coordinator.use(known)
        self._attributes.use(known)

    def _credentials(self, coordinator: Coordinator) -> Credentials:
        known = self._given or self._saved()
        if known is None:
            if self._token is None:
                raise EvenkeelError(
                    f"{self._store.describe(CREDENTIALS)} does not exist yet, but there is no token to enrol with: ask an "
                    'operator for one and pass it with enrolment_token="evk_enrol_..."'
                )
            reported = self._attributes.current()
            self._attributes.forget()
            known = coordinator.enrol(self._token, self._name, reported)
            self.keep(known)
            self._attributes.enrolled(known, reported)
            self._notifier.notify(logging.INFO, "enrolled", "enrolled as client %s", known.client)
        return known

    def require_changeable(self) -> None:
        """Raises ClientStateError if the credentials are kept outside the state."""
        if self._given is not None:
            raise ClientStateError(
                "the credentials were set with credentials=(...), so the client cannot change them: change "
                "them where they are stored, or let the device enrol"
            )

    def keep(self, credentials: Credentials) -> None:
        """Saves credentials in the state."""
        fields = {"endpoint": self._url, "client": credentials.client, "secret": credentials.secret}
        self._store.write(CREDENTIALS, [json.dumps(fields).encode()])

    def _saved(self) -> Credentials | None:
        data = self._store.read(CREDENTIALS)
        if data is None:
            return None
        try:
            fields = json.loads(data)
            client, secret = fields["client"], fields["secret"]
            if isinstance(client, str) and isinstance(secret, str):
                return Credentials(client, secret)
        except (ValueError, KeyError, TypeError):
            pass
        raise StateError(
            f"{self._store.describe(CREDENTIALS)} is damaged: remove the state and enrol the device again, and ask an operator "
            "to remove its old client"
        )
