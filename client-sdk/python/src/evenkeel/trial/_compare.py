"""Runs a trial."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ._arm import Arm, parse_arm
from ._figures import Target
from ._folder import ResultsFolder, experiment_yaml
from ._problem import Problem
from ._processes import Shared, shared
from ._results import Results
from ._run import ArmRun, Point
from ._runs import Interrupts, Runs, bar_of
from ._search import Search, choose
from ._settings import Settings
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
    ray: bool | str = False,
) -> Results:
    """Trains one model with several methods on the same clients, and compares accuracy, loss, rounds and bytes.

    Uncompressed training is always an arm: without ``gd`` or ``gd-norm`` among the arms, ``gd`` is added as the first one, with
    ``uncompressed_gamma``, and is the baseline. A search for a step size compares the training losses of the first seed. The same
    arms and seeds give the same figures, except the seconds.

    If ``torch.distributed`` is initialized, for example by torchrun, each process calls this with the same arguments and executes
    a part of the runs. All return the same results. With ``ray`` the runs are tasks of a Ray cluster instead, and this process
    gets the results.

    Args:
        problem: the clients' losses: a ``TorchProblem`` or a ``NumpyProblem``.
        arms: such as ``ef21-norm,gamma=anytime:0.1:0.5``, in the text form of ``./evenkeel pilot compare --arm``. With
            minibatches or local steps the default also includes ``ef14``, with ``uncompressed_gamma``.
        rounds: R, at least 1.
        seeds: each arm runs once with each seed. A single seed shows the training, but gives no verdict on quality.
        targets: such as ``loss:0.3``, ``test-metric:0.9`` or ``loss:90%`` of the baseline's gain; 50%, 90% and 99% if empty. A
            target that is reached without training is dropped, and listed in the results.
        compressor: the compressor of compressed arms that name none.
        uncompressed_gamma: the step size of the added ``gd`` arm: that of the current training, if it is known.
        thresholds: the smallest differences that count; for the final quality, the margin within which an arm is no worse.
        baseline: the name of the arm that the others are compared with; the uncompressed one if None.
        record_every: the number of rounds between recorded points; the end is always recorded.
        participation: the share of the clients that take part in a round, in (0, 1].
        local_steps: the number of local steps of a client in a round; with more than 1 a pseudo-gradient is sent.
        local_step_size: the size of a local step.
        weighted: whether clients are weighted by their numbers of samples; otherwise equally.
        initial: ``zeros``, ``compressed`` or ``dense``: the initial g_i.
        hostile: the attack by a share of the clients, ATTACK:SHARE:STRENGTH such as ``sign-flip:0.1:10``; the attacks
            are ``sign-flip``, ``inner-product`` and ``little``. Arms with ``robust=clip:2`` or ``robust=trim:0.2``
            bound the influence of a client on the sum.
        out: a folder for experiment.yaml, trajectory.csv and summary.json, from which ``./evenkeel pilot report`` creates a page.
            The first process writes it; the others store their runs in its subfolders ``process-1`` and so on until the trial is
            complete.
        resume: whether to continue an earlier trial in that folder, with the same number of processes: completed runs are kept.
        checkpoint_every: the number of rounds between checkpoints of a run in ``out``, from which ``resume`` continues; 0 for
            never. Checkpoints are pickles: do not resume a folder of unknown origin.
        recorded: called with arm, seed and each point as it is recorded.
        progress: whether to show a progress bar, in the first process; omitted without tqdm.
        ray: True for the Ray cluster that this process is connected to, or that ``ray.init()`` finds or starts; or a cluster's
            address, such as ``auto``. The runs of a lost worker are repeated. The problem is sent to the workers, which need the
            same versions of Python, evenkeel, numpy and torch.

    Returns:
        the results; after Ctrl-C, those of the completed rounds, without verdicts.

    Raises:
        ValueError: if an argument is invalid.
        EvenkeelError: if a worker of the Ray cluster has other versions, or is lost repeatedly in one run.
        FileExistsError: if ``out`` already contains a trial and ``resume`` is False.
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
    processes = shared(ray)
    folder = None if out is None else processes.first(lambda: ResultsFolder(out, text, resume, processes.rank))
    extra = sum(max(0, len(arm.candidates) - 1) for arm in chosen)
    bar = bar_of((len(chosen) * len(seeds) + extra) * rounds) if progress and processes.rank == 0 else None
    with Interrupts() as interrupts:
        of_trial = Runs(problem, settings, folder, checkpoint_every, recorded, interrupts, bar)
        runs, tuned, searches = _run_all(of_trial, chosen, seeds, processes)
    if bar is not None:
        bar.close()
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
    runs: Runs, arms: Sequence[Arm], seeds: Sequence[int], processes: Shared
) -> tuple[list[ArmRun], list[Arm], dict[str, Search]]:
    """Returns the runs, the arms with their chosen step sizes, and the searches."""
    ended: dict[tuple[str, int], ArmRun] = {}
    searches: dict[str, Search] = {}
    tuned: list[Arm] = []
    tried = iter(processes.share([(candidate, seeds[0]) for arm in arms for candidate in arm.candidates], runs))
    for arm in arms:
        if arm.candidates:
            found = [next(tried) for _ in arm.candidates]
            best, searches[arm.name] = choose(arm.candidates, found)
            tuned.append(replace(arm.candidates[best], name=arm.name))
            ended[arm.name, seeds[0]] = replace(found[best], arm=arm.name)
        else:
            tuned.append(arm)
    jobs = [(arm, seed) for seed in seeds for arm in tuned if (arm.name, seed) not in ended]
    ended |= {(arm.name, seed): found for (arm, seed), found in zip(jobs, processes.share(jobs, runs))}
    return [ended[arm.name, seed] for arm in tuned for seed in seeds], tuned, searches
