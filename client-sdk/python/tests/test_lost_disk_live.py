"""Devices that lose their disks in a run with secure aggregation, and a real coordinator."""

import threading

import pytest

pytest.importorskip("cryptography")

from concurrent.futures import ThreadPoolExecutor

from evenkeel import Listener, RunEnd
from evenkeel.client import DeviceState, MemoryStore

from .test_secure_live import OWNER, D, client_of, device, gradient, secure_run, sum_of

ROUNDS, KEY = 6, bytes(range(32))


class Events(Listener):
    def __init__(self):
        self.recoveries, self.reasons = [], []
        self.back = threading.Event()

    def recovered(self, sequence):
        self.recoveries.append(sequence)
        self.back.set()

    def backup_failed(self, reason):
        self.reasons.append(reason)


def between_rounds(client, round):
    """Stops a device before it has a message for a round; returns its gradient function."""

    def stopping(model):
        if model.round == round:
            client.stop()
        return gradient(0)(model)

    return stopping


def within_a_cohort(client, round):
    """Stops a device that has shared its secrets, before it sends its masked vector."""
    sending = client._coordinator.send_frame

    def stopped(path, kind, frame):
        if f"/rounds/{round}/" in path and "/masked/" in path:
            client.stop()
            client._stop.check()
        sending(path, kind, frame)

    client._coordinator.send_frame = stopped
    return gradient(0)


def joined_by(events, i):
    """Returns a gradient function with which the run does not end before a device that loses its disk has joined again."""

    def waiting(model):
        assert model.round < ROUNDS - 1 or events.back.wait(300)
        return gradient(i)(model)

    return waiting


def trained(server, name, lose=None, key=KEY, least=4, most=4):
    """Trains four devices, of which the first loses its state in round 3.

    Returns:
        S, the devices' vectors of error feedback and last sequences, the members, the events of the first device, and its id.
    """
    # A step ends when all devices but the lost one have taken it, regardless of the machine's speed.
    patient = {"phaseTime": "60s" if lose is not within_a_cohort else "5s", "rebaseEvery": 4}
    run = secure_run(server, name, least, ROUNDS, most=most, algorithm="ef21-sgdm-norm", eta="constant:0.3", seed=7,
                     aggregation=patient, time={"min": "PT0S", "max": "PT60S"})  # fmt: skip
    stores, identities, events = [MemoryStore() for _ in range(4)], [OWNER.provision() for _ in range(4)], Events()

    def train(i):
        if i == 0 and lose is not None:
            with device(server, run, stores[0], 0, identities[0], recovery_key=key) as client:
                assert client.train(lose(client, 3)).end is RunEnd.STOPPED
            kept = stores[0].read("credentials")
            stores[0] = MemoryStore()
            stores[0].write("credentials", [kept])
        options = {"recovery_key": key, "listener": events} if i == 0 else {}
        function = gradient(i) if i == 0 or key is not None else joined_by(events, i)
        with device(server, run, stores[i], i, identities[i], **options) as client:
            assert client.train(function).end is RunEnd.FINISHED

    with ThreadPoolExecutor(4) as pool:
        devices = [pool.submit(train, i) for i in range(4)]
        server.start_when_joined(run, 4, devices)
        for each in devices:
            each.result()
    states = [DeviceState(store, run, client_of(store), "ef21-momentum", D, 4) for store in stores]
    members = server.operate("GET", f"runs/{run}/members")
    return sum_of(server, run, stores[0], ROUNDS), states, members, events, client_of(stores[0])


@pytest.mark.parametrize("lose", [between_rounds, within_a_cohort])
def test_with_a_recovery_key_a_device_continues_as_if_nothing_had_happened(server, lose):
    name = lose.__name__.replace("_", "-")
    total, states, members, events, _ = trained(server, f"{name}-lost", lose)
    assert (events.recoveries, events.reasons) == ([3], [])
    assert [(member["ordinal"], member["sequence"]) for member in members] == [(i, ROUNDS) for i in range(4)]
    # All four are in each sum, so the bits do not depend on the number of attempts.
    whole, others, _, quiet, _ = trained(server, f"{name}-whole")
    assert quiet.recoveries == []
    assert total.tobytes() == whole.tobytes()
    for state, other in zip(states, others, strict=True):
        assert (state.sequence, state.pending) == (ROUNDS, None)
        vectors = [vector.tobytes() for vector in state.feedback.vectors]
        assert vectors == [vector.tobytes() for vector in other.feedback.vectors] and len(vectors) == 2


def test_without_a_key_a_device_that_was_in_a_cohort_leaves_and_joins_again(server):
    total, states, members, events, lost = trained(server, "new-member", within_a_cohort, key=None, least=3, most=5)
    assert (events.recoveries, events.reasons) == ([0], [])
    assert members[-1]["client"] == lost and members[-1]["ordinal"] == 4
    # Its old contribution was removed by the rebase in round 4.
    assert total.tolist() == sum(state.feedback.vectors[0] for state in states).tolist()
