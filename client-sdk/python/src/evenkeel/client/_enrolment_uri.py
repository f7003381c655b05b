"""The URI in the QR code of an enrolment token."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from ..errors import ArgumentError

_FORM = "evenkeel://enrol?coordinator=https%3A%2F%2Ffleet.example&token=evk_enrol_..."


def parse_enrolment_uri(uri: str) -> tuple[str, str, str | None]:
    """Returns the coordinator's address, the token, and the run if the token is for one. Ignores unknown parameters.

    Raises:
        ArgumentError: if it does not have this form; the message does not contain the token.
    """
    if not isinstance(uri, str):
        raise _refusal("it is not a string")
    try:
        parts = urlsplit(uri.strip())
        values = parse_qs(parts.query, errors="strict")
    except ValueError:
        raise _refusal("it is not a URI") from None
    if parts.scheme != "evenkeel" or parts.netloc != "enrol" or not parts.query:
        raise _refusal("it does not begin with evenkeel://enrol?")
    for name in ("coordinator", "token"):
        if name not in values:
            raise _refusal(f"it has no '{name}'")
    return values["coordinator"][-1], values["token"][-1], values.get("run", [None])[-1]


def _refusal(why: str) -> ArgumentError:
    return ArgumentError(f"the enrolment URI cannot be read ({why}): expected one from the console, such as {_FORM}")
