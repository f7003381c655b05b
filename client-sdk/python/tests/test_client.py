"""The client against a server that answers as it is told: retries, limits, arguments, TLS."""

import http.server
import json
import ssl
import subprocess
import threading

import pytest
from urllib3.exceptions import HTTPError

from evenkeel import Client, errors
from evenkeel.client import MemoryStore
from evenkeel.client._retries import Retries
from evenkeel.client._stop import StopSignal
from evenkeel.client._transport import Request, Response, Transport

from . import coordinator

KINDS = {kind.slug: kind for kind in errors.CoordinatorError.__subclasses__()}


class Server:
    """Answers each request with the next of some functions of the handler."""

    def __init__(self, *answers, context=None):
        self.requests = []
        queue = list(answers)
        requests = self.requests

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                requests.append((self.command, self.path, dict(self.headers), body))
                queue.pop(0)(self)

            do_GET = do_PUT = do_POST = do_DELETE = handle_one

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if context else "http"
        self.url = f"{scheme}://localhost:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def says(status, body=b"", **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            handler.send_header(name.replace("_", "-"), str(value))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def hangs_up(handler):
    handler.close_connection = True


@pytest.fixture
def serving():
    servers = []

    def start(*answers, **options):
        servers.append(Server(*answers, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


class Pauses(StopSignal):
    """Writes pauses down instead of waiting."""

    def __init__(self):
        super().__init__()
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.check()


def retries(server, stop, deadline=600.0, draw=lambda: 0.5):
    transport = Transport(server.url, 5, 5, None)
    return Retries(transport, deadline, stop, lambda *a: None, draw=draw, clock=lambda: sum(stop.slept))


def test_failures_are_tried_again_with_growing_pauses_and_retry_after_is_the_least(serving):
    server = serving(hangs_up, says(503), says(429, Retry_After=7), says(500), says(200, b"yes"))
    stop = Pauses()
    assert retries(server, stop).send(Request("GET", "/x", 10)).body == b"yes"
    assert stop.slept == [0.375, 0.75, pytest.approx(7.7), 3.0]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 302, 501])
def test_what_would_be_the_same_again_is_not_tried_again(serving, status):
    server, stop = serving(says(status, Location="http://elsewhere.invalid/")), Pauses()
    assert retries(server, stop).send(Request("GET", "/x", 10)).status == status
    assert stop.slept == []


def test_the_deadline_is_for_all_attempts_together(serving):
    server, stop = serving(*[says(503)] * 99), Pauses()
    with pytest.raises(errors.DeadlineError, match="status 503.*the state is saved"):
        retries(server, stop, deadline=60).send(Request("GET", "/x", 10))
    assert sum(stop.slept) <= 60


@pytest.mark.parametrize(
    "text, seconds",
    [("12", 12), ("999999999999", 86400), ("", None), ("soon", None), ("-1", None), ("Thu, 01 Jan 1970 00:00:00 GMT", 0)],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(text, seconds):
    assert Retries.retry_after(Response(503, {"Retry-After": text}, b"")) == seconds


def test_an_answer_longer_than_it_can_be_is_refused(serving):
    server, stop = serving(says(200, b"x" * 100_001)), Pauses()
    with pytest.raises(errors.ProtocolError, match="longer than the 100000 bytes"):
        retries(server, stop).send(Request("GET", "/x", 100_000))


def test_a_cut_answer_is_tried_again(serving):
    def cut(handler):
        says(200, b"", Content_Length=10)(handler)
        handler.wfile.write(b"half")
        handler.close_connection = True

    server, stop = serving(cut, says(200, b"wholewhole")), Pauses()
    assert retries(server, stop).send(Request("GET", "/x", 100)).body == b"wholewhole"


def test_the_first_line_is_handed_on_while_the_others_are_awaited(serving):
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


def test_stop_ends_a_request_under_way(serving):
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


def test_stop_ends_a_request_whose_connection_was_being_made(serving):
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


@pytest.mark.parametrize("slug", sorted(KINDS))
def test_each_problem_type_has_its_error(serving, slug):
    problem = {"type": f"urn:evenkeel:problem:{slug}", "title": "No", "status": 403, "detail": "because", "action": "do that"}
    server = serving(says(403, json.dumps(problem).encode(), Content_Type="application/problem+json"))
    with Client(server.url, run="r", state_dir=MemoryStore(), credentials=("me", "secret")) as client:
        with pytest.raises(errors.CoordinatorError, match=r"answered 403: No: because \[do that\]") as refusal:
            client.model(0)
    assert type(refusal.value) is KINDS[slug]
    assert refusal.value.problem.slug == slug


def test_problem_types_are_those_of_the_documentation():
    table = (coordinator.ROOT / "docs" / "errors.md").read_text().split("## Types")[1]
    slugs = {line.split("`")[1] for line in table.splitlines() if line.startswith("| `")}
    assert slugs == set(KINDS)


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"client": 5}', b'{"client": "a"}', b"\xff", b"[" * 100_000])
def test_answers_that_make_no_sense_are_named(serving, body):
    server = serving(says(200, body, Content_Type="application/json"))
    with Client(server.url, run="r", state_dir=MemoryStore(), credentials=("me", "secret")) as client:
        with pytest.raises(errors.ProtocolError, match="check that the"):
            client.train(lambda model: None)


@pytest.mark.parametrize(
    "arguments, expected",
    [({"url": "coordinator:8080"}, "url is"), ({"url": "ftp://x"}, "url is"),
        ({"url": "http://x/y?z"}, "without"),
        ({"url": "http://x/y/api/v1/"}, "use http://x/y"), ({"run": "A B"}, "run is"), ({"weight": 0.0}, "weight is"),
     ({"weight": float("nan")}, "weight is"), ({"retry_for": -1.0}, "retry_for is"), ({"long_poll": float("inf")}, "long_poll is")],
)  # fmt: skip
def test_wrong_arguments_are_named(arguments, expected):
    given = {"url": "http://localhost:1", "run": "r", "state_dir": MemoryStore(), **arguments}
    with pytest.raises(ValueError, match=expected):
        Client(given.pop("url"), **given)


def test_one_thing_at_a_time_and_nothing_after_close():
    client = Client("http://localhost:1", run="r", state_dir=MemoryStore())
    with pytest.raises(errors.EvenkeelError, match="no token to enrol with"):
        client.train(lambda model: None)
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.train(lambda model: None)


@pytest.mark.parametrize("url", ["http://no-such-host.invalid", "https://localhost:PORT"])
def test_a_device_that_never_enrolled_is_told_what_to_check_at_once(serving, url):
    server = serving()
    given = url.replace("PORT", server.url.rpartition(":")[2])
    with Client(given, run="r", state_dir=MemoryStore(), enrolment_token="evk_enrol_x", retry_for=1e9) as client:
        with pytest.raises(errors.UnreachableError, match="check the (coordinator's address|port)"):
            client.train(lambda model: None)


def test_an_enrolled_device_takes_the_same_for_an_outage(serving):
    store = MemoryStore()
    with Client("http://no-such-host.invalid", run="r", state_dir=store, credentials=("me", "x"), retry_for=0.1) as client:
        with pytest.raises(errors.DeadlineError, match="the state is kept in memory only"):
            client.train(lambda model: None)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


def server_context(certificates):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates / "cert.pem")
    return context


def test_a_client_shows_its_certificate_and_checks_the_coordinator_s(serving, certificates):
    server = serving(says(204), context=server_context(certificates))
    pair = (str(certificates / "cert.pem"), str(certificates / "key.pem"))
    with Client(
        server.url,
        run="r",
        state_dir=MemoryStore(),
        credentials=("me", "secret"),
        ca_file=certificates / "cert.pem",
        client_certificate=pair,
    ) as client:
        client.leave()
    assert server.requests[0][0] == "DELETE"
    assert server.requests[0][2]["Authorization"] == "Bearer secret"


def test_an_untrusted_coordinator_is_not_tried_again(serving, certificates):
    server = serving(says(204), context=server_context(certificates))
    with Client(server.url, run="r", state_dir=MemoryStore(), credentials=("me", "secret"), retry_for=1e9) as client:
        with pytest.raises(errors.UntrustedError, match="check the TLS certificates"):
            client.leave()
    assert server.requests == []


def test_stopped_never_leaves_the_client(serving):
    server = serving(says(503, Retry_After=1))
    client = Client(server.url, run="r", state_dir=MemoryStore(), credentials=("me", "secret"))
    client.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        client.leave()
    client.close()
