"""The runs of a trial: saves completed runs, shows the progress, and executes jobs in this process."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, TypeAlias

from .._types import Floats
from ._arm import Arm
from ._fleet import Fleet
from ._folder import ResultsFolder
from ._problem import Problem
from ._run import ArmRun, Point
from ._settings import Settings
from ._simulation import Simulation

Job: TypeAlias = tuple[Arm, int]
"""An arm and a seed."""


@dataclass(frozen=True)
class Runs:
    """The runs of one trial.

    Attributes:
        folder: the folder for completed runs; None to save none.
        checkpoint_every: the number of rounds between checkpoints; 0 for never.
        recorded: called with arm, seed and each point.
        interrupts: tells whether the trial must stop.
        bar: the progress bar; None without one.
    """

    problem: Problem
    settings: Settings
    folder: ResultsFolder | None
    checkpoint_every: int
    recorded: Callable[[str, int, Point], None] | None
    interrupts: Interrupts
    bar: Any

    def here(self, job: Job) -> ArmRun:
        """Runs a job in this process, unless its result is saved."""
        return self.kept(job) or self.keep(self._run(job))

    def kept(self, job: Job) -> ArmRun | None:
        """Returns a run that an earlier trial in the folder completed, or None."""
        arm, seed = job
        run = None if self.folder is None else self.folder.kept(arm.name, seed)
        if run is not None:
            self.advance(arm, self.settings.rounds)
        return run

    def keep(self, run: ArmRun) -> ArmRun:
        """Saves a completed run; returns it."""
        if self.folder is not None and run.outcome != "interrupted":
            self.folder.keep(run)
        return run

    def checkpoint(self, job: Job) -> bytes | None:
        """Returns the checkpoint of a run that an earlier trial in the folder left, or None."""
        arm, seed = job
        return None if self.folder is None else self.folder.checkpoint(arm.name, seed)

    def keep_checkpoint(self, job: Job, checkpoint: bytes) -> None:
        """Saves the checkpoint of a run in progress."""
        arm, seed = job
        if self.folder is not None:
            self.folder.keep_checkpoint(arm.name, seed, checkpoint)

    def advance(self, arm: Arm, rounds: int) -> None:
        """Advances the progress bar."""
        if self.bar is not None:
            self.bar.set_description(arm.name)
            self.bar.update(rounds)

    def record(self, job: Job, point: Point) -> None:
        """Passes a new point to ``recorded``."""
        arm, seed = job
        if self.recorded is not None:
            self.recorded(arm.name, seed, point)

    def _run(self, job: Job) -> ArmRun:
        def proceed(round: int) -> bool:
            self.advance(job[0], 1)
            if is_due(self.checkpoint_every, round, self.interrupts.asked):
                self.keep_checkpoint(job, simulation.checkpoint())
            return not self.interrupts.asked

        simulation = simulation_of(self.problem, self.settings, job, proceed, lambda point: self.record(job, point))
        earlier = self.checkpoint(job)
        if earlier is not None:
            simulation.restore(earlier)
        return simulation.run()


def is_due(checkpoint_every: int, round: int, ends: bool) -> bool:
    """Returns whether to save a checkpoint before a round."""
    return checkpoint_every > 0 and round > 0 and (round % checkpoint_every == 0 or ends)


def simulation_of(
    problem: Problem, settings: Settings, job: Job, proceed: Callable[[int], bool], recorded: Callable[[Point], None]
) -> Simulation:
    """Creates the simulation of a job, with the problem's own fleet if it has one."""
    arm, seed = job
    make: Callable[[Floats], Fleet] | None = getattr(problem, "fleet_of", lambda arm: None)(arm)
    return Simulation(problem, arm, settings, seed, proceed, make, recorded)


def bar_of(total: int) -> Any:
    """Returns a progress bar on the error stream; None without tqdm."""
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm(total=total, unit="round", file=sys.stderr)


class Interrupts:
    """Stops a trial before the next round after Ctrl-C; a second Ctrl-C raises KeyboardInterrupt."""

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> Interrupts:
        try:
            self._before = signal.signal(signal.SIGINT, self._ask)
        except ValueError:
            # Only the main thread may set a handler; it also receives Ctrl-C.
            self._before = None
        return self

    def _ask(self, signum: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def __exit__(self, *exception: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
