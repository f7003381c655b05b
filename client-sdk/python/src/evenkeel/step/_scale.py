"""The length of a round's step, and the step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._types import Floats
from ..vector import TensorLayout

_CHUNK = 1 << 15


@dataclass(frozen=True)
class StepScale:
    """One round's step as a recipe, a scalar one for most rules.

    Attributes:
        factor: the factor of the quotients, the step size gamma; 0 if no step is taken.
        divisors: one for all coordinates, or one for each tensor.
        direction_norm: ||g||.
        numbers: the numbers that the rule remembers after the step.
    """

    factor: float
    divisors: tuple[float, ...]
    direction_norm: float
    numbers: tuple[float, ...] = ()

    @classmethod
    def stationary(cls, numbers: tuple[float, ...] = ()) -> StepScale:
        """Returns a scale without a step, for a direction of zero."""
        return cls(0.0, (1.0,), 0.0, numbers)

    @property
    def is_stationary(self) -> bool:
        """Whether the direction was zero, so that no step is taken."""
        return self.direction_norm == 0

    def step_size(self, gamma: float) -> float:
        """Returns a round's step size for display: gamma times the rule's factor, gamma itself if no step is taken."""
        return gamma if self.is_stationary else self.factor

    def apply(self, x: Floats, total: Floats, layout: TensorLayout) -> bool:
        """Takes the step in place, ``x_j -= factor * (S_j / divisor)``: dividing first keeps any magnitude in range.

        Returns:
            whether every coordinate of x is still finite; if not, x is unusable and the caller must restore an earlier one.
        """
        if len(self.divisors) not in (1, len(layout)):
            raise ValueError(f"{len(self.divisors)} divisors for {len(layout)} tensors: expected 1 or one for each")
        if self.factor == 0:
            return True
        finite = True
        whole = len(self.divisors) == 1
        with np.errstate(all="ignore"):
            for i, divisor in enumerate(self.divisors):
                part = slice(0, layout.dimension) if whole else layout.slice(i)
                for at in range(part.start, part.stop, _CHUNK):
                    here = slice(at, min(at + _CHUNK, part.stop))
                    step = total[here] / divisor
                    step *= self.factor
                    x[here] -= step
                    finite &= bool(np.isfinite(x[here]).all())
        return finite
