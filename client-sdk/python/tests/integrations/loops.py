"""Common parts of the tests of training loops: two devices that run an example, one of which may die in the middle of a round."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenkeel import Client, Listener, RunEnd, RunOutcome
from evenkeel.__main__ import main
from evenkeel.client import MemoryStore, RunPlan, StateStore
from evenkeel.errors import FunctionError, ModelMismatchError

from .. import coordinator

EXAMPLES = coordinator.ROOT / "client-sdk" / "python" / "examples"
DYING = Path(__file__).with_name("dying_device.py")
LOCAL = {"algorithm": "ef14", "compressor": "identity", "gamma": "constant:1"}

Loop = Callable[[Client, Callable[[int], object]], RunOutcome | None]
"""Trains a small model with a client until the run ends; calls a function with the number of each step, 1, 2, ..., after it."""


@dataclass(frozen=True)
class Trained:
    """The results of a run's two devices.

    Attributes:
        model: the bytes of the final model.
        accuracies: the printed accuracies.
    """

    model: bytes
    accuracies: list[float]


def train(
    server: Any, folder: Path, name: str, example: str, source: str, *, rounds: int, dies_at: int | None = None, data: bool = True
) -> Trained:
    """Creates a run from a model's source, and trains it with two devices that run an example.

    Args:
        server: the coordinator.
        folder: for the devices' states.
        name: the run's name.
        example: the file of the example.
        source: the source for ``python -m evenkeel run``.
        rounds: the run's rounds.
        dies_at: the step at whose end the first device's process exits at once, to be started again.
        data: whether the example reads the digits' file.
    """
    folder.mkdir()
    settings = ["--name", name, "--rounds", str(rounds), "--devices", "2", "--compressor", "top-k:0.2", "--out", str(folder)]
    method = ["--algorithm", "ef14", "--gamma", "constant:1"] if source.startswith("digits_torch") else []
    assert main(["run", str(EXAMPLES / source), *method, *settings]) == 0
    server.operate("POST", "runs", json.loads((folder / f"{name}.json").read_text()))
    initial = (folder / f"{name}.safetensors").read_bytes()
    server.download(f"runs/{name}/model", "PUT", initial, "application/x-safetensors")
    token = server.enrolment_token()
    digits = next(path for path in coordinator.ROOT.rglob("digits.csv.gz") if "target" not in path.parts)

    def device(number: int) -> str:
        try:
            return life(number)
        except AssertionError:
            # The other device does not wait for this one.
            server.operate("POST", f"runs/{name}/cancel")
            raise

    def life(number: int) -> str:
        arguments = [server.url, name, *([digits] if data else []), number, 2, folder / str(number)]
        if dies_at is not None and number == 0:
            assert _run(token, DYING, dies_at, example, *arguments).returncode == 9
        done = _run(token, example, *arguments)
        assert done.returncode == 0, done.stderr[-4000:]
        assert f"finished after {rounds} rounds" in done.stdout, done.stdout[-4000:]
        return done.stdout

    with ThreadPoolExecutor(2) as pool:
        devices = [pool.submit(device, number) for number in range(2)]
        server.start_when_joined(name, 2, devices)
        printed = [each.result() for each in devices]
    accuracies = [float(re.findall(r"(?:accuracy|loss) ([\d.]+)", text)[-1]) for text in printed]
    return Trained(server.download(f"runs/{name}/rounds/latest/model"), accuracies)


def _run(token: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**coordinator.environment(), "OMP_NUM_THREADS": "1", "EVENKEEL_ENROLMENT_TOKEN": token, "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, env=environment, cwd=EXAMPLES, capture_output=True, text=True, timeout=300)


def assert_a_killed_device_changes_nothing(
    server: Any, tmp_path: Path, example: str, source: str, *, rounds: int, dies_at: int, data: bool = True, suffix: str = ""
) -> Trained:
    """Asserts that a run has the same bits if one of its devices dies in the middle of a round and returns; returns its
    results."""
    name = example.removesuffix(".py").replace("_", "-") + suffix
    whole = train(server, tmp_path / "whole", name, example, source, rounds=rounds, data=data)
    killed = train(server, tmp_path / "killed", f"{name}-killed", example, source, rounds=rounds, dies_at=dies_at, data=data)
    assert killed.model == whole.model
    # Each device ends with the run's final model.
    assert len({*whole.accuracies, *killed.accuracies}) == 1
    return whole


def assert_an_exception_ends_the_client(server: Any, loop: Loop, tensors: dict[str, Any]) -> None:
    """Asserts that an exception in the loop passes through, and that no thread of the client is left."""
    device = client(server, created(server, tensors, **LOCAL))

    def fails(step: int) -> None:
        if step == 3:
            raise ZeroDivisionError("of the loop")

    with pytest.raises(ZeroDivisionError, match="of the loop"):
        with device:
            loop(device, fails)
    assert not _threads()


def assert_the_end_of_the_run_ends_the_loop(server: Any, loop: Loop, tensors: dict[str, Any]) -> None:
    """Asserts that the loop ends when the run has ended, even if an operator cancels it, and that each round has two steps."""
    run = created(server, tensors, **LOCAL, rounds=3)
    steps: list[int] = []
    with client(server, run) as device:
        outcome = loop(device, steps.append)
    assert outcome is not None and (outcome.end, outcome.accepted) == (RunEnd.FINISHED, 3)
    assert 6 <= len(steps) <= 7  # Keras and Lightning may take one more step, which is not used.
    assert [server.operate("GET", f"runs/{run}/rounds/{round}")["metrics"]["steps"] for round in range(3)] == [2.0] * 3

    run = created(server, tensors, **LOCAL, rounds=1000)
    with client(server, run) as device:
        outcome = loop(device, lambda step: server.operate("POST", f"runs/{run}/cancel") if step == 3 else None)
    assert outcome is not None and outcome.end is RunEnd.CANCELLED
    assert not _threads()


def assert_a_loop_that_ends_first_stops_the_client(server: Any, loop: Loop, tensors: dict[str, Any]) -> None:
    """Asserts that a loop that ends by itself in the middle of the second round of two steps stops its client, whose first message counts."""
    run = created(server, tensors, **LOCAL)
    with client(server, run) as device:
        outcome = loop(device, lambda step: None)
    assert outcome is not None and (outcome.end, outcome.accepted) == (RunEnd.STOPPED, 1)
    assert not _threads()


def assert_other_models_are_refused(server: Any, loop: Loop, tensors: dict[str, Any]) -> None:
    """Asserts that a run with different tensors, or with an algorithm that the loop does not support, is refused before its first
    round."""
    name, *others = tensors
    run = created(server, {**{other: tensors[other] for other in others}, name: [7, 5], "extra": [2]}, **LOCAL)
    with client(server, run) as device, pytest.raises(ModelMismatchError) as refused:
        loop(device, lambda step: None)
    text = str(refused.value)
    assert f"'{name}' has shape {tuple(tensors[name])}, expected (7, 5)" in text
    assert "'extra' of shape (2,) is missing" in text

    run = created(server, tensors, algorithm="ef21-storm-norm")
    with (
        client(server, run) as device,
        pytest.raises(FunctionError, match="a training loop.* needs a run with --algorithm ef14"),
    ):
        loop(device, lambda step: None)
    assert not _threads()


def shapes(tensors: dict[str, np.ndarray]) -> dict[str, Any]:
    """Returns the shapes of tensors by name, as lists."""
    return {name: list(np.shape(values)) for name, values in tensors.items()}


def created(server: Any, tensors: dict[str, Any], **definition: Any) -> str:
    """Creates a run of tensors of these shapes, and returns its name."""
    name = f"loop-{os.urandom(6).hex()}"
    layout = [{"name": tensor, "shape": shape} for tensor, shape in tensors.items()]
    return str(server.run(name, tensors=layout, **definition))


def client(server: Any, run: str, store: StateStore | None = None, starts: bool = True) -> Client:
    """Returns a device of a run, which starts it."""
    listener = _Starts(server, run) if starts else None
    token = server.enrolment_token()
    return Client(server.url, run=run, enrolment_token=token, state_dir=store or MemoryStore(), long_poll=1, listener=listener)


class _Starts(Listener):
    """Starts a run as soon as a device has joined."""

    def __init__(self, server: Any, run: str) -> None:
        self._start = lambda: server.operate("POST", f"runs/{run}/start")

    def joined(self, plan: RunPlan, sequence: int) -> None:
        self._start()


def _threads() -> list[threading.Thread]:
    """Returns the clients' threads that are still running."""
    threads = [thread for thread in threading.enumerate() if thread.name == "evenkeel-training"]
    for thread in threads:
        thread.join(10)
    return [thread for thread in threads if thread.is_alive()]
