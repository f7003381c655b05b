"""Steps whose size follows the reported losses."""

from __future__ import annotations

from math import inf, isfinite
from sys import float_info

from .._types import Floats
from ..vector import l2
from ._first import first_length
from ._memory import StepInput, StepMemory
from ._rules import StepRule
from ._scale import StepScale
from ._schedule import Constant, Schedule
from ._state import ModelState

_ENOUGH = 0.5
_RATE = 0.35
_GROWTH = 1.25
_NOISE = 2.0
_FORGET = 0.1
_OUTLIER = 4.0


class SufficientDecreaseStep(StepRule):
    """``x - gamma s_k g`` with a step size s_k that follows the losses that devices report: it grows while the loss falls by more than half
    of what the step predicted, s ||g||^2, and shrinks otherwise (Armijo's condition, over rounds instead of within one).

    The first step is a share of the Polyak step's length f/||g^0||; without a positive loss, a hundredth of the share of 1 + ||x^0||.
    A step is at most 1.25 times as long as the one before. A round without a loss leaves s_k as it is.

    Args:
        share: of the Polyak step in the first step, finite and above 0.
    """

    name = "sufficient-decrease"

    def __init__(self, share: float = 0.1) -> None:
        if not 0 < share < inf:
            raise ValueError(f"share of {self.name} is {share}, expected a finite number above 0")
        self.share = share

    @property
    def parameters(self) -> tuple[float, ...]:
        return (self.share,)

    def default_gamma(self, momentum: bool) -> Schedule | None:
        return Constant(1.0)

    def start(self, x: Floats) -> StepMemory:
        """Remembers the step size s, which is 0 before the first step, the step's length, the loss, the decrease predicted for the step, 0
        if there was no loss, and the mean deviation from the prediction."""
        return StepMemory((0.0,) * 5)

    def _scale(self, state: ModelState, norm: float, given: StepInput) -> StepScale:
        direction = norm / given.weight
        start = 0.0 if state.memory.numbers[0] > 0 else l2(state.x)
        factor, numbers = self.follow(state.memory.numbers, given.loss, direction, start, given.gamma)
        return StepScale(factor, (norm,), direction, numbers)

    def follow(
        self, numbers: tuple[float, ...], loss: float, norm: float, start_norm: float, gamma: float
    ) -> tuple[float, tuple[float, ...]]:
        """Returns the length of a step and what to remember, for ||g|| and, in the first round, ||x^0||."""
        size, length, before, predicted, deviation = numbers
        known = isfinite(loss)
        if size == 0:
            length = _in_range(first_length(self.share, loss, norm, start_norm))
            size = _in_range(length / norm)
        else:
            if known and predicted > 0:
                size, deviation = _adapt(size, before - loss - _ENOUGH * predicted, predicted, deviation)
            length = _in_range(min(size * norm, _GROWTH * length))
        factor = gamma * length
        return factor, (
            size,
            length,
            loss if known else 0.0,
            min(factor * norm, float_info.max) if known else 0.0,
            deviation,
        )


def _adapt(size: float, surplus: float, predicted: float, deviation: float) -> tuple[float, float]:
    # One wild loss must not count as noise for long.
    most = _OUTLIER * max(predicted, deviation)
    deviation += _FORGET * (min(abs(surplus), most, float_info.max) - deviation)
    unit = max(predicted, min(_NOISE * deviation, float_info.max))
    change = _RATE * max(-1.0, min(1.0, surplus / unit))
    return _in_range(size * (1 + change) if change >= 0 else size / (1 - change)), deviation


def _in_range(value: float) -> float:
    return max(float_info.min, min(value, float_info.max))
