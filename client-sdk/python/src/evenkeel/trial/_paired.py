"""The paired t-test, on differences or on logarithms of ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, isinf, lgamma, log, sqrt
from typing import Any

_MAX_TERMS = 10_000
_TINY = 1e-300


@dataclass(frozen=True)
class Paired:
    """An arm's figure against the baseline's, seed by seed.

    Attributes:
        figure: the figure, such as ``rounds to grad-norm:0.01``.
        ratio: whether ``estimate`` is a ratio arm/baseline of geometric means, or a difference of means.
        pairs: the number of seeds with the figure in both arms.
        low: lower end of the 95% confidence interval; None for fewer than 2 pairs.
        p_value: the p-value for no difference; None for fewer than 2 pairs or if all pairs differ equally.
    """

    figure: str
    ratio: bool
    pairs: int
    estimate: float
    low: float | None
    high: float | None
    p_value: float | None

    def as_json(self) -> dict[str, Any]:
        """Returns the fields for summary.json."""
        return {
            "figure": self.figure,
            "ratio": self.ratio,
            "pairs": self.pairs,
            "estimate": self.estimate,
            "low": self.low,
            "high": self.high,
            "pValue": self.p_value,
        }


def paired(figure: str, ratio: bool, arm: Sequence[float], baseline: Sequence[float]) -> Paired:
    """Compares figures seed by seed; a pair with a missing (infinite) figure is omitted.

    Args:
        ratio: whether to compare ratios of figures above 0 instead of differences.
    """
    all_pairs = [_log(a) - _log(b) if ratio else a - b for a, b in zip(arm, baseline)]
    differences = [difference for difference in all_pairs if isfinite(difference)]
    n = len(differences)
    mean = sum(difference / n for difference in differences)
    back = exp if ratio else float
    if n < 2:
        return Paired(figure, ratio, n, back(mean), None, None, None)
    error = sqrt(sum((difference - mean) ** 2 for difference in differences) / (n - 1) / n)
    reach = quantile95(n - 1) * error
    p = None if error == 0 else two_sided(mean / error, n - 1)
    return Paired(figure, ratio, n, back(mean), back(mean - reach), back(mean + reach), p)


def _log(value: float) -> float:
    return log(value) if 0 < value < inf else inf if value == inf else -inf


def two_sided(t: float, freedom: float) -> float:
    """Returns the probability that a Student's t is at least as far from 0 as the given one."""
    return 0.0 if isinf(t) else _incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5)


def quantile95(freedom: float) -> float:
    """Returns the t within which 95% of the distribution lies, by bisection."""
    low, high = 0.0, 100.0
    for _ in range(100):
        middle = (low + high) / 2
        if two_sided(middle, freedom) > 0.05:
            low = middle
        else:
            high = middle
    return high


def _incomplete_beta(x: float, a: float, b: float) -> float:
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    """Evaluates the continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22)."""
    c = 1.0
    d = 1 / _away(1 - (a + b) * x / (a + 1))
    h = d
    for m in range(1, _MAX_TERMS + 1):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return h


def _away(value: float) -> float:
    return _TINY if abs(value) < _TINY else value
