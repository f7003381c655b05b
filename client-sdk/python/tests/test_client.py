"""The client's arguments, and its errors for each kind of response."""

import json

import pytest

from evenkeel import Client, errors
from evenkeel.client import MemoryStore

from .answering_server import says

KINDS = {kind.slug: kind for kind in errors.CoordinatorError.__subclasses__()}


@pytest.mark.parametrize("slug", sorted(KINDS))
def test_each_problem_type_has_its_error(serving, slug):
    problem = {"type": f"urn:evenkeel:problem:{slug}", "title": "No", "status": 403, "detail": "because", "action": "do that"}
    server = serving(says(403, json.dumps(problem).encode(), Content_Type="application/problem+json"))
    with Client(server.url, run="r", state_dir=MemoryStore(), credentials=("me", "secret")) as client:
        with pytest.raises(errors.CoordinatorError, match=r"answered 403: No: because \[do that\]") as refusal:
            client.model(0)
    assert type(refusal.value) is KINDS[slug]
    assert refusal.value.problem.slug == slug


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"client": 5}', b'{"client": "a"}', b"\xff", b"[" * 100_000])
def test_malformed_responses_are_named(serving, body):
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


def test_a_client_does_one_thing_at_a_time_and_nothing_after_close():
    client = Client("http://localhost:1", run="r", state_dir=MemoryStore())
    with pytest.raises(errors.EvenkeelError, match="no token to enrol with"):
        client.train(lambda model: None)
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.train(lambda model: None)


@pytest.mark.parametrize("url", ["http://no-such-host.invalid", "https://localhost:PORT"])
def test_a_device_that_never_enrolled_fails_at_once_with_what_to_check(serving, url):
    server = serving()
    given = url.replace("PORT", server.url.rpartition(":")[2])
    with Client(given, run="r", state_dir=MemoryStore(), enrolment_token="evk_enrol_x", retry_for=1e9) as client:
        with pytest.raises(errors.UnreachableError, match="check the (coordinator's address|port)"):
            client.train(lambda model: None)


def test_an_enrolled_device_retries_the_same_failure(serving):
    store = MemoryStore()
    with Client("http://no-such-host.invalid", run="r", state_dir=store, credentials=("me", "x"), retry_for=0.1) as client:
        with pytest.raises(errors.DeadlineError, match="the state is kept in memory only"):
            client.train(lambda model: None)


def test_a_stopped_client_refuses_further_calls(serving):
    server = serving(says(503, Retry_After=1))
    client = Client(server.url, run="r", state_dir=MemoryStore(), credentials=("me", "secret"))
    client.stop()
    with pytest.raises(RuntimeError, match="stopped"):
        client.leave()
    client.close()
