"""Runs with secure aggregation and a real coordinator: the sum equals that of the devices, regardless of crashes."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

pytest.importorskip("cryptography")

from evenkeel import Client, Gradient, RunEnd, privacy, secagg
from evenkeel.client import DeviceState, FolderStore, MemoryStore
from evenkeel.wire import Replica

from .test_crash import live

OWNER = secagg.OwnerKey.generate()
D = 40


def secure_run(server, name, members, rounds, most=None, dropout=0.0, **definition):
    """Creates a run whose steps wait for a second."""
    aggregation = {
        "owners": [base64.b64encode(OWNER.public).decode()],
        "dropout": dropout,
        "collusion": 0.0,
        "phaseTime": "1s",
        **definition.pop("aggregation", {}),
    }
    participants = {"min": members, "max": most or members}
    fields = {"dimension": D, "compressor": "identity", "rounds": rounds, "participants": participants, **definition}
    return server.run(name, secureAggregation=aggregation, **fields)


def gradient(seed):
    def compute(model):
        return Gradient(np.random.default_rng([seed, model.round]).standard_normal(D), samples=9, loss=float(seed))

    return compute


def device(server, run, store, seed, identity=None, **options):
    identity = identity or OWNER.provision()
    settings = {"minimum_cohort": 3, "long_poll": 2, "identity": identity, "enrolment_token": server.enrolment_token(1)}
    return Client(server.url, run=run, state_dir=store, **{**settings, **options})


def sum_of(server, run, store, rounds, dimension=D):
    """Returns S of the coordinator."""
    with Client(server.url, run=run, state_dir=store) as client:
        client._enrolment.enrol(client._coordinator)
        return Replica.decode(client._coordinator.replica(run, rounds, 1 << 20), dimension).total


def part_of(store, run, client, rebase_every=100, dimension=D):
    state = DeviceState(store, run, client, "ef21", dimension, rebase_every)
    assert state.pending is None
    return state.feedback.vectors[0]


def client_of(store):
    return json.loads(store.read("credentials"))["client"]


@pytest.mark.parametrize("compressor, rebase_every", [("identity", 100), ("rand-k:0.25", 2)])
def test_the_sum_is_that_of_the_devices(server, compressor, rebase_every):
    name = f"secure-{compressor[:4]}"
    run = secure_run(server, name, 4, 5, compressor=compressor, aggregation={"rebaseEvery": rebase_every})
    stores = [MemoryStore() for _ in range(4)]

    def train(i):
        with device(server, run, stores[i], i) as client:
            return client.train(gradient(i))

    with ThreadPoolExecutor(4) as pool:
        devices = [pool.submit(train, i) for i in range(4)]
        server.start_when_joined(run, 4, devices)
        outcomes = [each.result() for each in devices]
    assert [(one.end, one.accepted) for one in outcomes] == [(RunEnd.FINISHED, 5)] * 4
    parts = [part_of(store, run, client_of(store), rebase_every) for store in stores]
    total = sum_of(server, run, stores[0], 5)
    if compressor == "identity":
        assert total.tobytes() == sum(parts).tobytes()
    else:
        # Coordinates that no round of the epoch drew are zero on both sides.
        assert total.tolist() == sum(parts).tolist()
    records = server.operate("GET", f"runs/{run}/rounds")
    assert [(record["participants"], record["loss"]) for record in records] == [(4, 1.5)] * 5


@pytest.mark.parametrize("step", ["keys", "shares", "masked", "reveals"])
def test_the_others_continue_without_a_device_that_drops_out(server, step):
    time = {"min": "PT0S", "max": "PT5S"}
    run = secure_run(server, f"drop-{step}", 5, 2, most=6, dropout=0.1, time=time)
    stores, identities = [MemoryStore() for _ in range(6)], [OWNER.provision() for _ in range(6)]

    def train(i):
        with device(server, run, stores[i], i, identities[i]) as client:
            sending = client._coordinator.send_frame

            def stopped(path, kind, frame):
                if i == 5 and f"/{step}/" in path:
                    client.stop()
                    client._stop.check()
                sending(path, kind, frame)

            client._coordinator.send_frame = stopped
            return client.train(gradient(i))

    with ThreadPoolExecutor(7) as pool:
        devices = [pool.submit(train, i) for i in range(6)]
        server.start_when_joined(run, 6, devices)
        assert devices[5].result().end is RunEnd.STOPPED
        server.wait_for_round(run, 1)

        def come_back():
            with device(server, run, stores[5], 5, identities[5]) as client:
                return client.train(gradient(5))

        back = pool.submit(come_back)
        outcomes = [each.result() for each in devices[:5]] + [back.result()]
    assert [one.end for one in outcomes] == [RunEnd.FINISHED] * 6
    assert [one.accepted for one in outcomes[:5]] == [2] * 5
    parts = [part_of(store, run, client_of(store)) for store in stores]
    assert sum_of(server, run, stores[0], 2).tolist() == sum(parts).tolist()
    # A device that has sent its vector is in the sum, whether it reveals or not.
    assert server.operate("GET", f"runs/{run}/rounds")[0]["participants"] == (6 if step == "reveals" else 5)


def test_a_device_that_lost_its_state_is_a_new_member_and_its_old_part_ends_at_the_rebase(server):
    # No step ends before all devices have taken it: on a busy machine a device that the test needs could be left out.
    patient = {"rebaseEvery": 4, "phaseTime": "60s"}
    run = secure_run(server, "secure-lost", 3, 8, most=5, aggregation=patient, time={"min": "PT0S", "max": "PT60S"})
    stores, identities = [MemoryStore() for _ in range(4)], [OWNER.provision() for _ in range(4)]

    def train(i):
        with device(server, run, stores[i], i, identities[i]) as client:
            return client.train(patient_gradient if i == 0 else gradient(i))

    def patient_gradient(model):
        # The device that lost its state joins after the round in which it has left; by then the others could have finished.
        if model.round == 5:
            server.wait_for_ordinal(run, 4)
        return gradient(0)(model)

    def lose_state():
        with device(server, run, stores[3], 3, identities[3]) as client:

            def stopping(model):
                if model.round == 2:
                    client.stop()
                return gradient(3)(model)

            assert client.train(stopping).accepted == 2
        kept = stores[3].read("credentials")
        stores[3] = MemoryStore()
        stores[3].write("credentials", [kept])
        return train(3)

    with ThreadPoolExecutor(4) as pool:
        devices = [pool.submit(train, i) for i in range(3)] + [pool.submit(lose_state)]
        server.start_when_joined(run, 4, devices[:3])
        outcomes = [each.result() for each in devices]
    assert [one.end for one in outcomes] == [RunEnd.FINISHED] * 4
    members = server.operate("GET", f"runs/{run}/members")
    mine = next(member for member in members if member["client"] == client_of(stores[3]))
    assert mine["ordinal"] == 4, "it joined as another member"
    parts = [part_of(store, run, client_of(store), 4) for store in stores]
    assert sum_of(server, run, stores[0], 8).tolist() == sum(parts).tolist()


@pytest.mark.waits
def test_the_sum_is_that_of_the_devices_if_one_is_killed_at_every_point(server, tmp_path):
    # Fewer than the number of rounds without messages after which a run pauses: a life that ends too early can leave a round
    # without messages.
    rounds = 2
    run = secure_run(server, "secure-crash", 3, rounds, gamma="constant:0.125", aggregation={"phaseTime": "20s"})
    OWNER.provision().save(tmp_path / "identity")
    steady = [MemoryStore() for _ in range(2)]

    def train(i):
        with device(server, run, steady[i], i) as client:
            return client.train(gradient(i))

    with ThreadPoolExecutor(3) as pool:
        devices = [pool.submit(train, i) for i in range(2)]
        # A device that dies before it has saved its credentials enrols once more.
        token = server.enrolment_token()
        dying = pool.submit(live, server, run, token, tmp_path / "state", 7, str(tmp_path / "identity"))
        server.start_when_joined(run, 3, [*devices, dying])
        deaths = dying.result()
        assert [each.result().end for each in devices] == [RunEnd.FINISHED] * 2
    # The number of lives depends on how far each one gets before it ends. A round has more points than this.
    assert deaths >= 12, "too few points were reached"
    store = FolderStore(tmp_path / "state")
    parts = [part_of(one, run, client_of(one)) for one in [*steady, store]]
    store.close()
    assert sum_of(server, run, steady[0], rounds).tolist() == sum(parts).tolist()


def test_devices_continue_after_the_coordinator_was_killed_in_the_middle_of_an_attempt(server):
    # No step ends before all devices have taken it, regardless of the time that the start takes.
    run = secure_run(server, "secure-kill", 3, 3, aggregation={"phaseTime": "1h"})
    stores = [MemoryStore() for _ in range(3)]
    killed = []

    def train(i):
        with device(server, run, stores[i], i, retry_for=300) as client:
            sending = client._coordinator.send_frame

            def kill(path, kind, frame):
                sending(path, kind, frame)
                if i == 0 and "/rounds/1/" in path and "/masked/" in path and not killed:
                    killed.append(path)
                    server.kill()
                    server.start()

            client._coordinator.send_frame = kill
            return client.train(gradient(i))

    with ThreadPoolExecutor(3) as pool:
        devices = [pool.submit(train, i) for i in range(3)]
        server.start_when_joined(run, 3, devices)
        outcomes = [each.result() for each in devices]
    assert killed
    assert [(one.end, one.accepted) for one in outcomes] == [(RunEnd.FINISHED, 3)] * 3
    parts = [part_of(store, run, client_of(store)) for store in stores]
    assert sum_of(server, run, stores[0], 3).tolist() == sum(parts).tolist()


def test_with_privacy_the_sum_has_the_noise_and_the_devices_parts_have_none(server):
    terms = {"normalization": "clip", "bound": 1, "noiseMultiplier": 10, "budget": {"delta": 1e-6}}
    run = secure_run(server, "secure-private", 4, 4, privacy=terms)
    stores = [MemoryStore() for _ in range(4)]

    def train(i):
        with device(server, run, stores[i], i) as client:
            return client.train(gradient(i))

    with ThreadPoolExecutor(4) as pool:
        devices = [pool.submit(train, i) for i in range(4)]
        server.start_when_joined(run, 4, devices)
        outcomes = [each.result() for each in devices]
    assert [(one.end, one.accepted) for one in outcomes] == [(RunEnd.FINISHED, 4)] * 4
    parts = [part_of(store, run, client_of(store)) for store in stores]
    assert all(0 < np.linalg.norm(part) <= 4 for part in parts)
    noise = sum_of(server, run, stores[0], 4) - sum(parts)
    # 4 rounds with a deviation of 10 each; of 40 values.
    assert 10 < np.sqrt((noise**2).mean()) < 30
    records = server.operate("GET", f"runs/{run}/rounds")
    assert [record.get("loss") for record in records] == [None] * 4
    assert [record["epsilon"] for record in records] == pytest.approx([privacy.epsilon(5, k, 1e-6) for k in range(1, 5)])
