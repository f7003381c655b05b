"""Devices that check in without knowing a run's name."""

import math
import struct
import threading

import numpy as np
import pytest

from evenkeel import Client, Gradient, Listener
from evenkeel.client import DeclineReason, MemoryStore
from evenkeel.client._protocol import WorkItem
from evenkeel.client._stop import Stopped, StopSignal
from evenkeel.client._work import WorkLoop, WorkPauses
from evenkeel.errors import OtherModelError, Problem, RunNotFoundError

D = 40


def test_uses_the_pause_that_the_coordinator_requests():
    pauses = WorkPauses(lambda: 0.5)
    assert pauses.after(7.0) == 7.0
    assert pauses.after(None) == 30.0


def test_backs_off_for_minutes_at_most_in_a_small_fleet():
    pauses = WorkPauses(lambda: 0.5)
    pauses.after(2.0)
    assert [pauses.after_failure() for _ in range(12)][:3] == [2.0, 4.0, 8.0]
    assert pauses.after_failure() == 300.0
    pauses.after(2.0)
    assert pauses.after_failure() == 2.0


def test_keeps_the_pace_of_a_large_fleet_during_an_outage():
    pauses = WorkPauses(lambda: 0.5)
    for minutes in (540, 20, 40, 60, 80):
        pauses.after(60.0 * minutes)
    assert pauses.after_failure() == 4800.0
    assert WorkPauses(lambda: 0.0).after_failure() == 1.0


@pytest.mark.parametrize("refusal, status", [(OtherModelError, 409), (RunNotFoundError, 404)])
def test_starts_over_if_the_coordinator_has_another_model_or_the_run_was_deleted(refusal, status):
    trainings = []

    class Training:
        def __init__(self, run):
            trainings.append((run, []))

        def run_once(self, function):
            trainings[-1][1].append(function)
            if len(trainings) == 1:
                raise refusal(Problem(f"urn:evenkeel:problem:{refusal.slug}", "because", status))

    class Coordinator:
        turns = 3

        def check_in(self, wait, limit):
            self.turns -= 1
            if self.turns < 0:
                raise Stopped
            return [WorkItem("train", "run", True, 0)], 0.0

    class Silent:
        def report(self):
            pass

        def notify(self, *text):
            pass

    def gradient(model):
        return None

    functions, declines = (lambda run: gradient), (lambda: None)
    loop = WorkLoop(Coordinator(), StopSignal(), Silent(), Silent(), 0.0, 1.0, Training, functions, declines, lambda name: None)
    loop.run()
    assert trainings == [("run", [gradient]), ("run", [gradient] * 2)]


def test_other_calls_need_a_run():
    with Client("http://coordinator.test", state_dir=MemoryStore(), enrolment_token="evk_enrol_test") as client:
        with pytest.raises(ValueError, match="no run is set"):
            client.train(lambda model: None)


class Accepted(Listener):
    def __init__(self):
        self.runs = []
        self.enough = threading.Event()
        self.needed = 0

    def message_accepted(self, receipt):
        self.runs.append(receipt.run)
        if len(self.runs) >= self.needed:
            self.enough.set()


def test_measures_the_model_of_an_evaluation(server):
    file = struct.pack("<Q", 56) + b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ' + struct.pack("<f", 2)
    server.download("models/measured/versions/upload", "POST", file, "application/x-safetensors")
    server.operate("POST", "evaluations", {"name": "check-python", "model": "measured", "version": "1"})
    token, measured = server.enrolment_token(), threading.Event()

    class Told(Listener):
        def waiting(self, reason):
            if reason == "measured the model of evaluation check-python; not finite and not sent: loss":
                measured.set()

    client = Client(server.url, state_dir=MemoryStore(), enrolment_token=token, listener=Told())
    evaluators = {"check-python": lambda arrays: ({"first": float(arrays["w"][0]), "loss": math.nan}, 3)}
    device = threading.Thread(target=client.work, args=({},), kwargs={"evaluators": evaluators}, daemon=True)
    with client:
        device.start()
        assert measured.wait(240)
        client.stop()
        device.join(60)
    assert server.operate("GET", "evaluations/check-python")["metrics"][0]["mean"] == 2


def test_joins_the_existing_runs_trains_and_declines(server):
    token = server.enrolment_token()
    accepted, battery_low, declined = Accepted(), threading.Event(), threading.Event()
    accepted.needed = 3
    battery_low.set()

    def declines():
        if battery_low.is_set():
            declined.set()
            return DeclineReason.BATTERY
        return None

    def gradient(model):
        return Gradient(model.values - np.arange(D), samples=1, loss=1.0)

    run = server.run("work-python", dimension=D, rounds=3, devices={"join": "cohort=work"})
    client = Client(
        server.url,
        state_dir=MemoryStore(),
        enrolment_token=token,
        attributes={"cohort": "work"},
        listener=accepted,
    )
    device = threading.Thread(target=client.work, args=({run: gradient}, declines), daemon=True)
    with client:
        device.start()
        assert declined.wait(120)
        assert server.operate("GET", f"runs/{run}")["members"] == 0
        battery_low.clear()
        server.start_when_joined(run, 1, [])
        assert accepted.enough.wait(120)
        assert accepted.runs == [run] * 3
    device.join(60)
    assert not device.is_alive()
    server.wait_for_round(run, 3)
