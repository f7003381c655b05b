"""Schedules: quantities that depend on the round only."""

from __future__ import annotations

from dataclasses import dataclass
from math import isinf
from typing import TypeAlias, Union

from .._strictmath import power


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
