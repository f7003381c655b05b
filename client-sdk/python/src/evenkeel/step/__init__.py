"""The coordinator's half of error feedback: step rules and schedules, with the same float64 results as the Java SDK.

A rule steps along the fleet's direction g = S/W, where S is the weighted sum of the clients' vectors and W the sum of their
weights. The result of most rules is a scalar recipe, ``x_j <- x_j - factor * (S_j / divisor)``, which anyone with the same x and S
can repeat bit for bit.
"""

from ._coordinatewise import CoordinatewiseStep, FedAdamStep, FedAvgMStep, FedYogiStep, NesterovStep
from ._decrease import SufficientDecreaseStep
from ._distance import DistanceStep
from ._memory import StepInput, StepMemory
from ._muon import MuonStep, matrix_shape
from ._parse import RULES, parse_rule
from ._rules import AccumulatedNormStep, LayerwiseNormalizedStep, NormalizedStep, PlainStep, StepRule
from ._scale import StepScale
from ._schedule import Anytime, Constant, Horizon, Schedule, Warmup, parse_schedule
from ._slope import SlopeStep, mean_slope, slope
from ._state import ModelState

__all__ = [
    "RULES",
    "AccumulatedNormStep",
    "Anytime",
    "Constant",
    "CoordinatewiseStep",
    "DistanceStep",
    "FedAdamStep",
    "FedAvgMStep",
    "FedYogiStep",
    "Horizon",
    "LayerwiseNormalizedStep",
    "ModelState",
    "MuonStep",
    "NesterovStep",
    "NormalizedStep",
    "PlainStep",
    "Schedule",
    "SlopeStep",
    "StepInput",
    "StepMemory",
    "StepRule",
    "StepScale",
    "SufficientDecreaseStep",
    "Warmup",
    "matrix_shape",
    "mean_slope",
    "parse_rule",
    "parse_schedule",
    "slope",
]
