"""An operator's client of a coordinator."""

from __future__ import annotations

import os
import ssl
from types import TracebackType
from typing import Any

from ..client import Client
from ..client._arguments import require_valid, tls_context
from ..client._store import MemoryStore, StateStore
from ..errors import ArgumentError
from ._api import OperatorApi
from ._run import Run
from ._runs import Runs, run_name


class Operator:
    """An operator's client of a coordinator: creates, controls and watches runs. Thread-safe. Also a context manager.

    Args:
        url: the coordinator's address, such as ``https://coordinator.example:8080``; a path is kept as a prefix.
        token: an operator's token; a viewer's token can only read.
        connect_timeout: seconds for connecting.
        request_timeout: seconds without traffic in either direction before a request fails.
        tls: the TLS context; by default Python's, with ``ca_file`` and ``client_certificate``.
        ca_file: a PEM file of the authorities to trust.
        client_certificate: PEM files of a certificate and its key.

    Attributes:
        url: the coordinator's address.
        runs: its runs.

    Raises:
        ArgumentError: if an argument is invalid; the message names it.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        connect_timeout: float = 10.0,
        request_timeout: float = 30.0,
        tls: ssl.SSLContext | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        client_certificate: tuple[str, str] | None = None,
    ) -> None:
        require_valid(url, None, 1.0, connect_timeout=connect_timeout, request_timeout=request_timeout)
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ArgumentError(
                "token is not an operator's or viewer's token: expected one such as evk_op_..., which the coordinator's first start prints"
            )
        self.url = url
        self._tls = tls_context(tls, ca_file, client_certificate)
        self._api = OperatorApi(url, token, connect_timeout, request_timeout, self._tls)
        self.runs = Runs(self._api)

    def run(self, name: str) -> Run:
        """Returns a run by its name; nothing is sent."""
        return self.runs[name]

    def enrolment_token(self, uses: int = 100, expires_in: str = "1h", *, run: str | None = None) -> str:
        """Returns a new token with which devices enrol.

        Args:
            uses: the maximum number of devices.
            expires_in: a duration such as 30s or 24h.
            run: the only run in which these devices may ever take part.
        """
        body = {"uses": uses, "expiresIn": expires_in}
        if run is not None:
            body["run"] = run
        return str(self._api.post("enrolment-tokens", body)["token"])

    def client(
        self, run: str | None = None, state_dir: str | os.PathLike[str] | StateStore | None = None, **options: Any
    ) -> Client:
        """Returns a device of this coordinator, with a token to enrol with.

        Args:
            run: the run to take part in; None for a device that calls ``work``.
            state_dir: the folder of the device's state. By default it is in memory: after a restart of this process the device is a
                new one.
            options: more arguments of ``evenkeel.Client``.
        """
        if run is not None:
            run_name(run)
        store = MemoryStore() if state_dir is None else state_dir
        given = {"tls": self._tls, "enrolment_token": self.enrolment_token(uses=1), **options}
        return Client(self.url, run=run, state_dir=store, **given)

    def close(self) -> None:
        """Closes the connection."""
        self._api.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    def _repr_html_(self) -> str:
        return self.runs._repr_html_()
