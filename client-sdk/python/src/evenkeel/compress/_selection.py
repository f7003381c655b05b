"""Selections: the coordinates that a compressor sends."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import TypeAlias, Union

from .._decimal import number_text

AMOUNT = "a count of at least 1 such as 100, or a share above 0 and up to 1 with a decimal point such as 0.01"
"""The syntax of an amount, for messages."""


@dataclass(frozen=True)
class Amount:
    """An amount of items to send: an int is a count of at least 1, a float a share in (0, 1]."""

    value: int | float

    def __post_init__(self) -> None:
        if not (self.value >= 1 if isinstance(self.value, int) else 0 < self.value <= 1):
            raise ValueError(f"the amount is {self.value}, expected {AMOUNT}")

    def of(self, total: int, what: str) -> int:
        """Returns the amount as a count, 1 to ``total``; a share of d is max(1, floor(share * d + 0.5))."""
        if isinstance(self.value, int):
            if self.value > total:
                raise ValueError(
                    f"the amount is {self.value}, but there are only {total} {what}: "
                    f"give a count up to {total}, or a share such as 0.01"
                )
            return self.value
        return max(1, _round(self.value * total))

    def __str__(self) -> str:
        return str(self.value) if isinstance(self.value, int) else number_text(self.value)


def _round(value: float) -> int:
    """Rounds half up, exactly: ``value + 0.5`` could round itself."""
    whole = floor(value)
    return whole + (value - whole >= 0.5)


@dataclass(frozen=True)
class Identity:
    """Every coordinate."""

    def __str__(self) -> str:
        return "identity"


@dataclass(frozen=True)
class TopK:
    """The K largest magnitudes, ties to the lower index."""

    amount: Amount

    def __str__(self) -> str:
        return f"top-k:{self.amount}"


@dataclass(frozen=True)
class RandK:
    """K coordinates drawn from a seed; values are not scaled up."""

    amount: Amount

    def __str__(self) -> str:
        return f"rand-k:{self.amount}"


@dataclass(frozen=True)
class BlockTopK:
    """The blocks of ``length`` consecutive coordinates with the largest norms, ties to the lower block."""

    length: int
    amount: Amount

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError(f"the block length is {self.length}, expected an integer of at least 1 such as 64")

    def __str__(self) -> str:
        return f"block-top-k:{self.length}:{self.amount}"


@dataclass(frozen=True)
class LayerTopK:
    """The largest magnitudes of each tensor."""

    amount: Amount

    def __str__(self) -> str:
        return f"layer-top-k:{self.amount}"


@dataclass(frozen=True)
class Threshold:
    """Every magnitude of at least ``bound``."""

    bound: float

    def __post_init__(self) -> None:
        if not 0 < self.bound < float("inf"):
            raise ValueError(
                f"the threshold is {self.bound}, expected a positive finite number such as 0.001; to send everything use identity"
            )

    def __str__(self) -> str:
        return f"threshold:{number_text(self.bound)}"


Selection: TypeAlias = Union[Identity, TopK, RandK, BlockTopK, LayerTopK, Threshold]
