"""The state of a device after a crash, with a damaged file, of another client, or on a full disk."""

import errno
import os
import subprocess
import sys

import numpy as np
import pytest

from evenkeel import compress
from evenkeel.client import DeviceState, FolderStore, MemoryStore
from evenkeel.errors import InvalidGradientError, StateError
from evenkeel.feedback import METHODS, start
from evenkeel.wire import Report

from . import coordinator

D = 50
COMPRESSOR = compress.parse("top-k:0.1").bind(D)


def opened(store, method="ef21-momentum", client="me", dimension=D):
    return DeviceState(store, "run", client, method, dimension)


def advance(state, round, commit=True):
    gradient = np.random.default_rng(round).standard_normal(D)
    second = None if state.feedback.second_point is None else gradient / 2
    staged = state.feedback.stage(gradient, COMPRESSOR, eta=0.5, model=np.full(D, float(round)), second=second)
    state.stage(round, Report(1), staged)
    if commit:
        state.commit()


def bits(state):
    vectors = [vector.tobytes() for vector in state.feedback.vectors]
    return state.sequence, state.head, state.last_round, state.pending and state.pending.message, vectors


@pytest.mark.parametrize("method", list(METHODS))
def test_a_reopened_state_is_the_same_after_each_step(tmp_path, method):
    store = FolderStore(tmp_path)
    state = opened(store, method)
    for round in range(20):
        advance(state, round, commit=False)
        assert bits(opened(store, method)) == bits(state)
        if round % 5 == 3:
            state.discard()
        else:
            state.commit()
        assert bits(opened(store, method)) == bits(state)


@pytest.mark.parametrize("method", list(METHODS))
def test_a_state_on_disk_computes_like_one_in_memory(tmp_path, method):
    store = FolderStore(tmp_path)
    state, plain = opened(store, method), start(method, D)
    for round in range(30):
        gradient = np.random.default_rng(round).standard_normal(D).astype(np.float32)
        second = None if plain.second_point is None else gradient / 2
        given = {"eta": 0.5, "seed": round, "model": np.full(D, float(round)), "second": second}
        expected = plain.stage(gradient, COMPRESSOR, **given)
        staged = state.compute(gradient, COMPRESSOR, round, **given)
        assert staged.delta.values.tobytes() == expected.delta.values.tobytes()
        assert [vector.tobytes() for vector in staged.carry] == [vector.tobytes() for vector in expected.carry]
        state.stage(round, Report(1), staged)
        if round % 4 == 1:
            state = opened(store, method)
        if round % 7 in (0, 5):
            state.discard()
        else:
            state.commit()
            plain.commit(expected)
        if round % 5 == 3:
            with pytest.raises(InvalidGradientError):
                state.compute(np.full(D, np.nan), COMPRESSOR, round, **given)
        assert [vector.tobytes() for vector in state.feedback.vectors] == [vector.tobytes() for vector in plain.vectors]


def test_vectors_that_the_snapshot_has_take_no_memory(tmp_path):
    state = opened(FolderStore(tmp_path), "ef14-decay")
    for round in range(3):
        staged = state.compute(np.ones(D), COMPRESSOR, round, eta=0.5, seed=0, model=np.zeros(D), second=None)
        assert staged.carry[0] is state.feedback.e
        state.stage(round, Report(1), staged)
        state.commit()
        assert state._feedback is None


def no_space(*given):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_message_that_cannot_be_saved_changes_no_vector(tmp_path, monkeypatch):
    state = opened(FolderStore(tmp_path), "ef14")
    for round in range(2):
        before = [vector.tobytes() for vector in state.feedback.vectors]
        staged = state.compute(np.ones(D), COMPRESSOR, round, eta=1.0, seed=0, model=np.zeros(D), second=None)
        with monkeypatch.context() as full:
            full.setattr(os, "replace", no_space)
            with pytest.raises(StateError, match="No space left"):
                state.stage(round, Report(1), staged)
        assert [vector.tobytes() for vector in state.feedback.vectors] == before
        advance(state, round)


def test_accepted_messages_are_compacted_into_a_snapshot(tmp_path):
    store = FolderStore(tmp_path)
    state = opened(store, "ef21")
    for round in range(100):
        advance(state, round)
    assert len(store.names("run.accepted-")) < 10
    assert opened(store, "ef21").sequence == 100


@pytest.mark.parametrize("name", ["run.snapshot", "run.staged", "run.accepted-0000000000000000002"])
def test_every_damaged_byte_is_detected(tmp_path, name):
    store = FolderStore(tmp_path)
    state = opened(store)
    advance(state, 0)
    advance(state, 1)
    advance(state, 2, commit=False)
    whole = (tmp_path / name).read_bytes()
    for at in range(0, len(whole), 7):
        for damaged in (whole[:at] + bytes([whole[at] ^ 64]) + whole[at + 1 :], whole[:at]):
            (tmp_path / name).write_bytes(damaged)
            with pytest.raises(StateError, match="damaged"):
                opened(store)


@pytest.mark.parametrize(
    "change, expected",
    [({"client": "you"}, "belongs to client me"), ({"method": "ef21"}, "to a run with"), ({"dimension": 51}, "to a run with")],
)
def test_state_of_another_device_or_run_is_refused(change, expected):
    store = MemoryStore()
    advance(opened(store), 0)
    with pytest.raises(StateError, match=expected):
        opened(store, **change)


def test_a_folder_has_one_client(tmp_path):
    first = FolderStore(tmp_path)
    with pytest.raises(StateError, match="in use by another client"):
        FolderStore(tmp_path)
    code = "import sys; from evenkeel.client import FolderStore; FolderStore(sys.argv[1])"
    other = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, env=coordinator.environment())
    assert "in use by another client" in other.stderr
    as_java = "import fcntl, sys; fcntl.lockf(open(sys.argv[1] + '/lock', 'r+'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    assert subprocess.run([sys.executable, "-c", as_java, tmp_path], capture_output=True).returncode != 0
    first.close()
    assert subprocess.run([sys.executable, "-c", as_java, tmp_path], capture_output=True).returncode == 0
    FolderStore(tmp_path).close()


def test_files_are_readable_by_the_owner_only(tmp_path):
    state = opened(FolderStore(tmp_path / "state"))
    advance(state, 0, commit=False)
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "state").iterdir())


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_state_as_it_was(tmp_path, monkeypatch, call):
    store = FolderStore(tmp_path)
    state = opened(store)
    advance(state, 0)
    before = bits(state)

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(StateError, match="free space on the disk"):
            advance(state, 1)
    assert bits(opened(store)) == before
    assert not store.names("run.staged")
    advance(state, 1)
    assert state.sequence == 2


def test_an_unfinished_write_is_deleted_at_the_next_start(tmp_path):
    (tmp_path / "run.snapshot.tmp").write_bytes(b"half")
    FolderStore(tmp_path)
    assert not (tmp_path / "run.snapshot.tmp").exists()
