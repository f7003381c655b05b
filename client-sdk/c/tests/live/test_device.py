"""Tests the Linux device with a real coordinator: alone, in a mixed fleet, with faults, kills and restored backups."""

import os
import random
import re
import shutil
import struct
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests import coordinator
from tests.faulty_proxy import FaultyProxy
from tests.test_fleet import java_device
from tests.test_fleet import pytestmark as java_is_built

from evenkeel import Client, step, wire
from evenkeel.client import MemoryStore
from evenkeel.client._protocol import Credentials
from evenkeel.vector import TensorLayout

DIMENSION, ROUNDS = 60, 16


def train(program, url, run, token, folder, data, **options):
    """Runs a device until it ends, and returns what it printed."""
    environment = {**os.environ, "EVENKEEL_ENROLMENT_TOKEN": token}
    life = subprocess.run(
        [program, url, run, folder, str(data)], env=environment, capture_output=True, text=True, timeout=400, **options
    )
    assert life.returncode == 0, life.stderr
    return life.stdout


def saved(folder):
    """Returns the device's g, its sequence and its last sent message from its newest complete slot (see evenkeel.c)."""
    slots = []
    for area in (2, 3):
        data = (folder / f"area-{area}").read_bytes()
        size = int.from_bytes(data[8:12], "little")
        if 0 < size <= len(data) and wire.crc32c(data[: size - 4]) == int.from_bytes(data[size - 4 : size], "little"):
            slots.append((int.from_bytes(data[4:8], "little"), data))
    data = max(slots)[1]
    method, _, started, _, dimension, sequence, _, _, _, _, size = struct.unpack_from("<BBBBIqQqQII", data, 16)
    assert dimension == DIMENSION
    g = np.frombuffer(data, "<f8", DIMENSION, 72).copy()
    vectors = 2 if started and method == 1 else 1
    return g, sequence, data[72 + 8 * DIMENSION * vectors :][:size]


def check_sums(server, run, folders, rounds):
    """Checks that the coordinator's g_i and sum equal those of the devices."""
    total = np.zeros(DIMENSION)
    with Client(server.url, run=run, enrolment_token=server.enrolment_token(), state_dir=MemoryStore()) as client:
        calls = client._coordinator
        for folder in folders:
            calls.use(credentials(folder))
            frame, sequence, _ = calls.state(run, 1 << 20)
            g, before, message = saved(folder)
            # A device saves the state before its last message, together with the message.
            assert sequence == rounds == before + 1
            wire.Message.decode(message, wire.Limits(DIMENSION)).delta.add_to(g)
            assert g.tobytes() == wire.decode_frame(frame, wire.Limits(DIMENSION)).to_dense().tobytes()
            total += g
        replica = wire.Replica.decode(calls.replica(run, rounds, 1 << 20), DIMENSION)
    assert np.allclose(replica.total, total, rtol=0, atol=1e-12)
    assert server.operate("POST", f"runs/{run}/audit")["agrees"]
    members = server.operate("GET", f"runs/{run}/members")
    assert [member["sequence"] for member in members] == [rounds] * len(folders)


def credentials(folder):
    """Returns a device's credentials."""
    text = (folder / "area-0").read_bytes() + (folder / "area-1").read_bytes()
    secret = text[text.index(b"evk_dev_") :].split(b"\0")[0].decode("ascii", "ignore")
    client = secret.split("_")[2]
    return Credentials(client, secret[: len("evk_dev_") + len(client) + 1 + 43])


def test_devices_train_on_csv_files(server, device, tmp_path):
    random = np.random.default_rng(3)
    truth = random.standard_normal((3, 4))
    for i in range(2):
        x = random.standard_normal((80, 4))
        rows = np.column_stack([x, np.argmax(x @ truth.T, axis=1)])
        np.savetxt(tmp_path / f"{i}.csv", rows, delimiter=",", fmt=["%.6f"] * 4 + ["%d"])
    tensors = [{"name": "weight", "shape": [3, 4]}, {"name": "bias", "shape": [3]}]
    run = server.run("c-csv", tensors=tensors, compressor="top-k:5", rounds=60, participants={"min": 2}, algorithm="ef21",
                     gamma="constant:0.5")  # fmt: skip
    token = server.enrolment_token()
    with ThreadPoolExecutor(2) as pool:
        devices = [pool.submit(train, device, server.url, run, token, tmp_path / str(i), tmp_path / f"{i}.csv") for i in range(2)]
        server.start_when_joined(run, 2, devices)
        assert all("finished; messages accepted: 60, refused: 0" in each.result() for each in devices)
    losses = [record["loss"] for record in server.operate("GET", f"runs/{run}/rounds")]
    assert losses[0] == pytest.approx(np.log(3)) and losses[-1] < 0.6 * losses[0]


@pytest.mark.parametrize("algorithm, compressor, downlink", [
    ("ef21-norm", "top-k:0.05+log:6", None),
    ("ef21-sgdm-norm", "rand-k:0.2+natural", "top-k:0.1+natural"),
    ("ef21-igt-norm", "layer-top-k:0.1+bf16", None),
    ("ef21-storm-norm", "top-k:0.1+natural", None),
    ("ef14", "top-k:0.05", "block-top-k:4:0.3+log:5"),
    ("ef14-decay", "block-top-k:4:0.2+log:4", None),
    ("gd-norm", "identity", "identity"),
])  # fmt: skip
def test_every_kind_of_run_completes_its_rounds(server, device, tmp_path, algorithm, compressor, downlink):
    tensors = [{"name": "weight", "shape": [4, 14]}, {"name": "bias", "shape": [4]}]
    run = server.run(f"c-{algorithm}", tensors=tensors, compressor=compressor, rounds=6, participants={"min": 2}, algorithm=algorithm,
                     **({"downlink": {"compressor": downlink}} if downlink else {}))  # fmt: skip
    token = server.enrolment_token()
    with ThreadPoolExecutor(2) as pool:
        devices = [pool.submit(train, device, server.url, run, token, tmp_path / str(i), i) for i in range(2)]
        server.start_when_joined(run, 2, devices)
        assert all("finished; messages accepted: 6, refused: 0" in each.result() for each in devices)
    losses = [record["loss"] for record in server.operate("GET", f"runs/{run}/rounds")]
    assert losses[-1] < losses[0]
    if algorithm.startswith("ef21"):
        assert server.operate("POST", f"runs/{run}/audit")["agrees"]


def test_a_mixed_fleet_behind_a_faulty_proxy_ends_with_the_bits_of_a_replay(server, device, tmp_path):
    count, dimension, rounds = 9, 500, 10
    run = server.run("c-fleet", dimension=dimension, compressor="top-k:0.05+log:6", rounds=rounds, gamma="constant:0.25",
                     participants={"min": 7}, time={"min": "PT0S", "max": "PT5S"})  # fmt: skip
    token = server.enrolment_token()
    proxy = FaultyProxy(server.url, share=0.08, seed=3)

    def python_device(url, run, token, folder):
        target = np.random.default_rng(int(folder.name)).standard_normal(dimension)
        with Client(url, run=run, enrolment_token=token, state_dir=folder) as client:
            client.train(lambda model: model.values.astype(np.float64) - target)

    def c_device(url, run, token, folder):
        assert "finished" in train(device, url, run, token, folder, folder.name)

    java = not java_is_built.args[0]
    kinds = [c_device, python_device, java_device if java else c_device]
    with ThreadPoolExecutor(count) as pool:
        devices = [pool.submit(kinds[i % 3], proxy.url, run, token, tmp_path / str(i)) for i in range(count)]
        server.start_when_joined(run, count, devices)
        for each in devices:
            each.result()
    assert proxy.faults > 10
    assert server.operate("POST", f"runs/{run}/audit")["agrees"]
    ordinals = {member["client"]: member["ordinal"] for member in server.operate("GET", f"runs/{run}/members")}
    state = step.ModelState(TensorLayout.flat(dimension), step.NormalizedStep(), np.zeros(dimension), retained=True)
    for round in range(rounds):
        of_round = [(ordinals[r["client"]], body) for r, body in proxy.messages.values() if r["includedIn"] == round]
        for _, body in sorted(of_round):
            state.add(wire.Message.decode(body, wire.Limits(dimension)).delta)
        state.step(step.StepInput(float(count), 0.25))
    with Client(server.url, run=run, state_dir=tmp_path / "1", double_precision=True) as client:
        assert client.model(rounds).values.tobytes() == state.x.tobytes()


@pytest.mark.parametrize("algorithm, compressor", [("ef21-norm", "top-k:0.2"), ("ef21-sgdm-norm", "rand-k:0.2+natural")])
def test_the_sum_is_that_of_devices_killed_at_every_point(server, crashing, tmp_path, algorithm, compressor):
    run = server.run(f"c-crash-{algorithm}", dimension=DIMENSION, algorithm=algorithm, compressor=compressor, rounds=ROUNDS,
                     gamma="constant:0.125", eta="constant:0.5", participants={"min": 2})  # fmt: skip
    token = server.enrolment_token()
    folders = [tmp_path / "0", tmp_path / "1"]

    def live(folder):
        for point in range(1, 2000):
            life = crashing(point, server.url, run, folder, folder.name, token=token)
            if life.returncode == 0:
                assert "finished" in life.stdout
                return point - 1
            assert life.returncode == -9, life.stderr
        raise AssertionError("the device never finished")

    with ThreadPoolExecutor(2) as pool:
        lives = [pool.submit(live, folder) for folder in folders]
        server.start_when_joined(run, 2, lives)
        deaths = sum(each.result() for each in lives)
    assert deaths >= 40, "too few points were reached"
    check_sums(server, run, folders, ROUNDS)


def test_nothing_is_lost_when_devices_are_killed_at_random_moments_behind_a_faulty_proxy(server, device, tmp_path):
    rounds, chance = 40, random.Random(5)
    run = server.run(
        "c-kills", dimension=DIMENSION, compressor="top-k:0.2", rounds=rounds, gamma="constant:0.125", participants={"min": 3}
    )
    token = server.enrolment_token()
    proxy = FaultyProxy(server.url, share=0.05, seed=4)
    folders = [tmp_path / str(i) for i in range(3)]

    def live(folder):
        kills = 0
        while True:
            environment = {**os.environ, "EVENKEEL_ENROLMENT_TOKEN": token}
            life = subprocess.Popen(
                [device, proxy.url, run, folder, folder.name], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            try:
                said, errors = life.communicate(timeout=0.2 + chance.random())
                assert b"finished" in said, errors
                return kills
            except subprocess.TimeoutExpired:
                life.kill()
                life.communicate()
                kills += 1

    with ThreadPoolExecutor(3) as pool:
        lives = [pool.submit(live, folder) for folder in folders]
        server.start_when_joined(run, 3, lives)
        assert sum(each.result() for each in lives) > 5
    check_sums(server, run, folders, rounds)
    # A device that was killed when the run ended learns of the end from its membership.
    again = subprocess.run([device, server.url, run, folders[0], "0"], capture_output=True, timeout=60)
    assert b"finished" in again.stdout, again.stderr


def test_lost_state_is_recovered_and_copied_state_is_refused(server, device, tmp_path):
    run = server.run("c-lost", dimension=DIMENSION, rounds=1000, participants={"min": 1}, compressor="top-k:0.1")
    token, folder = server.enrolment_token(), tmp_path / "device"

    def start():
        environment = {**os.environ, "EVENKEEL_ENROLMENT_TOKEN": token}
        return subprocess.Popen(
            [device, server.url, run, folder, "1"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def accepted():
        members = server.operate("GET", f"runs/{run}/members")
        return members[0]["sequence"] if members else -1

    def take_part(messages):
        number = accepted() + messages  # the device may have sent more than requested before it was stopped
        life, end = start(), time.monotonic() + 120
        while accepted() < number:
            assert life.poll() is None and time.monotonic() < end, life.communicate()
            if server.operate("GET", f"runs/{run}")["state"] == "created" and accepted() == 0:
                server.operate("POST", f"runs/{run}/start")
            time.sleep(0.05)
        life.terminate()
        assert "stopped; the state is saved" in life.communicate()[0]

    take_part(4)
    shutil.copytree(folder, tmp_path / "copy")
    take_part(3)
    for area in (2, 3):
        (folder / f"area-{area}").write_bytes(b"")
    take_part(3)
    assert server.operate("POST", f"runs/{run}/audit")["agrees"]
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "copy", folder)
    life = start()
    _, said = life.communicate(timeout=60)
    assert life.returncode == 1 and "diverged" in said


def test_mistakes_are_named(server, device, tmp_path):
    run = server.run("c-mistakes", dimension=DIMENSION + 1, rounds=1)
    (tmp_path / "bad.csv").write_text("1,2,0\n1,x,0\n")

    def said(*arguments, token=""):
        environment = {**os.environ, "EVENKEEL_ENROLMENT_TOKEN": token}
        life = subprocess.run([device, *arguments], env=environment, capture_output=True, text=True, timeout=60)
        assert life.returncode in (1, 2)
        return life.stderr

    assert "usage" in said(server.url, run)
    assert "row 2, column 2: expected a number" in said(server.url, run, tmp_path / "a", tmp_path / "bad.csv")
    assert "No such file" in said(server.url, run, tmp_path / "a", tmp_path / "none.csv")
    assert "is not a valid name of a run" in said(server.url, "A b", tmp_path / "a", "1")
    assert "refused" in said(server.url, run, tmp_path / "a", "1", token="evk_enrol_nonsense")
    assert "has 61 values, expected a multiple of 4" in said(server.url, run, tmp_path / "a", "1", token=server.enrolment_token())


@pytest.fixture
def own_server(tmp_path):
    """A coordinator that the test may stop and restore."""
    if coordinator.command() is None:
        pytest.skip("no coordinator is built")
    (tmp_path / "coordinator").mkdir()
    started = coordinator.Coordinator(tmp_path / "coordinator")
    yield started
    started.kill()


@pytest.mark.parametrize("algorithm, downlink", [("ef21-norm", None), ("ef21-sgdm-norm", "top-k:0.1+natural")])
def test_devices_follow_a_restored_backup(own_server, device, tmp_path, algorithm, downlink):
    """Replaces the coordinator's folder with an earlier copy while it is stopped; the devices continue."""
    rounds, back_up, gone_back = 24, 6, 12
    server, folder, copy = own_server, tmp_path / "coordinator", tmp_path / "copy"
    tensors = [{"name": "weight", "shape": [4, 14]}, {"name": "bias", "shape": [4]}]
    run = server.run("c-history", tensors=tensors, compressor="top-k:0.1", rounds=rounds, participants={"min": 2}, algorithm=algorithm,
                     time={"min": "PT0.5S", "max": "PT60S"}, **({"downlink": {"compressor": downlink}} if downlink else {}))  # fmt: skip
    token, folders = server.enrolment_token(), [tmp_path / str(i) for i in range(2)]
    with ThreadPoolExecutor(2) as pool:
        devices = [pool.submit(train, device, server.url, run, token, folders[i], i) for i in range(2)]
        server.start_when_joined(run, 2, devices)
        server.wait_for_round(run, back_up)
        server.kill()
        shutil.copytree(folder, copy)
        server.start()
        server.wait_for_round(run, gone_back)
        server.kill()
        shutil.rmtree(folder)
        shutil.copytree(copy, folder)
        server.start()
        for each in devices:
            printed = each.result()
            assert "finished" in printed
            lost = re.search("that the coordinator has lost: ([0-9]+)", printed)
            assert lost and gone_back - back_up - 2 <= int(lost[1]) < rounds
    if algorithm == "ef21-norm":
        check_sums(server, run, folders, rounds)
    assert server.operate("POST", f"runs/{run}/audit")["agrees"]
