"""Devices of a cohort in threads, with a small coordinator in this process."""

import threading

import numpy as np
import pytest

pytest.importorskip("cryptography")

from evenkeel import Listener, privacy, secagg
from evenkeel.client import DeviceState, MemoryStore, OnDivergence, RunEnd
from evenkeel.client._counters import PrivacyLedger
from evenkeel.errors import DivergedError, ProtocolError

from .cohort_devices import OWNER, cohort, device, gradient, state_of, train  # noqa: F401
from .cohort_server import RUN


@pytest.mark.parametrize("compressor", ["identity", "rand-k:0.5"])
def test_the_sum_is_that_of_the_devices_and_the_coordinator_sees_no_message(cohort, compressor):
    server = cohort(compressor=compressor)
    clients = [device(server) for _ in range(4)]
    outcomes = train(clients)
    assert [(outcome.end, outcome.accepted) for outcome in outcomes] == [(RunEnd.FINISHED, 3)] * 4
    states = [state_of(client, server) for client in clients]
    assert server.total.tobytes() == sum(state.feedback.vectors[0] for state in states).tobytes()
    # Loss in units of 2^-16, and the number of devices that have one.
    assert [words[-2:].tolist() for words in server.sums] == [[(1 + 2 + 3 + 4) << 16, 4]] * 3
    assert all(state.sequence == 3 and state.pending is None for state in states)


def test_the_sum_and_all_parts_start_from_zero_at_a_rebase(cohort):
    server = cohort(rounds=5, rebase_every=2)
    clients = [device(server) for _ in range(4)]
    train(clients)
    states = [state_of(client, server, rebase_every=2) for client in clients]
    assert server.total.tobytes() == sum(state.feedback.vectors[0] for state in states).tobytes()
    # With identity, g is the last gradient to within the unit.
    last = sum(np.random.default_rng([seed, 4]).standard_normal(8) for seed in range(4))
    assert np.abs(server.total - last).max() <= 4 * 2.0**-21


def test_a_device_that_drops_out_after_masking_is_in_the_sum_and_learns_so_later(cohort):
    server = cohort(size=4, rounds=2, expected=lambda round, attempt, step: {0, 1, 2} if step == "reveals" else None)
    stores = [MemoryStore() for _ in range(4)]
    identities = [OWNER.provision() for _ in range(4)]
    clients = [device(server, stores[i], identities[i]) for i in range(4)]
    stopping = clients[3]._coordinator.send_frame

    def stopped(path, kind, frame):
        if "/reveals/" in path:
            clients[3].stop()
            clients[3]._stop.check()
        stopping(path, kind, frame)

    clients[3]._coordinator.send_frame = stopped
    server.rounds = 1
    outcomes = train(clients)
    assert [outcome.end for outcome in outcomes] == [RunEnd.FINISHED] * 3 + [RunEnd.STOPPED]
    state = DeviceState(stores[3], RUN, "client-4", "ef21", 8, 100)
    assert state.pending is not None and state.sequence == 0
    (outcome,) = train([device(server, stores[3], identities[3])])
    assert (outcome.end, outcome.accepted) == (RunEnd.FINISHED, 1)
    states = [DeviceState(store, RUN, f"client-{i + 1}", "ef21", 8, 100) for i, store in enumerate(stores)]
    assert server.total.tobytes() == sum(state.feedback.vectors[0] for state in states).tobytes()


@pytest.mark.parametrize("step", ["shares", "masked"])
def test_a_device_that_is_too_late_for_the_cohort_continues_with_its_state_unchanged(cohort, step):
    server = cohort(size=4, rounds=2, expected=lambda round, attempt, at: {0, 1, 2} if round == 0 and at == step else None)
    clients = [device(server) for _ in range(4)]
    sending, late = clients[3]._coordinator.send_frame, []

    def slow(path, kind, frame):
        if f"/rounds/0/attempts/0/{step}/" in path:
            with server.changed:
                assert server.changed.wait_for(lambda: server.round > 0, 60)
            late.append(path)
        sending(path, kind, frame)

    clients[3]._coordinator.send_frame = slow
    outcomes = train(clients)
    assert [(outcome.accepted, outcome.refused) for outcome in outcomes] == [(2, 0)] * 3 + [(1, 1)]
    assert late
    states = [state_of(client, server) for client in clients]
    assert server.total.tobytes() == sum(state.feedback.vectors[0] for state in states).tobytes()
    assert server.sums[0][-1] == 3 and server.sums[1][-1] == 4


def test_an_attempt_that_fails_is_repeated_with_the_same_message_and_new_secrets(cohort):
    failing = threading.Event()

    def expected(round, attempt, step):
        return {99} if attempt == 0 and round == 0 and step == "masked" else None

    server = cohort(size=4, rounds=1, expected=expected)

    def fail():
        with server.changed:
            assert server.changed.wait_for(lambda: len(server.attempt.sent["masked"]) == 4, 60)
        server.fail_attempt()
        failing.set()

    threading.Thread(target=fail, daemon=True).start()
    clients = [device(server) for _ in range(4)]
    outcomes = train(clients)
    assert failing.is_set()
    assert [(outcome.accepted, outcome.refused) for outcome in outcomes] == [(1, 0)] * 4
    for ordinal in range(4):
        assert [request[2:] for request in server.requests if request[0] == ordinal] == [
            *[(0, step) for step in ("keys", "shares", "masked")],
            *[(1, step) for step in ("keys", "shares", "masked", "reveals")],
        ]


def test_a_device_that_restarts_before_it_revealed_takes_part_in_a_later_attempt(cohort):
    server = cohort(size=3, rounds=1)
    stores, identities = [MemoryStore() for _ in range(3)], [OWNER.provision() for _ in range(3)]
    clients = [device(server, stores[i], identities[i]) for i in range(3)]
    sending = clients[2]._coordinator.send_frame
    restarted = []

    def crash(path, kind, frame):
        if "/masked/" in path:
            clients[2].stop()
            clients[2]._stop.check()
        sending(path, kind, frame)

    clients[2]._coordinator.send_frame = crash

    def again():
        with server.changed:
            assert server.changed.wait_for(
                lambda: server.attempt.step == "masked" and len(server.attempt.sent["masked"]) == 2, 60
            )
        server.fail_attempt()
        restarted.extend(train([device(server, stores[2], identities[2])]))

    thread = threading.Thread(target=again, daemon=True)
    thread.start()
    outcomes = train(clients)
    thread.join(60)
    assert [outcome.end for outcome in outcomes + restarted] == [RunEnd.FINISHED] * 2 + [RunEnd.STOPPED, RunEnd.FINISHED]
    assert restarted[0].accepted == 1
    assert server.sums[0][-2:].tolist() == [(1 + 2 + 3) << 16, 3], "the loss is kept beside the staged message"


def test_a_device_that_lost_its_state_leaves_and_joins_again(cohort):
    server = cohort(size=3, rounds=1)
    clients = [device(server) for _ in range(3)]
    train(clients)
    server.rounds = 2
    lost = MemoryStore()
    lost.write("credentials", [clients[2]._store.read("credentials")])
    others = [device(server, clients[i]._store, clients[i]._settings.demands.identity) for i in range(2)]
    fresh = device(server, lost)
    outcomes = train([*others, fresh])
    assert [outcome.accepted for outcome in outcomes] == [1, 1, 1]
    assert sorted(member.ordinal for member in server.members.values()) == [0, 1, 2]
    member = server.members[fresh._coordinator._credentials.client]
    assert (member.sequence, member.last_round) == (1, 1)
    refusing = MemoryStore()
    refusing.write("credentials", [clients[2]._store.read("credentials")])
    (outcome,) = train([device(server, refusing, on_divergence=OnDivergence.FAIL)])
    assert isinstance(outcome, DivergedError)


def test_a_device_that_lost_its_state_learns_that_the_run_ended_before_it_could_join_again(cohort):
    server = cohort(size=3, rounds=1)
    clients = [device(server) for _ in range(3)]
    train(clients)
    server.rounds = 2
    server.ends_with_leaver = True
    lost = MemoryStore()
    lost.write("credentials", [clients[2]._store.read("credentials")])
    (outcome,) = train([device(server, lost)])
    assert (outcome.end, outcome.round, outcome.accepted) == (RunEnd.FINISHED, 1, 0)


PRIVACY = {"by": "device", "mechanism": "clip:1.0:2.0", "delta": 1e-6}
NOISE = privacy.CohortNoise.of(privacy.GaussianMechanism.parse("clip:1.0:2.0"), -21, 4, 8, 0.05, 8)


class Spent(Listener):
    def __init__(self):
        self.spent = []

    def privacy_spent(self, messages, epsilon, delta):
        self.spent.append((messages, epsilon))


def test_with_privacy_each_device_adds_its_share_of_the_noise_and_none_keeps_it(cohort):
    server = cohort(privacy=PRIVACY)
    listeners = [Spent() for _ in range(4)]
    clients = [device(server, listener=listener) for listener in listeners]
    outcomes = train(clients)
    assert [(outcome.end, outcome.accepted) for outcome in outcomes] == [(RunEnd.FINISHED, 3)] * 4
    states = [state_of(client, server) for client in clients]
    noise = np.ldexp(server.total - sum(state.feedback.vectors[0] for state in states), 21)
    # The noise of 3 rounds and 4 devices; the estimate of its deviation from 8 values is within 4 deviations.
    assert 0.2 < np.sqrt((noise**2).mean() / 12) / NOISE.grid.deviation < 2
    # No loss, which would have no noise.
    assert [words[-2:].tolist() for words in server.sums] == [[0, 0]] * 3
    for state in states:
        assert np.linalg.norm(state.feedback.vectors[0]) <= 3
    for listener in listeners:
        assert listener.spent == [(k, privacy.epsilon(1, k, 1e-6)) for k in (1, 2, 3)]


def spent(store):
    return PrivacyLedger(store, RUN, NOISE.cost, 0).messages


def test_with_privacy_each_attempt_has_new_noise_and_is_counted_even_after_a_restart(cohort, monkeypatch):
    masking, before_masking = secagg.SecAggDevice.mask, []

    def mask(self, words, shares):
        before_masking.append(tuple(words))
        masking(self, words, shares)

    monkeypatch.setattr(secagg.SecAggDevice, "mask", mask)
    server = cohort(size=3, rounds=1, privacy=PRIVACY)
    stores, identities = [MemoryStore() for _ in range(3)], [OWNER.provision() for _ in range(3)]
    clients = [device(server, stores[i], identities[i]) for i in range(3)]
    sending, restarted, counted = clients[2]._coordinator.send_frame, [], []

    def crash(path, kind, frame):
        counted.append(spent(stores[2]))
        if "/masked/" in path:
            clients[2].stop()
            clients[2]._stop.check()
        sending(path, kind, frame)

    clients[2]._coordinator.send_frame = crash

    def again():
        with server.changed:
            assert server.changed.wait_for(
                lambda: server.attempt.step == "masked" and len(server.attempt.sent["masked"]) == 2, 60
            )
        server.fail_attempt()
        restarted.extend(train([device(server, stores[2], identities[2])]))

    thread = threading.Thread(target=again, daemon=True)
    thread.start()
    train(clients)
    thread.join(60)
    assert [outcome.accepted for outcome in restarted] == [1]
    # Counted before the vector is sent.
    assert counted == [0, 0, 1] and [spent(store) for store in stores] == [2, 2, 2]
    assert len(set(before_masking)) == 6
    assert server.sums[0].tolist() == np.sum(before_masking[3:], axis=0).tolist()


@pytest.mark.parametrize(
    "terms, message",
    [
        ({**PRIVACY, "by": "coordinator"}, "privacy.by coordinator"),
        ({**PRIVACY, "mechanism": "clip:1.0:10000.0"}, "does not fit into 32 bits"),
        ({**PRIVACY, "mechanism": "clip:0.000001:1.0"}, "at least 3 steps of noise"),
    ],
)
def test_a_device_refuses_noise_that_it_cannot_add(cohort, terms, message):
    server = cohort(privacy=terms)
    with pytest.raises(ProtocolError, match=message):
        device(server).train(gradient(0))
    assert server.requests == []
