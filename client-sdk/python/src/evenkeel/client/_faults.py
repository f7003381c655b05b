"""The cause of a failed exchange, as text, and whether a retry can succeed."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

from urllib3.exceptions import NameResolutionError

from ._printable import printable

_CONNECTION = re.compile(r"^<[^<>]*>: |^HTTPS?Connection\([^)]*\): ")
"""The prefix of urllib3 before a failure's text: the connection's representation, in older versions with its memory address."""


def cause_text(failure: BaseException) -> str:
    """Returns a failure's readable text; the name of its type if it has no text."""
    return printable(_CONNECTION.sub("", str(failure))) or type(failure).__name__


def setting_at_fault(failure: BaseException) -> str | None:
    """Returns advice if a failure is probably a wrong setting, on a device that never reached the coordinator.

    On a device that reached it before, the same failure is probably an outage. None for temporary failures.
    """
    for cause in _causes(failure):
        if isinstance(cause, (NameResolutionError, socket.gaierror)):
            return "check the coordinator's address, and that the device has a network and a name server"
        if isinstance(cause, ssl.SSLError):
            text = str(cause).lower().replace(" ", "_")
            if "wrong_version_number" in text or "record_layer_failure" in text or "http_request" in text:
                return "check the port, or use http:// if the coordinator serves plain HTTP there"
            if "alert" in text:
                return "check the certificate that the device presents, and the TLS versions of both sides"
    return None


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """Yields a failure and its causes; urllib3 passes some causes as arguments."""
    seen: list[BaseException] = []
    waiting: list[BaseException] = [failure]
    while waiting and len(seen) < 20:
        cause = waiting.pop(0)
        seen.append(cause)
        yield cause
        related = [cause.__cause__, cause.__context__, *cause.args]
        waiting += [e for e in related if isinstance(e, BaseException) and e not in seen]
