"""Large messages over links that break."""

import hashlib
import json

import pytest

from evenkeel.client._coordinator import Coordinator, RoundMessage
from evenkeel.client._progress import ProgressListener
from evenkeel.client._protocol import Credentials
from evenkeel.client._retries import Retries
from evenkeel.client._transport import Response
from evenkeel.client._upload import PART_BYTES
from evenkeel.errors import CoordinatorError, RoundClosedError

from .test_retries import Pauses

MESSAGE = bytes(range(256)) * 81920
SHA256 = hashlib.sha256(MESSAGE).hexdigest()
UPLOAD = f"/api/v1/runs/r/members/me/uploads/{SHA256}"
RECEIPT = json.dumps({"run": "r", "client": "c", "round": 3, "sequence": 1, "digest": "0" * 16, "head": "0" * 16}).encode()
PROBLEM = {"Content-Type": "application/problem+json"}


def problem(status, slug):
    return Response(status, PROBLEM, json.dumps({"type": f"urn:evenkeel:problem:{slug}"}).encode())


class Link:
    """A coordinator behind a link.

    Args:
        cuts: the number of bytes after which each part's request breaks off; None if it does not, -1 if the answer is lost.
    """

    def __init__(self, *cuts, uploads=True):
        self.cuts = list(cuts)
        self.uploads = uploads
        self.there = b""
        self.sent = 0
        self.requests = []
        self.messages = []

    def exchange(self, request):
        path, _, query = request.path.partition("?")
        self.requests.append(request.method)
        if path == UPLOAD:
            assert query == "round=3"
            return self.upload(request)
        assert (request.method, path) == ("PUT", "/api/v1/runs/r/rounds/3/messages/me")
        if f"upload={SHA256}" in query:
            assert request.body == b""
            if hashlib.sha256(self.there).hexdigest() != SHA256:
                return problem(404, "not-found")
            self.messages.append(self.there)
        else:
            self.messages.append(request.body)
        return Response(201, {"Content-Type": "application/json"}, RECEIPT)

    def upload(self, request):
        if not self.uploads:
            return Response(404, {}, b"")
        if request.method == "PATCH":
            offset = int(request.headers["Upload-Offset"])
            assert len(request.body) <= PART_BYTES
            if offset != len(self.there):
                return problem(409, "conflict")
            cut = self.cuts.pop(0) if self.cuts else None
            part = request.body if cut in (None, -1) else request.body[:cut]
            self.sent += len(part)
            self.there += part
            if cut is not None:
                raise ConnectionResetError("the link is down")
        return Response(204, {"Upload-Offset": str(len(self.there))}, b"")


def send(link, message=MESSAGE):
    stop, arrived, receipts = Pauses(), [], []
    coordinator = Coordinator(Retries(link, 60, stop, lambda *_: None, draw=lambda: 0.5, clock=lambda: sum(stop.slept)))
    coordinator.use(Credentials("c", "secret"))
    coordinator.send(RoundMessage("r", 3, message), 0.0, -1, receipts.append, arrived.append)
    assert len(receipts) == 1
    return arrived


@pytest.mark.parametrize("cuts", [(), (1,), (-1,), (None, 0), (PART_BYTES, -1, 5), (100_000,) * 150])
def test_a_broken_link_repeats_nothing_that_has_arrived(cuts):
    link = Link(*cuts)
    arrived = send(link)
    assert link.messages == [MESSAGE]
    assert link.sent == len(MESSAGE)
    assert arrived == sorted(set(arrived))
    assert arrived[-1] == len(MESSAGE)


def test_the_offset_is_requested_at_the_beginning_and_after_a_failure():
    link = Link()
    send(link)
    assert link.requests == ["GET", "PATCH", "PATCH", "PATCH", "PUT"]
    link = Link(5)
    send(link)
    assert link.requests == ["GET", "PATCH", "GET", "PATCH", "PATCH", "PATCH", "PUT"]


def test_an_upload_continues_after_a_restart():
    link = Link()
    link.there = MESSAGE[:-10]
    assert send(link) == [len(MESSAGE) - 10, len(MESSAGE)]
    assert link.sent == 10


@pytest.mark.parametrize("link", [Link(uploads=False), Link(*[0] * 99)])
def test_a_message_is_sent_in_one_request_if_parts_are_not_accepted_or_never_arrive(link):
    send(link)
    assert link.messages == [MESSAGE]


def test_a_message_is_sent_in_one_request_if_the_upload_is_damaged():
    link = Link()
    link.there = b"x" + MESSAGE[1:]
    send(link)
    assert link.messages == [MESSAGE]


def test_a_small_message_is_sent_in_one_request():
    link = Link()
    send(link, b"small")
    assert link.requests == ["PUT"]


def test_a_proxy_s_body_limit_is_named():
    link = Link()
    link.exchange = lambda request: Response(413, {"Content-Type": "text/html"}, b"<html>413 Request Entity Too Large</html>")
    with pytest.raises(
        CoordinatorError, match="a proxy in front of the coordinator does not accept a body of this length: raise its limit"
    ):
        send(link)


def test_a_refused_message_is_not_sent_again():
    link = Link()
    link.upload = lambda request: Response(204, {"Upload-Offset": str(len(MESSAGE))}, b"")
    answered = []
    exchange = link.exchange
    link.exchange = lambda request: (
        exchange(request) if request.method == "GET" else answered.append(request) or problem(409, "round-closed")
    )
    with pytest.raises(CoordinatorError):
        send(link)
    assert len(answered) == 1


@pytest.mark.parametrize("closed_after", [0, 1])
def test_a_round_that_closes_ends_the_upload(closed_after):
    link = Link()
    upload = link.upload
    link.upload = lambda request: upload(request) if link.sent <= closed_after - 1 else problem(409, "round-closed")
    with pytest.raises(RoundClosedError):
        send(link)
    assert link.sent == closed_after * PART_BYTES
    assert link.messages == []


def test_progress_shows_how_much_has_arrived():
    lines = []
    ProgressListener(lines.append).message_part_arrived(3, 8 << 20, 19 << 20)
    assert lines == ["round 3 of 0: 8 of 19 MiB of the message sent"]
