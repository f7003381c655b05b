"""The step rules as a torch optimizer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import hypot, isfinite, nan
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..errors import InvalidGradientError
from ..step import DistanceStep, Horizon, StepInput, SufficientDecreaseStep, parse_rule, parse_schedule
from ._recipe import recipe

__all__ = ["StepOptimizer"]


class StepOptimizer(torch.optim.Optimizer):
    """Steps along the parameters' gradients by one of the coordinator's rules.

    ============================  ==================================================  ===========================
    rule                          step                                                source
    ============================  ==================================================  ===========================
    ``plain``                     ``gamma_k g``                                       gradient descent, EF21
    ``normalized``                ``gamma_k g/||g||``                                 arXiv 2410.16871
    ``layerwise-normalized``      ``gamma_k g_l/||g_l||`` for each parameter l
    ``accumulated-norm``          ``gamma_k g/sqrt(sum_{j<=k} ||g^j||^2)``            Ward, Wu, Bottou, ICML 2019
    ``distance-over-gradients``   ``gamma_k r_k g/sqrt(sum_{j<=k} ||g^j||^2)``        arXiv 2302.12022
    ``sufficient-decrease``       ``gamma_k s_k g``, s_k follows the closure's loss   see ``SufficientDecreaseStep``
    ============================  ==================================================  ===========================

    r_k is the farthest distance from the first model so far. The first one follows from the loss that ``step``'s closure returns,
    see ``evenkeel.step.DistanceStep``; without a closure it is 0.0001 (1 + ||x^0||). ``muon``, ``fedavgm``, ``fedadam``
    and ``fedyogi`` are refused: on one machine use an optimizer of ``torch.optim``. Norms are taken in float64. A
    gradient of zero causes no step. All parameters form one vector: pass one group.

    Args:
        parameters: the parameters, or pairs of name and parameter, which errors then name.
        rule: as above.
        gamma: ``constant:VALUE``, ``horizon:VALUE:POWER``, ``anytime:VALUE:POWER``, ``warmup:VALUE:ROUNDS`` or a
            number. The rule's default if None; ``plain`` has no default.
        rounds: the number of steps, for schedules with a horizon.

    Raises:
        ValueError: if an argument is invalid.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor] | Iterable[tuple[str, Tensor]],
        *,
        rule: str = "normalized",
        gamma: str | float | None = None,
        rounds: int | None = None,
    ) -> None:
        given = list(parameters)
        pairs = [each if isinstance(each, tuple) else (f"parameter {i}", each) for i, each in enumerate(given)]
        trained = [(name.removeprefix("module."), p) for name, p in pairs if p.requires_grad]
        self._names = [name for name, _ in trained]
        self._rule = parse_rule(rule)
        if not self._rule.is_repeatable or self._rule.reads_slopes:
            raise ValueError(
                f"rule '{self._rule.name}' runs on the coordinator only: use an optimizer of torch.optim here, "
                "such as SGD or Adam"
            )
        text = None if gamma is None else str(gamma)
        schedule = self._rule.default_gamma(False) if text is None else parse_schedule(text)
        if schedule is None:
            raise ValueError(f"rule '{rule}' has no default step size: give gamma, such as gamma=0.1")
        if isinstance(schedule, Horizon) and rounds is None:
            raise ValueError("a horizon schedule needs the number of steps: give rounds=…, or gamma='anytime:1:0.5'")
        self._schedule = schedule
        self._horizon = (rounds or 1) - 1
        numbers = self._rule.start(np.zeros(1)).numbers
        super().__init__([p for _, p in trained], {"steps_taken": 0, "numbers": numbers})
        if isinstance(self._rule, (DistanceStep, SufficientDecreaseStep)):
            for p in self.param_groups[0]["params"]:
                self.state[p]["start"] = p.detach().clone()

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds the first group; raises ValueError for a second one."""
        if self.param_groups:
            raise ValueError("all parameters are one vector, of one norm: give them in one group")
        super().add_param_group(param_group)

    @property
    def gamma(self) -> float:
        """The step size of the next step."""
        return self._schedule.at(int(self.param_groups[0]["steps_taken"]), self._horizon)

    def _distances(self) -> tuple[float, float]:
        pairs = [(p.detach(), self.state[p]["start"]) for p in self.param_groups[0]["params"]]
        return hypot(*(_norm(p - start) for p, start in pairs)), hypot(*(_norm(start) for _, start in pairs))

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Takes a step.

        Returns:
            the closure's result; None without a closure.

        Raises:
            InvalidGradientError: if a gradient is not finite or sparse; the message names the parameter, and no parameter has
                changed.
        """
        loss = None
        if closure is not None:
            with torch.set_grad_enabled(True):
                loss = closure()
        with torch.no_grad():
            self._step(_number(loss))
        return loss

    def _step(self, loss: float) -> None:
        group = self.param_groups[0]
        norms = [self._norm_of(i, p) for i, p in enumerate(group["params"])]
        if hypot(*norms) > 0:
            given = StepInput(1.0, self.gamma, loss, left=nan)
            scale = recipe(self._rule, norms, given, tuple(group["numbers"]), self._distances)
            for p, divisor in zip(group["params"], scale.divisors):
                if p.grad is not None:
                    p.sub_((p.grad.to(torch.float64) / divisor * scale.factor).to(p.dtype))
            group["numbers"] = scale.numbers
        group["steps_taken"] = int(group["steps_taken"]) + 1

    def _norm_of(self, i: int, parameter: nn.Parameter) -> float:
        gradient = parameter.grad
        if gradient is None:
            return 0.0
        if gradient.layout != torch.strided:
            name = self._names[i]
            raise InvalidGradientError(f"the gradient of '{name}' is sparse, expected a dense one", tensor=name)
        norm = _norm(gradient)
        if not isfinite(norm):
            wrong = torch.nonzero(~torch.isfinite(gradient.reshape(-1))).flatten()
            at = int(wrong[0]) if wrong.numel() else None
            value = "too large" if at is None else f"{float(gradient.reshape(-1)[at])} at {at}"
            raise InvalidGradientError(
                f"the gradient of '{self._names[i]}' is {value}, expected finite numbers: skip this step, "
                "or look for a division by zero or too large a step",
                at,
                self._names[i],
            )
        return norm


def _number(loss: Any) -> float:
    """Returns a closure's loss; NaN if there is none."""
    try:
        return float(loss)
    except (TypeError, ValueError, RuntimeError):
        return nan


def _norm(values: Tensor) -> float:
    return float(torch.linalg.vector_norm(values, dtype=torch.float64)) if values.numel() else 0.0
