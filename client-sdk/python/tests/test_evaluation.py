"""Tests of a device that sends the result of an evaluation."""

import json

import pytest

from evenkeel import errors

from .answering_server import says
from .test_followed import client_of
from .test_rollout import refuses


def test_the_result_is_sent_with_its_samples(serving):
    server = serving(says(204))
    with client_of(server) as client:
        client.report_evaluation("check-3", {"accuracy": 0.5}, 40)
    method, path, _, body = server.requests[0]
    assert (method, path) == ("PUT", "/api/v1/evaluations/check-3/results/me")
    assert json.loads(body) == {"samples": 40, "metrics": {"accuracy": 0.5}}


def test_a_closed_evaluation_has_its_own_error(serving):
    server = serving(refuses(409, "evaluation-closed"))
    with client_of(server) as client, pytest.raises(errors.EvaluationClosedError):
        client.report_evaluation("check-3", {"accuracy": 0.5}, 40)


@pytest.mark.parametrize(
    ("name", "metrics", "samples"),
    [("a/b", {"a": 1.0}, 1), ("a", {}, 1), ("a", {"A b": 1.0}, 1), ("a", {"a": float("nan")}, 1), ("a", {"a": 1.0}, 0)],
)
def test_a_wrong_argument_is_refused_before_anything_is_sent(serving, name, metrics, samples):
    server = serving()
    with client_of(server) as client, pytest.raises(ValueError, match="."):
        client.report_evaluation(name, metrics, samples)
    assert server.requests == []
