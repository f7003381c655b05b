"""Step rules: how long a step along S/W is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from .._strictmath import hypot
from .._types import Floats
from ..vector import TensorLayout, l2
from ._scale import StepScale
from ._schedule import Constant, Horizon, Schedule


class StepRule(ABC):
    """Computes the step along S/W. Stateless: the caller keeps the accumulated state between rounds.

    Attributes:
        text: the name in configuration.
    """

    text: ClassVar[str]

    @abstractmethod
    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns the default step size, or None if it depends on the loss."""

    def scale(self, total: Floats, weight: float, gamma: float, layout: TensorLayout, accumulated: float) -> StepScale:
        """Computes the length of the round's step.

        Args:
            total: the sum S, d float64 values.
            weight: W, above 0.
            gamma: the round's step size.
            layout: the tensors of the d values.
            accumulated: ``StepScale.accumulated`` of the previous round, 0 in the first.
        """
        norm = l2(total)
        return StepScale.stationary(accumulated) if norm == 0 else self._scale(total, norm, weight, gamma, layout, accumulated)

    @abstractmethod
    def _scale(
        self, total: Floats, norm: float, weight: float, gamma: float, layout: TensorLayout, accumulated: float
    ) -> StepScale: ...


class PlainStep(StepRule):
    """``x - gamma g``, the step of EF21 and of gradient descent: safe only if gamma suits the smoothness of the loss."""

    text = "plain"

    def default_gamma(self, momentum: bool) -> Schedule | None:
        return None

    def _scale(
        self, total: Floats, norm: float, weight: float, gamma: float, layout: TensorLayout, accumulated: float
    ) -> StepScale:
        return StepScale(gamma, (weight,), norm / weight, accumulated)


class NormalizedStep(StepRule):
    """``x - gamma g/||g||``: always of length gamma (arXiv 2410.16871, Algorithms 1 and 2)."""

    text = "normalized"

    def default_gamma(self, momentum: bool) -> Schedule | None:
        return Horizon(1.0, 0.75 if momentum else 0.5)

    def _scale(
        self, total: Floats, norm: float, weight: float, gamma: float, layout: TensorLayout, accumulated: float
    ) -> StepScale:
        return StepScale(gamma, (norm,), norm / weight, accumulated)


class LayerwiseNormalizedStep(StepRule):
    """``x_l - gamma g_l/||g_l||`` for each tensor l. Not in arXiv 2410.16871."""

    text = "layerwise-normalized"

    def default_gamma(self, momentum: bool) -> Schedule | None:
        return NormalizedStep().default_gamma(momentum)

    def _scale(
        self, total: Floats, norm: float, weight: float, gamma: float, layout: TensorLayout, accumulated: float
    ) -> StepScale:
        # A tensor whose direction is zero does not move: 0/1.
        divisors = tuple(l2(total[layout.slice(i)]) or 1.0 for i in range(len(layout)))
        return StepScale(gamma, divisors, norm / weight, accumulated)


class AccumulatedNormStep(StepRule):
    """``x - gamma g/sqrt(sum_{j<=k} ||g^j||^2)``: AdaGrad-Norm (Ward, Wu, Bottou, ICML 2019) on the fed-back direction."""

    text = "accumulated-norm"

    def default_gamma(self, momentum: bool) -> Schedule | None:
        return Constant(1.0)

    def _scale(
        self, total: Floats, norm: float, weight: float, gamma: float, layout: TensorLayout, accumulated: float
    ) -> StepScale:
        root = hypot(accumulated, norm / weight)
        return StepScale(gamma, (weight * root,), norm / weight, root)


RULES: Sequence[StepRule] = (PlainStep(), NormalizedStep(), LayerwiseNormalizedStep(), AccumulatedNormStep())
"""The step rules."""


def parse_rule(text: str) -> StepRule:
    """Finds a rule by its name; raises ValueError with the known ones if there is no such rule."""
    for rule in RULES:
        if rule.text == text:
            return rule
    raise ValueError(f"'{text}' is not a step rule: expected one of {', '.join(rule.text for rule in RULES)}")
