"""Encrypted copies of a device's state: the golden vectors, and a device that loses its disk."""

import json
import pathlib

import numpy as np
import pytest

pytest.importorskip("cryptography")

from evenkeel import Listener, secagg
from evenkeel.client import MemoryStore, RunEnd
from evenkeel.errors import SecAggError

from .cohort_devices import OWNER, cohort, device, gradient, state_of, train  # noqa: F401

FOLDER = pathlib.Path(__file__).parents[2] / "vectors"
VECTORS = [one for one in json.loads((FOLDER / "index.json").read_text())["good"] if one["kind"] == "backup"]
KEY = bytes(range(32))


def described(entry):
    vectors = tuple(np.array(vector) for vector in entry["vectors"])
    position = entry["sequence"], int(entry["head"], 16), entry["lastRound"]
    return secagg.StateBackup(*position, entry["method"], entry["dimension"], vectors)


@pytest.mark.parametrize("entry", VECTORS, ids=lambda entry: entry["file"])
def test_vectors_are_written_and_read_as_described(entry):
    data = (FOLDER / entry["file"]).read_bytes()
    key, whose = bytes.fromhex(entry["key"]), (entry["run"], entry["client"])
    assert described(entry).encrypt(key, *whose, bytes.fromhex(entry["nonce"])) == data
    found = secagg.StateBackup.decrypt(data, key, *whose)
    assert [vector.tobytes() for vector in found.vectors] == [vector.tobytes() for vector in described(entry).vectors]
    assert (found.sequence, found.head, found.last_round) == (2**33 + 5, 0x8899AABBCCDDEEFF, 12)


@pytest.mark.parametrize("entry", VECTORS, ids=lambda entry: entry["file"])
def test_every_changed_byte_and_every_cut_is_refused(entry):
    data = (FOLDER / entry["file"]).read_bytes()
    for position in range(len(data)):
        changed = data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        for wrong in (changed, data[:position]):
            with pytest.raises(SecAggError, match="the copy"):
                secagg.StateBackup.decrypt(wrong, KEY, entry["run"], entry["client"])
    for key, run, client in ((bytes(32), "digits-7", "0123456789ab"), (KEY, "digits-8", "0123456789ab"), (KEY, "digits-7", "b")):
        with pytest.raises(SecAggError, match="not authentic"):
            secagg.StateBackup.decrypt(data, key, run, client)


class Events(Listener):
    def __init__(self):
        self.reasons, self.recoveries = [], []

    def backup_failed(self, reason):
        self.reasons.append(reason)

    def recovered(self, sequence):
        self.recoveries.append(sequence)


def lose_disk(cohort, **options):
    """Trains four devices for two rounds of four; returns the server, the devices' settings and the events of the first, which
    then has an empty disk."""
    server, events = cohort(rounds=2), Events()
    identities, stores = [OWNER.provision() for _ in range(4)], [MemoryStore() for _ in range(4)]
    train([device(server, stores[i], identities[i], recovery_key=KEY if i == 0 else None) for i in range(4)])
    server.rounds = 4
    settings = {
        "recovery_key": KEY,
        "listener": events,
        "enrolment_token": None,
        "credentials": ("client-1", "client-1"),
        **options,
    }
    first = device(server, MemoryStore(), identities[0], **settings)
    return server, [first, *(device(server, stores[i], identities[i]) for i in range(1, 4))], events


def test_a_device_continues_as_if_nothing_had_happened(cohort):
    server, clients, events = lose_disk(cohort)
    assert [outcome.end for outcome in train(clients)] == [RunEnd.FINISHED] * 4
    assert (events.recoveries, events.reasons) == ([2], [])
    assert [member.sequence for member in server.members.values()] == [4] * 4
    whole = cohort(rounds=4)
    others = [device(whole) for _ in range(4)]
    train(others)
    assert server.total.tobytes() == whole.total.tobytes()
    assert state_of(clients[0], server).feedback.vectors[0].tobytes() == state_of(others[0], whole).feedback.vectors[0].tobytes()


@pytest.mark.parametrize("fault", ["missing", "changed", "key", "older"])
def test_an_unusable_copy_is_explained_and_the_device_joins_again(cohort, fault):
    server, clients, events = lose_disk(cohort, **({"recovery_key": bytes(32)} if fault == "key" else {}))
    member = server.members["client-1"]
    if fault == "missing":
        member.backup = b""
    elif fault == "changed":
        member.backup = member.backup[:-1] + bytes([member.backup[-1] ^ 1])
    elif fault == "older":
        member.sequence, member.head = 3, 99
    assert [outcome.end for outcome in train(clients)] == [RunEnd.FINISHED] * 4
    expected = {"missing": "has none", "older": "it includes message 2, but the coordinator has accepted message 3"}
    assert len(events.reasons) == 1 and expected.get(fault, "not authentic") in events.reasons[0]
    assert events.recoveries == [0]
    assert server.members["client-1"].ordinal == 4


def test_a_failing_upload_does_not_stop_the_training(cohort):
    server, events = cohort(rounds=2), Events()
    server.refuses_backups = True
    clients = [device(server, recovery_key=KEY, listener=events), *(device(server) for _ in range(3))]
    assert [outcome.accepted for outcome in train(clients)] == [2] * 4
    assert len(events.reasons) == 2 and "was not uploaded" in events.reasons[0]


def test_a_key_with_the_wrong_length_is_refused(cohort):
    with pytest.raises(ValueError, match="recovery_key has 16 bytes, expected 32"):
        device(cohort(), recovery_key=bytes(16))
