"""HTTP over urllib3. Does not follow redirects, since they would forward the credentials."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from ..errors import ProtocolError, UntrustedError
from ._exchange import ExchangeBounds, bounded_response
from ._printable import printable

_MAX_REFUSAL_BYTES = 256 * 1024
_PIECE_DOWN = 1 << 16
_PIECE_UP = 1 << 12
"""Each piece of a body may take up to the connect timeout, so that slow links do not count as dead."""


@dataclass(frozen=True)
class Request:
    """A request to the coordinator.

    Attributes:
        method: in upper case.
        path: the path and query after the coordinator's address.
        most: the maximum length of the body of a successful response, in bytes.
        headers: content type included.
        body: None if there is none.
        extra_timeout: how many seconds longer than the request timeout the server may be silent.
        longest: seconds for the whole exchange, plus one for each kB of body in either direction; at least the time for which the
            server may be silent.
        first_line: receives the first line of a successful response in lines as soon as it has arrived.
        repetition: the request to send from the second attempt on, if it differs.
    """

    method: str
    path: str
    most: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    extra_timeout: float = 0.0
    longest: float = 600.0
    first_line: Callable[[bytes], None] | None = field(default=None, repr=False)
    repetition: Request | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Response:
    """A response with its whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """The media type, in lower case."""
        return self.headers.get("Content-Type", "").lower()


class Transport:
    """Sends requests to one coordinator, one at a time.

    Args:
        url: the coordinator's address; its path is kept as a prefix.
        connect_timeout: seconds for making a connection.
        silence: seconds without traffic in either direction before a request fails.
        tls: the TLS context; None for Python's default.
        clock: returns a monotonic time in seconds.
    """

    def __init__(
        self,
        url: str,
        connect_timeout: float,
        silence: float,
        tls: ssl.SSLContext | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        parts = urllib3.util.parse_url(url)
        self._prefix = (parts.path or "").rstrip("/")
        self._connect_timeout = connect_timeout
        self._silence = silence
        self._clock = clock
        self._bounds = ExchangeBounds(0.0, silence, 0, 0, clock)
        self._connection: Any = None
        self._aborted = False
        options: dict[str, Any] = {"maxsize": 1, "block": False, "retries": False}
        host, port = parts.host or "", parts.port
        self._pool: urllib3.HTTPConnectionPool
        if parts.scheme == "https":
            self._pool = urllib3.HTTPSConnectionPool(host, port, ssl_context=tls or ssl.create_default_context(), **options)
        else:
            self._pool = urllib3.HTTPConnectionPool(host, port, **options)
        self._make = self._pool.ConnectionCls
        self._pool.ConnectionCls = self._remembered  # type: ignore[assignment]

    def _remembered(self, *args: Any, **options: Any) -> Any:
        """Creates a connection and stores it, so that another thread can abort it, even while it is being opened."""
        connection = self._connection = self._make(*args, **options)
        connect = connection.connect

        def watched() -> None:
            connect()
            if self._aborted:
                self.abort()

        connection.connect = watched  # type: ignore[method-assign]
        connection.response_class = lambda *args, **options: bounded_response(self._bounds, *args, **options)  # type: ignore[attr-defined]
        return connection

    def exchange(self, request: Request) -> Response:
        """Sends a request and returns the response.

        Raises:
            OSError, urllib3.exceptions.HTTPError: if the exchange failed and may be retried.
            UntrustedError: if a certificate is not trusted.
            ProtocolError: if the response is longer than ``request.most``.
        """
        if self._aborted:
            raise ConnectionAbortedError("the exchange was aborted")
        headers = dict(request.headers)
        if request.body is not None:
            headers["Content-Length"] = str(len(request.body))
        silence = self._silence + self._extra_timeout(request)
        longest = max(request.longest, self._silence + request.extra_timeout)
        most = max(request.most, _MAX_REFUSAL_BYTES)
        bounds = self._bounds = ExchangeBounds(longest, silence, len(request.body or b""), most, self._clock)
        try:
            answer = self._pool.urlopen(
                request.method,
                self._prefix + request.path,
                body=None if request.body is None else _pieces(request.body, bounds),
                headers=headers,
                timeout=urllib3.Timeout(connect=self._connect_timeout, read=silence),
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except (HTTPError, ssl.SSLError) as e:
            if _is_untrusted(e):
                reason = printable(str(e))
                raise UntrustedError(
                    f"{request} failed: {reason}; trying again would not help: check the TLS certificates"
                ) from e
            if bounds.fault:
                raise TimeoutError(bounds.fault) from e
            raise
        try:
            if answer.status < 200:
                raise ConnectionError(f"the response is an informational one, {answer.status}, that was not requested")
            bounds.in_body = True
            body = self._body(request, answer)
        except BaseException as e:
            # The rest of this response must not be read as the next one.
            answer.close()
            if bounds.fault and isinstance(e, (OSError, HTTPError)):
                raise TimeoutError(bounds.fault) from e
            raise
        answer.release_conn()
        return Response(answer.status, answer.headers, body)

    @staticmethod
    def _extra_timeout(request: Request) -> float:
        """Returns the extra timeout for the start of a response, whose first line may be due before the others."""
        return 0.0 if request.first_line else request.extra_timeout

    def _body(self, request: Request, answer: urllib3.BaseHTTPResponse) -> bytes:
        success = answer.status // 100 == 2
        most = request.most if success else _MAX_REFUSAL_BYTES
        body = bytearray()
        if success and request.first_line and is_lines(answer.headers):
            while not body.endswith(b"\n"):
                piece = answer.read(1)
                if not piece:
                    break
                body += piece
                _require_room(request, len(body), most)
            request.first_line(bytes(body).rstrip(b"\n"))
            return self._rest(request, answer, body, most)
        _read(request, answer, body, most)
        return bytes(body)

    def _rest(self, request: Request, answer: urllib3.BaseHTTPResponse, body: bytearray, most: int) -> bytes:
        """Reads the lines after the first; if they are missing, the response consists of the first line."""
        end = len(body)
        self._bounds.silence = self._silence + request.extra_timeout
        try:
            _read(request, answer, body, most)
        except (OSError, HTTPError):
            answer.close()
            return bytes(body[:end])
        return bytes(body)

    def abort(self) -> None:
        """Aborts the exchange in progress and all later ones. May be called from any thread."""
        self._aborted = True
        open_socket = getattr(self._connection, "sock", None)
        if open_socket is not None:
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Closes the connection."""
        self.abort()
        self._pool.close()


def is_lines(headers: Mapping[str, str]) -> bool:
    """Returns whether a body consists of lines of JSON."""
    return headers.get("Content-Type", "").lower().startswith("application/x-ndjson")


def _pieces(body: bytes, bounds: ExchangeBounds) -> Iterator[bytes]:
    view = memoryview(body)
    for at in range(0, len(body), _PIECE_UP):
        bounds.timeout()
        yield bytes(view[at : at + _PIECE_UP])


def _read(request: Request, answer: urllib3.BaseHTTPResponse, body: bytearray, most: int) -> None:
    while piece := answer.read(_PIECE_DOWN):
        body += piece
        _require_room(request, len(body), most)


def _require_room(request: Request, size: int, most: int) -> None:
    if size > most:
        raise ProtocolError(
            f"the response to {request} is longer than the {most} bytes allowed: "
            "check that the address is an Evenkeel coordinator"
        )


def _is_untrusted(e: BaseException | None) -> bool:
    seen = 0
    while e is not None and seen < 10:
        if isinstance(e, ssl.SSLCertVerificationError) or any(isinstance(arg, ssl.SSLCertVerificationError) for arg in e.args):
            return True
        e = e.__cause__ or e.__context__
        seen += 1
    return False
