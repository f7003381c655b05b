"""Trains a PyTorch model on several clients' data in one process."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.utils.data import DataLoader, Dataset

    from .trial import ArmRun


def simulate(
    model: nn.Module,
    loss_fn: Callable[[Any, Any], Tensor],
    client_loaders: Sequence[DataLoader[Any] | Dataset[Any]],
    arm: str,
    *,
    rounds: int = 200,
    batch: int | None = None,
    seed: int = 1,
    record_every: int = 1,
    evaluate: Callable[[nn.Module], float] | None = None,
    measured: int | None = None,
    participation: float = 1.0,
    local_steps: int = 1,
    local_step_size: float = 0.1,
    weighted: bool = False,
) -> tuple[nn.Module, ArmRun]:
    """Trains a model by one method on n virtual clients, like ``evenkeel.trial.compare`` with one arm and one seed.

    Needs torch. The trained module is on the model's device, with the widest type of the trained parameters.

    Args:
        model: the initial model; not changed.
        loss_fn: (output, target) -> mean loss over a batch, such as ``torch.nn.functional.cross_entropy``.
        client_loaders: one DataLoader or data set for each client. The samples of a round are drawn from the seed.
        arm: the method, such as ``ef14,gamma=0.5,compressor=top-k:0.01``.
        rounds: R, at least 1.
        batch: the number of samples for a gradient, 0 for all; None for the loaders' batch size, or all for data sets.
        seed: the seed of all random draws; the same seed gives the same figures.
        record_every: the number of rounds between measurements of loss and gradient over all samples; the end is always measured.
        evaluate: module -> figure on held-out data, where higher is better, such as the accuracy.
        measured: the number of samples of each client on which the loss is measured; None for all.
        participation: the share of the clients that take part in a round, in (0, 1].
        local_steps: local steps of a client per round; with more than 1 a pseudo-gradient is sent.
        local_step_size: their size.
        weighted: whether clients are weighted by their numbers of samples; otherwise equally.

    Returns:
        the trained module, with the clients' common buffers, and the run: its outcome, and its trajectory with all bytes counted.

    Raises:
        ValueError: if an argument is invalid, a loader is empty, or the loaders' batch sizes differ.
    """
    import torch

    from .torch import TorchProblem
    from .torch._parameters import ParameterLayout
    from .trial import parse_arm
    from .trial._settings import Settings
    from .trial._simulation import Simulation

    parameters = ParameterLayout(model.named_parameters()).parameters
    problem = TorchProblem(
        lambda: copy.deepcopy(model),
        loss_fn,
        client_loaders,
        evaluate=evaluate,
        metric="test metric",
        batch=_batch_size(client_loaders) if batch is None else batch,
        device=parameters[0].device,
        dtype=reduce(torch.promote_types, [parameter.dtype for parameter in parameters]),
        measured=measured,
    )
    method = parse_arm(arm)
    settings = Settings(rounds, record_every, participation, local_steps, local_step_size, weighted)
    simulation = Simulation(problem, method, settings, seed, fleet=problem.fleet_of(method))
    run = simulation.run()
    return problem.module(simulation.x), run


def _batch_size(loaders: Sequence[Any]) -> int:
    sizes = {getattr(loader, "batch_size", 0) for loader in loaders}
    if len(sizes) > 1 or None in sizes:
        raise ValueError(f"the loaders have the batch sizes {sorted(map(str, sizes))}, expected one: give batch=…")
    return int(sizes.pop()) if sizes else 0
