"""Ratios of the costs of two arms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ._arm_figures import ArmFigures
from ._paired import Paired
from ._search import Search


@dataclass(frozen=True)
class Ratio:
    """The ratio of the costs of two arms; ``sign`` is fewer, same, more, or unclear if the seeds contradict each other."""

    value: float | None
    sign: str

    def as_json(self) -> dict[str, Any]:
        """Returns the fields for summary.json."""
        return {"value": self.value, "sign": self.sign}


def with_search(
    arm: ArmFigures,
    other: ArmFigures,
    figure: Callable[[ArmFigures], float],
    cost: Callable[[Search], int],
    percent: float,
) -> Ratio | None:
    """Returns the ratio of a figure with the cost of each arm's search for its step size; None if neither searched or there is
    no ratio.

    Args:
        percent: the largest difference in percent that counts as equal.
    """
    if arm.search is None and other.search is None:
        return None
    mine, theirs = (figure(each) + (cost(each.search) if each.search is not None else 0) for each in (arm, other))
    ratio = mine / theirs if theirs else 0.0
    return Ratio(ratio, _sign(ratio, percent)) if isfinite(ratio) and ratio > 0 else None


def ratio_of(test: Paired, percent: float, arm: Sequence[float], other: Sequence[float]) -> Ratio:
    """Returns the ratio of a paired test; unclear if its interval includes 1, same within ``percent`` of 1.

    The test covers only seeds with which both reached the target. Seeds with which only one did must not contradict it.

    Args:
        arm: the rounds to the target, one for each seed; infinite if it was not reached.
        other: the same for the other arm.
    """
    if test.pairs == 0:
        return Ratio(None, "unclear")
    sign = _sign(test.estimate, percent)
    is_unclear = (
        (sign != "same" and covers(test, 1))
        or (sign != "more" and only_first(other, arm) > 0)
        or (sign != "fewer" and only_first(arm, other) > 0)
    )
    return Ratio(test.estimate, "unclear" if is_unclear else sign)


def only_first(first: Sequence[float], second: Sequence[float]) -> int:
    """Returns the number of seeds with which only the first of two arms reached a target."""
    return sum(isfinite(a) and not isfinite(b) for a, b in zip(first, second))


def _sign(ratio: float, percent: float) -> str:
    """Compares a ratio with a threshold; 1.1 and 1/1.1 both differ by 10%."""
    least = 1 + percent / 100
    if 1 / least < ratio < least or ratio == 1:
        return "same"
    return "fewer" if ratio < 1 else "more"


def covers(test: Paired, none: float) -> bool:
    """Returns whether the test's interval includes ``none``, the value of no difference."""
    return test.low is not None and test.high is not None and test.low <= none <= test.high
