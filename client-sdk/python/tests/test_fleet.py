"""Java and Python devices in one run, with a faulty proxy between them and the coordinator."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evenkeel import Client, Gradient, RunEnd, step
from evenkeel.vector import TensorLayout
from evenkeel.wire import Limits, Message

from . import coordinator
from .faulty_proxy import FaultyProxy

EXAMPLE = coordinator.ROOT / "client-sdk" / "example" / "target"
CLASSPATH = os.environ.get("EVENKEEL_DEVICE_CLASSPATH") or os.pathsep.join([f"{EXAMPLE}/classes", f"{EXAMPLE}/lib/*"])

DIMENSION, ROUNDS, DEVICES = 500, 12, 20


def java_device(url, run, token, folder):
    """Runs the Java SDK's example device, the gradient of 1/2 ||x - 1/2||^2, until it ends."""
    folder.mkdir(exist_ok=True)
    command = ["java", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp", CLASSPATH, "io.evenkeel.example.ExampleDevice", url, run]
    environment = {**os.environ, "EVENKEEL_ENROLMENT_TOKEN": token}
    life = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=400)
    assert life.returncode == 0, life.stderr
    assert "FINISHED" in life.stdout


def python_device(url, run, token, folder):
    """Runs such a device with this package, with the given target."""
    target = np.random.default_rng(int(folder.name)).standard_normal(DIMENSION)
    with Client(url, run=run, enrolment_token=token, state_dir=folder) as client:
        outcome = client.train(lambda model: Gradient(model.values.astype(np.float64) - target, 1, 1.0))
    assert outcome.end is RunEnd.FINISHED


pytestmark = pytest.mark.skipif(
    "EVENKEEL_DEVICE_CLASSPATH" not in os.environ
    and not (EXAMPLE / "classes" / "io" / "evenkeel" / "example" / "ExampleDevice.class").exists(),
    reason="the Java example device is not built: client-sdk/java/README.md says how",
)


def test_a_device_may_change_its_sdk(server, tmp_path):
    run = server.run("changed-sdk", dimension=DIMENSION, compressor="top-k:0.05", rounds=8)
    token = server.enrolment_token(uses=1)
    state = tmp_path / "device" / "device-state"
    with Client(server.url, run=run, enrolment_token=token, state_dir=state) as client:

        def first_half(model):
            if model.round == 4:
                client.stop()
            return model.values - np.float32(0.5)

        with ThreadPoolExecutor(1) as pool:
            device = pool.submit(client.train, first_half)
            server.start_when_joined(run, 1, [device])
            assert device.result().accepted == 4
    java_device(server.url, run, token, tmp_path / "device")
    with Client(server.url, run=run, state_dir=state) as client:
        outcome = client.train(lambda model: pytest.fail("the run has ended"))
        assert (outcome.end, outcome.round) == (RunEnd.FINISHED, 8)
    assert server.operate("GET", f"runs/{run}/members")[0]["sequence"] == 8


def test_a_mixed_fleet_behind_a_faulty_proxy_ends_with_the_bits_of_a_replay(server, tmp_path):
    run = server.run("fleet", dimension=DIMENSION, compressor="top-k:0.05+log:6", rounds=ROUNDS, gamma="constant:0.25",
                     participants={"min": 15}, time={"min": "PT0S", "max": "PT5S"})  # fmt: skip
    token = server.enrolment_token()
    proxy = FaultyProxy(server.url, share=0.08, seed=3)
    with ThreadPoolExecutor(DEVICES) as pool:
        devices = [
            pool.submit(java_device if i % 2 else python_device, proxy.url, run, token, tmp_path / str(i)) for i in range(DEVICES)
        ]
        server.start_when_joined(run, DEVICES, devices)
        for device in devices:
            device.result()
    assert proxy.faults > 20
    assert server.operate("POST", f"runs/{run}/audit")["agrees"]
    with Client(server.url, run=run, state_dir=tmp_path / "0", double_precision=True) as client:
        assert client.model(ROUNDS).values.tobytes() == replayed(server, run, proxy.messages.values()).tobytes()


def replayed(server, run, messages):
    """Returns the model after all rounds, computed from the accepted messages."""
    ordinals = {member["client"]: member["ordinal"] for member in server.operate("GET", f"runs/{run}/members")}
    layout = TensorLayout.flat(DIMENSION)
    state = step.ModelState(layout, step.NormalizedStep(), np.zeros(DIMENSION), retained=True)
    for round in range(ROUNDS):
        of_round = [(ordinals[receipt["client"]], body) for receipt, body in messages if receipt["includedIn"] == round]
        for _, body in sorted(of_round):
            state.add(Message.decode(body, Limits(DIMENSION)).delta)
        state.step(step.StepInput(float(DEVICES), 0.25))
    return state.x
