"""Runs a trial."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import FrameType
from typing import Any

from .._types import Floats
from ._arm import Arm, parse_arm
from ._figures import Target
from ._fleet import Fleet
from ._folder import ResultsFolder, experiment_yaml
from ._problem import Problem
from ._processes import Processes
from ._results import Results
from ._run import ArmRun, Point
from ._search import Search, choose
from ._settings import Settings
from ._simulation import Simulation
from ._summary import summarize
from ._thresholds import Thresholds

DEFAULT_ARMS = (
    "gd-norm",
    "ef21,gamma=tuned,name=ef21-tuned",
    "ef21-norm,gamma=anytime:0.1:0.5",
    "ef21-adaptive",
)


def compare(
    problem: Problem,
    arms: Sequence[str] = DEFAULT_ARMS,
    *,
    rounds: int = 200,
    seeds: Sequence[int] = (1, 2, 3),
    targets: Sequence[str] = (),
    compressor: str | None = None,
    uncompressed_gamma: float | str = "tuned",
    thresholds: Thresholds = Thresholds(),
    baseline: str | None = None,
    record_every: int = 1,
    participation: float = 1.0,
    local_steps: int = 1,
    local_step_size: float = 0.1,
    weighted: bool = False,
    initial: str = "zeros",
    hostile: str | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    checkpoint_every: int = 0,
    recorded: Callable[[str, int, Point], None] | None = None,
    progress: bool = True,
) -> Results:
    """Trains one model by several methods on the same clients, and compares accuracy, loss, rounds and bytes.

    Uncompressed training is always an arm: without ``gd`` or ``gd-norm`` among the arms, ``gd`` is added as the first one, with
    ``uncompressed_gamma``, and is the baseline. A search for a step size compares the training losses of the first seed. The same
    arms and seeds give the same figures, except the seconds.

    Where ``torch.distributed`` is initialized, as under torchrun, each process calls this with the same arguments, and takes a part
    of the runs. All return the same results.

    Args:
        problem: the clients' losses: a ``TorchProblem`` or a ``NumpyProblem``.
        arms: such as ``ef21-norm,gamma=anytime:0.1:0.5``, in the text form of ``./evenkeel pilot compare --arm``. With minibatches
            or local steps the default has ``ef14`` too, with ``uncompressed_gamma``.
        rounds: R, at least 1.
        seeds: each arm runs once with each. One seed shows what training looks like, and gives no verdict on quality.
        targets: such as ``loss:0.3``, ``test-metric:0.9`` or ``loss:90%`` of what the baseline gains; 50%, 90% and 99% if empty.
            One that is reached without training is dropped, and named in the results.
        compressor: for the arms that name none and compress.
        uncompressed_gamma: the step size of the ``gd`` arm that is added: that of today's training, if it is known.
        thresholds: the smallest differences that count; of the final quality, the margin within which an arm is no worse.
        baseline: the name of the arm that the others are compared with; the uncompressed one if None.
        record_every: a point is recorded every so many rounds, and at the end.
        participation: the share of the clients that take part in a round, in (0, 1].
        local_steps: steps that a client takes on its own before it reports; with more than 1 a pseudo-gradient is sent.
        local_step_size: their size.
        weighted: whether a client counts by its samples, or each the same.
        initial: ``zeros``, ``compressed`` or ``dense``: what g_i starts from.
        hostile: ATTACK:SHARE:STRENGTH, if a share of the clients attacks: ``sign-flip``, ``inner-product`` or ``little``, such as
            ``sign-flip:0.1:10``. Arms with ``robust=clip:2`` or ``robust=trim:0.2`` bound what a client adds to the sum.
        out: a folder for experiment.yaml, trajectory.csv and summary.json, of which ``./evenkeel pilot report`` makes a page. The
            first process writes it; the others keep their runs in ``process-1`` and so on in it until the trial is complete.
        resume: whether to go on with an earlier trial in that folder, with as many processes: runs that had ended are kept.
        checkpoint_every: a run under way is kept in ``out`` every so many rounds, so that ``resume`` goes on from there; 0 for
            never. Checkpoints are pickles: resume no folder of unknown origin.
        recorded: called with arm, seed and each point as it is recorded.
        progress: whether to show a progress bar, in the first process; needs tqdm, and is left out without it.

    Returns:
        the results. After Ctrl-C, those of the rounds that were run, without verdicts.

    Raises:
        ValueError: if an argument is none of these.
        FileExistsError: if ``out`` holds a trial already and is not to be resumed.
    """
    settings = Settings(rounds, record_every, participation, local_steps, local_step_size, weighted, initial, hostile)
    chosen = [parse_arm(text, compressor) for text in arms]
    if arms is DEFAULT_ARMS or not any(arm.preset.is_uncompressed for arm in chosen):
        chosen.insert(0, parse_arm(f"gd,gamma={uncompressed_gamma},name=gd"))
    if arms is DEFAULT_ARMS and (problem.batch > 0 or local_steps > 1):
        chosen.insert(2, parse_arm(f"ef14,gamma={uncompressed_gamma},name=ef14", compressor))
    _require_distinct([arm.name for arm in chosen], "arms have the name")
    _require_distinct(list(seeds), "seeds are")
    yardstick = baseline or next(arm.name for arm in chosen if arm.preset.is_uncompressed)
    if yardstick not in [arm.name for arm in chosen]:
        raise ValueError(f"baseline is '{yardstick}', expected an arm: {', '.join(arm.name for arm in chosen)}")
    for arm in chosen:
        arm.bind(problem.layout)
    asked = [Target.parse(text) for text in targets]
    text = experiment_yaml(problem, settings, chosen, yardstick, seeds, [str(target) for target in asked], thresholds)
    processes = Processes()
    folder = None if out is None else processes.first(lambda: ResultsFolder(out, text, resume, processes.rank))
    watch = _Watch(folder, checkpoint_every, recorded)
    runs, tuned, searches = _run_all(problem, settings, chosen, seeds, watch, processes, progress and processes.rank == 0)
    summary, comparisons, verdict = summarize(problem, settings, tuned, yardstick, seeds, asked, runs, searches, thresholds)
    if folder is not None:
        folder.write(runs, summary)
    return Results(runs, summary, comparisons, verdict, None if folder is None else folder.path)


def _require_distinct(values: list[Any], what: str) -> None:
    if not values:
        raise ValueError(f"no {what.split()[0]} given: give at least one")
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"two {what} {value}: give each once")


def _run_all(
    problem: Problem,
    settings: Settings,
    arms: Sequence[Arm],
    seeds: Sequence[int],
    watch: _Watch,
    processes: Processes,
    progress: bool,
) -> tuple[list[ArmRun], list[Arm], dict[str, Search]]:
    """Returns the runs, the arms with the step sizes that were chosen, and the searches."""
    extra = sum(max(0, len(arm.candidates) - 1) for arm in arms)
    bar = _bar((len(arms) * len(seeds) + extra) * settings.rounds) if progress else None
    runs: dict[tuple[str, int], ArmRun] = {}
    searches: dict[str, Search] = {}
    tuned: list[Arm] = []
    with _Interrupts() as interrupts:

        def run(job: tuple[Arm, int]) -> ArmRun:
            return _run_or_keep(problem, settings, *job, watch, interrupts, bar)

        tried = iter(processes.share([(candidate, seeds[0]) for arm in arms for candidate in arm.candidates], run))
        for arm in arms:
            if arm.candidates:
                found = [next(tried) for _ in arm.candidates]
                best, searches[arm.name] = choose(arm.candidates, found)
                tuned.append(replace(arm.candidates[best], name=arm.name))
                runs[arm.name, seeds[0]] = replace(found[best], arm=arm.name)
            else:
                tuned.append(arm)
        jobs = [(arm, seed) for seed in seeds for arm in tuned if (arm.name, seed) not in runs]
        runs |= {(arm.name, seed): found for (arm, seed), found in zip(jobs, processes.share(jobs, run))}
    if bar is not None:
        bar.close()
    return [runs[arm.name, seed] for arm in tuned for seed in seeds], tuned, searches


@dataclass(frozen=True)
class _Watch:
    folder: ResultsFolder | None
    checkpoint_every: int
    recorded: Callable[[str, int, Point], None] | None


def _run_or_keep(
    problem: Problem, settings: Settings, arm: Arm, seed: int, watch: _Watch, interrupts: _Interrupts, bar: Any
) -> ArmRun:
    folder = watch.folder
    run = folder.kept(arm.name, seed) if folder is not None else None
    if run is None:
        run = _run(problem, settings, arm, seed, watch, interrupts, bar)
        if folder is not None and run.outcome != "interrupted":
            folder.keep(run)
    elif bar is not None:
        bar.update(settings.rounds)
    return run


def _run(problem: Problem, settings: Settings, arm: Arm, seed: int, watch: _Watch, interrupts: _Interrupts, bar: Any) -> ArmRun:
    folder = watch.folder
    earlier = None if folder is None else folder.checkpoint(arm.name, seed)

    def proceed(round: int) -> bool:
        if bar is not None:
            bar.set_description(arm.name)
            bar.update(1)
        due = watch.checkpoint_every > 0 and round > 0 and (round % watch.checkpoint_every == 0 or interrupts.asked)
        if folder is not None and due:
            folder.keep_checkpoint(arm.name, seed, simulation.checkpoint())
        return not interrupts.asked

    def recorded(point: Point) -> None:
        if watch.recorded is not None:
            watch.recorded(arm.name, seed, point)

    make: Callable[[Floats], Fleet] | None = getattr(problem, "fleet_of", lambda arm: None)(arm)
    simulation = Simulation(problem, arm, settings, seed, proceed, make, recorded)
    if earlier is not None:
        simulation.restore(earlier)
    return simulation.run()


def _bar(total: int) -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return None
    return tqdm(total=total, unit="round", file=sys.stderr)


class _Interrupts:
    """Stops a trial before the next round after Ctrl-C; a second Ctrl-C raises KeyboardInterrupt."""

    def __init__(self) -> None:
        self.asked = False
        self._before: Any = None

    def __enter__(self) -> _Interrupts:
        try:
            self._before = signal.signal(signal.SIGINT, self._ask)
        except ValueError:
            # Only the main thread may; elsewhere Ctrl-C goes to that one.
            self._before = None
        return self

    def _ask(self, signum: int, frame: FrameType | None) -> None:
        self.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def __exit__(self, *exception: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
