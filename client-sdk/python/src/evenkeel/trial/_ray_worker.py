"""The part of a trial that runs on the workers of a Ray cluster."""

from __future__ import annotations

import pickle
import platform
import sys
import time
import traceback
from dataclasses import dataclass
from math import inf
from typing import Any

from .._version import __version__
from ..errors import ArgumentError
from ._run import ArmRun, Point
from ._runs import Job, is_due, simulation_of
from ._settings import Settings

REPORT_SECONDS = 0.5
"""The minimum interval between a run's reports of rounds; checkpoints are reported at once."""


@dataclass(frozen=True)
class Plan:
    """The common data of all tasks of a trial.

    Attributes:
        problem: pickled, since arrays sent by Ray are read-only, but the problem's code may write to its arrays.
        versions: the versions that a worker must have.
        threads: the number of threads.
    """

    problem: bytes
    settings: Settings
    checkpoint_every: int
    versions: dict[str, str]
    threads: int


class Board:
    """An actor on the first machine. Runs report their rounds to it, and the trial's process reads them from it. It
    keeps checkpoints for runs that are repeated."""

    def __init__(self, checkpoints: dict[int, bytes]) -> None:
        self._checkpoints = checkpoints
        self._events: list[tuple[int, int, int, list[Point], bytes | None]] = []
        self._stopped = False

    def begin(self, number: int) -> bytes | None:
        """Starts a run; returns its checkpoint."""
        self._events.append((number, -1, 0, [], None))
        return self._checkpoints.get(number)

    def report(self, number: int, round: int, at: int, points: list[Point], checkpoint: bytes | None) -> bool:
        """Receives a run's next round and its new points after the first ``at``; returns whether it continues."""
        self._events.append((number, round, at, points, checkpoint))
        if checkpoint is not None:
            self._checkpoints[number] = checkpoint
        return not self._stopped

    def take(self, stop: bool) -> list[tuple[int, int, int, list[Point], bytes | None]]:
        """Returns the reports since the last call; with ``stop``, the runs end at their next report."""
        self._stopped = self._stopped or stop
        events, self._events = self._events, []
        return events


def run_task(plan: Plan, job: Job, number: int, board: Any) -> tuple[ArmRun | None, bytes, str]:
    """Runs a job on a worker; returns the run, or the exception in the problem with its traceback."""
    import ray

    problem = ray.cloudpickle.loads(plan.problem)
    require_versions(plan.versions, versions(), platform.node())
    torch = sys.modules.get("torch")
    if torch is not None:
        # The order of a sum depends on the number of threads.
        torch.set_num_threads(plan.threads)
    last, told = -inf, 0

    def proceed(round: int) -> bool:
        nonlocal last, told
        due = is_due(plan.checkpoint_every, round, False)
        if not due and time.monotonic() - last < REPORT_SECONDS:
            return True
        last = time.monotonic()

        def report(checkpoint: bytes | None) -> bool:
            return bool(ray.get(board.report.remote(number, round, told, simulation.points[told:], checkpoint)))

        goes_on = report(simulation.checkpoint() if due else None)
        told = len(simulation.points)
        if not goes_on and not due and is_due(plan.checkpoint_every, round, True):
            report(simulation.checkpoint())
        return goes_on

    try:
        simulation = simulation_of(problem, plan.settings, job, proceed, lambda point: None)
        earlier = ray.get(board.begin.remote(number))
        if earlier is not None:
            simulation.restore(earlier)
            told = len(simulation.points)
        return simulation.run(), b"", ""
    except ray.exceptions.RayError:
        raise
    except Exception as e:
        return None, _pickled(e), traceback.format_exc()


def _pickled(failure: Exception) -> bytes:
    """Returns an exception as bytes; one that cannot be pickled becomes a RuntimeError with its text."""
    import ray

    try:
        found = ray.cloudpickle.dumps(failure)
        ray.cloudpickle.loads(found)
        return bytes(found)
    except Exception:
        return pickle.dumps(RuntimeError(f"{type(failure).__name__}: {failure}"))


def versions() -> dict[str, str]:
    """Returns the versions of this process that affect the results' bits."""
    found = {"Python": platform.python_version().rpartition(".")[0], "evenkeel": __version__}
    for name in ("numpy", "torch"):
        if name in sys.modules:
            found[name] = str(sys.modules[name].__version__)
    return found


def require_versions(wanted: dict[str, str], found: dict[str, str], where: str) -> None:
    """Raises ArgumentError if the versions of a worker differ from those of the process that starts the trial."""
    wrong = [
        f"{name} {found[name]} instead of {version}" for name, version in wanted.items() if found.get(name, version) != version
    ]
    if wrong:
        raise ArgumentError(f"the worker on {where} has {', '.join(wrong)}, so figures would not be comparable")
