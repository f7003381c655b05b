"""Clients written for Flower, without flwr."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evenkeel import RunEnd, feedback
from evenkeel._definition import definition
from evenkeel.client import MemoryStore, Model
from evenkeel.client._gradients import require_suited
from evenkeel.errors import CoordinatorError, InvalidGradientError, ModelMismatchError
from evenkeel.flower import Context, FlowerDevice, arrays_of, start_client
from evenkeel.vector import Tensor, TensorLayout

from .answering_server import says

LAYOUT = TensorLayout([Tensor("array-0", (2, 3)), Tensor("array-1", (2,))])


class FlowerClient:
    """Moves halfway to ones, in place."""

    def __init__(self):
        self.configs = []

    def get_parameters(self, config):
        return [np.zeros((2, 3), dtype=np.float32), np.zeros(2, dtype=np.float32)]

    def fit(self, parameters, config):
        self.configs.append(config)
        for array in parameters:
            array += 0.5 * (1 - array)
        return parameters, 7, {"loss": 0.25, "note": "text"}

    def evaluate(self, parameters, config):
        return float(((parameters[0] - 1) ** 2).sum()), 4, {"Accuracy": 0.5, "ok": True}


def model(values=None):
    return Model(2, LAYOUT, np.arange(8, dtype=np.float32) if values is None else values)


def test_fit_becomes_a_pseudo_gradient_and_evaluate_metrics():
    client = FlowerClient()
    device = FlowerDevice(client)
    found = device(model())
    np.testing.assert_allclose(found.flat(LAYOUT), (np.arange(8) - 1) / 2)
    assert (found.samples, found.loss) == (7, 0.25)
    assert client.configs == [{"server_round": 3}]
    assert device.evaluate(model()) == {"accuracy": 0.5, "loss": 31.0}


@pytest.mark.parametrize(
    ("arrays", "fault"),
    [
        ([np.zeros((2, 3), np.float32)], "1 arrays, expected 2"),
        (
            [np.zeros((3, 2), np.float32), np.zeros(2, np.float32)],
            r"array 0 \('array-0'\) with shape \(3, 2\), expected \(2, 3\)",
        ),
        ([np.zeros((2, 3), np.float32), np.zeros(2, np.int64)], "int64 as array 1"),
        ([], "no array"),
    ],
)
def test_arrays_that_do_not_fit_the_run_are_named(arrays, fault):
    client = FlowerClient()
    client.get_parameters = lambda config: arrays
    with pytest.raises(ModelMismatchError, match=fault):
        require_suited(FlowerDevice(client), feedback.Ef21, LAYOUT, "r")
    with pytest.raises(ModelMismatchError, match=fault):
        FlowerDevice(client)(model())
    assert client.configs == []


def test_other_shapes_are_refused_and_no_samples_skip_the_round():
    client = FlowerClient()
    client.fit = lambda parameters, config: (parameters[:1], 1, {})
    with pytest.raises(InvalidGradientError, match="returned arrays of the shapes"):
        FlowerDevice(client)(model())
    client.fit = lambda parameters, config: (parameters, 0, {})
    assert FlowerDevice(client)(model()) is None
    with pytest.raises(TypeError, match="without fit"):
        FlowerDevice(object())


class Wrapped:
    """Stands for the result of flwr's to_client(): Client's methods around a NumPyClient."""

    def __init__(self, client):
        self.numpy_client = client

    def get_parameters(self, ins):
        raise AssertionError("Flower's messages are not known here")

    fit = evaluate = get_parameters


class Inheriting:
    """Overrides fit only; the other methods are those of flwr's base class."""

    def fit(self, parameters, config):
        return [array + 1 for array in parameters], 1, {}

    def get_parameters(self, config):
        return []

    def evaluate(self, parameters, config):
        raise AssertionError("flwr's own evaluate measures nothing")

    get_parameters.__module__ = evaluate.__module__ = "flwr.client.numpy_client"


def test_the_result_of_to_client_is_unwrapped():
    device = FlowerDevice(Wrapped(FlowerClient()))
    assert device(model()).samples == 7
    assert device.evaluates
    assert len(arrays_of(Wrapped(FlowerClient()))) == 2
    with pytest.raises(TypeError, match="give a NumPyClient, whose fit takes arrays"):
        FlowerDevice(Wrapped(Wrapped(FlowerClient())))


def test_missing_methods_and_those_of_flwr_s_base_class_are_not_called():
    device = FlowerDevice(Inheriting())
    assert not device.evaluates
    np.testing.assert_array_equal(device(model()).flat(LAYOUT), -np.ones(8))


def test_functions_add_to_the_configs():
    client = FlowerClient()
    FlowerDevice(client, lambda number: {"lr": 0.1 / number})(model())
    assert client.configs == [{"server_round": 3, "lr": 0.1 / 3}]


def test_exactly_one_of_client_and_client_fn_is_given():
    for given in ({}, {"client": FlowerClient(), "client_fn": lambda context: FlowerClient()}):
        with pytest.raises(TypeError, match="one of client, client_fn and client_app"):
            start_client(server_address="localhost:1", run="r", state_dir=MemoryStore(), **given)


@pytest.mark.parametrize("form", ["bytes", "path"])
def test_root_certificates_are_trusted(serving, certificates, server_context, form):
    # Refused after the handshake; an untrusted coordinator would be an UntrustedError.
    server = serving(says(401), context=server_context)
    trusted = certificates / "cert.pem"
    with pytest.raises(CoordinatorError):
        start_client(
            server_address=server.url.removeprefix("https://"),
            client=FlowerClient(),
            run="r",
            state_dir=MemoryStore(),
            root_certificates=trusted.read_bytes() if form == "bytes" else str(trusted),
            credentials=("me", "secret"),
        )


def test_a_flower_client_takes_part_in_a_run(server):
    tensors = {f"array-{i}": array for i, array in enumerate(arrays_of(FlowerClient()))}
    plan = {
        "name": "flower",
        "compressor": "identity",
        "algorithm": "ef21",
        "gamma": "constant:1",
        "rounds": 3,
        "participants": {"min": 1},
    }
    asked = definition(tensors, plan)
    server.operate("POST", "runs", {**asked, "initialModel": "zeros"})
    token = server.enrolment_token()
    contexts = []

    def made(context: Context):
        contexts.append(context)
        return Wrapped(FlowerClient())

    with ThreadPoolExecutor(1) as pool:
        store = MemoryStore()
        device = pool.submit(
            start_client,
            server_address=server.url,
            client_fn=made,
            run="flower",
            state_dir=store,
            enrolment_token=token,
            node_config={"partition-id": 1},
        )
        server.start_when_joined("flower", 1, [device])
        assert device.result().end is RunEnd.FINISHED
    assert [context.node_config for context in contexts] == [{"partition-id": 1}]
    # Half the way to ones in each of three rounds.
    values = np.frombuffer(server.download("runs/flower/rounds/latest/model"), dtype=np.float32)
    np.testing.assert_allclose(values, 0.875)
    assert server.operate("GET", "runs/flower/rounds/2")["metrics"]["accuracy"] == 0.5
