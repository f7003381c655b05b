"""Scripts that use FLARE's client API, with nvflare installed. .ci/full runs them in an environment that has it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

pytest.importorskip("nvflare", reason="nvflare is not installed: .ci/integrations installs it")

from nvflare.app_common.abstract.fl_model import FLModel, ParamsType

from evenkeel._definition import definition
from evenkeel.client import Model
from evenkeel.errors import InvalidGradientError
from evenkeel.flare._api import ExchangeAPI
from evenkeel.loops import ModelExchange
from evenkeel.vector import Tensor, TensorLayout

from ..coordinator import environment

LAYOUT = TensorLayout([Tensor("numpy_key", (2, 3))])

SCRIPT = '''
"""A script like FLARE's hello-numpy: its training adds 1, as a full model or as a difference."""

import argparse

import nvflare.client as flare
from nvflare.client.tracking import SummaryWriter

parser = argparse.ArgumentParser()
parser.add_argument("--update_type", choices=["full", "diff"], default="full")
diff = parser.parse_args().update_type == "diff"
flare.init()
site = flare.system_info()["site_name"]
assert (flare.get_site_name(), flare.get_job_id()) == (site, "flare")
writer = SummaryWriter()
while flare.is_running():
    received = flare.receive()
    assert flare.is_train() and not flare.is_evaluate() and not flare.is_submit_model()
    print(site, received.current_round, "of", received.total_rounds)
    before = received.params["numpy_key"]
    writer.add_scalar("mean", before.mean(), global_step=received.current_round)
    flare.send(
        flare.FLModel(
            params={"numpy_key": before * 0 + 1 if diff else before + 1},
            params_type=flare.ParamsType.DIFF if diff else flare.ParamsType.FULL,
            metrics={"Weight Mean": before.mean(), "loss": 0.5},
            current_round=received.current_round,
            meta={"NUM_STEPS_CURRENT_ROUND": 5},
        )
    )
'''


def test_a_script_takes_part_in_a_run_with_full_models_and_differences(server, tmp_path):
    (tmp_path / "client.py").write_text(SCRIPT)
    tensors = {"numpy_key": np.zeros((2, 3), np.float32)}
    plan = {"compressor": "identity", "algorithm": "ef21", "gamma": "constant:1", "rounds": 3, "participants": {"min": 2}}
    server.operate("POST", "runs", {**definition(tensors, {**plan, "name": "flare"}), "initialModel": "zeros"})
    env = {**environment(), "EVENKEEL_ENROLMENT_TOKEN": server.enrolment_token(), "EVENKEEL_URL": server.url}

    def run(site, *arguments):
        command = [sys.executable, "-m", "evenkeel", "flare", "--run", "flare", "--state", str(tmp_path / site), "--name", site]
        done = subprocess.run([*command, "client.py", *arguments], env=env, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    with ThreadPoolExecutor(2) as pool:
        devices = [pool.submit(run, "site-1"), pool.submit(run, "site-2", "--update_type", "diff")]
        server.start_when_joined("flare", 2, devices)
        outputs = [device.result() for device in devices]
    assert outputs[1].splitlines() == [f"site-2 {round} of 3" for round in range(3)]
    np.testing.assert_array_equal(np.frombuffer(server.download("runs/flare/rounds/latest/model"), dtype=np.float32), 3)
    record = server.operate("GET", "runs/flare/rounds/2")
    assert (record["metrics"], record["loss"]) == ({"loss": 0.5, "weight_mean": 2.0}, 0.5)


def test_a_script_that_fails_shows_its_traceback(server, tmp_path):
    (tmp_path / "client.py").write_text("import nvflare.client as flare\nflare.init()\nraise KeyError('mine')\n")
    command = [sys.executable, "-m", "evenkeel", "flare", "--run", "none", "--state", str(tmp_path / "state"), "client.py"]
    done = subprocess.run(
        [*command], env={**environment(), "EVENKEEL_URL": server.url}, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert 'client.py", line 3' in done.stderr and done.stderr.endswith("evenkeel: the script failed: KeyError: 'mine'\n")


@pytest.mark.parametrize(
    ("params", "fault"),
    [
        ({"other": np.zeros((2, 3))}, "'numpy_key' is missing; 'other' is not a tensor of the run"),
        ({"numpy_key": np.zeros(6)}, r"'numpy_key' has shape \(6,\), expected \(2, 3\)"),
    ],
)
def test_parameters_that_do_not_fit_the_run_are_named(params, fault):
    exchange = ModelExchange()
    exchange.start(lambda: exchange.gradient(Model(0, LAYOUT, np.zeros(6, np.float32))))
    api = ExchangeAPI(exchange, "run", "site", torch=False)
    with pytest.raises(InvalidGradientError, match=fault):
        api.send(FLModel(params=params, params_type=ParamsType.FULL))
    exchange.close(lambda: None)


def test_torch_parameters_are_passed_as_tensors_both_ways():
    torch = pytest.importorskip("torch")
    exchange, found = ModelExchange(), []
    exchange.start(lambda: found.append(exchange.gradient(Model(0, LAYOUT, np.ones(6, np.float32)))))
    api = ExchangeAPI(exchange, "run", "site", torch=True)
    received = api.receive()
    assert isinstance(received.params["numpy_key"], torch.Tensor)
    api.send(FLModel(params={"numpy_key": torch.zeros(2, 3, requires_grad=True)}))
    assert api.receive() is None
    np.testing.assert_array_equal(found[0].flat(LAYOUT), 1)
