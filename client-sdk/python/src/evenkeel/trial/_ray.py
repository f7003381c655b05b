"""A trial's runs as tasks of a Ray cluster."""

from __future__ import annotations

import logging
import os
import pickle
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from ..errors import EvenkeelError
from ._ray_worker import REPORT_SECONDS, Board, Plan, run_task, versions
from ._run import ArmRun, Point
from ._runs import Job, Runs

T = TypeVar("T")

_MAX_REPETITIONS = 3

_log = logging.getLogger("evenkeel")


class RayTasks:
    """The tasks of a Ray cluster, one for each run. A run whose worker is lost restarts, from its last checkpoint if there is
    one.

    Args:
        address: the cluster's address; None for the cluster that this process is connected to, or that ``ray.init()`` finds or
            starts.
    """

    rank = 0

    def __init__(self, address: str | None) -> None:
        try:
            import ray
        except ImportError as e:
            raise EvenkeelError(f"Ray cannot be imported: {e}: pip install 'evenkeel[ray]'") from e
        self._ray = ray
        if not ray.is_initialized():
            try:
                ray.init(address=address, log_to_driver=True, logging_level=logging.WARNING)
            except (ConnectionError, RuntimeError, ValueError) as e:
                raise EvenkeelError(
                    f"there is no Ray cluster at {address or 'the default address'}: {e}: start one with 'ray start --head', set "
                    "RAY_AUTH_MODE and the token as on the cluster, or leave out the address for a cluster on this machine only"
                ) from e

    def first(self, work: Callable[[], T]) -> T:
        """Executes the work: this process is the only one that writes."""
        return work()

    def share(self, jobs: Sequence[Job], runs: Runs) -> list[ArmRun]:
        """Runs each job without a saved result as a task, and returns the runs in the order of the jobs.

        An exception in the problem is raised here without a retry; if several jobs fail, that of the first one in this
        order.

        Raises:
            EvenkeelError: if a worker has other versions, or was lost too often.
        """
        ended = [runs.kept(job) for job in jobs]
        asked = [number for number, run in enumerate(ended) if run is None]
        if asked:
            with _by_value(self._ray.cloudpickle):
                watch = _Watch(self._ray, jobs, runs, asked)
            try:
                for number, run in watch.results():
                    ended[number] = runs.keep(run)
            except self._ray.exceptions.RayError as e:
                raise EvenkeelError(f"the Ray cluster failed: {e}: look at its logs, and resume the trial") from e
            finally:
                watch.close()
        return [run for run in ended if run is not None]


class _Watch:
    """The tasks of some jobs, from their start to their results."""

    def __init__(self, ray: Any, jobs: Sequence[Job], runs: Runs, asked: Sequence[int]) -> None:
        self._ray, self._jobs, self._runs = ray, jobs, runs
        self._rounds = dict.fromkeys(asked, 0)
        self._points = dict.fromkeys(asked, 0)
        self._starts = dict.fromkeys(asked, 0)
        checkpoints = {number: found for number in asked if (found := runs.checkpoint(jobs[number])) is not None}
        here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self._board = ray.remote(Board).options(num_cpus=0, scheduling_strategy=here).remote(checkpoints)
        threads = _threads()
        plan = ray.put(Plan(ray.cloudpickle.dumps(runs.problem), runs.settings, runs.checkpoint_every, versions(), threads))
        largest = max((int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]), default=1)
        task = ray.remote(run_task).options(
            num_cpus=max(1, min(threads, largest)),
            num_gpus=runs.problem.gpus,
            max_retries=_MAX_REPETITIONS,
            retry_exceptions=False,
        )
        self._tasks = {task.remote(plan, jobs[number], number, self._board): number for number in asked}

    def results(self) -> Iterator[tuple[int, ArmRun]]:
        """Yields the runs as they end, and shows the progress of the others."""
        failures: dict[int, Exception] = {}
        while self._tasks:
            done, _ = self._ray.wait(list(self._tasks), num_returns=1, timeout=REPORT_SECONDS)
            self._show()
            for each in done:
                number = self._tasks.pop(each)
                try:
                    yield number, self._result(each, number)
                except Exception as e:
                    failures[number] = e
                    self._cancel(after=number)
        if failures:
            raise failures[min(failures)]

    def _result(self, task: Any, number: int) -> ArmRun:
        arm, seed = self._jobs[number]
        lost = (
            self._ray.exceptions.WorkerCrashedError,
            self._ray.exceptions.NodeDiedError,
            self._ray.exceptions.OutOfMemoryError,
        )
        try:
            run, failure, text = self._ray.get(task)
        except lost as e:
            raise EvenkeelError(
                f"the worker of arm '{arm.name}' with seed {seed} was lost {_MAX_REPETITIONS + 1} times: {e}: look at the logs of the "
                "cluster, and give the workers more memory if they had too little"
            ) from e
        except self._ray.exceptions.RayError as e:
            raise EvenkeelError(
                f"a worker cannot run arm '{arm.name}' with seed {seed}: {getattr(e, 'cause', e)}: install the same packages on all machines"
            ) from e
        if run is None:
            # The pickle comes from this process's own cluster, which executes this process's code anyway.
            raise pickle.loads(failure) from RuntimeError(f"on the worker:\n{text}")
        found: ArmRun = run
        self._advance(number, found.round, self._points[number], found.points[self._points[number] :])
        return found

    def _show(self) -> None:
        for number, round, at, points, checkpoint in self._ray.get(self._board.take.remote(self._runs.interrupts.asked)):
            job = self._jobs[number]
            if round < 0:
                self._starts[number] += 1
                if self._starts[number] > 1:
                    _log.warning("a worker was lost: arm '%s' with seed %d is repeated", job[0].name, job[1])
                continue
            if checkpoint is not None:
                self._runs.keep_checkpoint(job, checkpoint)
            self._advance(number, round, at, points)

    def _advance(self, number: int, round: int, at: int, points: Sequence[Point]) -> None:
        """Shows the rounds and points that earlier attempts have not shown."""
        job = self._jobs[number]
        if round > self._rounds[number]:
            self._runs.advance(job[0], round - self._rounds[number])
            self._rounds[number] = round
        for place, point in enumerate(points, at):
            if place >= self._points[number]:
                self._points[number] = place + 1
                self._runs.record(job, point)

    def _cancel(self, after: int) -> None:
        """Ends the tasks of the jobs after a given one."""
        for task, number in list(self._tasks.items()):
            if number > after:
                del self._tasks[task]
                with suppress(Exception):
                    self._ray.cancel(task, force=True)

    def close(self) -> None:
        """Ends the running tasks and the actor."""
        self._cancel(after=-1)
        with suppress(Exception):
            self._ray.kill(self._board)


def _threads() -> int:
    """Returns the number of threads of this process."""
    torch = sys.modules.get("torch")
    if torch is not None:
        return int(torch.get_num_threads())
    given = os.environ.get("OMP_NUM_THREADS", "")
    return int(given) if given.isdigit() and int(given) > 0 else os.cpu_count() or 1


@contextmanager
def _by_value(cloudpickle: Any) -> Iterator[None]:
    """Pickles the modules in the user's own folders by value, since workers cannot import them."""
    sent = []
    for module in list(sys.modules.values()):
        if is_own(module):
            with suppress(ValueError):
                cloudpickle.register_pickle_by_value(module)
                sent.append(module)
    try:
        yield
    finally:
        for module in sent:
            cloudpickle.unregister_pickle_by_value(module)


def is_own(module: ModuleType) -> bool:
    """Returns whether a module is neither installed, nor part of Python, nor of this package."""
    file = getattr(module, "__file__", None)
    name = str(getattr(module, "__name__", ""))
    if not isinstance(file, str) or name == "__main__" or name.partition(".")[0] == __name__.partition(".")[0]:
        return False
    installed = {sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")} | {
        sys.prefix,
        sys.base_prefix,
    }
    path = Path(file).resolve()
    return "site-packages" not in path.parts and not any(path.is_relative_to(Path(each).resolve()) for each in installed if each)
