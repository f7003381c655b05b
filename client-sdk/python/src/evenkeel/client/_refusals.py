"""Converts refusals to errors."""

from __future__ import annotations

from ..errors import CoordinatorError, Problem, ProtocolError
from ._fields import Fields
from ._transport import Request, Response

_PROXY_LIMIT = "a proxy in front of the coordinator does not accept a body of this length: raise its limit, such as client_max_body_size in nginx"


def require_success(request: Request, response: Response) -> None:
    """Raises the CoordinatorError for a refusal."""
    if response.status // 100 != 2:
        raise CoordinatorError.of(_problem(request, response))


def _problem(request: Request, response: Response) -> Problem:
    title = f"status {response.status} to {request}"
    if response.content_type.startswith(("application/json", "application/problem+json")):
        try:
            fields = Fields.parse("the problem", response.body)
            return Problem(
                fields.message("type", "about:blank"),
                fields.message("title", title),
                response.status,
                fields.message("detail", ""),
                fields.message("action", ""),
            )
        except ProtocolError:
            # The response comes from a proxy; its status suffices.
            pass
    return Problem("about:blank", title, response.status, "", _PROXY_LIMIT if response.status == 413 else "")
