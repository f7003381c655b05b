"""Trials whose runs are tasks of a Ray cluster."""

from __future__ import annotations

import csv
import json
import logging
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenkeel.errors import ArgumentError, EvenkeelError
from evenkeel.trial import NumpyProblem, compare
from evenkeel.trial._ray import _Watch, is_own
from evenkeel.trial._ray_worker import require_versions

from ..coordinator import environment

ARMS = [
    "ef21,gamma=best-of:0.1|0.3|0.9,compressor=top-k:1,name=tuned",
    "ef21-sgdm-norm,gamma=anytime:0.5:0.5,compressor=rand-k:1,name=norm",
]
POINTS = ([3.0, 1.0, 0.0], [0.0, 1.0, 4.0])
RUNS = 8
"""The number of runs: three candidates, and two seeds of three arms without the one that the search has run."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A cluster of two nodes with a processor each, and this process connected to it; returns its address."""
    changed = {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_USAGE_STATS_ENABLED": "0",
        "PYTHONPATH": environment()["PYTHONPATH"],
    }
    with pytest.MonkeyPatch.context() as patch:
        # Ray reads some of them when it is imported.
        for name, value in changed.items():
            patch.setenv(name, value)
        ray = pytest.importorskip("ray")
        from ray.cluster_utils import Cluster

        nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        try:
            nodes.add_node(num_cpus=1)
            ray.init(address=nodes.address, logging_level=logging.WARNING)
            yield nodes.address
        finally:
            ray.shutdown()
            nodes.shutdown()


def problem_of(folder: Path, fault: Any = lambda calls: None) -> NumpyProblem:
    """Returns a problem of two points that notes each run's start, and calls ``fault`` with the number of gradients of its process."""
    folder.mkdir(exist_ok=True)

    class Noting(NumpyProblem):
        calls = 0

        def start(self, seed: int) -> Any:
            if seed:
                (folder / secrets.token_hex(8)).touch()
                self.calls = 0
            return super().start(seed)

        def gradient(self, client: int, x: Any, chosen: Any) -> Any:
            self.calls += 1
            fault(self.calls)
            return super().gradient(client, x, chosen)

    def loss(point: Any) -> Any:
        kept = np.zeros(3)

        def at(x: Any) -> Any:
            kept[:] = x - point
            return 0.5 * float(kept @ kept), kept.copy()

        return at

    return Noting([loss(np.array(point)) for point in POINTS], np.zeros(3))


def once(marker: Path, at: int, do: Any) -> Any:
    """Returns a fault that acts at one gradient, in one run only."""

    def fault(calls: int) -> None:
        if calls == at:
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return
            do()

    return fault


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def trial(problem: NumpyProblem, out: Path, **options: Any) -> Any:
    return compare(
        problem, ARMS, **{"rounds": 20, "seeds": (1, 2), "uncompressed_gamma": 0.3, "progress": False, "out": out, **options}
    )


def without_seconds(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_seconds(each) for key, each in value.items() if key not in ("seconds", "finished")}
    return [without_seconds(each) for each in value] if isinstance(value, list) else value


def figures(folder: Path) -> tuple[Any, Any, str]:
    """Returns everything that a trial wrote, without the times."""
    assert sorted(path.name for path in folder.iterdir()) == ["experiment.yaml", "summary.json", "trajectory.csv"]
    with (folder / "trajectory.csv").open(newline="") as file:
        rows = [{key: cell for key, cell in row.items() if key != "seconds"} for row in csv.DictReader(file)]
    return rows, without_seconds(json.loads((folder / "summary.json").read_text())), (folder / "experiment.yaml").read_text()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any, str]:
    """The files that the trial writes in one process."""
    folder = tmp_path_factory.mktemp("alone")
    trial(problem_of(folder / "starts"), folder / "out")
    assert len(list((folder / "starts").iterdir())) == RUNS
    return figures(folder / "out")


@pytest.mark.parametrize("checkpoint_every", [0, 4])
def test_a_killed_worker_s_run_is_repeated_and_all_figures_are_those_of_one_process(
    cluster: str, alone: Any, tmp_path: Path, caplog: Any, checkpoint_every: int
) -> None:
    seen: list[tuple[str, int, int]] = []
    with caplog.at_level(logging.WARNING, "evenkeel"):
        trial(
            problem_of(tmp_path / "starts", once(tmp_path / "marker", 25, killed)),
            tmp_path / "out",
            ray=True,
            checkpoint_every=checkpoint_every,
            recorded=lambda arm, seed, point: seen.append((arm, seed, point.round)),
        )
    assert figures(tmp_path / "out") == alone
    assert len(list((tmp_path / "starts").iterdir())) == RUNS + 1
    assert [record.getMessage() for record in caplog.records if "a worker was lost" in record.getMessage()] != []
    # Each point is passed on once, those of the killed worker too.
    assert len(seen) == len(set(seen)) == RUNS * 21
    for arm, seed, _ in seen:
        assert [round for *of, round in seen if of == [arm, seed]] == list(range(21))


def test_a_run_that_kills_each_worker_ends_the_trial(cluster: str, tmp_path: Path) -> None:
    def fault(calls: int) -> None:
        killed()

    with pytest.raises(EvenkeelError, match="the worker of arm 'tuned@0' with seed 1 was lost 4 times"):
        trial(problem_of(tmp_path / "starts", fault), tmp_path / "out", ray=True)


class OwnError(Exception):
    pass


def test_an_exception_in_the_problem_is_raised_here_once_and_the_trial_resumes(cluster: str, alone: Any, tmp_path: Path) -> None:
    def fail() -> None:
        raise OwnError("no more samples")

    faulty = problem_of(tmp_path / "starts", once(tmp_path / "marker", 25, fail))
    with pytest.raises(OwnError, match="^no more samples$") as failure:
        trial(faulty, tmp_path / "out", ray=True)
    assert "in fault" in str(failure.value.__cause__)
    kept = [path.name for path in (tmp_path / "out" / "runs").iterdir()]
    before = len(list((tmp_path / "starts").iterdir()))
    trial(faulty, tmp_path / "out", ray=True, resume=True)
    assert figures(tmp_path / "out") == alone
    assert len(list((tmp_path / "starts").iterdir())) == before + RUNS - len(kept)


def test_ctrl_c_stops_all_workers_and_the_trial_resumes_from_the_checkpoints(
    cluster: str, alone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "told"

    def waiting(calls: int) -> None:
        """Waits in the 13th round until the workers are told to stop."""
        until = time.monotonic() + 60
        while calls >= 25 and not told.exists() and time.monotonic() < until:
            time.sleep(0.05)

    show = _Watch._show

    def shown(watch: _Watch) -> None:
        asked = watch._runs.interrupts.asked
        show(watch)
        if asked:
            told.touch()

    monkeypatch.setattr(_Watch, "_show", shown)
    interrupted: list[int] = []

    def interrupt(arm: str, seed: int, point: Any) -> None:
        if not interrupted:
            interrupted.append(point.round)
            signal.raise_signal(signal.SIGINT)

    problem = problem_of(tmp_path / "starts", waiting)
    found = trial(problem, tmp_path / "out", ray=True, checkpoint_every=4, recorded=interrupt)
    assert "interrupted" in {run.outcome for run in found.runs}
    assert list((tmp_path / "out" / "runs").glob("*.checkpoint")) != []
    trial(problem, tmp_path / "out", ray=True, resume=True)
    assert figures(tmp_path / "out") == alone


TRIAL = """
import numpy as np
import points
from evenkeel.trial import NumpyProblem

class Problem(NumpyProblem):
    def start(self, seed):
        return points.START + super().start(seed)

problem = Problem([points.loss(np.array(point)) for point in {points}], np.zeros(3))
arms = {arms}
"""
HELPER = """
import numpy as np

START = np.zeros(3)

def loss(point):
    return lambda x: (0.5 * float((x - point) @ (x - point)), x - point)
"""


def test_the_command_line_sends_the_file_and_what_it_imports(cluster: str, alone: Any, tmp_path: Path) -> None:
    (tmp_path / "points.py").write_text(HELPER)
    (tmp_path / "trial.py").write_text(TRIAL.format(points=POINTS, arms=ARMS))
    command = [sys.executable, "-m", "evenkeel.trial", "trial.py", "--out", "out", "--rounds", "20", "--seeds", "1", "2"]
    command += ["--uncompressed-gamma", "0.3", "--ray-address", cluster]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Results are in out" in done.stdout
    assert figures(tmp_path / "out") == alone


def test_a_module_with_dropout_and_minibatches_has_the_bits_of_one_process(cluster: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from torch import nn
    from torch.utils.data import TensorDataset

    from evenkeel.torch import TorchProblem

    inputs = torch.randn(120, 6, generator=torch.Generator().manual_seed(1))
    data = [TensorDataset(inputs[i::3], (inputs[i::3].sum(1) > 0).long()) for i in range(3)]
    problem = TorchProblem(
        lambda: nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.Dropout(0.3), nn.Linear(16, 2)),
        nn.functional.cross_entropy,
        data,
        evaluate=lambda module: float((module(inputs).argmax(1) == (inputs.sum(1) > 0)).float().mean()),
        batch=8,
    )
    arms = ["ef14,gamma=0.2,compressor=top-k:0.1"]
    for name, ray in (("one", False), ("two", True)):
        compare(problem, arms, rounds=8, seeds=(1, 2), uncompressed_gamma=0.2, progress=False, out=tmp_path / name, ray=ray)
    assert figures(tmp_path / "two") == figures(tmp_path / "one")


def test_a_worker_with_other_versions_is_refused() -> None:
    wanted = {"Python": "3.11", "evenkeel": "1", "numpy": "2"}
    require_versions({**wanted, "torch": "2.6"}, wanted, "node-7")
    require_versions(wanted, {**wanted, "torch": "2.6"}, "node-7")
    with pytest.raises(ArgumentError, match="the worker on node-7 has evenkeel 2 instead of 1, numpy 3 instead of 2, so figures"):
        require_versions(wanted, {"Python": "3.11", "evenkeel": "2", "numpy": "3"}, "node-7")


def test_modules_of_the_user_s_own_folders_are_sent() -> None:
    assert is_own(sys.modules[__name__])
    for module in (np, json, pytest, sys.modules["evenkeel"], sys):
        assert not is_own(module)


@pytest.mark.parametrize("ray", [None, 5, ""])
def test_an_invalid_address_is_named(ray: Any) -> None:
    with pytest.raises(ArgumentError, match="ray is .*, expected True, or the address"):
        trial(NumpyProblem([lambda x: (0.0, x)], np.zeros(3)), None, ray=ray)  # type: ignore[arg-type]
