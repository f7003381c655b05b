"""FedAvgM, Nesterov's momentum, FedAdam and FedYogi on the fed-back direction."""

from __future__ import annotations

from abc import abstractmethod
from math import inf

import numpy as np

from .._types import Floats
from ._memory import StepInput, StepMemory, StepState
from ._rules import StepRule
from ._scale import StepScale
from ._schedule import Constant, Schedule


class CoordinatewiseStep(StepRule):
    """A rule that scales each coordinate separately, with vectors that it remembers (Reddi et al., arXiv 2003.00295).

    The recipe has gamma as its factor and W as its divisor. It does not suffice to repeat the step.
    """

    is_repeatable = False

    def _scale(self, state: StepState, norm: float, given: StepInput) -> StepScale:
        return StepScale(given.gamma, (given.weight,), norm / given.weight)

    def apply(self, state: StepState, scale: StepScale) -> None:
        """Moves each coordinate of x and of the remembered vectors; a step of factor 0 changes nothing."""
        if scale.factor != 0:
            with np.errstate(all="ignore"):
                self.move(state.x, state.total, scale.factor, scale.divisors[0], state.memory)

    @abstractmethod
    def move(self, x: Floats, total: Floats, gamma: float, weight: float, memory: StepMemory) -> None:
        """Moves x in place and changes the memory's vectors. Also accepts PyTorch tensors."""


class FedAvgMStep(CoordinatewiseStep):
    """FedAvgM, momentum on the coordinator: ``m <- beta m + g, x <- x - gamma m`` (Hsu, Qi, Brown, arXiv 1909.06335).

    Args:
        beta: how much of m a round keeps, in [0, 1).
    """

    name = "fedavgm"

    def __init__(self, beta: float = 0.9) -> None:
        _require_decay(self.name, "beta", beta)
        self.beta = beta
        self.gain = 1 / (1 - beta)

    @property
    def parameters(self) -> tuple[float, ...]:
        """The parameters, in the order of the text: beta."""
        return (self.beta,)

    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns None: the step size depends on the loss."""
        return None

    def start(self, x: Floats) -> StepMemory:
        """Returns m = 0, shape (d,)."""
        return StepMemory((), [abs(x) * 0])

    def move(self, x: Floats, total: Floats, gamma: float, weight: float, memory: StepMemory) -> None:
        """Moves x by -gamma m, in place, for the next m."""
        m = memory.vectors[0]
        m *= self.beta
        m += total / weight
        x -= gamma * m


class NesterovStep(FedAvgMStep):
    """Nesterov's momentum on the coordinator: ``m <- beta m + g, x <- x - gamma (g + beta m)``, the outer optimizer of DiLoCo (Douillard
    et al., arXiv 2311.08105), as PyTorch's SGD computes it.

    Args:
        beta: how much of m a round keeps, in [0, 1).
    """

    name = "nesterov"

    def move(self, x: Floats, total: Floats, gamma: float, weight: float, memory: StepMemory) -> None:
        """Moves x by -gamma (g + beta m), in place, for the next m."""
        m = memory.vectors[0]
        g = total / weight
        m *= self.beta
        m += g
        x -= gamma * (g + self.beta * m)


class _AdaptiveStep(CoordinatewiseStep):
    def __init__(self, beta1: float = 0.9, beta2: float = 0.99, tau: float = 1e-3) -> None:
        _require_decay("a step rule", "beta1", beta1)
        _require_decay("a step rule", "beta2", beta2)
        if not 0 < tau < inf:
            raise ValueError(f"tau of a step rule is {tau}, expected a finite number above 0")
        self.beta1, self.beta2, self.tau = beta1, beta2, tau

    @property
    def parameters(self) -> tuple[float, ...]:
        """The parameters, in the order of the text: beta1, beta2 and tau."""
        return (self.beta1, self.beta2, self.tau)

    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns the constant 0.01."""
        return Constant(0.01)

    def start(self, x: Floats) -> StepMemory:
        """Returns m = 0 and v = tau^2, both of shape (d,)."""
        return StepMemory((), [abs(x) * 0, abs(x) * 0 + self.tau * self.tau])

    def move(self, x: Floats, total: Floats, gamma: float, weight: float, memory: StepMemory) -> None:
        """Moves x by -gamma m/(sqrt(v) + tau), in place, for the next m and v."""
        m, v = memory.vectors
        g = total / weight
        m *= self.beta1
        m += (1 - self.beta1) * g
        self._accumulate(v, g * g)
        # A power of 0.5 is the correctly rounded square root.
        x -= gamma * (m / (v**0.5 + self.tau))

    @abstractmethod
    def _accumulate(self, v: Floats, square: Floats) -> None: ...


class FedAdamStep(_AdaptiveStep):
    """FedAdam: ``m <- beta1 m + (1 - beta1) g, v <- beta2 v + (1 - beta2) g^2, x <- x - gamma m/(sqrt(v) + tau)`` for each coordinate,
    without a correction of the moments' bias (Reddi et al., arXiv 2003.00295, Algorithm 2).

    Args:
        beta1: how much of the first moment m a round keeps, in [0, 1).
        beta2: how much of the second moment v a round keeps, in [0, 1).
        tau: the term added to the root of v, above 0, in units of the gradient.
    """

    name = "fedadam"

    def _accumulate(self, v: Floats, square: Floats) -> None:
        v *= self.beta2
        v += (1 - self.beta2) * square


class FedYogiStep(_AdaptiveStep):
    """FedYogi: like FedAdam, with ``v <- v - (1 - beta2) g^2 sign(v - g^2)`` (Reddi et al., arXiv 2003.00295, Algorithm 2).

    Args:
        beta1: how much of the first moment m a round keeps, in [0, 1).
        beta2: how much of the second moment v a round keeps, in [0, 1).
        tau: the term added to the root of v, above 0, in units of the gradient.
    """

    name = "fedyogi"

    def _accumulate(self, v: Floats, square: Floats) -> None:
        sign = (v > square) * 1.0 - (v < square) * 1.0
        v -= (1 - self.beta2) * square * sign


def _require_decay(rule: str, name: str, value: float) -> None:
    if not 0 <= value < 1:
        raise ValueError(f"{name} of {rule} is {value}, expected at least 0 and below 1")
