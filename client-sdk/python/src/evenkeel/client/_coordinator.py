"""Calls the coordinator's HTTP API for devices. All calls are idempotent and are retried. Refusals raise CoordinatorError."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from ..errors import CoordinatorError, MemberNotFoundError, MethodNotAllowedError, NotFoundError, ProtocolError
from ._fields import MATCH_VERSIONS, Fields, parse_digest
from ._protocol import Credentials, Membership, Nothing, Receipt, Task, WorkItem, task_of
from ._refusals import require_success
from ._retries import Retries
from ._transport import Request, Response, is_lines
from ._upload import PART_BYTES, upload

_API = "/api/v1/"
_MAX_JSON = 8 << 20
PIECE_BYTES = 8 << 20
"""The size of a piece in bytes. Larger downloads are split."""

_MAX_HEADER = 4096
"""The maximum number of bytes of a response beyond the values of its vector: a header, or an excess, so that the caller can
report the length."""

_JSON = "application/json"
_PART = "application/partial-upload"


@dataclass(frozen=True)
class OfferedVersion:
    """The response to a device's request for an alias.

    Attributes:
        number: the version's number; 0 if the device has it.
        sha256: the SHA-256 of its file in hex.
        file: the safetensors file; None if the device has it.
        rollout: the id of the roll-out that the version comes from; empty if it is the alias's
        version. baseline: the number of the alias's version during the roll-out; 0 without one.
    """

    number: int
    sha256: str
    file: bytes | None
    rollout: str
    baseline: int


@dataclass(frozen=True)
class RoundMessage:
    """A message for a round."""

    run: str
    round: int
    data: bytes = field(repr=False)
    history: str | None = None


class Coordinator:
    """A client of one coordinator for one device. Not thread-safe."""

    def __init__(self, retries: Retries) -> None:
        self._retries = retries
        self._credentials: Credentials | None = None

    @property
    def has_credentials(self) -> bool:
        """Whether the device has enrolled."""
        return self._credentials is not None

    def use(self, credentials: Credentials) -> None:
        """Sets the credentials of later requests."""
        self._credentials = credentials

    def enrol(self, token: str, name: str | None, attributes: Mapping[str, str]) -> Credentials:
        """Exchanges an enrolment token for credentials.

        The request has an idempotency key, so a retry after a lost response does not use the token again.
        """
        body: dict[str, object] = {"token": token}
        if name is not None:
            body["name"] = name
        if attributes:
            body["attributes"] = dict(attributes)
        headers = {"Content-Type": _JSON, "Idempotency-Key": str(uuid.uuid4())}
        request = Request("POST", "/api/v1/enrolments", _MAX_JSON, headers, json.dumps(body).encode())
        return self._fresh("the enrolment", request)

    def report(self, attributes: Mapping[str, str]) -> None:
        """Replaces the attributes that the device has reported."""
        body = json.dumps({"attributes": dict(attributes)}).encode()
        self._accepted(self._request("PUT", "clients/me/attributes", _MAX_JSON, _JSON, body))

    def rotate(self, keep: Callable[[Credentials], None]) -> None:
        """Requests a new secret and uses it from the next request on.

        The old one is valid until then, so losing the response is harmless. The new one must be saved before it is used.
        """
        fresh = self._fresh("the new secret", self._request("POST", "clients/me/secret", _MAX_JSON))
        keep(fresh)
        self.use(fresh)

    def _fresh(self, what: str, request: Request) -> Credentials:
        fields = Fields.parse(what, self._accepted(request).body)
        return Credentials(fields.text("client"), fields.text("secret"))

    def join(self, run: str, weight: float) -> Membership:
        """Joins a run or changes the weight in it; returns the membership."""
        request = self._request("PUT", f"runs/{run}/members/me", _MAX_JSON, _JSON, json.dumps({"weight": weight}).encode())
        return self._member(run, request)

    def membership(self, run: str) -> Membership:
        """Returns the membership."""
        return self._member(run, self._request("GET", f"runs/{run}/members/me", _MAX_JSON))

    def _member(self, run: str, request: Request) -> Membership:
        """The device stores its state under the run's name, so with the plan of another run it would start from zero."""
        member = Membership.of(Fields.parse("the membership", self._accepted(request).body))
        if member.plan.run != run:
            raise ProtocolError(
                f"the plan of run '{run}' is named '{member.plan.run}': nothing was sent; ask the coordinator's operator"
            )
        return member

    def leave(self, run: str) -> None:
        """Leaves a run; the coordinator removes the device's share from the sum. Has no effect if the device is not a
        member."""
        try:
            # The ordinal prevents a copy of this request that arrives late from ending a later membership.
            ordinal = self.membership(run).ordinal
            self._accepted(self._request("DELETE", f"runs/{run}/members/me?ordinal={ordinal}", _MAX_JSON))
        except MemberNotFoundError:
            # An earlier request may have succeeded although its response was lost.
            pass

    def report_lost(self, run: str, sequence: int, round: int) -> None:
        """Reports the loss of messages that the coordinator had acknowledged.

        Args:
            sequence: the number of the newest message for which the device has a receipt.
            round: the round of that message.
        """
        body = json.dumps({"sequence": sequence, "round": round}).encode()
        # A coordinator of an earlier version does not accept the report.
        with suppress(NotFoundError, MethodNotAllowedError):
            self._accepted(self._request("PUT", f"runs/{run}/members/me/lost", _MAX_JSON, _JSON, body))

    def report_next_round(self, run: str, round: int) -> None:
        """Reports the first round of a run with secure aggregation in which the device takes part again."""
        body = json.dumps({"round": round}).encode()
        # A coordinator of an earlier version does not accept the report.
        with suppress(NotFoundError, MethodNotAllowedError):
            self._accepted(self._request("PUT", f"runs/{run}/members/me/next-round", _MAX_JSON, _JSON, body))

    def state(self, run: str, dimension: int) -> tuple[bytes, int, int]:
        """Returns the frame of g_i, the number of accepted messages in it, and the digest of the last."""
        answer = self._accepted(self._request("GET", f"runs/{run}/members/me/state", 8 * dimension + _MAX_HEADER))
        sequence, head = answer.headers.get("Evenkeel-Sequence", ""), parse_digest(answer.headers.get("Evenkeel-Head", ""))
        if not (sequence.isascii() and sequence.isdigit()) or head is None:
            raise ProtocolError(
                "the coordinator's response lacks the headers Evenkeel-Sequence and Evenkeel-Head: check that no proxy removes "
                "them, and that its version matches this client's"
            )
        return answer.body, int(sequence), head

    def task(
        self, run: str, after: int, wait: float, since: int, history: str | None = None, sequence: int | None = None
    ) -> Task:
        """Requests work with a long poll.

        Args:
            after: the last round that the device has completed, -1 if there is none.
            wait: how many seconds the coordinator may hold the request.
            since: the round of the device's last model, from which the coordinator computes an update's size; -1 if there is
                none.
            history: the history of the model of round ``after``; None if it is not known.
            sequence: the number of the newest message for which the device has a receipt.
        """
        path = f"runs/{run}/task?after={after}{_named(history)}&wait={_duration(wait)}{_replica(since)}"
        path += "" if sequence is None else f"&sequence={sequence}"
        answer = self._accepted(replace(self._request("GET", path, _MAX_JSON), extra_timeout=wait))
        if answer.status == 204:
            asked = self._retries.retry_after(answer)
            return Nothing(None if asked is None else self._retries.pause_before_next(asked))
        return task_of(Fields.parse("the task", answer.body))

    def check_in(self, wait: float, limit: int) -> tuple[list[WorkItem], float | None]:
        """Checks in, with a long poll and a single attempt.

        If all devices of a fleet retried within seconds, they would overload the coordinator after an outage.

        Args:
            wait: how many seconds the coordinator may hold the request.
            limit: the maximum number of items of work.

        Returns:
            the items of work, the most important first, and the seconds until the next check-in; None if the coordinator sent
            none.

        Raises:
            DeadlineError: if the attempt failed.
        """
        request = replace(self._request("GET", f"work?wait={_duration(wait)}&limit={limit}", _MAX_JSON), extra_timeout=wait)
        answer = self._retries.send(request, deadline=0.0)
        require_success(request, answer)
        pause = self._retries.retry_after(answer)
        if answer.status == 204:
            return [], pause
        return [WorkItem.of(item) for item in Fields.parse("the check-in", answer.body).objects("work")], pause

    def decline(self, run: str, round: int, reason: str) -> None:
        """Declines to take part in a round."""
        body = json.dumps({"reason": reason}).encode()
        self._accepted(self._request("PUT", f"runs/{run}/rounds/{round}/declines/me", _MAX_JSON, _JSON, body))

    def model(
        self,
        run: str,
        round: int,
        dtype: str,
        size: int,
        holder: str = "",
        part: slice | None = None,
        history: str | None = None,
    ) -> bytes:
        """Downloads a model, as little-endian values of type ``float32`` or ``float64``.

        Args:
            size: the length of the whole model in bytes.
            part: the requested bytes; None for all.
            holder: ``coordinator`` for the coordinator's model, which devices do not have in a run with a lossy downlink.
            history: the history of the model; None if it is not known.

        Returns:
            the part; the whole model if a proxy dropped the range.
        """
        path = f"runs/{run}/rounds/{round}/model?dtype={dtype}" + (f"&holder={holder}" if holder else "") + _named(history)
        request = self._request("GET", path, size + _MAX_HEADER)
        headers = {**request.headers, "Accept": "application/octet-stream"}
        if part is not None:
            headers["Range"] = f"bytes={part.start}-{part.stop - 1}"
        return self._accepted(replace(request, headers=headers)).body

    def version(self, model: str, alias: str, known: list[str], most: int) -> OfferedVersion:
        """Downloads the version that an alias names for the device.

        Args:
            known: the SHA-256 in hex of the versions that the device has, the one in use first; they are not downloaded again.
        """
        request = self._request("GET", f"models/{model}/versions/@{alias}?format=safetensors", most)
        if known:
            tags = ", ".join(f'"{sha256}-safetensors"' for sha256 in known)
            request = replace(request, headers={**request.headers, "If-None-Match": tags})
        answer = self._retries.send(request)
        rollout = answer.headers.get("Evenkeel-Rollout", "")
        rollout = rollout if re.fullmatch("[a-z0-9]{1,64}", rollout) else ""
        if answer.status == 304:
            tag = answer.headers.get("ETag", "")
            same = next((sha256 for sha256 in known if f'"{sha256}-safetensors"' in tag), known[0] if known else "")
            return OfferedVersion(0, same, None, rollout, 0)
        require_success(request, answer)
        number = answer.headers.get("Evenkeel-Model-Version", "")
        digest = re.fullmatch("sha-256=:([A-Za-z0-9+/]{43}=):", answer.headers.get("Repr-Digest", ""))
        if not (number.isascii() and number.isdigit()) or digest is None:
            raise ProtocolError(
                "the coordinator's response lacks the headers Evenkeel-Model-Version and Repr-Digest: check that no proxy removes "
                "them, and that its version matches this client's"
            )
        baseline = answer.headers.get("Evenkeel-Rollout-Baseline", "")
        return OfferedVersion(
            int(number),
            base64.b64decode(digest[1]).hex(),
            answer.body,
            rollout,
            int(baseline) if baseline.isascii() and baseline.isdigit() else 0,
        )

    def report_version(self, rollout: str, report: Mapping[str, object]) -> None:
        """Reports on the version of a roll-out."""
        body = json.dumps(report).encode()
        self._accepted(self._request("PUT", f"rollouts/{rollout}/reports/me", _MAX_JSON, _JSON, body))

    def evaluated_model(self, path: str, most: int) -> bytes:
        """Downloads the model of an evaluation as a safetensors file, from the path in the check-in."""
        if not path.startswith(_API):
            raise ProtocolError(
                f"the model of an evaluation is at {path!r}, expected a path that begins with {_API}: {MATCH_VERSIONS}"
            )
        return self._accepted(self._request("GET", f"{path[len(_API) :]}?format=safetensors", most)).body

    def report_evaluation(self, evaluation: str, result: Mapping[str, object]) -> None:
        """Sends the result of an evaluation; the same result again changes nothing."""
        body = json.dumps(result, allow_nan=False).encode()
        self._accepted(self._request("PUT", f"evaluations/{evaluation}/results/me", _MAX_JSON, _JSON, body))

    def update(
        self,
        run: str,
        round: int,
        since: int,
        most: int,
        arrived: Callable[[int, int], None] = lambda count, size: None,
        history: str | None = None,
    ) -> bytes:
        """Downloads the updates or deltas from one round's model to another's; other arguments as in ``replica``."""
        return self._in_pieces(f"runs/{run}/rounds/{round}/update?since={since}{_named(history)}", most, arrived)

    def replica(
        self,
        run: str,
        round: int,
        dimension: int,
        arrived: Callable[[int, int], None] = lambda count, size: None,
        history: str | None = None,
    ) -> bytes:
        """Downloads x and S of a round.

        Args:
            history: the history of the round's model; None if it is not known.
            arrived: called after each piece of a large body, with the number of bytes that have arrived and the total.
        """
        path = f"runs/{run}/rounds/{round}/replica{_named(history, first=True)}"
        return self._in_pieces(path, 16 * dimension + _MAX_HEADER, arrived)

    def _in_pieces(self, path: str, most: int, arrived: Callable[[int, int], None]) -> bytes:
        """Downloads a body piece by piece, so that after an interruption only the current piece is repeated."""
        request = self._request("GET", path, most)
        if most <= PIECE_BYTES:
            return self._accepted(request).body
        pieces: list[bytes] = []
        start, size = 0, 1
        while start < size:
            headers = {**request.headers, "Range": f"bytes={start}-{start + PIECE_BYTES - 1}"}
            response = self._accepted(replace(request, headers=headers))
            total = response.headers.get("Content-Range", "").rpartition("/")[2]
            if response.status != 206 or not response.body or not total.isdigit() or int(total) > most:
                return response.body  # from a proxy that drops ranges
            pieces.append(response.body)
            start, size = start + len(response.body), int(total)
            if size > PIECE_BYTES:
                arrived(start, size)
        return b"".join(pieces)

    def send(
        self,
        message: RoundMessage,
        wait: float,
        since: int,
        taker: Callable[[Receipt], None],
        arrived: Callable[[int], None] = lambda count: None,
    ) -> Task:
        """Sends a message and requests the next task, in one request. A large message is first uploaded in parts.

        Args:
            wait: as in ``task``.
            since: as in ``task``.
            taker: receives the receipt as soon as it has arrived.
            arrived: called with the number of bytes of a large message that have arrived.

        Returns:
            the task; ``Nothing`` without a pause if the response contained none.
        """
        if len(message.data) > PART_BYTES:
            sha256 = hashlib.sha256(message.data).hexdigest()
            path = f"runs/{message.run}/members/me/uploads/{sha256}?round={message.round}"
            standing = self._request("GET", path, _MAX_JSON)

            def patch(part: bytes) -> Request:
                return self._request("PATCH", path, _MAX_JSON, _PART, part)

            if upload(self._retries, standing, patch, message.data, arrived):
                try:
                    return self._send(replace(message, data=b""), f"upload={sha256}", wait, since, taker)
                except CoordinatorError as e:
                    # The upload was deleted, or is on another replica.
                    if e.problem.slug != "not-found":
                        raise
        return self._send(message, "", wait, since, taker)

    def _send(self, message: RoundMessage, upload: str, wait: float, since: int, taker: Callable[[Receipt], None]) -> Task:
        taken = []

        def take(line: bytes) -> None:
            taken.append(line)
            taker(Receipt.parse(line))

        # If a proxy buffers the response until it is complete, the receipt must not be delayed twice.
        more = _named(message.history) + (f"&{upload}" if upload else "")
        plain = self._message(message, more.replace("&", "?", 1))
        request = replace(
            self._message(message, f"?wait={_duration(wait)}{_replica(since)}{more}"),
            extra_timeout=wait,
            first_line=take,
            repetition=plain,
        )
        answer = self._accepted(request)
        line, _, rest = answer.body.partition(b"\n") if is_lines(answer.headers) else (answer.body, b"", b"")
        if not taken:
            taker(Receipt.parse(line))
        return self._next_task(rest) if rest.strip() else Nothing(0.0)

    def send_frame(self, path: str, content_type: str, frame: bytes) -> None:
        """Sends a frame to a path below ``/api/v1/``; sending the same again has no effect."""
        self._accepted(self._request("PUT", path, _MAX_JSON, content_type, frame))

    def send_once(self, path: str, content_type: str, body: bytes) -> None:
        """Sends a body to a path below ``/api/v1/`` in a single attempt; raises DeadlineError if it failed."""
        request = self._request("PUT", path, _MAX_JSON, content_type, body)
        require_success(request, self._retries.send(request, deadline=0.0))

    def download(self, path: str, most: int) -> bytes:
        """Returns the resource at a path below ``/api/v1/``, empty if there is none."""
        # A problem document may be longer than the body of a small model.
        return self._accepted(self._request("GET", path, max(most, _MAX_JSON))).body

    def poll(self, path: str, wait: float, most: int) -> bytes | float | None:
        """Requests a resource that may not exist yet, with a long poll.

        Args:
            wait: how many seconds the coordinator may hold the request.
            most: the maximum number of bytes.

        Returns:
            the body, or the number of seconds until the next request, None if the coordinator sent none.
        """
        more = "&" if "?" in path else "?"
        request = replace(self._request("GET", f"{path}{more}wait={_duration(wait)}", most), extra_timeout=wait)
        answer = self._accepted(request)
        if answer.status != 204:
            return answer.body
        asked = self._retries.retry_after(answer)
        return None if asked is None else self._retries.pause_before_next(asked)

    def _next_task(self, data: bytes) -> Task:
        fields = Fields.parse("the task", data)
        if fields.has("retryAfter"):
            return Nothing(self._retries.pause_before_next(float(fields.integer("retryAfter"))))
        return task_of(fields)

    def _message(self, message: RoundMessage, query: str) -> Request:
        path = f"runs/{message.run}/rounds/{message.round}/messages/me{query}"
        return self._request("PUT", path, _MAX_JSON, "application/vnd.evenkeel.message", message.data)

    def _request(self, method: str, path: str, most: int, content_type: str | None = None, body: bytes | None = None) -> Request:
        assert self._credentials is not None, "the device enrols first"
        headers = {"Authorization": f"Bearer {self._credentials.secret}"}
        if content_type is not None:
            headers["Content-Type"] = content_type
        return Request(method, f"/api/v1/{path}", most, headers, body)

    def _accepted(self, request: Request) -> Response:
        response = self._retries.send(request)
        require_success(request, response)
        return response


def _duration(seconds: float) -> str:
    return f"PT{seconds:.3f}S"


def _named(history: str | None, first: bool = False) -> str:
    """Returns the parameter that names a history; empty if it is not known."""
    return "" if history is None else f"{'?' if first else '&'}history={history}"


def _replica(since: int) -> str:
    return "" if since < 0 else f"&replica={since}"
