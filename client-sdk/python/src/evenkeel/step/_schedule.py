"""Schedules: quantities that depend on the round only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isinf
from typing import TypeAlias, Union

from .._strictmath import power


@dataclass(frozen=True)
class Constant:
    """The same value in every round; ``constant:0.1``."""

    largest: float

    def __post_init__(self) -> None:
        _require_positive(self.largest)

    def at(self, round: int, horizon: int) -> float:
        """Returns the value in round k of a run whose last round is K = ``horizon``."""
        return self.largest


@dataclass(frozen=True)
class Horizon:
    """``largest * (K+1)^(-power)``, the same in every round of a run; ``horizon:1:0.5`` (arXiv 2410.16871, Theorem 1)."""

    largest: float
    power: float

    def __post_init__(self) -> None:
        _require_positive(self.largest)
        _require_power(self.power)

    def at(self, round: int, horizon: int) -> float:
        """Returns the value in round k of a run whose last round is K = ``horizon``."""
        return self.largest * power(horizon + 1.0, -self.power)


@dataclass(frozen=True)
class Anytime:
    """``largest * (k+1)^(-power)``, which needs no horizon; ``anytime:0.1:0.5``. Not in arXiv 2410.16871, which leaves this
    case open."""

    largest: float
    power: float

    def __post_init__(self) -> None:
        _require_positive(self.largest)
        _require_power(self.power)

    def at(self, round: int, horizon: int) -> float:
        """Returns the value in round k of a run whose last round is K = ``horizon``."""
        return self.largest * power(round + 1.0, -self.power)


@dataclass(frozen=True)
class Warmup:
    """``largest * min(1, (k+1) / rounds)``: rises in equal steps, then stays; ``warmup:10:30``. It gives error feedback the slow
    start that an outer momentum has."""

    largest: float
    rounds: int

    def __post_init__(self) -> None:
        _require_positive(self.largest)
        if not 1 <= self.rounds < 2**31:
            raise ValueError(f"a schedule's warm-up is {self.rounds} rounds, expected an integer of at least 1")

    def at(self, round: int, horizon: int) -> float:
        """Returns the value in round k of a run whose last round is K = ``horizon``."""
        return self.largest * min(1.0, (round + 1.0) / self.rounds)


Schedule: TypeAlias = Union[Constant, Horizon, Anytime, Warmup]
"""A positive quantity that may depend on the round: the step size gamma or the momentum eta. Rounds count from 0."""


def parse_schedule(text: str) -> Schedule:
    """Parses ``constant:VALUE``, ``horizon:VALUE:POWER``, ``anytime:VALUE:POWER``, ``warmup:VALUE:ROUNDS``, or a single number for a
    constant.

    Raises:
        ValueError: if the text is none of these.
    """
    name, *numbers = text.split(":")
    readers: dict[str, tuple[Callable[..., Schedule], tuple[type[int] | type[float], ...]]] = {
        "constant": (Constant, (float,)),
        "horizon": (Horizon, (float, float)),
        "anytime": (Anytime, (float, float)),
        "warmup": (Warmup, (float, int)),
    }
    kind, types = readers.get(name, (Constant, (float,)))
    if name not in readers:
        numbers = [text]
    try:
        values = [read(number) for read, number in zip(types, numbers) if "_" not in number]
    except ValueError:
        values = []
    if len(values) != len(types) or len(numbers) != len(types):
        raise ValueError(
            f"'{text}' is not a schedule: expected constant:VALUE, horizon:VALUE:POWER, anytime:VALUE:POWER or "
            "warmup:VALUE:ROUNDS, such as horizon:1:0.5"
        )
    return kind(*values)


def _require_positive(largest: float) -> None:
    if not largest > 0 or isinf(largest):
        raise ValueError(f"a schedule's value is {largest}, expected a finite number above 0")


def _require_power(exponent: float) -> None:
    if not 0 <= exponent <= 1:
        raise ValueError(f"a schedule's power is {exponent}, expected 0 to 1")
