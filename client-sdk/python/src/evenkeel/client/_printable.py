"""Prepares a server's text for messages and logs."""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, line separators, and characters that change the direction of text."""

_MAX_LENGTH = 2000


def printable(text: str) -> str:
    """Escapes control characters, which could change a terminal or forge lines of a log, and truncates long text."""
    short = text if len(text) <= _MAX_LENGTH else text[:_MAX_LENGTH] + "..."
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", short)


def has_controls(text: str) -> bool:
    """Returns whether a text has characters that ``printable`` escapes."""
    return _CONTROLS.search(text) is not None
