"""Steps as long as the distance from the start."""

from __future__ import annotations

from collections.abc import Callable

from .._strictmath import hypot
from .._types import Floats
from ..vector import l2
from ._first import ShareStep, first_length
from ._memory import StepInput, StepMemory, StepState
from ._scale import StepScale


class DistanceStep(ShareStep):
    """``x - gamma r_k g/sqrt(sum_{j<=k} ||g^j||^2)`` with the farthest distance so far, ``r_k = max(r_0, max_{j<=k} ||x^j - x^0||)``:
    distance over gradients (Ivgi, Hinder, Carmon, ICML 2023, arXiv 2302.12022) on the fed-back direction.

    r_0 is a share of the Polyak step's length f/||g^0|| for a loss f whose infimum is near 0. If no device reports a loss above
    0, it is a hundredth of the share of 1 + ||x^0||.

    When members join, leave or change their weight, x^0 becomes the current x, and r_k falls back to r_0. The Java class of the
    same name explains why.

    Args:
        share: the share of the Polyak step in the first step, finite and above 0.
    """

    name = "distance-over-gradients"
    length = "shrinking"

    def __init__(self, share: float = 0.01) -> None:
        super().__init__(share)

    def start(self, x: Floats) -> StepMemory:
        """Remembers the root of the sum of squares, the farthest distance, which is 0 before the first step, r_0, the members' weight, how
        often members have changed, and x^0."""
        return StepMemory((0.0,) * 5, [x + 0])

    def _scale(self, state: StepState, norm: float, given: StepInput) -> StepScale:
        start = state.memory.vectors[0]
        direction = norm / given.weight
        factor, numbers = self.follow(state.memory.numbers, given, direction, lambda: (l2(state.x - start), l2(start)))
        return StepScale(factor, (given.weight * numbers[0],), direction, numbers)

    def follow(
        self, numbers: tuple[float, ...], given: StepInput, norm: float, distances: Callable[[], tuple[float, float]]
    ) -> tuple[float, tuple[float, ...]]:
        """Returns gamma r_k and the new state, for ||g||, and a function that returns ||x - x^0|| and ||x^0||."""
        root, farthest, first, weight, changes = numbers
        if first == 0:
            first = farthest = first_length(self.share, given.loss, norm, distances()[1])
        elif given.changed_share(weight) > 0:
            farthest = first
            changes += 1
        else:
            farthest = max(farthest, distances()[0])
        return given.gamma * farthest, (hypot(root, norm), farthest, first, given.weight, changes)

    def apply(self, state: StepState, scale: StepScale) -> None:
        """Takes the step, from a new x^0 if members have changed."""
        if scale.numbers[4] > state.memory.numbers[4]:
            state.memory.vectors[0][:] = state.x
        super().apply(state, scale)
