"""The cause of a failed exchange, in words, and whether the same request can succeed later."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from urllib3.exceptions import NameResolutionError


def setting_at_fault(failure: BaseException) -> str | None:
    """Returns what to check if a failure is most likely a wrong setting on a device that never reached the coordinator.

    On a device that did, it is most likely an outage. None for failures that pass.
    """
    for cause in _causes(failure):
        if isinstance(cause, (NameResolutionError, socket.gaierror)):
            return "check the coordinator's address, and that the device has a network and a name server"
        if isinstance(cause, ssl.SSLError):
            text = str(cause).lower().replace(" ", "_")
            if "wrong_version_number" in text or "record_layer_failure" in text or "http_request" in text:
                return "check the port, or use http:// if the coordinator serves plain HTTP there"
            if "alert" in text:
                return "check the certificate that the device shows, and the TLS versions of both sides"
    return None


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """Gives a failure and what it came from; urllib3 hands some causes on as arguments."""
    seen: list[BaseException] = []
    waiting: list[BaseException] = [failure]
    while waiting and len(seen) < 20:
        cause = waiting.pop(0)
        seen.append(cause)
        yield cause
        related = [cause.__cause__, cause.__context__, *cause.args]
        waiting += [e for e in related if isinstance(e, BaseException) and e not in seen]
