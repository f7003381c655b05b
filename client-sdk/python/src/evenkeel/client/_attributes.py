"""Reports the device's attributes when they differ from the last report, which is saved in the state."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ..errors import FunctionError
from ._arguments import is_attributes
from ._coordinator import Coordinator
from ._gradients import called
from ._protocol import Credentials
from ._store import StateStore

Attributes = Mapping[str, str] | Callable[[], Mapping[str, str]]

_NAME = "attributes"


class AttributeReporter:
    """Reports one device's attributes. Not thread-safe."""

    def __init__(self, attributes: Attributes | None, url: str, store: StateStore, coordinator: Coordinator) -> None:
        self._attributes = attributes if attributes is None or callable(attributes) else dict(attributes)
        self._url = url
        self._store = store
        self._coordinator = coordinator
        self._client = ""
        self._reported: dict[str, object] | None = None

    def use(self, credentials: Credentials) -> None:
        """Sets the client id under which the device reports."""
        self._client = credentials.client

    def current(self) -> dict[str, str]:
        """The attributes at this moment; empty if the device reports none."""
        if not callable(self._attributes):
            return dict(self._attributes or {})
        given = called("the function of attributes", self._attributes)
        if not is_attributes(given):
            raise FunctionError(
                f'the function of attributes returned {given!r}, expected strings by name such as {{"region": "eu"}}'
            )
        return dict(given)

    def forget(self) -> None:
        """Forgets the attributes reported under another enrolment."""
        self._reported = None
        self._store.delete([_NAME])

    def enrolled(self, credentials: Credentials, attributes: Mapping[str, str]) -> None:
        """Records the attributes reported with the enrolment."""
        self.use(credentials)
        if self._attributes is not None:
            self._save(self._fields(attributes))

    def report(self) -> None:
        """Reports the attributes if they have changed."""
        if self._attributes is None:
            return
        now = self.current()
        fields = self._fields(now)
        if fields != (self._reported or self._read()):
            self._coordinator.report(now)
            self._save(fields)

    def _fields(self, attributes: Mapping[str, str]) -> dict[str, object]:
        """The saved record: the attributes, with the coordinator and the client of the report."""
        return {"endpoint": self._url, "client": self._client, "attributes": dict(attributes)}

    def _save(self, fields: dict[str, object]) -> None:
        self._store.write(_NAME, [json.dumps(fields).encode()])
        self._reported = fields

    def _read(self) -> object:
        """The saved record; None if it cannot be read, so that the attributes are reported again."""
        data = self._store.read(_NAME)
        try:
            return None if data is None else json.loads(data)
        except ValueError:
            return None
