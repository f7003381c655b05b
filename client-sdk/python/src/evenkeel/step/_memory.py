"""The input and the state of step rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan, nan

import numpy as np

from .._types import Floats
from ..vector import TensorLayout

_ROUNDING = 2.0**-40


@dataclass(frozen=True)
class StepInput:
    """The input of a round's step besides the sum S.

    Attributes:
        weight: W, the total weight of the members if S persists, else of the round's participants; no step is taken if it is 0.
        gamma: the round's step size, above 0.
        loss: the mean of the losses that the round's devices report, NaN if none did.
        losses: the same by member, as (member, weight, loss), ascending; empty where the coordinator cannot read them.
        left: the weight that W lost in this round because members left or their weights were reduced; NaN if W belongs to the
            round's participants.
        slope: the mean of the slopes that the round's devices report, NaN if none did.
        slope_change: the mean of the changes of slopes, NaN if no device reports one.
    """

    weight: float
    gamma: float
    loss: float = nan
    losses: tuple[tuple[int, float, float], ...] = ()
    left: float = 0.0
    slope: float = nan
    slope_change: float = nan

    def changed_share(self, before: float) -> float:
        """Returns the share of W that joined, left or changed since a round with the given W; 0 if it is only rounding."""
        if isnan(self.left):
            return 0.0
        joined = abs(self.weight - (before - self.left))
        share = min(1.0, (joined + self.left) / self.weight)
        return share if share > _ROUNDING else 0.0


@dataclass
class StepMemory:
    """The state of a step rule between rounds.

    Attributes:
        numbers: a few numbers.
        vectors: vectors of d values, changed in place.
    """

    numbers: tuple[float, ...] = ()
    vectors: list[Floats] = field(default_factory=list)

    @property
    def is_finite(self) -> bool:
        """Whether every number and every value is finite."""
        return bool(np.isfinite(self.numbers).all()) and all(bool(np.isfinite(vector).all()) for vector in self.vectors)


class StepState:
    """The vectors of a run that a step rule reads and changes.

    Attributes:
        layout: the tensors.
        x: the model, d float64 values.
        total: the weighted sum S, d float64 values.
        memory: what the rule remembers.
    """

    layout: TensorLayout
    x: Floats
    total: Floats
    memory: StepMemory
