"""The coordinator's half of error feedback: step rules and schedules, with the same float64 results as the Java SDK.

A rule steps along the fleet's direction g = S/W, where S is the weighted sum of the clients' vectors and W the sum of their
weights. Its result is a scalar recipe, ``x_j <- x_j - factor * (S_j / divisor)``, which anyone with the same x and S can repeat
bit for bit.
"""

from ._distance import Distance, parse_distance
from ._rules import (
    RULES,
    AccumulatedNormStep,
    LayerwiseNormalizedStep,
    NormalizedStep,
    PlainStep,
    StepRule,
    parse_rule,
)
from ._scale import StepScale
from ._schedule import Anytime, Constant, Horizon, Schedule, parse_schedule
from ._state import ModelState

__all__ = [
    "RULES",
    "AccumulatedNormStep",
    "Anytime",
    "Constant",
    "Distance",
    "Horizon",
    "LayerwiseNormalizedStep",
    "ModelState",
    "NormalizedStep",
    "PlainStep",
    "Schedule",
    "StepRule",
    "StepScale",
    "parse_distance",
    "parse_rule",
    "parse_schedule",
]
