"""The step rules as a torch optimizer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import hypot, isfinite
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import InvalidGradientError
from ..step import Schedule, StepRule, parse_distance, parse_rule, parse_schedule

__all__ = ["StepOptimizer"]


class StepOptimizer(torch.optim.Optimizer):
    """Steps along the parameters' gradients by one of the coordinator's rules.

    ==========================  ==================================================  ===========================
    rule                        step                                                source
    ==========================  ==================================================  ===========================
    ``plain``                   ``gamma_k g``                                       gradient descent, EF21
    ``normalized``              ``gamma_k g/||g||``                                 arXiv 2410.16871
    ``layerwise-normalized``    ``gamma_k g_l/||g_l||`` for each parameter l
    ``accumulated-norm``        ``gamma_k g/sqrt(sum_{j<=k} ||g^j||^2)``            Ward, Wu, Bottou, ICML 2019
    ==========================  ==================================================  ===========================

    Norms are taken in float64. No step is taken for a gradient of zero. All parameters form one vector: pass one group.

    Args:
        parameters: the parameters, or pairs of name and parameter, which errors then name.
        rule: as above.
        gamma: ``constant:VALUE``, ``horizon:VALUE:POWER``, ``anytime:VALUE:POWER``, a number, or ``distance:FACTOR:LEAST`` for
            FACTOR * max(LEAST, farthest distance from the first model), which with ``accumulated-norm`` is "distance over
            gradients" (arXiv 2302.12022). The rule's default if None; ``plain`` has none.
        rounds: the number of steps, for schedules with a horizon.

    Raises:
        ValueError: if an argument is none of these.
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
        self._distance: tuple[float, float] | None = None
        self._schedule: Schedule | None = None
        text = None if gamma is None else str(gamma)
        if text is not None and text.startswith("distance:"):
            self._distance = parse_distance(text)
        else:
            self._schedule = self._rule.default_gamma(False) if text is None else parse_schedule(text)
            if self._schedule is None:
                raise ValueError(f"rule '{rule}' has no step size of its own: give gamma, such as gamma=0.1")
            if (text or "horizon").startswith("horizon") and rounds is None and rule != "accumulated-norm":
                raise ValueError("a horizon schedule needs the number of steps: give rounds=…, or gamma='anytime:1:0.5'")
        self._horizon = (rounds or 1) - 1
        super().__init__([p for _, p in trained], {"steps_taken": 0, "accumulated": 0.0, "farthest": 0.0})
        if self._distance is not None:
            for p in self.param_groups[0]["params"]:
                self.state[p]["start"] = p.detach().clone()

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds the only group; raises ValueError for a second one."""
        if self.param_groups:
            raise ValueError("all parameters are one vector, of one norm: give them in one group")
        super().add_param_group(param_group)

    @property
    def gamma(self) -> float:
        """The step size of the next step."""
        group = self.param_groups[0]
        if self._distance is not None:
            factor, least = self._distance
            return factor * max(least, self._farthest())
        assert self._schedule is not None
        return self._schedule.at(int(group["steps_taken"]), self._horizon)

    def _farthest(self) -> float:
        group = self.param_groups[0]
        norms = [_norm(p.detach() - self.state[p]["start"]) for p in group["params"]]
        return max(float(group["farthest"]), hypot(*norms))

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Takes a step.

        Returns:
            the closure's result; None without a closure.

        Raises:
            InvalidGradientError: if a gradient is not finite or sparse, naming the parameter; no parameter has changed.
        """
        loss = None
        if closure is not None:
            with torch.set_grad_enabled(True):
                loss = closure()
        with torch.no_grad():
            self._step()
        return loss

    def _step(self) -> None:
        group = self.param_groups[0]
        norms = [self._norm_of(i, p) for i, p in enumerate(group["params"])]
        norm = hypot(*norms)
        gamma = self.gamma
        if self._distance is not None:
            group["farthest"] = self._farthest()
        if norm > 0:
            for p, divisor in zip(group["params"], divisors(self._rule, norms, float(group["accumulated"]))):
                if p.grad is not None:
                    p.sub_((p.grad.to(torch.float64) / divisor * gamma).to(p.dtype))
            group["accumulated"] = hypot(float(group["accumulated"]), norm)
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


def divisors(rule: StepRule, norms: Sequence[float], accumulated: float) -> list[float]:
    """Returns the divisor of each tensor's part of the direction.

    Args:
        norms: the norm of each tensor's part, not all 0.
        accumulated: the root of the sum of the squared norms of all earlier directions.
    """
    norm = hypot(*norms)
    if rule.text == "layerwise-normalized":
        return [own or 1.0 for own in norms]
    whole = {"plain": 1.0, "normalized": norm, "accumulated-norm": hypot(accumulated, norm)}[rule.text]
    return [whole] * len(norms)


def _norm(values: Tensor) -> float:
    return float(torch.linalg.vector_norm(values, dtype=torch.float64)) if values.numel() else 0.0
