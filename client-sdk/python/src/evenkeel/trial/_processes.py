"""A trial's runs on several processes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, NoReturn, Protocol, TypeVar

from ..errors import ArgumentError
from ._run import ArmRun
from ._runs import Job, Runs

T = TypeVar("T")

_TIMEOUT = timedelta(days=365)


class Shared(Protocol):
    """Executes the jobs of a trial."""

    rank: int

    def first(self, work: Callable[[], T]) -> T:
        """Executes work first in the first process, then in the others."""

    def share(self, jobs: Sequence[Job], runs: Runs) -> list[ArmRun]:
        """Runs the jobs, and returns the runs in the order of the jobs."""


def shared(ray: bool | str) -> Shared:
    """Returns the tasks of a Ray cluster if ``ray`` is True or an address, else the processes of ``torch.distributed`` or this one."""
    if ray is False:
        return Processes()
    if ray is not True and (not isinstance(ray, str) or not ray):
        raise ArgumentError(f"ray is {ray!r}, expected True, or the address of a Ray cluster such as auto")
    if Processes().count > 1:
        raise ArgumentError(
            "ray is given, but torch.distributed has several processes: expected only one of them, so start without torchrun"
        )
    from ._ray import RayTasks

    return RayTasks(None if ray is True else ray)


class Processes:
    """The processes of ``torch.distributed`` if its default group exists, else only this one. Create it in all of them.

    Attributes:
        rank: this process's number, from 0.
        count: the number of processes.
    """

    def __init__(self) -> None:
        distributed = sys.modules.get("torch.distributed")
        self.rank, self.count = 0, 1
        if distributed is not None and distributed.is_available() and distributed.is_initialized():
            self._distributed: Any = distributed
            self.rank, self.count = distributed.get_rank(), distributed.get_world_size()
            # A separate group, because a process waits for the others' runs longer than a collective operation usually takes.
            self._group = distributed.new_group(backend="gloo", timeout=_TIMEOUT)

    def first(self, work: Callable[[], T]) -> T:
        """Executes the same work in the first process, and then in the others unless it failed.

        Raises:
            OSError: in all processes if the work raises it in the first one.
            ValueError: likewise.
        """
        if self.count == 1:
            return work()
        refusals: list[Exception | None] = [None]
        result: T | None = None
        if self.rank == 0:
            try:
                result = work()
            except (OSError, ValueError) as e:
                refusals = [e]
        self._distributed.broadcast_object_list(refusals, src=0, group=self._group)
        if refusals[0] is not None:
            raise refusals[0]
        return work() if result is None else result

    def share(self, jobs: Sequence[Job], runs: Runs) -> list[ArmRun]:
        """Runs each job in one of the processes; returns all results in every process, in the order of the jobs."""
        mine = [runs.here(job) for job in jobs[self.rank :: self.count]]
        if self.count == 1:
            return mine
        parts: list[list[ArmRun]] = [[] for _ in range(self.count)]
        self._distributed.all_gather_object(parts, mine, group=self._group)
        return [parts[i % self.count][i // self.count] for i in range(len(jobs))]


def join_torchrun() -> int:
    """Joins the other processes if torchrun started this one; returns its rank."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return 0
    import torch.distributed as distributed

    if not distributed.is_initialized():
        distributed.init_process_group("gloo")
    return distributed.get_rank()


def leave_torchrun(code: int) -> NoReturn:
    """Ends this process with an exit code.

    Under torchrun it skips the interpreter's shutdown: a gloo thread that releases the last tensor of an exchange meanwhile would
    abort the process, since it could no longer get the GIL.
    """
    if "TORCHELASTIC_RUN_ID" in os.environ:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
