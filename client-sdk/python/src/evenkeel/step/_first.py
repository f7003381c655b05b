"""The common part of the rules without a step size: a share that determines the length of the first step."""

from __future__ import annotations

from math import inf
from sys import float_info

from ._rules import StepRule
from ._schedule import Constant, Schedule

_SHARE_WITHOUT_LOSS = 0.01


def first_length(share: float, loss: float, direction_norm: float, start_norm: float) -> float:
    """Returns a share of the Polyak step's length f/||g^0||; without a positive loss, a hundredth of the share of 1 + ||x^0||.

    Args:
        share: of the Polyak step's length, above 0.
        loss: the reported loss, NaN if there is none.
        direction_norm: ||g^0||, above 0.
        start_norm: ||x^0||.
    """
    polyak = share * (loss / direction_norm)
    return polyak if 0 < polyak < inf else share * _SHARE_WITHOUT_LOSS * (1 + start_norm)


def in_range(value: float) -> float:
    """Returns the nearest positive number that is finite and normal, so that it is safe as a divisor."""
    return max(float_info.min, min(value, float_info.max))


class ShareStep(StepRule):
    """A rule with nothing to tune but the share of its first step, finite and above 0."""

    def __init__(self, share: float) -> None:
        if not 0 < share < inf:
            raise ValueError(f"share of {self.name} is {share}, expected a finite number above 0")
        self.share = share

    @property
    def parameters(self) -> tuple[float, ...]:
        """The parameters, in the order of the text: the share."""
        return (self.share,)

    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns the constant 1: there is nothing to tune."""
        return Constant(1.0)
