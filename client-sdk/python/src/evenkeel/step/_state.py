"""The coordinator's state of a run."""

from __future__ import annotations

import numpy as np

from .._types import Floats, Singles
from ..compress import CompressedVector
from ..vector import TensorLayout, l2
from ._memory import StepInput, StepState
from ._rules import StepRule
from ._scale import StepScale


class ModelState(StepState):
    """The model x and the weighted sum S, stepped round by round.

    Messages must be added in a fixed order, so that a round has the same bits each time it is computed. Not thread-safe.

    Args:
        layout: the tensors.
        rule: the step rule.
        x: the model, d float64 values; not copied.
        retained: whether S persists over rounds (EF21) or holds one round's messages only.
    """

    def __init__(self, layout: TensorLayout, rule: StepRule, x: Floats, retained: bool) -> None:
        if x.shape != (layout.dimension,) or x.dtype != np.float64:
            raise ValueError(f"x is {x.dtype} of shape {x.shape}, expected float64 of ({layout.dimension},)")
        self.layout = layout
        self.rule = rule
        self.x = x
        self.total = np.zeros(layout.dimension)
        self.retained = retained
        self.memory = rule.start(x)

    def begin_round(self) -> None:
        """Sets S to zero if it does not persist over rounds."""
        if not self.retained:
            self.total[:] = 0

    def add(self, delta: CompressedVector, weight: float = 1.0) -> None:
        """Adds a client's message, S += weight * delta."""
        delta.add_to(self.total, weight)

    def step(self, given: StepInput) -> StepScale:
        """Takes the round's step along S/W; none if W is 0."""
        scale = self.rule.scale(self, given) if given.weight > 0 else StepScale.stationary(self.memory.numbers)
        self.rule.apply(self, scale)
        self.memory.numbers = scale.numbers
        return scale

    def followed(self, delta: CompressedVector, w: Singles) -> None:
        """Tells the step rule how the devices' model followed the step over a lossy downlink.

        Args:
            delta: the round's message, w^{k+1} - w^k before rounding.
            w: w^{k+1}, d float32 values.
        """
        if self.rule.reads_slopes:
            self.memory.numbers = self.rule.followed(self.memory.numbers, l2(delta.values), l2(self.x - w))

    @property
    def is_finite(self) -> bool:
        """Whether every coordinate of x, and everything that the step rule remembers, is finite."""
        return bool(np.isfinite(self.x).all()) and self.memory.is_finite
