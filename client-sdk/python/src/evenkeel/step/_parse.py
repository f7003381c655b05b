"""Reads the names and parameters of step rules."""

from __future__ import annotations

from collections.abc import Callable

from ._coordinatewise import FedAdamStep, FedAvgMStep, FedYogiStep, NesterovStep
from ._decrease import SufficientDecreaseStep
from ._distance import DistanceStep
from ._muon import MuonStep
from ._rules import AccumulatedNormStep, LayerwiseNormalizedStep, NormalizedStep, PlainStep, StepRule
from ._slope import SlopeStep

_KNOWN: dict[str, tuple[Callable[..., StepRule], int]] = {
    "plain": (PlainStep, 0),
    "normalized": (NormalizedStep, 0),
    "layerwise-normalized": (LayerwiseNormalizedStep, 0),
    "accumulated-norm": (AccumulatedNormStep, 0),
    "distance-over-gradients": (DistanceStep, 1),
    "sufficient-decrease": (SufficientDecreaseStep, 1),
    "slope": (SlopeStep, 1),
    "muon": (MuonStep, 1),
    "fedavgm": (FedAvgMStep, 1),
    "nesterov": (NesterovStep, 1),
    "fedadam": (FedAdamStep, 3),
    "fedyogi": (FedYogiStep, 3),
}

RULES: tuple[StepRule, ...] = tuple(make() for make, _ in _KNOWN.values())
"""The step rules with their default parameters."""


def parse_rule(text: str) -> StepRule:
    """Reads a rule, such as ``normalized`` or ``fedadam:0.9:0.99:0.001``. Trailing parameters may be omitted.

    Raises:
        ValueError: if there is no such rule (the message lists the known ones), or a parameter is out of range.
    """
    name, *given = text.split(":")
    if name not in _KNOWN:
        raise ValueError(f"'{text}' is not a step rule: expected one of {', '.join(_KNOWN)}")
    make, most = _KNOWN[name]
    if len(given) > most:
        raise ValueError(f"the step rule '{text}' has {len(given)} parameters, expected at most {most}")
    return make(*(_number(text, i, part) for i, part in enumerate(given, 1)))


def _number(text: str, place: int, part: str) -> float:
    try:
        return float(part)
    except ValueError:
        raise ValueError(f"parameter {place} of the step rule '{text}' is '{part}', expected a number") from None
