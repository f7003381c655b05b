"""Calls the coordinator's HTTP API as an operator."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from urllib3.exceptions import HTTPError

from ..client._faults import cause_text, setting_at_fault
from ..client._refusals import require_success
from ..client._transport import Request, Transport
from ..errors import ProtocolError, UnreachableError

_MAX_JSON = 64 << 20
_PAGE = 1000
_LONGEST = 3600.0


class OperatorApi:
    """Sends requests with an operator's token, one at a time. Thread-safe.

    Args:
        url: the coordinator's address.
        token: an operator's token; a viewer's token can only read.
    """

    def __init__(self, url: str, token: str, connect_timeout: float, request_timeout: float, tls: ssl.SSLContext | None) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._transport = Transport(url, connect_timeout, request_timeout, tls)
        self._lock = threading.Lock()

    def get(self, path: str) -> Any:
        """Returns the parsed response."""
        return self._parsed("GET", path, None)

    def entries(self, path: str, key: str) -> Iterator[Mapping[str, Any]]:
        """Returns the entries of all pages of a list; a page starts after the ``key`` of the previous page's last entry."""
        after = ""
        while page := self.get(f"{path}?limit={_PAGE}{after}"):
            yield from page
            after = f"&after={page[-1][key]}"

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Sends a body as JSON and returns the parsed response."""
        return self._parsed("POST", path, None if body is None else json.dumps(body).encode())

    def delete(self, path: str) -> None:
        """Deletes the resource at a path."""
        self._send(Request("DELETE", f"/api/v1/{path}", _MAX_JSON, self._headers))

    def upload(self, path: str, content_type: str, body: bytes) -> None:
        """Replaces the resource at a path with bytes."""
        self._send(
            Request("PUT", f"/api/v1/{path}", _MAX_JSON, {**self._headers, "Content-Type": content_type}, body, longest=_LONGEST)
        )

    def download(self, path: str, most: int) -> bytes:
        """Returns the bytes of a response, whatever its type."""
        headers = {**self._headers, "Accept": "*/*"}
        return self._send(Request("GET", f"/api/v1/{path}", most, headers, longest=_LONGEST))

    def close(self) -> None:
        """Closes the connection."""
        self._transport.close()

    def _parsed(self, method: str, path: str, body: bytes | None) -> Any:
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        request = Request(method, f"/api/v1/{path}", _MAX_JSON, headers, body)
        answer = self._send(request)
        try:
            return json.loads(answer)
        except (ValueError, RecursionError) as e:
            raise ProtocolError(f"the answer to {request} is not JSON: check that {self._url} is an Evenkeel coordinator") from e

    def _send(self, request: Request) -> bytes:
        try:
            with self._lock:
                response = self._transport.exchange(request)
        except (OSError, HTTPError) as e:
            check = setting_at_fault(e) or f"check that a coordinator runs at {self._url}"
            raise UnreachableError(f"{request} failed: {cause_text(e)}: {check}") from e
        require_success(request, response)
        return response.body
