"""The step rules on norms, for vectors in torch tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import hypot

from ..step import DistanceStep, SlopeStep, StepInput, StepRule, StepScale, SufficientDecreaseStep


def recipe(
    rule: StepRule,
    norms: Sequence[float],
    given: StepInput,
    numbers: tuple[float, ...],
    distances: Callable[[], tuple[float, float]],
) -> StepScale:
    """Returns the recipe of a step along a direction, with a divisor for each tensor.

    Args:
        rule: a rule whose steps a recipe describes.
        norms: the norm of each tensor's part of the direction, not all 0.
        given: the round's input.
        numbers: the numbers that the rule remembers.
        distances: returns ||x - x^0|| and ||x^0||.
    """
    gamma = given.gamma
    norm = hypot(*norms)
    if rule.name == "layerwise-normalized":
        return StepScale(gamma, tuple(own or 1.0 for own in norms), norm, numbers)
    if rule.name in ("plain", "normalized"):
        return StepScale(gamma, (1.0 if rule.name == "plain" else norm,) * len(norms), norm, numbers)
    if isinstance(rule, (SlopeStep, SufficientDecreaseStep)):
        factor, after = rule.follow(numbers, given, norm, 0.0 if numbers[0] > 0 else distances()[1])
        return StepScale(factor, (norm,) * len(norms), norm, after)
    if isinstance(rule, DistanceStep):
        factor, after = rule.follow(numbers, given, norm, distances)
        return StepScale(factor, (after[0],) * len(norms), norm, after)
    root = hypot(numbers[0], norm)
    return StepScale(gamma, (root,) * len(norms), norm, (root,))
