"""Steps as long as the distance from the start."""

from __future__ import annotations

from math import inf

from .._strictmath import hypot
from .._types import Floats
from ..vector import l2
from ._first import first_length
from ._memory import StepInput, StepMemory
from ._rules import StepRule
from ._scale import StepScale
from ._schedule import Constant, Schedule
from ._state import ModelState


class DistanceStep(StepRule):
    """``x - gamma r_k g/sqrt(sum_{j<=k} ||g^j||^2)`` with the farthest distance so far, ``r_k = max(r_0, max_{j<=k} ||x^j - x^0||)``:
    distance over gradients (Ivgi, Hinder, Carmon, ICML 2023, arXiv 2302.12022) on the fed-back direction.

    r_0 is a share of the Polyak step's length f/||g^0|| for a loss f whose infimum is near 0. If no device reports a loss above
    0, it is a hundredth of the share of 1 + ||x^0||.

    Args:
        share: of the Polyak step in the first step, finite and above 0.
    """

    name = "distance-over-gradients"
    length = "shrinking"

    def __init__(self, share: float = 0.01) -> None:
        if not 0 < share < inf:
            raise ValueError(f"share of {self.name} is {share}, expected a finite number above 0")
        self.share = share

    @property
    def parameters(self) -> tuple[float, ...]:
        return (self.share,)

    def default_gamma(self, momentum: bool) -> Schedule | None:
        return Constant(1.0)

    def start(self, x: Floats) -> StepMemory:
        """Remembers the root of the sum of squares, the farthest distance, which is 0 before the first step, and x^0."""
        return StepMemory((0.0, 0.0), [x + 0])

    def _scale(self, state: ModelState, norm: float, given: StepInput) -> StepScale:
        root, farthest = state.memory.numbers
        start = state.memory.vectors[0]
        direction = norm / given.weight
        root = hypot(root, direction)
        if farthest > 0:
            farthest = max(farthest, l2(state.x - start))
        else:
            farthest = first_length(self.share, given.loss, direction, l2(start))
        return StepScale(given.gamma * farthest, (given.weight * root,), direction, (root, farthest))
