"""Devices that are killed at every possible point, with a real coordinator."""

import os
import pathlib
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evenkeel import Client
from evenkeel.client import DeviceState, FolderStore
from evenkeel.wire import Limits, Replica, decode_frame

from . import coordinator

HERE = pathlib.Path(__file__).parent
DIMENSION = 60
ROUNDS = 24


def live(server, run, token, folder, seed, *more):
    """Runs a device that is killed again and again until it ends by itself; returns the number of crashes."""
    command = [sys.executable, HERE / "crashing_device.py", server.url, run, token, str(folder), str(seed), *more]
    pipe = subprocess.PIPE
    # In a separate process group, because the process forks a child for each attempt.
    with subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, env=coordinator.environment(), start_new_session=True
    ) as lives:
        try:
            printed, errors = lives.communicate(timeout=900)
        except subprocess.TimeoutExpired:
            os.killpg(lives.pid, signal.SIGKILL)
            raise
    assert lives.returncode == 0, errors
    return int(printed)


def state_of(server, run, folder, method):
    """Returns the sum S and g_i of the coordinator, and the device's own vectors."""
    store = FolderStore(folder)
    with Client(server.url, run=run, state_dir=store) as client:
        client._enrolment.enrol(client._coordinator)
        calls = client._coordinator
        member = calls.membership(run)
        frame, sequence, head = calls.state(run, DIMENSION)
        replica = Replica.decode(calls.replica(run, ROUNDS, DIMENSION), DIMENSION)
        state = DeviceState(store, run, member.client, method, DIMENSION)
        assert (state.sequence, state.head) == (sequence, head) == (member.sequence, member.head)
        assert state.pending is None
        if state.feedback.keeps_model:
            # The device keeps the model of its last accepted message.
            assert state.feedback.vectors[2].tolist() == client.model(member.last_round).values.tolist()
        return replica, decode_frame(frame, Limits(DIMENSION)).to_dense(), state.feedback.vectors


@pytest.mark.parametrize("algorithm, method, compressor", [
    ("ef21-norm", "ef21", "top-k:0.2"),
    pytest.param("ef21-sgdm-norm", "ef21-momentum", "rand-k:0.2+natural", marks=pytest.mark.full),
    pytest.param("ef21-igt-norm", "ef21-igt", "top-k:0.2", marks=pytest.mark.full),
    pytest.param("ef21-storm-norm", "ef21-storm", "top-k:0.2", marks=pytest.mark.full),
])  # fmt: skip
def test_the_sum_is_that_of_devices_killed_at_every_point(server, tmp_path, algorithm, method, compressor):
    run = server.run(f"crash-{method}", dimension=DIMENSION, algorithm=algorithm, compressor=compressor, rounds=ROUNDS,
                     gamma="constant:0.125", eta="constant:0.5", participants={"min": 2})  # fmt: skip
    token = server.enrolment_token()
    folders = [tmp_path / "one", tmp_path / "other"]
    with ThreadPoolExecutor(2) as pool:
        lives = [pool.submit(live, server, run, token, folder, seed) for seed, folder in enumerate(folders)]
        server.start_when_joined(run, 2, lives)
        deaths = sum(device.result() for device in lives)
    total = np.zeros(DIMENSION)
    for folder in folders:
        replica, theirs, ours = state_of(server, run, folder, method)
        assert theirs.tobytes() == ours[0].tobytes()
        total += theirs
    assert deaths >= 40, "too few points were reached"
    if method == "ef21":
        assert replica.total.tobytes() == total.tobytes()
    else:
        assert np.allclose(replica.total, total, rtol=0, atol=1e-12)


def test_devices_continue_after_repeated_kills_of_the_coordinator(server, tmp_path):
    run = server.run("killed", dimension=DIMENSION, rounds=ROUNDS, gamma="constant:0.125", participants={"min": 3})
    token = server.enrolment_token()
    folders = [tmp_path / f"device-{seed}" for seed in range(3)]

    def train(seed):
        def gradient(model):
            return np.random.default_rng([seed, model.round]).integers(-1000, 1000, DIMENSION) / 256

        with Client(server.url, run=run, enrolment_token=token, state_dir=folders[seed], long_poll=2, retry_for=300) as client:
            return client.train(gradient)

    with ThreadPoolExecutor(3) as pool:
        devices = [pool.submit(train, seed) for seed in range(3)]
        server.start_when_joined(run, 3, devices)
        for round in (5, 12):
            server.wait_for_round(run, round)
            server.kill()
            server.start()
        assert [device.result().end.value for device in devices] == ["finished"] * 3
    states = [state_of(server, run, folder, "ef21") for folder in folders]
    assert all(theirs.tobytes() == ours[0].tobytes() for _, theirs, ours in states)
    assert states[0][0].total.tobytes() == sum(theirs for _, theirs, _ in states).tobytes()
