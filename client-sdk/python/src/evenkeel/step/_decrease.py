"""Steps whose size follows the reported losses."""

from __future__ import annotations

from math import isfinite
from sys import float_info

from .._types import Floats
from ..vector import l2
from ._first import ShareStep, first_length, in_range
from ._memory import StepInput, StepMemory, StepState
from ._scale import StepScale

_ENOUGH = 0.5
_RATE = 0.5
_GROWTH = 1.25
_UNTRIED = 4.0
_NOISE = 2.0
_FORGET = 0.1
_OUTLIER = 4.0
_SAME_MEMBERS = 0.75
_ROUNDING = 2.0**-40
_MAX_REPORTS = 10_000
_FIXED = 8


class SufficientDecreaseStep(ShareStep):
    """``x - gamma s_k g`` with a step size s_k that follows the losses that devices report: it grows while the loss falls by more than half
    of what the step predicted, s ||g||^2, and shrinks otherwise (Armijo's condition, over rounds instead of within one).

    Losses are weighted as the direction is, and compared over the members that report in both rounds. s_k falls back towards the smallest
    size of the run when members with a share of the weight join or leave, and when the loss rises far beyond prediction and noise. The
    Java class of the same name explains why.

    The first step is a share of the Polyak step's length f/||g^0||; without a positive loss, a hundredth of the share of 1 + ||x^0||.
    A step is at most 1.25 times as long as the one before; while that is less than a quarter of s_k ||g||, s_k does not grow. A round without
    a loss leaves s_k as it is.

    Args:
        share: the share of the Polyak step in the first step, finite and above 0.
    """

    name = "sufficient-decrease"

    def __init__(self, share: float = 0.1) -> None:
        super().__init__(share)

    def start(self, x: Floats) -> StepMemory:
        """Remembers the step size s, which is 0 before the first step; the step's length; the mean loss; the decrease predicted for the
        step, 0 if there was no loss; the mean deviation from the prediction; the smallest step size; the members' weight; how many losses
        follow, and these as pairs of member and loss."""
        return StepMemory((0.0,) * _FIXED)

    def _scale(self, state: StepState, norm: float, given: StepInput) -> StepScale:
        direction = norm / given.weight
        start = 0.0 if state.memory.numbers[0] > 0 else l2(state.x)
        factor, numbers = self.follow(state.memory.numbers, given, direction, start)
        return StepScale(factor, (norm,), direction, numbers)

    def follow(
        self, numbers: tuple[float, ...], given: StepInput, norm: float, start_norm: float
    ) -> tuple[float, tuple[float, ...]]:
        """Returns the length of a step and the new state, for ||g|| and, in the first round, ||x^0||."""
        size, length, before, predicted, deviation, smallest, weight = numbers[: _FIXED - 1]
        known = isfinite(given.loss)
        if size == 0:
            length = in_range(first_length(self.share, given.loss, norm, start_norm))
            size = smallest = in_range(length / norm)
        else:
            size_before = size
            changed = given.changed_share(weight)
            fell_back = changed > 0
            if fell_back:
                size = min(size, smallest / changed)
            elif known and predicted > 0:
                size, smallest, deviation, fell_back = _adapt(size, smallest, deviation, predicted, before, numbers, given)
            longest = _GROWTH * length
            if size > size_before and size * norm > _UNTRIED * longest:
                size = size_before
            wanted = size * norm
            length = in_range(wanted if fell_back else min(wanted, longest))
        factor = given.gamma * length
        losses = given.losses if len(given.losses) <= _MAX_REPORTS else ()
        return factor, (
            size,
            length,
            given.loss if known else 0.0,
            min(factor * norm, float_info.max) if known else 0.0,
            deviation,
            smallest,
            given.weight,
            float(len(losses)),
            *(number for member, _, loss in losses for number in (float(member), loss)),
        )


def _since(numbers: tuple[float, ...], losses: tuple[tuple[int, float, float], ...]) -> tuple[float, float, float]:
    """Returns the mean losses, before and now, of the members that report in both rounds, and their share of the weight of
    all that report now."""
    earlier = dict(zip(numbers[_FIXED::2], numbers[_FIXED + 1 :: 2]))
    before = now = weight = everyone = 0.0
    for member, each, loss in losses:
        everyone += each
        if member in earlier:
            before += each * earlier[member]
            now += each * loss
            weight += each
    return (before / weight, now / weight, weight / everyone) if weight > 0 else (0.0, 0.0, 0.0)


def _adapt(
    size: float, smallest: float, deviation: float, predicted: float, mean: float, numbers: tuple[float, ...], given: StepInput
) -> tuple[float, float, float, bool]:
    before, now, share = _since(numbers, given.losses)
    paired = share >= _SAME_MEMBERS
    if not paired:
        before, now = mean, given.loss
    decrease = before - now
    surplus = decrease - _ENOUGH * predicted
    # One outlier must not count as noise for long.
    most = _OUTLIER * max(predicted, deviation)
    deviation += _FORGET * (min(abs(surplus), most, float_info.max) - deviation)
    rounding = _ROUNDING * max(abs(before), abs(now))
    if max(predicted, abs(decrease)) <= rounding:
        return size, smallest, deviation, False
    ratio = surplus / max(predicted, min(_NOISE * deviation, float_info.max), rounding)
    if paired and ratio < -_OUTLIER:
        size = in_range(min(size / _OUTLIER, smallest))
        return size, size, deviation, True
    change = _RATE * max(-1.0, min(1.0, ratio))
    size = in_range(size * (1 + change) if change >= 0 else size / (1 - change))
    return size, min(smallest, size) if paired else smallest, deviation, False
