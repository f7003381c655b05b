"""Local optimizer steps between two rounds."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from math import inf, isfinite
from typing import Any

import torch
from torch import Tensor, nn

from ..client import MemoryStore, StateStore
from ..errors import InvalidGradientError
from ._optimizer_state import OptimizerState
from ._parameters import ParameterLayout

OptimizerFactory = Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]


@dataclass
class RoundFigures:
    """The sums over a round's batches.

    Attributes:
        loss: the sum of the batches' mean losses.
        batches: the number of batches.
        samples: the number of samples.
        tokens: the number of target values.
        gradients: with a correction, the sum of each shared parameter's uncorrected gradients over the steps.
    """

    loss: float = 0.0
    batches: int = 0
    samples: int = 0
    tokens: int = 0
    gradients: list[Tensor] = field(default_factory=list)

    def add(self, loss: float, samples: int, tokens: int) -> None:
        """Adds a batch."""
        self.loss += loss
        self.batches += 1
        self.samples += samples
        self.tokens += tokens

    @property
    def mean_loss(self) -> float:
        """The mean of the batches' losses."""
        return self.loss / self.batches


class LocalOptimizer:
    """Takes a round's optimizer steps. The optimizer exists only during the steps; its state is saved between rounds if
    it persists.

    Raises:
        ValueError: if an argument is out of range; the message names it.
    """

    def __init__(
        self,
        make: OptimizerFactory,
        accumulate: int,
        clip_norm: float | None,
        schedule: Callable[[int], float] | None,
        keep: bool,
        proximal_mu: float = 0.0,
    ) -> None:
        if not 0 <= proximal_mu < inf:
            raise ValueError(f"proximal_mu is {proximal_mu}, expected a finite number from 0")
        if clip_norm is not None and not 0 < clip_norm < inf:
            raise ValueError(f"clip_norm is {clip_norm}, expected a finite number above 0, or None")
        self._make = make
        self._accumulate = accumulate
        self._clip_norm = clip_norm
        self._schedule = schedule
        self._proximal_mu = proximal_mu
        self._state = OptimizerState(MemoryStore(), "local") if keep else None

    def keep_in(self, store: StateStore, run: str) -> None:
        """Sets the location of the state."""
        if self._state is not None:
            self._state = OptimizerState(store, run)

    def train(
        self,
        round: int,
        steps: int,
        parameters: ParameterLayout,
        batches: Iterator[Any],
        backward: Callable[[Any, int], tuple[float, int, int]],
        *,
        shared: Sequence[nn.Parameter],
        correction: Sequence[Tensor] | None = None,
        save: bool,
    ) -> RoundFigures:
        """Takes the steps of a round; gradients and optimizer are released when it returns.

        Args:
            parameters: all trained parameters.
            shared: the parameters in the run's model; the proximal term pulls them towards its values.
            correction: the term added to each shared parameter's gradient in every step; the figures then contain the sum of the
                gradients. None for no correction.
            backward: (batch, n) -> loss, samples, tokens. Adds 1/n of the batch's gradient to the parameters'
                gradients.
            save: whether the optimizer's state of the round is saved.

        Raises:
            InvalidGradientError: if a parameter is no longer finite; nothing is saved.
        """
        try:
            return self._train(round, steps, parameters, batches, backward, shared, correction, save)
        finally:
            _trim_heap()

    def _train(
        self,
        round: int,
        steps: int,
        parameters: ParameterLayout,
        batches: Iterator[Any],
        backward: Callable[[Any, int], tuple[float, int, int]],
        shared: Sequence[nn.Parameter],
        correction: Sequence[Tensor] | None,
        save: bool,
    ) -> RoundFigures:
        named = {tensor.name: parameter for tensor, parameter in zip(parameters.layout.tensors, parameters.parameters)}
        optimizer = self._make(parameters.parameters)
        if self._state is not None:
            self._state.load(optimizer, named, round)
        self._set_rate(optimizer, round)
        given = _numbers_of_groups(optimizer)
        start = [parameter.detach().clone() for parameter in shared] if self._proximal_mu else []
        figures = RoundFigures()
        if correction is not None:
            types = [torch.promote_types(parameter.dtype, torch.float32) for parameter in shared]
            figures.gradients = [torch.zeros_like(parameter, dtype=dtype) for parameter, dtype in zip(shared, types)]
        for _ in range(steps):
            optimizer.zero_grad(set_to_none=True)
            for batch in islice(batches, self._accumulate):
                figures.add(*backward(batch, self._accumulate))
            if correction is not None:
                _correct(shared, correction, figures.gradients)
            self._add_proximal_gradient(shared, start)
            if self._clip_norm is not None:
                torch.nn.utils.clip_grad_norm_(parameters.parameters, self._clip_norm)
            optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        _require_finite(named, round)
        if self._state is not None and given != _numbers_of_groups(optimizer):
            raise ValueError(
                f"{type(optimizer).__name__} keeps a state for all parameters together in its param_groups, but only that of each "
                "parameter can be kept over rounds: use another optimizer, or keep_optimizer=False"
            )
        if self._state is not None and save:
            self._state.save(optimizer, named, round)
        return figures

    def _add_proximal_gradient(self, shared: Sequence[nn.Parameter], start: Sequence[Tensor]) -> None:
        """Adds mu (w - w^0), the gradient of mu/2 ||w - w^0||^2 for the round's model w^0 (FedProx, arXiv 1812.06127)."""
        for parameter, before in zip(shared, start):
            pull = (parameter.detach() - before) * self._proximal_mu
            parameter.grad = pull if parameter.grad is None else parameter.grad.add_(pull)

    def _set_rate(self, optimizer: torch.optim.Optimizer, round: int) -> None:
        if self._schedule is None:
            return
        factor = self._schedule(round)
        if not (isfinite(factor) and factor >= 0):
            raise ValueError(
                f"the schedule gave {factor} for round {round}, expected a finite factor of the learning rate from 0"
            )
        for group in optimizer.param_groups:
            # Not in place, since the function may return the same tensor in the next round.
            group["lr"] = group["lr"] * factor


def _correct(shared: Sequence[nn.Parameter], correction: Sequence[Tensor], sums: Sequence[Tensor]) -> None:
    for parameter, added, total in zip(shared, correction, sums):
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        total += parameter.grad
        parameter.grad += added


def _numbers_of_groups(optimizer: torch.optim.Optimizer) -> list[dict[str, str]]:
    """Returns the settings and counters of an optimizer's groups as text."""
    return [{key: repr(value) for key, value in group.items() if key != "params"} for group in optimizer.param_groups]


def _trim_heap() -> None:
    """Returns freed memory to the system. glibc keeps freed tensors of less than 32 MB, whose space is too small for a vector of
    d values."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _require_finite(named: Mapping[str, nn.Parameter], round: int) -> None:
    """Raises InvalidGradientError if a parameter is not finite, so that it is never saved."""
    wrong = [name for name, parameter in named.items() if not bool(torch.isfinite(parameter.detach()).all())]
    if wrong:
        raise InvalidGradientError(
            f"the local steps of round {round} produced values of {', '.join(wrong)} that are not finite: use a smaller learning rate, or "
            "clip_norm; the optimizer's state before the round is kept",
            tensor=wrong[0],
        )
