"""The coordinator's calls that devices make. Every one may be repeated, and is. Refusals are CoordinatorErrors."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace

from ..errors import CoordinatorError, MemberNotFoundError, Problem, ProtocolError
from ._protocol import Credentials, Fields, Membership, Nothing, Receipt, Task, parse_digest, task_of
from ._retries import Retries
from ._transport import Request, Response, is_lines

_MOST_JSON = 8 << 20
_JSON = "application/json"


class Coordinator:
    """One coordinator, spoken to as one device; not thread-safe."""

    def __init__(self, retries: Retries) -> None:
        self._retries = retries
        self._credentials: Credentials | None = None

    @property
    def has_credentials(self) -> bool:
        """Whether the device has enrolled."""
        return self._credentials is not None

    def use(self, credentials: Credentials) -> None:
        """Sends these credentials from now on."""
        self._credentials = credentials

    def enrol(self, token: str, name: str | None) -> Credentials:
        """Trades an enrolment token for credentials.

        The request carries a key of its own, so that repeating it after a lost answer takes no other use of the token.
        """
        body = {"token": token} if name is None else {"token": token, "name": name}
        headers = {"Content-Type": _JSON, "Idempotency-Key": str(uuid.uuid4())}
        request = Request("POST", "/api/v1/enrolments", _MOST_JSON, headers, json.dumps(body).encode())
        return self._fresh("the enrolment", request)

    def rotate(self, keep: Callable[[Credentials], None]) -> None:
        """Asks for another secret and uses it from the next request on.

        The old one is good until then, so a lost answer does no harm; but the new one must be kept before it is used.
        """
        fresh = self._fresh("the new secret", self._request("POST", "clients/me/secret", _MOST_JSON))
        keep(fresh)
        self.use(fresh)

    def _fresh(self, what: str, request: Request) -> Credentials:
        fields = Fields.parse(what, self._accepted(request).body)
        return Credentials(fields.text("client"), fields.text("secret"))

    def join(self, run: str, weight: float) -> Membership:
        """Joins a run, or changes the weight in it; or just returns the membership if nothing changes."""
        request = self._request("PUT", f"runs/{run}/members/me", _MOST_JSON, _JSON, json.dumps({"weight": weight}).encode())
        return Membership.of(Fields.parse("the membership", self._accepted(request).body))

    def membership(self, run: str) -> Membership:
        """Returns the membership."""
        answer = self._accepted(self._request("GET", f"runs/{run}/members/me", _MOST_JSON))
        return Membership.of(Fields.parse("the membership", answer.body))

    def leave(self, run: str) -> None:
        """Leaves a run; the coordinator takes the device's share out of the sum. Who is no member has left already."""
        try:
            self._accepted(self._request("DELETE", f"runs/{run}/members/me", _MOST_JSON))
        except MemberNotFoundError:
            # The answer to an earlier request may have been lost, and the round closed since.
            pass

    def state(self, run: str, most: int) -> tuple[bytes, int, int]:
        """Returns the frame of g_i, the number of accepted messages it is the sum of, and the digest of the last."""
        answer = self._accepted(self._request("GET", f"runs/{run}/members/me/state", most))
        sequence, head = answer.headers.get("Evenkeel-Sequence", ""), parse_digest(answer.headers.get("Evenkeel-Head", ""))
        if not (sequence.isascii() and sequence.isdigit()) or head is None:
            raise ProtocolError(
                "the coordinator's answer lacks the headers Evenkeel-Sequence and Evenkeel-Head: check that no proxy removes "
                "them, and that its version matches this client's"
            )
        return answer.body, int(sequence), head

    def task(self, run: str, after: int, wait: float, since: int) -> Task:
        """Asks for work, and waits for it as long as the coordinator lets it.

        Args:
            after: the last round the device is done with, -1 if there is none.
            wait: how many seconds the coordinator may hold the question.
            since: the round whose model the device had last, to hear what an update from it would cost; -1 if there is none.
        """
        path = f"runs/{run}/task?after={after}&wait={_duration(wait)}{_replica(since)}"
        answer = self._accepted(replace(self._request("GET", path, _MOST_JSON), patience=wait))
        if answer.status == 204:
            asked = self._retries.retry_after(answer)
            return Nothing(None if asked is None else self._retries.jittered(asked))
        return task_of(Fields.parse("the task", answer.body))

    def model(self, run: str, round: int, dtype: str, most: int) -> bytes:
        """Gets a model whole, as little-endian values of type ``float32`` or ``float64``."""
        request = self._request("GET", f"runs/{run}/rounds/{round}/model?dtype={dtype}", most)
        return self._accepted(replace(request, headers={**request.headers, "Accept": "application/octet-stream"})).body

    def update(self, run: str, round: int, since: int, most: int) -> bytes:
        """Gets what changed from one round's model to another's."""
        return self._accepted(self._request("GET", f"runs/{run}/rounds/{round}/update?since={since}", most)).body

    def replica(self, run: str, round: int, most: int) -> bytes:
        """Gets x and S of a round."""
        return self._accepted(self._request("GET", f"runs/{run}/rounds/{round}/replica", most)).body

    def send(self, run: str, round: int, message: bytes, wait: float, since: int, taker: Callable[[Receipt], None]) -> Task:
        """Sends a message and asks for work after its round, in one request.

        Args:
            wait: as in ``task``.
            since: as in ``task``.
            taker: takes the receipt, as soon as it is there.

        Returns:
            the work; without a pause before the next question if there was no answer to this one.
        """
        taken = []

        def take(line: bytes) -> None:
            taken.append(line)
            taker(Receipt.parse(line))

        # A proxy may keep lines back until the answer is whole; then the receipt must not wait for that twice.
        plain = self._message(run, round, "", message)
        request = replace(
            self._message(run, round, f"?wait={_duration(wait)}{_replica(since)}", message),
            patience=wait,
            first_line=take,
            repetition=plain,
        )
        answer = self._accepted(request)
        line, _, rest = answer.body.partition(b"\n") if is_lines(answer.headers) else (answer.body, b"", b"")
        if not taken:
            taker(Receipt.parse(line))
        return self._next_task(rest) if rest.strip() else Nothing(0.0)

    def _next_task(self, data: bytes) -> Task:
        fields = Fields.parse("the task", data)
        if fields.has("retryAfter"):
            return Nothing(self._retries.jittered(float(fields.integer("retryAfter"))))
        return task_of(fields)

    def _message(self, run: str, round: int, query: str, message: bytes) -> Request:
        path = f"runs/{run}/rounds/{round}/messages/me{query}"
        return self._request("PUT", path, _MOST_JSON, "application/vnd.evenkeel.message", message)

    def _request(
        self, method: str, path: str, most: int, content_type: str | None = None, body: bytes | None = None
    ) -> Request:
        assert self._credentials is not None, "the device enrols first"
        headers = {"Authorization": f"Bearer {self._credentials.secret}"}
        if content_type is not None:
            headers["Content-Type"] = content_type
        return Request(method, f"/api/v1/{path}", most, headers, body)

    def _accepted(self, request: Request) -> Response:
        response = self._retries.send(request)
        if response.status // 100 != 2:
            raise CoordinatorError.of(_problem(request, response))
        return response


def _problem(request: Request, response: Response) -> Problem:
    title = f"status {response.status} to {request}"
    if response.content_type.startswith(("application/json", "application/problem+json")):
        try:
            fields = Fields.parse("the problem", response.body)
            return Problem(
                fields.text("type", "about:blank"),
                fields.text("title", title),
                response.status,
                fields.text("detail", ""),
                fields.text("action", ""),
            )
        except ProtocolError:
            # A proxy's idea of JSON; the status says what there is to say.
            pass
    return Problem("about:blank", title, response.status)


def _duration(seconds: float) -> str:
    return f"PT{seconds:.3f}S"


def _replica(since: int) -> str:
    return "" if since < 0 else f"&replica={since}"
