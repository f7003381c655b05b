"""Uploads a large message in parts, so that after an interruption only the missing bytes are sent again
(draft-ietf-httpbis-resumable-upload)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..errors import ConflictError, CoordinatorError, DeadlineError
from ._refusals import require_success
from ._retries import Retries
from ._transport import Request, Response

PART_BYTES = 8 << 20
"""The size of a part in bytes. Larger messages are uploaded in parts."""

_MAX_STALLS = 10
_OFFSET = "Upload-Offset"


def upload(
    retries: Retries, standing: Request, patch: Callable[[bytes], Request], message: bytes, arrived: Callable[[int], None]
) -> bool:
    """Uploads a message.

    Args:
        standing: asks how many bytes have arrived.
        patch: creates the request that sends a part.
        arrived: called with the number of bytes that have arrived.

    Returns:
        whether the coordinator has the whole message; False if it does not accept parts, or several attempts made no progress.

    Raises:
        CoordinatorError: if the coordinator refuses the message, such as one whose round is closed.
    """

    def offset_in(request: Request, response: Response) -> int:
        require_success(request, response)
        text = response.headers.get(_OFFSET, "")
        return int(text) if text.isascii() and text.isdigit() and int(text) <= len(message) else -1

    def request_offset() -> int:
        return offset_in(standing, retries.send(standing))

    def send_part(offset: int) -> int:
        part = patch(message[offset : offset + PART_BYTES])
        part = replace(part, headers={**part.headers, _OFFSET: str(offset)})
        try:
            return offset_in(part, retries.send(part, deadline=0.0))
        except (DeadlineError, ConflictError):
            # The connection broke, here or in an earlier part. The bytes that had arrived are kept.
            return request_offset()

    def send_parts() -> bool:
        offset, stalls = request_offset(), 0
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

    try:
        return send_parts()
    except CoordinatorError as e:
        # The coordinator does not accept parts, or a proxy answered: the message is sent in one request.
        if e.problem.slug == "not-found" or type(e) is CoordinatorError:
            return False
        raise
