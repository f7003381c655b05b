"""The noise of a run with privacy and secure aggregation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, ldexp, log, pi, sqrt

import numpy as np
import numpy.typing as npt

from ._accountant import PrivacyCost, epsilon, releases
from ._gaussian import LARGEST_DEVIATION, NoiseSource, Silence
from ._mechanism import GaussianMechanism, GaussianRelease, NoiseGrid

_LOWEST_EXPONENT = -40
_MIN_DEVIATION = 3
_MAX_INT = 2**31 - 1


@dataclass(frozen=True)
class CohortNoise:
    """The noise of a run with privacy and secure aggregation: each device of a cohort adds a share of it to its words before it
    masks them.

    The coordinator learns only the sum. So the honest devices' shares together provide as much noise as a trusted
    coordinator would add (Kairouz, Liu, Steinke, "The distributed discrete Gaussian mechanism for federated learning
    with secure aggregation", ICML 2021).

    Attributes:
        mechanism: the bound of messages, and the noise of a sum.
        grid: the steps of the sum's fixed point; its deviation is that of one share.
        honest: the minimum number of non-colluding devices in a sum.
        correction: tau: the probabilities of a sum of shares differ by a factor of at most e^tau from those of a discrete Gaussian, in
            all coordinates together.
    """

    mechanism: GaussianMechanism
    grid: NoiseGrid
    honest: int
    correction: float

    @classmethod
    def of(
        cls, mechanism: GaussianMechanism, exponent: int, min_members: int, max_members: int, collusion: float, dimension: int
    ) -> CohortNoise:
        """Returns the noise of a run.

        Args:
            exponent: the unit of the sum's fixed point is 2^exponent.
            min_members: the minimum number of members in a sum.
            max_members: the maximum number of members in a cohort.
            collusion: the share of a cohort's members that may collude with the coordinator.
            dimension: the number of coordinates; a message may have fewer.

        Raises:
            ValueError: if the unit is too coarse or too fine, or all members may collude; the message says what to change.
        """
        honest = _honest(min_members, max_members, collusion)
        bound = _bound(mechanism, exponent)
        deviation = _deviation(mechanism.noise_multiplier, bound, honest)
        size = f"exponent is {exponent}, which makes privacy.bound {bound} steps and the noise of a device {deviation}"
        if bound < 1 or deviation < _MIN_DEVIATION:
            raise ValueError(
                f"{size}, expected at least {_MIN_DEVIATION} steps of noise: lower it, or raise the noise multiplier"
            )
        if not _has_room(bound, deviation, max_members, dimension):
            raise ValueError(f"{size}: the sum of {max_members} messages and their noise does not fit into 32 bits; raise it")
        return cls(mechanism, NoiseGrid(exponent, bound, deviation, bound), honest, dimension * correction(deviation**2, honest))

    @staticmethod
    def finest_exponent(
        mechanism: GaussianMechanism, min_members: int, max_members: int, collusion: float, dimension: int
    ) -> int:
        """Returns the exponent of the finest unit in which sums of the messages and their noise fit; 0 if there is none.

        Raises:
            ValueError: if all members may collude.
        """
        honest = _honest(min_members, max_members, collusion)
        for exponent in range(_LOWEST_EXPONENT, 0):
            bound = _bound(mechanism, exponent)
            if _has_room(bound, _deviation(mechanism.noise_multiplier, bound, honest), max_members, dimension):
                return exponent
        return 0

    def without_noise(self) -> GaussianRelease:
        """Returns the mechanism that bounds a message and rounds it to the grid, before noise is added to its words."""
        return GaussianRelease(self.mechanism, self.grid, Silence())

    def add(self, words: npt.NDArray[np.int32], source: NoiseSource) -> npt.NDArray[np.int32]:
        """Returns words with a device's share of the noise, modulo 2^32.

        Args:
            source: used once; its samples must be independent of those of other messages.
        """
        return (words.astype(np.int64) + source.sample(self.grid.deviation, words.size)).astype(np.int32)

    @property
    def cost(self) -> PrivacyCost:
        """The privacy cost of one sum for a device whose message is in it."""
        return PrivacyCost.of(self.mechanism.multiplier, self.correction)

    def epsilon(self, messages: int, delta: float) -> float:
        """Returns the epsilon of a device after a number of sums with its messages."""
        return epsilon(self.mechanism.multiplier, messages, delta, self.correction)

    def messages(self, budget: float, delta: float) -> int:
        """Returns the number of messages whose epsilon stays within a budget."""
        return releases(self.mechanism.multiplier, budget, delta, self.correction)


def _honest(min_members: int, max_members: int, collusion: float) -> int:
    """Returns the minimum number of non-colluding members in a sum."""
    colluding = ceil(collusion * max_members)
    if min_members <= colluding:
        raise ValueError(
            f"collusion is {collusion}, so {colluding} of {max_members} members may collude, and a sum of {min_members} may have "
            "no noise that is unknown to them: lower it, or raise participants.min"
        )
    return min_members - colluding


def _bound(mechanism: GaussianMechanism, exponent: int) -> int:
    """Returns the bound in steps, rounded down; at most 2^31, which is too large for any sum."""
    return int(min(2.0**31, ldexp(mechanism.bound, -exponent)))


def _has_room(bound: int, deviation: int, members: int, dimension: int) -> bool:
    """Returns whether no coordinate of a sum wraps around, except with a probability of 2^-40: a sum of discrete Gaussians is
    subgaussian."""
    tail = deviation * sqrt(2.0 * members * (41 * log(2) + log(dimension)))
    return deviation <= LARGEST_DEVIATION and members * bound + tail <= _MAX_INT


def _deviation(noise_multiplier: float, bound: int, honest: int) -> int:
    """Returns the smallest integer s with honest s^2 >= (noise_multiplier bound)^2, or 2^24 + 1 if s is too large to be
    sampled."""
    variance = (Fraction(noise_multiplier) * bound) ** 2
    below, enough = 0, LARGEST_DEVIATION + 1
    while enough - below > 1:
        middle = (below + enough) // 2
        if honest * middle * middle >= variance:
            enough = middle
        else:
            below = middle
    return enough


def correction(variance: float, shares: int) -> float:
    """Returns tau of one coordinate for a number of shares with a variance of at least 1/2 (Kairouz, Liu, Steinke 2021, Theorem 1)."""
    return 10 * sum(exp(-2 * pi * pi * variance * k / (k + 1)) for k in range(1, shares))
