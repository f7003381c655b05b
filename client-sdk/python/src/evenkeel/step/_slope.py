"""Step sizes that follow the slope at the end of the previous step."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan, sqrt
from sys import float_info

import numpy as np

from .._types import Vector
from ..vector import l2
from ._first import ShareStep, in_range
from ._memory import StepInput, StepMemory, StepState
from ._scale import StepScale
from ._schedule import Constant, Schedule

_GROWTH = 2.0
_FIRST_GROWTH = 5.0
_BENT = 0.5
_LEAST_RATIO = -3.0
_GAMMA_WITHOUT_MOMENTUM = 0.75


class SlopeStep(ShareStep):
    """``x - gamma s_k g`` with a step size s_k from the slope at the end of the last step. No loss is used.

    Each device reports the slope of its function at the new model, along the step from the model that it answered before, and how
    far that is from the slope of its g_i. The mean of these changes over ||g^(k-1)|| is 1 - r with
    r = grad f(x^k).g^(k-1)/||g^(k-1)||^2, and (1 - r)/s_(k-1) is the curvature along the step. s_k is
    the inverse of the larger of that and half of the one before. A step is at most twice as long as the one before; without a
    slope, or after a step beyond the minimum (r below 0), at most as long. With a lossy downlink the curvature is that along the
    devices' path, and steps are shorter the further x runs ahead of w. The Java class of the same name has the details.

    Args:
        share: the share of 1 + ||x^0|| in the first step, finite and above 0.
    """

    name = "slope"
    reads_slopes = True

    def __init__(self, share: float = 0.01) -> None:
        super().__init__(share)

    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns 1 with momentum, else 3/4."""
        return Constant(1.0 if momentum else _GAMMA_WITHOUT_MOMENTUM)

    def start(self, x: Vector) -> StepMemory:
        """Remembers the curvature, which is 0 before the first step; the last step's length over ||g||, and ||g||; 1 once r has been
        below 1/2; the last step's length over gamma; and ||w^(k+1) - w^k|| and ||x - w||, 0 without a lossy downlink."""
        return StepMemory((0.0,) * 7)

    def _scale(self, state: StepState, norm: float, given: StepInput) -> StepScale:
        direction = norm / given.weight
        start = 0.0 if state.memory.numbers[0] > 0 else l2(state.x)
        factor, numbers = self.follow(state.memory.numbers, given, direction, start)
        return StepScale(factor, (norm,), direction, numbers)

    def follow(
        self, numbers: tuple[float, ...], given: StepInput, norm: float, start_norm: float
    ) -> tuple[float, tuple[float, ...]]:
        """Returns the length of a step and the new state, for ||g|| and, in the first round, ||x^0||."""
        curvature, taken, before, bent, last, moved, behind = numbers
        longest = last
        if curvature == 0:
            curvature = in_range(norm / (self.share * (1 + start_norm)))
            longest = float_info.max
        elif isfinite(ratio := _ratio(given, before, moved, taken)):
            if ratio < _BENT:
                bent = 1.0
            growth = _GROWTH if bent == 1 else _FIRST_GROWTH
            curvature = in_range(max((1 - max(_LEAST_RATIO, ratio)) / taken, curvature / growth))
            longest = last if ratio < 0 else growth * last
        length = in_range(min(norm / curvature, longest))
        after = (curvature, in_range(given.gamma * (length / norm)), in_range(norm), bent, length, moved, behind)
        return given.gamma * length / (1 + behind / moved if moved > 0 else 1.0), after

    def followed(self, numbers: tuple[float, ...], moved: float, behind: float) -> tuple[float, ...]:
        """Returns the numbers with the two norms."""
        return (*numbers[:5], moved, behind)


def _ratio(given: StepInput, norm: float, moved: float, taken: float) -> float:
    if not isfinite(given.slope_change):
        return -given.slope / norm
    return 1 - given.slope_change / moved * taken if moved > 0 else 1 - given.slope_change / norm


def slope(gradient: Vector, x: Vector, before: Vector) -> float:
    """Returns ``(x - before).gradient / ||x - before||``, the slope that a device reports; not finite if the models are equal.

    With the gradient less g_i, the device's part of the sum, it is the change of the slope.
    """
    with np.errstate(all="ignore"):
        moved = np.subtract(x, before, dtype=np.float64)
        # Added one after another, as the Java SDK does.
        product = float(np.cumsum(moved * np.asarray(gradient, np.float64))[-1])
        squares = float(np.cumsum(moved * moved)[-1])
        return product / sqrt(squares) if squares > 0 else nan


def mean_slope(slopes: Sequence[tuple[float, float]]) -> float:
    """Returns the weighted mean of slopes, given as pairs of weight and slope; NaN if there is none."""
    weighted = weight = 0.0
    for each, value in slopes:
        weighted += each * value
        weight += each
    return weighted / weight if weight > 0 else nan
