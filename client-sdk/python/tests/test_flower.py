"""Clients as they are written for Flower, without flwr."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evenkeel import RunEnd
from evenkeel._definition import definition
from evenkeel.client import MemoryStore, Model
from evenkeel.errors import InvalidGradientError, ModelMismatchError
from evenkeel.flower import FlowerDevice, arrays_of, start_client
from evenkeel.vector import Tensor, TensorLayout

LAYOUT = TensorLayout([Tensor("array-0", (2, 3)), Tensor("array-1", (2,))])


class FlowerClient:
    """Moves half the way to ones, in place."""

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
def test_arrays_that_are_not_the_run_s_are_named(arrays, fault):
    client = FlowerClient()
    client.get_parameters = lambda config: arrays
    with pytest.raises(ModelMismatchError, match=fault):
        FlowerDevice(client)(model())
    assert client.configs == []


def test_fit_that_returns_other_shapes_is_refused_and_no_samples_sit_out():
    client = FlowerClient()
    client.fit = lambda parameters, config: (parameters[:1], 1, {})
    with pytest.raises(InvalidGradientError, match="fit returned arrays of the shapes"):
        FlowerDevice(client)(model())
    client.fit = lambda parameters, config: (parameters, 0, {})
    assert FlowerDevice(client)(model()) is None
    with pytest.raises(TypeError, match="without fit"):
        FlowerDevice(object())


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
    with ThreadPoolExecutor(1) as pool:
        store = MemoryStore()
        device = pool.submit(
            start_client, server_address=server.url, client=FlowerClient(), run="flower", state_dir=store, enrolment_token=token
        )
        server.start_when_joined("flower", 1, [device])
        assert device.result().end is RunEnd.FINISHED
    # Half the way to ones in each of three rounds.
    values = np.frombuffer(server.download("runs/flower/rounds/latest/model"), dtype=np.float32)
    np.testing.assert_allclose(values, 0.875)
    assert server.operate("GET", "runs/flower/rounds/2")["metrics"]["accuracy"] == 0.5
