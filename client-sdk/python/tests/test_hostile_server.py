"""Checks that a broken or hostile server cannot block a device, exhaust its memory or write to its terminal."""

import itertools
import json
import logging
import threading

import pytest
from urllib3.exceptions import HTTPError

from evenkeel import Client, errors
from evenkeel.client import MemoryStore
from evenkeel.client._exchange import ExchangeBounds
from evenkeel.client._fields import Fields
from evenkeel.client._followed import tensors
from evenkeel.client._memory import require_room
from evenkeel.client._plan import RunPlan
from evenkeel.client._protocol import Credentials, Membership
from evenkeel.client._retries import Retries
from evenkeel.client._transport import Request, Transport

from .answering_server import says
from .raw_server import RawServer
from .test_retries import Pauses

ESCAPE = "\x1b]0;owned\x07\x1b[31m\nERROR forged\r\x9b2J\u202e"
JSON = "application/json"


@pytest.fixture
def raw():
    """Starts a ``RawServer`` and closes it after the test."""
    servers = []

    def start(answer):
        servers.append(RawServer(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


class Clock:
    """A clock that advances whenever it is read."""

    def __init__(self, step):
        self._step = step
        self.now = 0.0

    def __call__(self):
        self.now += self._step
        return self.now


def endless(start, piece):
    def answer(send):
        send(start)
        while send(piece):
            pass

    return answer


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "start, piece",
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (HEAD, b"X-More: y\r\n"),
        (HEAD, b"X-Long: "),
        (HEAD + b"X-Long: ", b"y"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Trailer: y\r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1;extension=1\r\n\r\n"),
    ],
)
def test_an_endless_response_ends_with_an_error(raw, start, piece):
    server = raw(endless(start, piece))
    transport = Transport(server.url, 5, 5, None, clock=Clock(1.0))
    with pytest.raises((errors.ProtocolError, OSError, HTTPError)):
        transport.exchange(Request("GET", "/x", 1000, longest=60.0))
    transport.close()


@pytest.mark.parametrize("body", [b"", b"m" * 10_000])
@pytest.mark.parametrize("start", [b"", HEAD, HEAD + b"Content-Length: 1000\r\n\r\n"])
def test_a_trickle_of_bytes_ends_after_the_time_of_an_exchange(raw, start, body):
    clock, go = Clock(0.0), threading.Event()

    def drip(send):
        send(start)
        for _ in range(100):
            go.wait(10)
            clock.now += 9.0  # shorter than the silence that ends an exchange
            if not send(b"H"):
                return

    server = raw(drip)
    transport = Transport(server.url, 5, 10, None, clock=clock)
    go.set()
    with pytest.raises((OSError, HTTPError)) as failure:
        transport.exchange(Request("PUT", "/x", 1000, body=body or None, longest=60.0))
    assert "the exchange was not complete after" in str(failure.value) or "HTTP" in str(failure.value)
    transport.close()


def test_a_large_body_on_a_slow_link_takes_its_time():
    clock = Clock(0.0)
    bounds = ExchangeBounds(60.0, 30.0, 0, 200_000, clock)
    bounds.in_body = True
    for _ in range(200):
        clock.now += 0.9
        assert bounds.timeout() > 0
        bounds.count(1000)
    clock.now += 81.0
    with pytest.raises(TimeoutError, match="not complete after 261 s, at less than 1 kB a second"):
        bounds.timeout()


def test_an_informational_response_is_not_mistaken_for_the_final_one(raw):
    answers = itertools.cycle([b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"])
    server = raw(lambda send: send(next(answers)))
    stop = Pauses()
    with pytest.raises(errors.DeadlineError, match="informational one, 103"):
        Retries(Transport(server.url, 5, 5, None), 10.0, stop, lambda *a: None, clock=lambda: sum(stop.slept)).send(
            Request("GET", "/x", 10)
        )


@pytest.mark.parametrize(
    "asked", ["1000000000", "9" * 30, "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -2359"]
)
def test_an_absurd_retry_after_does_not_end_a_training(serving, asked):
    server, stop = serving(says(503, Retry_After=asked), says(429, Retry_After=asked), says(200, b"yes")), Pauses()
    retries = Retries(
        Transport(server.url, 5, 5, None), 600.0, stop, lambda *a: None, draw=lambda: 0.5, clock=lambda: sum(stop.slept)
    )
    assert retries.send(Request("GET", "/x", 10)).body == b"yes"
    assert max(stop.slept) <= 165


@pytest.mark.parametrize("asked", [2**63 - 1, 10**9, -5])
def test_an_absurd_pause_before_the_next_task_is_limited_to_an_hour(asked):
    retries = Retries(Transport("http://localhost:1", 5, 5, None), 600.0, Pauses(), lambda *a: None)
    assert 0 <= retries.pause_before_next(float(asked)) <= 3600 * 1.2


def plan(**changes):
    algorithm = {"name": "ef21", "feedback": "ef21", "step": "plain", "gamma": "constant:0.1", "eta": "constant:1"}
    return {
        "run": "r", "tensors": [{"name": "x", "shape": [5]}], "dimension": 5, "rounds": 3, "algorithm": algorithm,
        "compressor": "identity", "seed": 1, "maxMessageBytes": 1000, **changes,
    }  # fmt: skip


def member(**changes):
    return {
        "client": "me", "ordinal": 0, "sequence": 0, "head": "0" * 16, "state": "running", "members": 1, "minParticipants": 1,
        "plan": plan(**changes),
    }  # fmt: skip


def huge(dimension):
    return {"tensors": [{"name": "x", "shape": [dimension]}], "dimension": dimension}


def client_of(server, **options):
    return Client(server.url, run="r", state_dir=MemoryStore(), credentials=("me", "secret"), retry_for=0.01, **options)


def says_json(value):
    return says(200, json.dumps(value).encode(), Content_Type=JSON)


@pytest.mark.parametrize("use", [lambda client: client.train(lambda model: None), lambda client: client.model(0)])
def test_a_model_too_large_for_memory_is_refused_before_its_download(serving, use):
    server = serving(says_json(member(**huge(2**31 - 1))))
    with client_of(server, max_dimension=1_000_000) as client:
        with pytest.raises(
            errors.ModelTooLargeError, match=r"2,147,483,647 values.*at most 1,000,000 \(max_dimension\).*set max_dim"
        ):
            use(client)
    assert len(server.requests) == 1


def test_the_largest_dimension_follows_the_memory_unless_it_is_given(monkeypatch):
    monkeypatch.setattr("evenkeel.client._memory._memory_bytes", lambda: 16_000)

    def plan_of(dimension, feedback="ef21"):
        fields = plan(**huge(dimension))
        fields["algorithm"] = {**fields["algorithm"], "feedback": feedback}
        return RunPlan.of(Fields("the plan", fields))

    require_room(plan_of(1000), None)
    require_room(plan_of(10**9), 10**9)
    require_room(plan_of(2000, "none"), None)
    for too_large in (plan_of(1001), plan_of(667, "ef21-momentum"), plan_of(501, "ef21-igt"), plan_of(1001, "ef14")):
        with pytest.raises(errors.ModelTooLargeError, match="bytes of memory, "):
            require_room(too_large, None)
    monkeypatch.setattr("evenkeel.client._memory._memory_bytes", lambda: None)
    require_room(plan_of(2**31 - 1), None)


def test_the_memory_of_this_machine_is_known():
    from evenkeel.client._memory import _memory_bytes

    assert 1 << 24 < _memory_bytes() < 1 << 60


@pytest.mark.parametrize("given", [0, -1, 2**31])
def test_a_wrong_max_dimension_is_named(given):
    with pytest.raises(ValueError, match="max_dimension is"):
        Client("http://localhost:1", run="r", state_dir=MemoryStore(), max_dimension=given)


HOSTILE = [None, True, 2**63, -1, 0, 2**31 - 1, 1e308, "", ESCAPE, "nan", [], {}, [[1]], [ESCAPE], "gaussian:1:inf", "9" * 5000]
SECURE = {
    "owners": ["AAAA"],
    "dropout": 0.1,
    "collusion": 0.1,
    "rebaseEvery": 3,
    "exponent": -10,
    "minMembers": 10,
    "maxMembers": 20,
}
PRIVACY = {"by": "device", "mechanism": "clip:1:1", "delta": 1e-5, "epsilon": 10, "maxMessages": 5}


def mutations():
    whole = member(secureAggregation=SECURE, privacy=PRIVACY)
    del whole["plan"]["secureAggregation"]
    objects = [whole, whole["plan"], whole["plan"]["algorithm"], whole["plan"]["tensors"][0], whole["plan"]["privacy"]]
    for fields in objects:
        for name in list(fields):
            kept = fields[name]
            for value in HOSTILE:
                fields[name] = value
                yield name, json.loads(json.dumps(whole))
            fields[name] = kept
    whole["plan"]["secureAggregation"] = secure = dict(SECURE)
    for name in SECURE:
        for value in HOSTILE:
            secure[name] = value
            yield name, json.loads(json.dumps(whole))
        secure[name] = SECURE[name]


def test_every_response_that_a_coordinator_would_not_send_is_an_error_of_this_package(monkeypatch):
    monkeypatch.setattr("evenkeel.client._memory._memory_bytes", lambda: 1 << 20)
    for name, fields in mutations():
        client = Client("http://127.0.0.1:1", run="r", state_dir=MemoryStore(), retry_for=0.01)
        client._coordinator.use(Credentials("me", "secret"))
        try:
            client._training(Membership.of(Fields("the membership", fields)))
        except errors.EvenkeelError as e:
            assert str(e).isprintable(), (name, str(e))
        finally:
            client.close()


def test_text_of_a_server_reaches_errors_and_logs_without_control_characters(serving, caplog):
    caplog.set_level(logging.DEBUG, "evenkeel")
    problem = {"type": "urn:evenkeel:problem:forbidden", "title": ESCAPE, "detail": ESCAPE * 2000, "action": ESCAPE}
    answers = [
        says(403, json.dumps(problem).encode(), Content_Type="application/problem+json"),
        says(403, json.dumps({**problem, "type": ESCAPE}).encode(), Content_Type="application/problem+json"),
        says_json({**member(), "state": ESCAPE}),
        says_json({**member(), "head": ESCAPE}),
        says_json(member(compressor=ESCAPE)),
        says_json(member(tensors=[{"name": ESCAPE, "shape": [0]}])),
        says(200, (ESCAPE + "{").encode(), Content_Type=JSON),
    ]
    for answer in answers:
        with client_of(serving(answer)) as client:
            with pytest.raises(errors.EvenkeelError) as failure:
                client.train(lambda model: None)
        assert str(failure.value).isprintable() and len(str(failure.value)) < 10_000
        if isinstance(failure.value, errors.CoordinatorError):
            assert all(str(text).isprintable() for text in vars(failure.value.problem).values())
    assert all(record.getMessage().isprintable() for record in caplog.records)


def test_a_status_line_reaches_errors_without_control_characters(raw, caplog):
    server = raw(lambda send: send(b"HTTP/1.1 \x1b[31m\x9b2J\r\n\r\n"))
    with Client(server.url, run="r", state_dir=MemoryStore(), credentials=("me", "secret"), retry_for=1.0) as client:
        with pytest.raises(errors.DeadlineError) as failure:
            client.train(lambda model: None)
    assert str(failure.value).isprintable()
    assert all(record.getMessage().isprintable() for record in caplog.records)


@pytest.mark.parametrize(
    "header",
    [
        b"[" * 100_000,
        json.dumps({ESCAPE: {"dtype": "F32", "shape": [1], "data_offsets": [0, 999]}}).encode(),
        json.dumps({"x": {"dtype": "F32", "shape": [2**70], "data_offsets": [0, 4]}}).encode(),
        json.dumps({"x": {"dtype": ESCAPE, "shape": [1], "data_offsets": [0, 4]}}).encode(),
    ],
)
def test_a_file_that_is_not_a_model_is_an_error_of_this_package(header):
    with pytest.raises(errors.ProtocolError) as failure:
        tensors(len(header).to_bytes(8, "little") + header + b"\0\0\0\0")
    assert str(failure.value).isprintable()


@pytest.mark.parametrize("function", [5, None, "gradient"])
def test_an_argument_that_is_not_a_function_is_refused_at_once(serving, function):
    server = serving()
    with client_of(server) as client:
        with pytest.raises(errors.FunctionError, match="the gradient function is .*, expected a function"):
            client.train(function)
        with pytest.raises(errors.FunctionError, match=r"functions\['digits'\] is"):
            client.work({"digits": function})
        if function is not None:
            with pytest.raises(ValueError, match="evaluate is"):
                Client(server.url, run="r", state_dir=MemoryStore(), evaluate=function)
    assert server.requests == []


def test_the_first_call_after_a_stop_is_stopped_and_later_ones_are_refused(serving):
    client = client_of(serving())
    model = client.follow("digits")
    client.stop()
    assert client.train(lambda model: None).end.value == "stopped"
    for call in (lambda: client.train(lambda model: None), lambda: client.work({}), client.leave, model.refresh):
        with pytest.raises(errors.ClientStateError, match="the client is stopped: create a new one"):
            call()
    client.close()
    with pytest.raises(errors.ClientStateError, match="closed"):
        client.train(lambda model: None)
