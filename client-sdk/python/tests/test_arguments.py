"""A wrong argument raises an EvenkeelError that names it, before anything is sent; applications see no other errors."""

import numpy as np
import pytest

from evenkeel import Client, errors
from evenkeel.client import Gradient, MemoryStore, Model
from evenkeel.client._stop import StopSignal
from evenkeel.client._turns import ClientTurns
from evenkeel.vector import Tensor, TensorLayout

from .answering_server import says


def client_of(url="http://localhost:1", **arguments):
    return Client(
        url, **{"run": "r", "state_dir": MemoryStore(), "credentials": ("me", "secret"), "retry_for": 0.01, **arguments}
    )


WRONG = {
    "url": [5, None, b"http://x", "http://[::1", "http://x:999999"],
    "run": [5, b"r"],
    "state_dir": [None, 5],
    "enrolment_token": [5, b"s3cret"],
    "credentials": [5, ("me",), "me:s3cret", ("me", 5)],
    "name": [5],
    "weight": ["1", None, True, float("inf")],
    "privacy_limit": [5, (1,), ("1", 2), (1.0, 1.0)],
    "trust_coordinator": ["no"],
    "identity": ["device.identity"],
    "minimum_cohort": [2, "10", 3.5],
    "minimum_collusion": [0.6, "0"],
    "only_secure": [0],
    "recovery_key": [b"s3cret", "0" * 32, 32],
    "attributes": [5, ["region"], {"region": 5}],
    "evaluate": [5],
    "progress": ["print"],
    "listener": [print, 5],
    "on_divergence": ["recover"],
    "double_precision": [64],
    "sparse_updates": [None],
    "report_smoothness": ["yes"],
    "max_dimension": [0, 1.5, "9"],
    "connect_timeout": [None, -1.0],
    "request_timeout": ["30"],
    "retry_for": [0],
    "long_poll": [[]],
    "tls": ["cert.pem"],
    "ca_file": [5, "/does/not/exist.pem"],
    "client_certificate": ["cert.pem", ("/does/not/exist.pem", "key.pem")],
}


def test_each_argument_of_the_constructor_has_a_case():
    from inspect import signature

    assert set(WRONG) == set(signature(Client.__init__).parameters) - {"self"}


@pytest.mark.parametrize("argument, value", [(argument, value) for argument, values in WRONG.items() for value in values])
def test_a_wrong_argument_of_the_constructor_is_named(argument, value):
    with pytest.raises(errors.ArgumentError, match=rf"^{argument} .*expected") as failure:
        client_of(**{argument: value})
    assert isinstance(failure.value, ValueError) and "s3cret" not in str(failure.value)


@pytest.mark.parametrize(
    "use, named",
    [
        (lambda client: client.model("0"), "round is"),
        (lambda client: client.model(-1), "round is"),
        (lambda client: client.follow(5), "model is"),
        (lambda client: client.follow("m", "A B"), "alias is"),
        (lambda client: client.follow("m", evaluate=5), "evaluate is"),
        (lambda client: client.report_evaluation("A B", {"a": 1.0}, 1), "evaluation is"),
        (lambda client: client.report_evaluation("e", 5, 1), "metrics is"),
        (lambda client: client.report_evaluation("e", {"a": "x"}, 1), "metric a is"),
        (lambda client: client.report_evaluation("e", {"A": 1.0}, 1), "a metric is named 'A'"),
        (lambda client: client.report_evaluation("e", {"a": float("nan")}, 1), "metrics and samples"),
        (lambda client: client.report_evaluation("e", {"a": 1.0}, "1"), "samples is"),
        (lambda client: client.report_evaluation("e", {"a": 1.0}, -1), "samples is"),
        (lambda client: Client.from_enrolment_uri(5, state_dir=MemoryStore()), "enrolment URI"),
        (lambda client: Client.from_enrolment_uri("evenkeel://enrol?x", state_dir=MemoryStore()), "enrolment URI"),
        (
            lambda client: Client.from_enrolment_uri(
                "evenkeel://enrol?coordinator=http://x&token=t&run=a", run="b", state_dir=MemoryStore()
            ),
            "run is 'b'",
        ),
    ],
)
def test_a_wrong_argument_of_a_method_is_named_before_anything_is_sent(serving, use, named):
    server = serving()
    with client_of(server.url) as client:
        with pytest.raises(errors.ArgumentError, match=named):
            use(client)
    assert server.requests == []


def test_a_client_without_a_run_cannot_train(serving):
    with client_of(serving().url, run=None) as client:
        for use in (lambda: client.train(lambda model: None), lambda: client.model(0), client.leave):
            with pytest.raises(errors.ArgumentError, match="run is None, expected"):
                use()


def test_missing_items_raise_errors_of_this_package(serving):
    model = Model(0, TensorLayout([Tensor("w", (2,))]), np.zeros(2, np.float32))
    with pytest.raises(errors.MissingError, match="the model has no tensor 'b', only w") as failure:
        model.tensor("b")
    assert isinstance(failure.value, KeyError) and str(failure.value).startswith("the model")
    with client_of(serving().url) as client:
        with pytest.raises(errors.MissingError, match="no version of model 'm' is stored yet"):
            client.follow("m").arrays()
    with pytest.raises(errors.ArgumentError, match="samples is 0"):
        Gradient(np.zeros(2), samples=0)


WORK = b'{"work": [{"kind": "train", "run": "r", "round": 0, "member": true}]}'


def fails(*arguments):
    raise KeyError("battery")


@pytest.mark.parametrize(
    "arguments, named",
    [
        ((fails,), "the function of runs failed: KeyError"),
        ((lambda run: 5,), "the gradient function of run 'r' is 5, expected a function"),
        (({"r": lambda model: None}, fails), "the function declines failed: KeyError"),
        (({"r": lambda model: None}, lambda: "battery"), "declines returned 'battery', expected a DeclineReason or None"),
    ],
)
@pytest.mark.timeout(30)
def test_errors_name_the_function_of_the_application_that_failed(serving, arguments, named):
    server = serving(says(200, WORK, Content_Type="application/json"))
    with client_of(server.url, run=None) as client:
        with pytest.raises(errors.FunctionError, match=named):
            client.work(*arguments)


@pytest.mark.parametrize("given", [fails, lambda: 5, lambda: {"region": 5}])
def test_attributes_that_cannot_be_computed_are_named(serving, given):
    server = serving()
    with client_of(server.url, attributes=given) as client:
        with pytest.raises(errors.FunctionError, match="attributes"):
            client.train(lambda model: None)
    assert server.requests == []


def test_running_out_of_memory_raises_an_error_of_this_package():
    def work():
        raise MemoryError

    turns = ClientTurns(StopSignal(), lambda: None)
    with pytest.raises(errors.OutOfMemoryError, match="out of memory; the saved state") as failure:
        turns.training(lambda: turns.following(work))
    assert isinstance(failure.value, MemoryError) and isinstance(failure.value.__cause__, MemoryError)
