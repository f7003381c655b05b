"""The coordinator's half of error feedback: step rules and schedules, with the same float64 results as the Java SDK.

A rule steps along the fleet's direction g = S/W, where S is the weighted sum of the clients' vectors and W the sum of their
weights. Its result is a scalar recipe, ``x_j <- x_j - factor * (S_j / divisor)``, which anyone with the same x and S can repeat
bit for bit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf
from typing import ClassVar, TypeAlias, Union

import numpy as np

from ._strictmath import hypot, power
from ._types import Floats
from .compress import CompressedVector
from .vector import TensorLayout, l2

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

_CHUNK = 1 << 15


@dataclass(frozen=True)
class Constant:
    """The same value in every round; ``constant:0.1``."""

    initial: float

    def __post_init__(self) -> None:
        _require_positive(self.initial)

    def at(self, round: int, horizon: int) -> float:
        """Returns the value in round k of a run whose last round is K = ``horizon``."""
        return self.initial


@dataclass(frozen=True)
class Horizon:
    """``initial * (K+1)^(-power)``, the same in every round of a run; ``horizon:1:0.5`` (arXiv 2410.16871, Theorem 1)."""

    initial: float
    power: float

    def __post_init__(self) -> None:
        _require_positive(self.initial)
        _require_power(self.power)

    def at(self, round: int, horizon: int) -> float:
        """Returns the value in round k of a run whose last round is K = ``horizon``."""
        return self.initial * power(horizon + 1.0, -self.power)


@dataclass(frozen=True)
class Anytime:
    """``initial * (k+1)^(-power)``, which needs no horizon; ``anytime:0.1:0.5``. Not in arXiv 2410.16871, which leaves this
    case open."""

    initial: float
    power: float

    def __post_init__(self) -> None:
        _require_positive(self.initial)
        _require_power(self.power)

    def at(self, round: int, horizon: int) -> float:
        """Returns the value in round k of a run whose last round is K = ``horizon``."""
        return self.initial * power(round + 1.0, -self.power)


Schedule: TypeAlias = Union[Constant, Horizon, Anytime]
"""A positive quantity that may depend on the round: the step size gamma or the momentum eta. Rounds count from 0."""


def parse_schedule(text: str) -> Schedule:
    """Parses ``constant:VALUE``, ``horizon:VALUE:POWER``, ``anytime:VALUE:POWER``, or a single number for a constant.

    Raises:
        ValueError: if the text is none of these.
    """
    name, *rest = text.split(":")
    kinds: dict[str, tuple[type[Constant] | type[Horizon] | type[Anytime], int]] = {
        "constant": (Constant, 1),
        "horizon": (Horizon, 2),
        "anytime": (Anytime, 2),
    }
    kind, count = kinds.get(name, (Constant, 1))
    numbers = rest if name in kinds else [text]
    try:
        values = [float(number) for number in numbers if "_" not in number]
    except ValueError:
        values = []
    if len(values) != count or len(numbers) != count:
        raise ValueError(
            f"'{text}' is not a schedule: expected constant:VALUE, horizon:VALUE:POWER or anytime:VALUE:POWER, "
            "such as horizon:1:0.5"
        )
    return kind(*values)


def _require_positive(initial: float) -> None:
    if not initial > 0 or isinf(initial):
        raise ValueError(f"a schedule's value is {initial}, expected a finite number above 0")


def _require_power(exponent: float) -> None:
    if not 0 <= exponent <= 1:
        raise ValueError(f"a schedule's power is {exponent}, expected 0 to 1")


def parse_distance(text: str) -> tuple[float, float]:
    """Parses ``distance:FACTOR:LEAST`` into the two arguments of ``Distance``.

    Raises:
        ValueError: if the text is not this, or a number is not finite and above 0.
    """
    try:
        factor, least = (float(part) for part in text.split(":")[1:])
    except ValueError:
        factor = least = 0.0
    if not (0 < factor < float("inf") and 0 < least < float("inf")):
        raise ValueError(
            f"'{text}' is no step size: expected distance:FACTOR:LEAST with two finite numbers above 0, "
            "such as distance:0.5:0.2"
        )
    return factor, least


class Distance:
    """The step size ``factor * max(least, max_{j<=k} ||x^j - x^0||)``, which must be computed once per round, in order.

    With ``AccumulatedNormStep`` it is "distance over gradients" (Ivgi, Hinder, Carmon, ICML 2023) on the fed-back direction.

    Args:
        start: the model x^0, d float64 values; copied.
    """

    def __init__(self, factor: float, least: float, start: Floats) -> None:
        if not (factor > 0 and least > 0 and factor + least < float("inf")):
            raise ValueError(f"distance:{factor}:{least}: expected two finite numbers above 0")
        self.factor = factor
        self.least = least
        self._start = start.copy()
        self.farthest = 0.0

    def at(self, x: Floats) -> float:
        """Returns gamma_k for the step from x = x^k."""
        self.farthest = max(self.farthest, l2(x - self._start))
        return self.factor * max(self.least, self.farthest)


@dataclass(frozen=True)
class StepScale:
    """One round's step as a scalar recipe.

    Attributes:
        factor: the factor of the quotients, the step size gamma; 0 if no step is taken.
        divisors: one for all coordinates, or one for each tensor.
        direction_norm: ||g||.
        accumulated: the rule's state for the next round.
    """

    factor: float
    divisors: tuple[float, ...]
    direction_norm: float
    accumulated: float

    @classmethod
    def stationary(cls, accumulated: float) -> StepScale:
        """Returns a scale without a step, for a direction of zero."""
        return cls(0.0, (1.0,), 0.0, accumulated)

    @property
    def is_stationary(self) -> bool:
        """Whether the direction was zero, so that no step is taken."""
        return self.direction_norm == 0

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


class ModelState:
    """The model x and the weighted sum S, stepped round by round.

    Messages must be added in a fixed order, so that a round has the same bits each time it is computed. Not thread-safe.

    Args:
        layout: the tensors.
        x: the model, d float64 values; not copied.
        retained: whether S persists over rounds (EF21) or holds one round's messages only.
    """

    def __init__(self, layout: TensorLayout, x: Floats, retained: bool) -> None:
        if x.shape != (layout.dimension,) or x.dtype != np.float64:
            raise ValueError(f"x is {x.dtype} of shape {x.shape}, expected float64 of ({layout.dimension},)")
        self.layout = layout
        self.x = x
        self.total = np.zeros(layout.dimension)
        self.retained = retained
        self.accumulated = 0.0

    def begin_round(self) -> None:
        """Sets S to zero if it does not persist over rounds."""
        if not self.retained:
            self.total[:] = 0

    def add(self, delta: CompressedVector, weight: float = 1.0) -> None:
        """Adds a client's message, S += weight * delta."""
        delta.add_to(self.total, weight)

    def step(self, rule: StepRule, weight: float, gamma: float) -> StepScale:
        """Takes the round's step along S/W, where W = ``weight``; none if W is 0."""
        scale = (
            rule.scale(self.total, weight, gamma, self.layout, self.accumulated)
            if weight > 0
            else StepScale.stationary(self.accumulated)
        )
        self.accumulated = scale.accumulated
        scale.apply(self.x, self.total, self.layout)
        return scale
