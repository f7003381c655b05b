"""Trackers: followed runs, devices and trials, with a tracker in memory."""

import json
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from urllib3.exceptions import ProtocolError

from evenkeel import Client, Gradient, RunEnd
from evenkeel.__main__ import main
from evenkeel.client import MemoryStore
from evenkeel.client._transport import Transport
from evenkeel.errors import CoordinatorError, Problem
from evenkeel.track import Tracker, TrackingListener, trial_recorder
from evenkeel.track._follower import RunFollower, RunRecords, figures_of, seconds_of
from evenkeel.trial import NumpyProblem, compare

from .coordinator import TOKEN


class Memory:
    """Stores its figures; fails at a step the given number of times."""

    def __init__(self, next_step=0, failures=()):
        self.next_step = next_step
        self.failures = list(failures)
        self.written, self.states, self.closed = {}, [], 0

    def write(self, step, at, figures):
        if step in self.failures:
            self.failures.remove(step)
            raise ConnectionError("the tracker is unreachable")
        assert step >= self.next_step and all(math.isfinite(value) for value in figures.values())
        self.written[step] = dict(figures)
        self.next_step = step + 1

    def finish(self, state):
        self.states.append(state)

    def close(self):
        self.closed += 1


class Records:
    """A coordinator's runs; each read closes one more round."""

    def __init__(self, *runs, rounds=3):
        self.states = dict.fromkeys(runs, 0)
        self.total = rounds
        self.failures = []

    def run(self, name):
        if self.failures:
            raise self.failures.pop(0)
        self.states[name] = min(self.states[name] + 1, self.total)
        state = "finished" if self.states[name] == self.total else "running"
        return {"name": name, "createdAt": "2026-01-01T00:00:00Z", "state": state}

    def runs(self):
        return [self.run(name) for name in self.states]

    def rounds(self, name, first):
        closed = range(first, self.states[name])
        return [{"round": k, "closedAt": "2026-01-01T00:00:01.5Z", "loss": 0.5, "metrics": {"a": k}} for k in closed]


def test_a_tracker_is_one():
    assert isinstance(Memory(), Tracker)


def test_a_run_is_followed_to_its_end_and_resumed_where_it_stopped():
    new, known = Memory(), Memory(next_step=2)
    RunFollower(Records("digits"), ["digits"], lambda run: [new, known]).follow(lambda: None)
    assert new.written == {k: {"loss": 0.5, "metrics/a": k} for k in range(3)}
    assert list(known.written) == [2]
    assert (new.states, new.closed) == (["finished"], 1)


def test_an_unreachable_coordinator_or_tracker_is_tried_again():
    records, memory, pauses = Records("digits"), Memory(failures=[0, 2]), []
    records.failures = [ProtocolError("gone"), CoordinatorError(Problem("about:blank", "busy", 503)), ConnectionRefusedError()]
    RunFollower(records, ["digits"], lambda run: [memory]).follow(lambda: pauses.append(1))
    assert list(memory.written) == [0, 1, 2] and memory.states == ["finished"]


def test_a_refusal_ends_it():
    records, memory = Records("digits"), Memory()
    with pytest.raises(CoordinatorError, match="forbidden"):
        RunFollower(records, ["digits"], lambda run: [memory]).follow(
            lambda: records.failures.append(CoordinatorError(Problem("about:blank", "forbidden", 403)))
        )
    assert memory.closed == 1 and memory.states == []


def test_all_runs_are_followed_until_an_interruption():
    trackers = {"a": Memory(), "b": Memory()}
    records, pauses = Records("a", "b"), iter(range(5))
    # One run is deleted between the list and its rounds.
    records.failures = [CoordinatorError.of(Problem("urn:evenkeel:problem:run-not-found", "no such run", 404))]
    with pytest.raises(StopIteration):
        RunFollower(records, [], lambda run: [trackers[run["name"]]]).follow(lambda: next(pauses))
    assert [list(tracker.written) for tracker in trackers.values()] == [[0, 1, 2]] * 2
    assert [tracker.states for tracker in trackers.values()] == [["finished"]] * 2


def test_figures_have_the_names_that_the_docs_list():
    record = {"uplinkBytes": 5, "loss": None, "epsilon": 0.5, "metrics": {"accuracy": 1}, "closedAt": "", "revision": 3}
    assert figures_of(record) == {"uplink_bytes": 5.0, "epsilon": 0.5, "metrics/accuracy": 1.0}


@pytest.mark.parametrize(
    ("instant", "seconds"),
    [("1970-01-01T00:01:00Z", 60), ("1970-01-01T00:00:01.5Z", 1.5), ("1970-01-01T00:00:01.123456789Z", 1.123456789)],
)
def test_times_have_any_number_of_digits(instant, seconds):
    assert seconds_of(instant) == pytest.approx(seconds, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "token", "fault"),
    [
        (["digits"], "t", "nowhere to write: give --mlflow URI, --tensorboard FOLDER"),
        (["digits", "--tensorboard", "logs"], None, "set EVENKEEL_TOKEN"),
        (["digits", "--tensorboard", "logs", "--every", "0"], "t", "every is 0.0, expected a number of seconds above 0"),
        (["digits", "--tensorboard", "logs", "--coordinator", "localhost"], "t", "url is 'localhost'"),
        (["digits", "--mlflow", "http://localhost:5000"], "t", "mlflow is not installed: pip install 'evenkeel[mlflow]'"),
    ],
)
def test_wrong_arguments_are_named(arguments, token, fault, capsys, monkeypatch):
    monkeypatch.delenv("EVENKEEL_OPERATOR_TOKEN", raising=False)
    monkeypatch.delenv("EVENKEEL_TOKEN", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda package: None)
    if token:
        monkeypatch.setenv("EVENKEEL_TOKEN", token)
    assert main(["track", *arguments]) == 2
    assert fault in capsys.readouterr().err


def test_a_trial_is_recorded_by_arm_and_seed():
    problem = NumpyProblem([lambda x: (float(x @ x) / 2, x)] * 2, np.ones(4))
    trackers = {}

    def make(arm, seed):
        return trackers.setdefault((arm, seed), Memory())

    arms = ["gd,gamma=0.5,name=gd", "ef21,gamma=0.5,compressor=top-k:0.5"]
    results = compare(problem, arms, rounds=3, seeds=(1, 2), progress=False, recorded=trial_recorder(make))
    assert set(trackers) == {(run.arm, run.seed) for run in results.runs}
    for run in results.runs:
        written = trackers[run.arm, run.seed].written
        assert [written[point.round]["loss"] for point in run.points] == [point.loss for point in run.points]
        assert "test_metric" not in written[0]


def trained(server, run, **definition):
    """Trains one tracked device in a run of three rounds; returns its tracker."""
    server.run(run, dimension=3, rounds=3, compressor="identity", **definition)
    tracker = Memory()

    def train():
        options = {"enrolment_token": server.enrolment_token(), "state_dir": MemoryStore(), "listener": TrackingListener(tracker)}
        with Client(server.url, run=run, evaluate=lambda model: {"accuracy": 0.5}, **options) as client:
            return client.train(lambda model: Gradient(model.values + 1, samples=7, loss=0.25))

    with ThreadPoolExecutor(1) as pool:
        training = pool.submit(train)
        server.start_when_joined(run, 1, [training])
        assert training.result().end is RunEnd.FINISHED
    return tracker


def test_what_a_private_run_protects_is_not_tracked(server):
    device = trained(server, "tracked-privately", privacy={"noiseMultiplier": 20, "budget": {"delta": 1e-6}})
    assert [set(figures) for figures in device.written.values()] == [{"epsilon", "message_bytes", "model_bytes"}] * 3


def test_a_device_and_its_run_are_tracked(server):
    device, followed = trained(server, "tracked"), Memory()
    assert list(device.written) == [0, 1, 2] and device.states == ["finished"] and device.closed == 1
    figures = device.written[1]
    assert figures.pop("message_bytes") > 0 and figures.pop("model_bytes") > 0
    assert figures == {"samples": 7, "loss": 0.25, "metrics/accuracy": 0.5}

    transport = Transport(server.url, 10.0, 30.0, None)
    records = RunRecords(transport, TOKEN)
    RunFollower(records, ["tracked"], lambda run: [followed]).follow(lambda: pytest.fail("it did not end"))
    assert followed.states == ["finished"] and list(followed.written) == [0, 1, 2]
    assert followed.written[2]["metrics/accuracy"] == 0.5 and followed.written[2]["participants"] == 1
    assert "tracked" in [run["name"] for run in records.runs()]
    assert json.dumps(followed.written[0])
    transport.close()
