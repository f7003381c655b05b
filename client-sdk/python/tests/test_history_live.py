"""A real coordinator on H2 whose folder is replaced by an earlier copy, while devices continue."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evenkeel import Client, Listener, OnDivergence, RunEnd
from evenkeel.client import DeviceState, MemoryStore
from evenkeel.wire import Limits, decode_frame

from . import coordinator

D, ROUNDS, BACK_UP, LOST = 200, 16, 4, 9


class Lost(Listener):
    def __init__(self):
        self.messages = 0

    def messages_lost(self, messages, first_round, last_round):
        self.messages += messages


@pytest.fixture
def own_server(tmp_path):
    if coordinator.command() is None:
        pytest.skip("no coordinator is built")
    (tmp_path / "coordinator").mkdir()
    started = coordinator.Coordinator(tmp_path / "coordinator")
    yield started
    started.kill()


class Gate:
    """Holds devices before they compute for a round, until the test has taken the preceding actions."""

    def __init__(self, *rounds):
        self.open = {round: threading.Event() for round in rounds}
        self.asked = {round: threading.Event() for round in rounds}

    def wait(self, round):
        if round in self.open:
            self.asked[round].set()
            assert self.open[round].wait(600)


@pytest.mark.waits
@pytest.mark.parametrize(
    "definition, feedback",
    [
        ({"algorithm": "ef21-norm"}, "ef21"),
        (
            {"algorithm": "ef21-sgdm-norm", "eta": "constant:0.3", "downlink": {"compressor": "top-k:0.2+natural"}},
            "ef21-momentum",
        ),
        ({"algorithm": "ef14"}, "ef14"),
    ],
)
def test_devices_follow_a_restored_backup(own_server, tmp_path, definition, feedback):
    server, gate = own_server, Gate(BACK_UP, LOST)
    run = server.run("history", dimension=D, compressor="top-k:0.1", rounds=ROUNDS, participants={"min": 2}, **definition)
    token, stores = server.enrolment_token(), [MemoryStore(), MemoryStore()]
    used, events = [{}, {}], [Lost(), Lost()]

    def device(i):
        target = np.random.default_rng(i).standard_normal(D)

        def gradient(model):
            gate.wait(model.round)
            used[i][model.round] = model.values.copy()
            return model.values - target

        options = {"on_divergence": OnDivergence.FAIL, "retry_for": 600.0, "long_poll": 2.0, "listener": events[i]}
        with Client(server.url, run=run, enrolment_token=token, state_dir=stores[i], **options) as client:
            return client.train(gradient)

    with ThreadPoolExecutor(2) as pool:
        devices = [pool.submit(device, i) for i in range(2)]
        go_back(server, tmp_path, run, devices, gate)
        outcomes = [each.result() for each in devices]

    assert [outcome.end for outcome in outcomes] == [RunEnd.FINISHED] * 2
    assert [each.messages for each in events] == [LOST - BACK_UP] * 2
    for round in range(ROUNDS):
        assert used[0][round].tobytes() == used[1][round].tobytes()
        try:
            dense = server.download(f"runs/{run}/rounds/{round}/model?dtype=float32")
        except AssertionError:
            continue
        assert used[0][round].tobytes() == dense, round
    if feedback.startswith("ef21"):
        assert server.operate("POST", f"runs/{run}/audit")["agrees"]
    for member in server.operate("GET", f"runs/{run}/members"):
        assert member["sequence"] == ROUNDS
    for store in stores:
        with Client(server.url, run=run, state_dir=store) as client:
            client._enrolment.enrol(client._coordinator)
            state = DeviceState(store, run, client._coordinator.membership(run).client, feedback, D)
            assert state.sequence == ROUNDS
            if feedback.startswith("ef21"):
                frame, _, head = client._coordinator.state(run, D)
                assert head == state.head
                assert np.array_equal(decode_frame(frame, Limits(D)).to_dense(), state.feedback.vectors[0])


@pytest.mark.waits
def test_a_secure_fleet_continues_after_a_restore(own_server, tmp_path):
    from .test_secure_live import client_of, gradient, part_of, secure_run, sum_of
    from .test_secure_live import device as secure_device

    server, first, last, rebase, rounds = own_server, 1, 4, 6, 8
    gate, used = Gate(first, last), [{}, {}, {}]
    patient = {"phaseTime": "60s", "rebaseEvery": rebase}
    run = secure_run(server, "secure-history", 3, rounds, aggregation=patient, time={"min": "PT0S", "max": "PT60S"})
    stores = [MemoryStore() for _ in range(3)]

    def device(i):
        compute = gradient(i)

        def waiting(model):
            gate.wait(model.round)
            used[i][model.round] = model.values.tobytes()
            return compute(model)

        with secure_device(server, run, stores[i], i, retry_for=600.0) as client:
            return client.train(waiting)

    with ThreadPoolExecutor(3) as pool:
        devices = [pool.submit(device, i) for i in range(3)]
        go_back(server, tmp_path, run, devices, gate)
        outcomes = [each.result() for each in devices]

    assert [outcome.end for outcome in outcomes] == [RunEnd.FINISHED] * 3
    # Devices do not reveal twice in a round, so the coordinator skips those rounds.
    skipped = list(range(first, last))
    records = {record["round"]: record["participants"] for record in server.operate("GET", f"runs/{run}/rounds")}
    assert [round for round in range(rounds) if records.get(round, 0) == 0] == skipped
    assert used[0] == used[1] == used[2]
    # The devices joined again without their earlier messages, which stay in the sum until the rebase.
    parts = [part_of(store, run, client_of(store), rebase) for store in stores]
    assert sum_of(server, run, stores[0], rounds).tolist() == sum(parts).tolist()


def go_back(server, tmp_path, run, devices, gate):
    """Starts a run, copies the coordinator's folder at the gate's first round, and restores the copy at the second."""
    server.start_when_joined(run, len(devices), devices)
    folder, copy = tmp_path / "coordinator", tmp_path / "copy"
    for (round, opened), action in zip(
        gate.open.items(), (lambda: shutil.copytree(folder, copy), lambda: put_back(folder, copy))
    ):
        assert gate.asked[round].wait(300)
        server.wait_for_round(run, round)
        server.kill()
        action()
        server.start()
        opened.set()


def put_back(folder, copy):
    """Replaces a coordinator's folder with a copy."""
    shutil.rmtree(folder)
    shutil.copytree(copy, folder)
