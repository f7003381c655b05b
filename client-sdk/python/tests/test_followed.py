"""Tests of registered models that a device follows by an alias."""

import base64
import hashlib
import json
import struct
import threading

import numpy as np
import pytest

from evenkeel import Client, Listener, errors
from evenkeel.client import FolderStore, MemoryStore

from .answering_server import refuses, says


def file_of(dtype="F32", **arrays):
    header, values, at = {}, b"", 0
    for name, array in arrays.items():
        data = np.asarray(array, {"F32": "<f4", "F64": "<f8"}[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(np.shape(array)), "data_offsets": [at, at + len(data)]}
        values, at = values + data, at + len(data)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + values


def serves(file, version, digest=None):
    sha = hashlib.sha256(file).digest() if digest is None else digest
    return says(200, file, Evenkeel_Model_Version=version, Repr_Digest=f"sha-256=:{base64.b64encode(sha).decode()}:")


def client_of(server, store=None, **settings):
    return Client(server.url, run="r", state_dir=store or MemoryStore(), credentials=("me", "secret"), retry_for=0.01, **settings)


def test_a_new_version_is_downloaded_and_no_version_twice(serving):
    first, second = file_of(w=[[1.0, 2.0]], b=[3.0]), file_of("F64", w=[[4.0, 5.0]])
    server = serving(serves(first, 1), says(304), serves(second, 2))
    with client_of(server) as client:
        model = client.follow("digits")
        assert model.version is None
        assert model.refresh()
        assert model.version == 1
        assert {name: array.tolist() for name, array in model.arrays().items()} == {"w": [[1.0, 2.0]], "b": [3.0]}
        assert not model.refresh()
        assert model.refresh()
        assert (model.version, model.arrays()["w"].dtype) == (2, np.dtype("float64"))
    paths = [path for _, path, _, _ in server.requests]
    assert paths == ["/api/v1/models/digits/versions/@production?format=safetensors"] * 3
    assert "If-None-Match" not in server.requests[0][2]
    assert server.requests[1][2]["If-None-Match"] == f'"{hashlib.sha256(first).hexdigest()}-safetensors"'


def test_the_last_good_version_survives_a_restart_damage_and_a_missing_network(serving, tmp_path):
    good = file_of(w=[1.0])
    server = serving(serves(good, 7), serves(file_of(w=[2.0]), 8, digest=bytes(32)), says(503))
    with client_of(server, FolderStore(tmp_path)) as client:
        client.follow("digits", "candidate").refresh()
    with client_of(server, FolderStore(tmp_path)) as client:
        model = client.follow("digits", "candidate")
        assert (model.version, model.file) == (7, good)
        with pytest.raises(errors.ProtocolError, match="version 8 of model 'digits' does not have the SHA-256"):
            model.refresh()
        with pytest.raises(errors.DeadlineError):
            model.refresh()
        assert (model.version, model.arrays()["w"].tolist()) == (7, [1.0])
        with pytest.raises(LookupError, match="no version of model 'digits' is stored"):
            client.follow("digits").arrays()


def test_a_damaged_stored_version_is_ignored(serving, tmp_path):
    server = serving(serves(file_of(w=[1.0]), 1), serves(file_of(w=[1.0]), 1))
    with client_of(server, FolderStore(tmp_path)) as client:
        client.follow("digits").refresh()
    (piece,) = tmp_path.glob(".model.*")
    data = bytearray(piece.read_bytes())
    data[-1] ^= 1
    piece.write_bytes(data)
    with client_of(server, FolderStore(tmp_path)) as client:
        model = client.follow("digits")
        assert model.version is None
        assert model.refresh()
    assert "If-None-Match" not in server.requests[1][2]


def test_forgetting_a_run_keeps_the_models(serving):
    store = MemoryStore()
    server = serving(serves(file_of(w=[1.0]), 1), refuses(404, "member-not-found"))
    with Client(server.url, run="model", state_dir=store, credentials=("me", "secret")) as client:
        client.follow("digits").refresh()
        client.leave()
        assert client.follow("digits").version == 1


def test_the_listener_is_notified_of_an_installed_version(serving):
    heard = []

    class Ear(Listener):
        def model_installed(self, version, model):
            heard.append((version, model))

    with client_of(serving(serves(file_of(w=[1.0]), 3)), listener=Ear()) as client:
        client.follow("digits").refresh()
    assert heard == [(3, "digits")]


@pytest.mark.parametrize(
    "headers", [{}, {"Evenkeel_Model_Version": "x"}, {"Evenkeel_Model_Version": "1", "Repr_Digest": "md5=:x:"}]
)
def test_missing_headers_are_named(serving, headers):
    with client_of(serving(says(200, file_of(w=[1.0]), **headers))) as client:
        with pytest.raises(errors.ProtocolError, match="Evenkeel-Model-Version and Repr-Digest"):
            client.follow("digits").refresh()


@pytest.mark.parametrize(
    "file", [b"", b"\xff" * 8, file_of(w=[1.0])[:-1], struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 9) + b'{"w": {}}']
)
def test_a_file_that_is_not_a_model_is_not_stored(serving, file):
    with client_of(serving(serves(file, 1))) as client:
        model = client.follow("digits")
        with pytest.raises(errors.ProtocolError, match="not a safetensors file"):
            model.refresh()
        assert model.version is None


def test_a_refusal_is_the_error_of_its_type(serving):
    problem = json.dumps({"type": "urn:evenkeel:problem:model-alias-not-found", "title": "No"}).encode()
    with client_of(serving(says(404, problem, Content_Type="application/problem+json"))) as client:
        with pytest.raises(errors.ModelAliasNotFoundError):
            client.follow("digits", "nobody").refresh()


@pytest.mark.parametrize("names", [("Digits", "production"), ("digits", "a b"), ("", "production")])
def test_wrong_names_are_named(names):
    with Client("http://localhost:1", run="r", state_dir=MemoryStore()) as client:
        with pytest.raises(ValueError, match="expected 1 to 64"):
            client.follow(*names)


def test_a_model_is_refreshed_while_the_device_works(serving):
    checked_in, refreshed = threading.Event(), threading.Event()

    def long_poll(handler):
        checked_in.set()
        refreshed.wait(60)
        says(204, Retry_After=3600)(handler)

    good = file_of(w=[1.0])
    server = serving(long_poll, serves(good, 1))
    client = client_of(server)
    model = client.follow("digits")
    worker = threading.Thread(target=client.work, args=({},))
    worker.start()
    assert checked_in.wait(60)

    assert model.refresh()
    with pytest.raises(RuntimeError, match="one operation at a time"):
        client.report_evaluation("e", {"loss": 1.0}, 1)
    assert worker.is_alive()

    refreshed.set()
    client.close()
    worker.join(60)
    assert not worker.is_alive()
    assert (model.version, model.file) == (1, good)


def test_a_device_enrols_once_if_it_works_and_follows(serving):
    enrolling, waiting = threading.Event(), threading.Event()

    def enrols(handler):
        enrolling.set()
        waiting.wait(60)
        says(201, b'{"client": "me", "secret": "secret"}', Content_Type="application/json")(handler)

    server = serving(enrols, says(304))
    client = Client(server.url, state_dir=MemoryStore(), enrolment_token="evk_enrol_test", retry_for=0.01)
    model = client.follow("digits")
    refresh = threading.Thread(target=model.refresh)
    refresh.start()
    assert enrolling.wait(60)
    worker = threading.Thread(target=client.work, args=({},))
    worker.start()
    waiting.set()
    refresh.join(60)
    client.stop()
    worker.join(60)
    assert [path for _, path, _, _ in server.requests].count("/api/v1/enrolments") == 1


def test_a_stopped_client_refreshes_no_model(serving):
    with client_of(serving()) as client:
        model = client.follow("digits")
        client.stop()
        client.work({})
        with pytest.raises(RuntimeError, match="the client is stopped: create a new one"):
            model.refresh()
    with pytest.raises(RuntimeError, match="the client is closed: create a new one"):
        model.refresh()
