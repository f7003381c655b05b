"""Tests of devices that take part in a roll-out."""

import hashlib
import json
import math

import pytest

from evenkeel import Listener, errors
from evenkeel.client import FolderStore, MemoryStore

from .answering_server import says
from .test_followed import client_of, file_of, serves

OLD, NEW = file_of(w=[1.0]), file_of(w=[2.0])


def offers(file, version):
    answer = serves(file, version)

    def with_rollout(handler):
        end = handler.end_headers

        def end_headers():
            handler.send_header("Evenkeel-Rollout", "r0llout")
            handler.send_header("Evenkeel-Rollout-Baseline", "1")
            end()

        handler.end_headers = end_headers
        answer(handler)
        handler.end_headers = end

    return with_rollout


def tag(file):
    return f'"{hashlib.sha256(file).hexdigest()}-safetensors"'


def unchanged(file):
    return says(304, ETag=tag(file))


def refuses(status, slug):
    problem = json.dumps({"type": f"urn:evenkeel:problem:{slug}", "title": "no", "status": status}).encode()
    return says(status, problem, Content_Type="application/problem+json")


def accuracy(arrays):
    return {"accuracy": float(arrays["w"][0]) / 4, "nothing": math.nan}, 40


def report(server, index):
    method, path, _, body = server.requests[index]
    assert (method, path) == ("PUT", "/api/v1/rollouts/r0llout/reports/me")
    return json.loads(body)


def test_both_versions_are_compared_and_reported(serving):
    server = serving(serves(OLD, 1), offers(NEW, 2), says(204))
    with client_of(server) as client:
        model = client.follow("digits", evaluate=accuracy)
        assert model.refresh()
        assert model.refresh()
        assert model.version == 2
    assert report(server, 2) == {
        "version": 2,
        "outcome": "installed",
        "baseline": 1,
        "samples": 40,
        "metrics": {"accuracy": {"before": 0.25, "after": 0.5}},
    }


def test_a_device_without_the_previous_version_compares_with_nothing(serving):
    server = serving(offers(NEW, 2), says(204))
    with client_of(server) as client:
        assert client.follow("digits", evaluate=lambda arrays: ({"accuracy": 0.5}, 40)).refresh()
    assert report(server, 1)["metrics"] == {"accuracy": {"after": 0.5}}
    assert "baseline" not in report(server, 1)


@pytest.mark.parametrize(("loss", "text"), [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")])
def test_a_metric_that_is_not_finite_only_in_the_new_version_is_a_failure(serving, loss, text):
    server = serving(serves(OLD, 1), offers(NEW, 2), says(204), unchanged(OLD))
    with client_of(server) as client:
        model = client.follow("digits", evaluate=lambda arrays: ({"loss": loss if arrays["w"][0] == 2 else 0.2}, 40))
        model.refresh()
        assert not model.refresh()
        assert model.version == 1
    assert report(server, 2) == {"version": 2, "outcome": "failed", "reason": f"metric loss is {text}"}


def test_a_metric_without_samples_is_not_a_failure(serving):
    server = serving(offers(NEW, 2), says(204))
    with client_of(server) as client:
        assert client.follow("digits", evaluate=lambda arrays: ({"loss": math.nan}, 0)).refresh()
    assert report(server, 1)["metrics"] == {}


def test_a_failure_is_reported_and_the_version_in_use_stays(serving):
    heard = []

    class Ear(Listener):
        def model_failed(self, version, model, reason):
            heard.append((version, model, reason))

    def fails(arrays):
        if arrays["w"][0] == 2:
            raise ValueError("no\nmemory")
        return accuracy(arrays)

    server = serving(serves(OLD, 1), offers(NEW, 2), says(204), unchanged(OLD))
    with client_of(server, listener=Ear()) as client:
        model = client.follow("digits", evaluate=fails)
        model.refresh()
        assert not model.refresh()
        assert (model.version, model.file) == (1, OLD)
    assert report(server, 2) == {"version": 2, "outcome": "failed", "reason": "ValueError: no memory"}
    assert heard == [(2, "digits", "ValueError: no memory")]


@pytest.mark.parametrize("metrics", [({"A": 1.0}, 1), ({"a": 1.0}, -1), ({f"m{i}": 0.0 for i in range(33)}, 1)])
def test_metrics_that_are_not_valid_are_a_failure(serving, metrics):
    server = serving(offers(NEW, 2), says(204), serves(OLD, 1))
    with client_of(server) as client:
        model = client.follow("digits", evaluate=lambda arrays: metrics)
        assert model.refresh()
        assert model.version == 1
    assert report(server, 1)["outcome"] == "failed"


def test_a_report_is_sent_again_until_it_is_accepted(serving, tmp_path):
    server = serving(serves(OLD, 1), offers(NEW, 2), says(503), says(204), unchanged(NEW), unchanged(NEW))
    with client_of(server, FolderStore(tmp_path)) as client:
        model = client.follow("digits")
        model.refresh()
        assert model.refresh(), "installed, though not reported"
    with client_of(server, FolderStore(tmp_path)) as client:
        model = client.follow("digits")
        assert not model.refresh()
        assert not model.refresh()
    assert [method for method, _, _, _ in server.requests] == ["GET", "GET", "PUT", "PUT", "GET", "GET"]


def test_a_report_that_is_refused_for_good_is_dropped(serving):
    server = serving(serves(OLD, 1), offers(NEW, 2), refuses(409, "rollout-state"), unchanged(NEW))
    with client_of(server) as client:
        model = client.follow("digits")
        model.refresh()
        assert model.refresh()
        assert not model.refresh()
    assert len(server.requests) == 4


def test_a_device_returns_without_a_download_when_the_roll_out_stops(serving):
    store = MemoryStore()
    server = serving(serves(OLD, 1), offers(NEW, 2), says(204), unchanged(OLD), unchanged(OLD))
    with client_of(server, store) as client:
        model = client.follow("digits")
        model.refresh()
        model.refresh()
        assert model.refresh()
        assert (model.version, model.file) == (1, OLD)
        assert not model.refresh()
    assert server.requests[3][2]["If-None-Match"] == f"{tag(NEW)}, {tag(OLD)}"
    assert server.requests[4][2]["If-None-Match"] == tag(OLD)
    assert store.names(".") == [".model.digits.production"]


def test_a_report_of_a_version_that_was_not_stored_is_not_sent(serving):
    class Dies(MemoryStore):
        def write(self, name, content):
            if name.startswith(".before."):
                raise errors.StateError("the disk is full")
            super().write(name, content)

    store = Dies()
    server = serving(serves(OLD, 1), offers(NEW, 2), unchanged(OLD))
    with client_of(server, store) as client:
        model = client.follow("digits")
        model.refresh()
        with pytest.raises(errors.StateError):
            model.refresh()
        assert store.names(".rollout") == [".rollout.digits.production"]
    with client_of(server, store) as client:
        assert not client.follow("digits").refresh()
    assert [method for method, _, _, _ in server.requests] == ["GET"] * 3
    assert store.names(".rollout") == []
