"""Flower's own clients and apps, with flwr installed. .ci/full runs them in an environment that has it."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

pytest.importorskip("flwr", reason="flwr is not installed: .ci/integrations installs it")

from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.client import Client, NumPyClient
from flwr.client.mod import secaggplus_mod
from flwr.clientapp import ClientApp
from flwr.clientapp.mod import LocalDpMod, adaptiveclipping_mod, arrays_size_mod, fixedclipping_mod, message_size_mod
from flwr.common import (
    Code,
    EvaluateRes,
    FitRes,
    Status,
    ndarrays_to_parameters,
    parameters_to_ndarrays,
)

from evenkeel import RunEnd
from evenkeel.__main__ import main
from evenkeel._definition import definition
from evenkeel.client import MemoryStore, Model
from evenkeel.errors import InvalidGradientError
from evenkeel.flower import ClientAppDevice, FlowerDevice, start_client
from evenkeel.flower._context import context_of
from evenkeel.vector import Tensor, TensorLayout

from ..coordinator import environment

LAYOUT = TensorLayout([Tensor("array-0", (2, 3)), Tensor("array-1", (2,))])
PLAN = {"compressor": "identity", "algorithm": "ef21", "gamma": "constant:1", "rounds": 3, "participants": {"min": 2}}

APP = '''
"""An app like Flower's quickstart for NumPy: its model moves halfway to the device's target."""

import numpy as np
from flwr.app import ArrayRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()


@app.train()
def train(msg: Message, context: Context):
    arrays = msg.content["arrays"].to_numpy_ndarrays()
    target = float(context.node_config["partition-id"])
    model = [m + msg.content["config"]["lr"] * (target - m) for m in arrays]
    metrics = {"train_loss": abs(target - float(arrays[0].mean())), "num-examples": context.run_config["batch-size"]}
    content = RecordDict({"arrays": ArrayRecord(model), "metrics": MetricRecord(metrics)})
    return Message(content=content, reply_to=msg)


@app.evaluate()
def evaluate(msg: Message, context: Context):
    mean = float(msg.content["arrays"].to_numpy_ndarrays()[0].mean())
    metrics = {"Mean Value": mean, "a_list": [1.0, 2.0], "round": msg.content["config"]["server-round"], "num-examples": 1}
    return Message(content=RecordDict({"metrics": MetricRecord(metrics)}), reply_to=msg)
'''

PROJECT = """
[tool.flwr.app.components]
serverapp = "halfway.server_app:app"
clientapp = "halfway.client_app:app"

[tool.flwr.app.config]
num-server-rounds = 3
batch-size = 32
"""


def model(layout=LAYOUT):
    return Model(2, layout, np.arange(layout.dimension, dtype=np.float32))


def app_of(train, mods=None):
    app = ClientApp(mods=mods)
    app.train()(train)
    return app


def reply(message, arrays, **metrics):
    content = RecordDict({"arrays": ArrayRecord(arrays), "metrics": MetricRecord({"num-examples": 7, **metrics})})
    return Message(content=content, reply_to=message)


def halved(message: Message, context: Context):
    return reply(message, [array / 2 for array in message.content["arrays"].to_numpy_ndarrays()], train_loss=0.25)


def device_of(app, **configs):
    return ClientAppDevice(app, context_of({"partition-id": 1}, {"batch-size": 32}), **configs)


def test_a_train_function_gets_flower_s_records_and_its_reply_becomes_a_gradient():
    seen = []

    def train(message: Message, context: Context):
        seen.append((dict(message.content["config"]), message.metadata.group_id, context.node_config, context.run_config))
        context.state["count"] = MetricRecord({"n": context.state["count"]["n"] + 1 if "count" in context.state else 1})
        seen.append(context.state["count"]["n"])
        return halved(message, context)

    device = device_of(app_of(train), fit_config=lambda number: {"lr": 0.1 * number})
    found = device(model())
    assert not device.evaluates
    np.testing.assert_allclose(found.flat(LAYOUT), np.arange(8) / 2)
    assert (found.samples, found.loss) == (7, 0.25)
    assert seen == [({"server-round": 3, "lr": pytest.approx(0.3)}, "3", {"partition-id": 1}, {"batch-size": 32}), 1]
    device(model())
    assert seen[-1] == 2


def test_a_lifespan_surrounds_each_message():
    app, events = app_of(halved), []

    @app.lifespan()
    def lifespan(context: Context):
        events.append("begin")
        yield
        events.append("end")

    device_of(app)(model())
    assert events == ["begin", "end"]


def test_mods_see_the_messages_and_local_privacy_clips():
    mods = [message_size_mod, arrays_size_mod, LocalDpMod(clipping_norm=1.0, sensitivity=0.0, epsilon=1.0, delta=0.1)]
    found = device_of(app_of(halved, mods))(model())
    assert np.linalg.norm(found.flat(LAYOUT)) == pytest.approx(1.0, rel=1e-5)


def test_a_mod_that_replies_with_an_error_ends_the_training_with_its_reason():
    with pytest.raises(RuntimeError, match="the ClientApp replied to train with error .*clipping_norm"):
        device_of(app_of(halved, [fixedclipping_mod]))(model())
    device = device_of(app_of(halved, [fixedclipping_mod]), fit_config=lambda number: {"clipping_norm": 1.0})
    assert np.linalg.norm(device(model()).flat(LAYOUT)) == pytest.approx(1.0, rel=1e-5)


def test_adaptive_clipping_clips_at_the_norm_of_the_config():
    device = device_of(app_of(halved, [adaptiveclipping_mod]), fit_config=lambda number: {"clipping_norm": 1.0})
    assert np.linalg.norm(device(model()).flat(LAYOUT)) == pytest.approx(1.0, rel=1e-5)


def test_flower_s_secure_aggregation_is_refused():
    with pytest.raises(RuntimeError, match="leave the mod out, and create the run with secureAggregation"):
        device_of(app_of(halved, [secaggplus_mod]))(model())


@pytest.mark.parametrize(
    ("arrays", "fault"),
    [
        ([np.zeros((2, 3), np.float32)], "'1' is missing"),
        ([np.zeros((2, 3)), np.zeros(2), np.zeros(1)], "'2' is not a tensor of the run.*BatchNorm"),
        ([np.zeros((3, 2)), np.zeros(2)], r"returned arrays of the shapes \[\(3, 2\), \(2,\)\], expected \[\(2, 3\), \(2,\)\]"),
    ],
)
def test_arrays_that_do_not_fit_the_run_are_named(arrays, fault):
    with pytest.raises(InvalidGradientError, match=fault):
        device_of(app_of(lambda message, context: reply(message, arrays)))(model())


def test_no_samples_skip_the_round_and_an_app_without_train_is_refused():
    def train(message: Message, context: Context):
        answer = halved(message, context)
        answer.content["metrics"]["num-examples"] = 0
        return answer

    assert device_of(app_of(train))(model()) is None
    with pytest.raises(TypeError, match="no function for train"):
        device_of(ClientApp())


def test_a_state_dict_fits_the_module_from_which_the_run_was_created():
    torch = pytest.importorskip("torch")
    layout = TensorLayout([Tensor("0.weight", (2, 3)), Tensor("0.bias", (2,))])

    def train(message: Message, context: Context):
        module = torch.nn.Sequential(torch.nn.Linear(3, 2))
        module.load_state_dict(message.content["arrays"].to_torch_state_dict())
        with torch.no_grad():
            for parameter in module.parameters():
                parameter /= 2
        return reply(message, module.state_dict())

    np.testing.assert_allclose(device_of(app_of(train))(model(layout)).flat(layout), np.arange(8) / 2)


class Halving(NumPyClient):
    """Overrides fit and evaluate, as in Flower's tutorials."""

    def fit(self, parameters, config):
        return [array / 2 for array in parameters], 7, {"loss": float(config["server_round"])}

    def evaluate(self, parameters, config):
        return 0.5, 4, {"accuracy": 0.75}


class FitOnly(NumPyClient):
    """Overrides fit only."""

    fit = Halving.fit


class Messages(Client):
    """A client whose methods take FitIns and EvaluateIns."""

    def fit(self, ins):
        arrays = [array / 2 for array in parameters_to_ndarrays(ins.parameters)]
        return FitRes(Status(Code.OK, ""), ndarrays_to_parameters(arrays), 7, {"loss": float(ins.config["server_round"])})

    def evaluate(self, ins):
        return EvaluateRes(Status(Code.OK, ""), 0.5, 4, {"accuracy": 0.75})


@pytest.mark.parametrize(
    "device",
    [
        FlowerDevice(Halving()),
        FlowerDevice(Halving().to_client()),
        device_of(ClientApp(client_fn=lambda context: Halving().to_client())),
        device_of(ClientApp(client_fn=lambda context: Messages(), mods=[arrays_size_mod])),
    ],
    ids=["NumPyClient", "to_client", "client_fn", "FitIns"],
)
def test_clients_of_every_kind_train_and_evaluate(device):
    found = device(model())
    np.testing.assert_allclose(found.flat(LAYOUT), np.arange(8) / 2)
    assert (found.samples, found.loss) == (7, 3.0)
    assert device.evaluate(model()) == {"loss": 0.5, "accuracy": 0.75}


def test_a_client_without_evaluate_reports_no_metrics():
    assert not FlowerDevice(FitOnly()).evaluates
    assert device_of(ClientApp(client_fn=lambda context: FitOnly().to_client())).evaluate(model()) == {}


def create(server, name):
    tensors = {"array-0": np.zeros((2, 3), np.float32), "array-1": np.zeros(2, np.float32)}
    server.operate("POST", "runs", {**definition(tensors, {**PLAN, "name": name}), "initialModel": "zeros"})


def final(server, name):
    return np.frombuffer(server.download(f"runs/{name}/rounds/latest/model"), dtype=np.float32)


def test_clients_that_take_arrays_or_messages_share_a_run(server):
    create(server, "flower-kinds")
    token, contexts = server.enrolment_token(), []

    def client_fn(context: Context):
        contexts.append(context)
        return Messages()

    with ThreadPoolExecutor(2) as pool:
        common = {"server_address": server.url, "run": "flower-kinds", "enrolment_token": token}
        devices = [
            pool.submit(start_client, client=Halving().to_client(), state_dir=MemoryStore(), **common),
            pool.submit(start_client, client_fn=client_fn, state_dir=MemoryStore(), node_config={"partition-id": 1}, **common),
        ]
        server.start_when_joined("flower-kinds", 2, devices)
        assert [device.result().end for device in devices] == [RunEnd.FINISHED] * 2
    assert isinstance(contexts[0], Context) and contexts[0].node_config == {"partition-id": 1}
    assert server.operate("GET", "runs/flower-kinds/rounds/1")["metrics"]["accuracy"] == 0.75


def test_the_command_runs_an_app_s_folder(server, tmp_path):
    (tmp_path / "halfway").mkdir()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "halfway" / "client_app.py").write_text(APP)
    create(server, "flower-app")
    env = {**environment(), "EVENKEEL_ENROLMENT_TOKEN": server.enrolment_token(), "EVENKEEL_URL": server.url}

    def run(number):
        command = [sys.executable, "-m", "evenkeel", "flower", str(tmp_path), "--run", "flower-app"]
        command += ["--state", str(tmp_path / f"device-{number}"), "--node-config", f"partition-id={number} num-partitions=2"]
        command += ["--train-config", "lr=0.5", "--run-config", "batch-size=16"]
        done = subprocess.run(command, env=env, cwd=os.sep, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    with ThreadPoolExecutor(2) as pool:
        devices = [pool.submit(run, number) for number in (0, 1)]
        server.start_when_joined("flower-app", 2, devices)
        for device in devices:
            device.result()
    # Halfway to the mean of the targets 0 and 1, in each of three rounds.
    np.testing.assert_allclose(final(server, "flower-app"), 0.4375)
    metrics = server.operate("GET", "runs/flower-app/rounds/2")
    assert metrics["metrics"] == {"mean_value": 0.375, "round": 3.0}
    assert metrics["loss"] == 0.5


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--node-config", "partition-id"], "--node-config has 'partition-id', expected KEY=VALUE"),
        (["--train-config", "lr=high"], "--train-config has 'lr=high', expected KEY=VALUE"),
        ([], "names no ClientApp: expected tool.flwr.app.components"),
    ],
)
def test_wrong_arguments_are_named(arguments, fault, tmp_path, capsys):
    (tmp_path / "pyproject.toml").write_text(PROJECT if arguments else "[project]\nname = 'other'\n")
    (tmp_path / "halfway").mkdir()
    (tmp_path / "halfway" / "client_app.py").write_text(APP)
    assert main(["flower", str(tmp_path), "--run", "r", "--state", str(tmp_path / "state"), *arguments]) == 2
    assert fault in capsys.readouterr().err
