"""The length of the first step of the rules that need no step size."""

from __future__ import annotations

from math import inf

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
