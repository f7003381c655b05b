"""Uploads a large message in parts, so that a break repeats only what had not arrived (draft-ietf-httpbis-resumable-upload)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..errors import DeadlineError
from ._retries import Retries
from ._transport import Request, Response

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

    def sent(response: Response) -> int:
        text = response.headers.get(_OFFSET, "") if response.status // 100 == 2 else ""
        return int(text) if text.isascii() and text.isdigit() and int(text) <= len(message) else -1

    def send_part(offset: int) -> int:
        part = patch(message[offset : offset + PART_BYTES])
        try:
            answer = retries.send(replace(part, headers={**part.headers, _OFFSET: str(offset)}), deadline=0.0)
        except DeadlineError:
            # The connection broke. What had arrived by then stays.
            return sent(retries.send(head))
        return sent(retries.send(head) if answer.status == 409 else answer)

    offset, stalls = sent(retries.send(head)), 0
    if offset > 0:
        arrived(offset)
    while 0 <= offset < len(message) and stalls < _MAX_STALLS:
        if stalls:
            retries.pause(stalls)
        before, offset = offset, send_part(offset)
        stalls = 0 if offset > before else stalls + 1
        if not stalls:
            arrived(offset)
    return offset == len(message)
