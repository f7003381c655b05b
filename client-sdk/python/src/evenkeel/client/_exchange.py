"""The bounds of one exchange with a server: its time, and the bytes before a response's body."""

from __future__ import annotations

import http.client
import io
import time
from collections.abc import Callable
from typing import Any

from ..errors import ProtocolError

_MIN_BYTES_PER_SECOND = 1000
_MAX_HEADER_BYTES = 1 << 18
_MAX_CHUNKING = 8
"""A chunk of a single byte takes six bytes."""


class ExchangeBounds:
    """Bounds an exchange. Otherwise a server that sends a byte now and then, or endless informational responses, would block the
    device forever.

    Args:
        seconds: for the exchange, and one more for each kB of body in either direction.
        silence: seconds without a byte from the server.
        sent: the length of the request's body.
        most: the maximum length of the response's body.
        clock: returns a monotonic time in seconds.

    Attributes:
        silence: as the argument; may change.
        fault: the bound that the exchange has exceeded, empty for none.
        in_body: whether the response's headers have been read.
    """

    def __init__(self, seconds: float, silence: float, sent: int, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.silence = silence
        self.fault = ""
        self.in_body = False
        self._most = most
        self._clock = clock
        self._end = clock() + seconds + sent / _MIN_BYTES_PER_SECOND
        self._start = clock()
        self._received = 0

    def timeout(self) -> float:
        """Returns the maximum number of seconds for the next read; raises TimeoutError if the time is over."""
        received = self._received / _MIN_BYTES_PER_SECOND if self.in_body else 0.0
        left = self._end + received - self._clock()
        if left <= 0:
            self.fault = f"the exchange was not complete after {self._clock() - self._start:.0f} s, at less than 1 kB a second"
            raise TimeoutError(self.fault)
        return min(left, self.silence)

    def count(self, received: int) -> None:
        """Counts bytes from the server; raises ProtocolError if there are more than the headers or the body may have."""
        self._received += received
        most = _MAX_HEADER_BYTES + (_MAX_CHUNKING * self._most if self.in_body else 0)
        if self._received > most:
            what = "response with its framing is" if self.in_body else "headers of a response are"
            raise ProtocolError(
                f"the {what} longer than the {most} bytes allowed: check that the address is an Evenkeel coordinator"
            )


class BoundedReader(io.RawIOBase):
    """Reads from a socket within the bounds of an exchange."""

    def __init__(self, raw: io.RawIOBase, sock: Any, bounds: ExchangeBounds) -> None:
        self._raw = raw
        self._socket = sock
        self._bounds = bounds

    def readable(self) -> bool:
        """Returns True."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Reads the available bytes; waits if there are none."""
        self._socket.settimeout(self._bounds.timeout())
        count: int | None = self._raw.readinto(buffer)
        self._bounds.count(count or 0)
        return count

    def close(self) -> None:
        """Closes the socket's file."""
        self._raw.close()
        super().close()


def bounded_response(bounds: ExchangeBounds, sock: Any, *args: Any, **options: Any) -> http.client.HTTPResponse:
    """Returns a response that is read within the bounds; the arguments are those of ``http.client.HTTPResponse``."""
    response = http.client.HTTPResponse(sock, *args, **options)
    response.fp = io.BufferedReader(BoundedReader(response.fp.detach(), sock, bounds))
    return response
