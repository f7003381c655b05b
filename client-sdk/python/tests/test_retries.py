"""Tests retries of requests, their pauses, and how a request is stopped."""

import inspect
import socket
import threading
import time

import pytest
from urllib3.exceptions import HTTPError

from evenkeel import Client, errors
from evenkeel.client import MemoryStore
from evenkeel.client._retries import Retries
from evenkeel.client._stop import StopSignal
from evenkeel.client._transport import Request, Response, Transport

from .answering_server import hangs_up, says


class Pauses(StopSignal):
    """Records pauses instead of waiting."""

    def __init__(self):
        super().__init__()
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.check()


def retries(server, stop, deadline=600.0, draw=lambda: 0.5):
    transport = Transport(server.url, 5, 5, None)
    return Retries(transport, deadline, stop, lambda *a: None, draw=draw, clock=lambda: sum(stop.slept))


def test_failures_are_retried_after_growing_pauses_of_at_least_retry_after(serving):
    server = serving(hangs_up, says(503), says(429, Retry_After=7), says(500), says(200, b"yes"))
    stop = Pauses()
    assert retries(server, stop).send(Request("GET", "/x", 10)).body == b"yes"
    assert stop.slept == [0.375, 0.75, pytest.approx(7.7), 3.0]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 302, 501])
def test_permanent_failures_are_not_retried(serving, status):
    server, stop = serving(says(status, Location="http://elsewhere.invalid/")), Pauses()
    assert retries(server, stop).send(Request("GET", "/x", 10)).status == status
    assert stop.slept == []


def test_the_deadline_covers_all_attempts(serving):
    server, stop = serving(*[says(503)] * 99), Pauses()
    with pytest.raises(errors.DeadlineError, match="status 503.*the state is saved"):
        retries(server, stop, deadline=60).send(Request("GET", "/x", 10))
    assert sum(stop.slept) <= 60


def test_a_refused_connection_is_reported_without_the_connection_itself():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        told = []
        transport = Transport(f"http://127.0.0.1:{port}", 5, 5, None)
        with pytest.raises(errors.DeadlineError):
            Retries(transport, 1, Pauses(), lambda *a: told.append(a)).send(Request("GET", "/x", 10))
    assert told and all(cause.startswith("Failed to establish a new connection: ") for _, cause, _ in told)


def test_a_wall_clock_that_jumps_does_not_move_the_deadline():
    assert inspect.signature(Retries).parameters["clock"].default is time.monotonic


@pytest.mark.parametrize(
    "text, seconds",
    [("12", 12), ("999999999999", 86400), ("", None), ("soon", None), ("-1", None), ("Thu, 01 Jan 1970 00:00:00 GMT", 0)],
)
def test_retry_after_may_be_seconds_or_a_date(text, seconds):
    assert Retries.retry_after(Response(503, {"Retry-After": text}, b"")) == seconds


def test_a_response_above_its_maximum_size_is_refused(serving):
    server, stop = serving(says(200, b"x" * 100_001)), Pauses()
    with pytest.raises(errors.ProtocolError, match="longer than the 100000 bytes"):
        retries(server, stop).send(Request("GET", "/x", 100_000))


def test_a_truncated_response_is_retried(serving):
    def cut(handler):
        says(200, b"", Content_Length=10)(handler)
        handler.wfile.write(b"half")
        handler.close_connection = True

    server, stop = serving(cut, says(200, b"wholewhole")), Pauses()
    assert retries(server, stop).send(Request("GET", "/x", 100)).body == b"wholewhole"


def test_the_first_line_is_passed_on_before_the_rest_arrives(serving):
    taken = threading.Event()

    def lines(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/x-ndjson")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"8\r\nreceipt\n\r\n")
        handler.wfile.flush()
        assert taken.wait(20)
        handler.wfile.write(b"5\r\ntask\n\r\n0\r\n\r\n")

    server = serving(lines)
    answer = retries(server, Pauses()).send(
        Request("PUT", "/x", 100, body=b"m", first_line=lambda line: line == b"receipt" and taken.set())
    )
    assert answer.body == b"receipt\ntask\n"


def test_stop_ends_a_request_in_progress(serving):
    arrived, release = threading.Event(), threading.Event()

    def silent(handler):
        arrived.set()
        release.wait(30)
        hangs_up(handler)

    server = serving(silent)
    client = Client(server.url, run="r", state_dir=MemoryStore(), credentials=("me", "secret"))
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(client.train(lambda model: None)))
    thread.start()
    assert arrived.wait(20)
    client.stop()
    thread.join(20)
    release.set()
    assert [outcome.end.value for outcome in outcomes] == ["stopped"]
    client.close()


def test_stop_ends_a_request_that_is_connecting(serving):
    server = serving(lambda handler: pytest.fail("a request came through"))
    transport = Transport(server.url, 5, 5, None)
    make = transport._make

    def stopping(*args, **options):
        connection = make(*args, **options)
        connect = connection.connect

        def connecting():
            connect()
            transport._aborted = True

        connection.connect = connecting
        return connection

    transport._make = stopping
    with pytest.raises((OSError, HTTPError)):
        transport.exchange(Request("GET", "/x", 10))
    with pytest.raises(ConnectionAbortedError):
        transport.exchange(Request("GET", "/x", 10))
