"""Uploads a large message in parts, so that a break repeats only what had not arrived (draft-ietf-httpbis-resumable-upload)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..errors import DeadlineError
from ._retries import Retries
from ._transport import Request

PART_BYTES = 8 << 20
"""Larger messages are uploaded, in parts of this many bytes."""

_MAX_STALLS = 10
_OFFSET = "Upload-Offset"


def upload(
    retries: Retries, head: Request, patch: Callable[[bytes], Request], message: bytes, arrived: Callable[[int], None]
) -> bool:
    """Uploads a message.

    Args:
        head: asks how many bytes have arrived.
        patch: makes the request that sends a part.
        arrived: called with the number of bytes that have arrived.

    Returns:
        whether the coordinator has all of it; False if it takes messages only whole, or nothing more arrived in several attempts.
    """
    offset, stalls = -1, 0
    while stalls < _MAX_STALLS:
        standing = retries.send(head)
        text = standing.headers.get(_OFFSET, "")
        if standing.status // 100 != 2 or not (text.isascii() and text.isdigit()) or int(text) > len(message):
            return False
        stalls = 0 if int(text) > offset else stalls + 1
        offset = int(text)
        if offset > 0 and stalls == 0:
            arrived(offset)
        if offset == len(message):
            return True
        if stalls:
            retries.pause(stalls)
        part = patch(message[offset : offset + PART_BYTES])
        try:
            answer = retries.send(replace(part, headers={**part.headers, _OFFSET: str(offset)}), deadline=0.0)
        except DeadlineError:
            # The connection broke. What had arrived by then stays.
            continue
        if answer.status // 100 != 2 and answer.status != 409:
            return False
    return False
