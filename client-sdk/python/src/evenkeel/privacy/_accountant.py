"""The (epsilon, delta) of a Gaussian mechanism that is applied repeatedly, by Rényi differential privacy.

The sources are those of ``io.evenkeel.core.privacy.RenyiAccountant`` in Java. The last digits may differ from Java's,
since the C library computes logarithms differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, isinf, log, log1p

_GOLDEN = 0.6180339887498949
_LOWEST_LOG_ORDER, _HIGHEST_LOG_ORDER = -14.0, 28.0
_SEARCH_STEPS = 80
_MAX_RELEASES = 2**31 - 1


def epsilon(multiplier: float, releases: int, delta: float, correction: float = 0.0) -> float:
    """Returns epsilon after a number of releases.

    Args:
        multiplier: the noise's standard deviation over the sensitivity, above 0.
        releases: at least 0.
        delta: in (0, 1).
        correction: c, if the noise's probabilities differ from those of a discrete Gaussian by a factor of at most e^c.

    Raises:
        ValueError: if an argument is out of range.
    """
    if not multiplier > 0 or isinf(multiplier):
        raise ValueError(f"the noise multiplier is {multiplier}, expected a finite number above 0")
    if releases < 0:
        raise ValueError(f"releases is {releases}, expected at least 0")
    if not 0 < delta < 1:
        raise ValueError(f"delta is {delta}, expected a probability above 0 and below 1 such as 1e-6")
    return PrivacyCost(releases / (2 * multiplier * multiplier), releases * correction).epsilon(delta)


@dataclass(frozen=True)
class PrivacyCost:
    """The privacy cost of a device's releases with noise. The costs of releases of the same data add up, even with
    different noise.

    Attributes:
        rho: the Rényi divergence of the releases of order alpha is alpha rho.
        correction: the total deviation of their noise from a discrete Gaussian.
    """

    rho: float = 0.0
    correction: float = 0.0

    @classmethod
    def of(cls, multiplier: float, correction: float = 0.0) -> PrivacyCost:
        """Returns the cost of one release with a noise multiplier above 0."""
        return cls(1 / (2 * multiplier * multiplier), correction)

    def plus(self, other: PrivacyCost, times: int = 1) -> PrivacyCost:
        """Returns the sum of this cost and ``times`` times another."""
        return PrivacyCost(self.rho + times * other.rho, self.correction + times * other.correction)

    def epsilon(self, delta: float) -> float:
        """Returns epsilon for a delta in (0, 1)."""
        return _epsilon(self.rho, self.correction, delta)


def _epsilon(rho: float, correction: float, delta: float) -> float:
    if rho == 0:
        return 0.0
    low, high, best = _LOWEST_LOG_ORDER, _HIGHEST_LOG_ORDER, inf
    for _ in range(_SEARCH_STEPS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        at_left, at_right = (_at_log_order(rho, t, delta, correction) for t in (left, right))
        best = min(best, at_left, at_right)
        if at_left <= at_right:
            high = right
        else:
            low = left
    return max(0.0, best)


def _at_log_order(rho: float, t: float, delta: float, correction: float) -> float:
    order = 1 + exp(t)
    return rho * order + correction * (2 + 1 / exp(t)) + log1p(-1 / order) - (log(delta) + log(order)) / (order - 1)


def releases(multiplier: float, budget: float, delta: float, correction: float = 0.0) -> int:
    """Returns the largest number of releases whose epsilon is within a budget, 0 to 2^31 - 1."""
    within, beyond = 0, _MAX_RELEASES + 1
    while beyond - within > 1:
        middle = (within + beyond) // 2
        if epsilon(multiplier, middle, delta, correction) <= budget:
            within = middle
        else:
            beyond = middle
    return within
