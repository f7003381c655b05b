"""Exact samples of the discrete Gaussian distribution."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

LARGEST_DEVIATION = 1 << 24
"""The largest parameter for which no intermediate number overflows."""


class NoiseSource(Protocol):
    """A source of integer noise with mean 0."""

    def sample(self, deviation: int, count: int) -> Integers:
        """Returns ``count`` independent samples; ``deviation`` is the parameter of the standard deviation, at least 1."""


class Silence:
    """A source that adds nothing. A release with it bounds the values and rounds them to the grid."""

    def sample(self, deviation: int, count: int) -> Integers:
        """Like ``NoiseSource.sample``."""
        return np.zeros(count, np.int64)


class DiscreteGaussian:
    """Samples each integer y with a probability proportional to exp(-y^2 / (2 s^2)) (Canonne, Kamath, Steinke, "The discrete
    Gaussian for differential privacy", NeurIPS 2020, Algorithms 1 to 3).

    It draws discrete Laplace samples and accepts each with a probability that turns it into a Gaussian. All arithmetic is on
    integers, so a sample reveals nothing through the rounding of floating-point numbers. The time taken depends on the samples.

    Args:
        entropy: returns ``count`` random bytes; must be cryptographic, like ``os.urandom``.
    """

    def __init__(self, entropy: Callable[[int], bytes] = os.urandom) -> None:
        self._entropy = entropy

    def sample(self, deviation: int, count: int) -> Integers:
        """Like ``NoiseSource.sample``.

        Raises:
            ValueError: if the deviation is not an integer from 1 to 2^24.
        """
        if not 1 <= deviation <= LARGEST_DEVIATION:
            raise ValueError(f"the deviation is {deviation}, expected an integer from 1 to {LARGEST_DEVIATION}")
        samples: Integers = np.empty(0, np.int64)
        while samples.size < count:
            drawn = self.laplace(deviation, count - samples.size)
            distance = np.abs(drawn) - deviation
            # exp(-|y|/s) exp(-(|y| - s)^2 / (2 s^2)) is proportional to exp(-y^2 / (2 s^2)).
            accepted = self.bernoulli_exp(distance * distance, 2 * deviation * deviation)
            samples = np.append(samples, drawn[accepted])
        return samples

    def laplace(self, scale: int, count: int) -> Integers:
        """Returns samples y with a probability proportional to exp(-|y|/scale)."""
        samples: Integers = np.empty(0, np.int64)
        while samples.size < count:
            u = self._below(scale, count - samples.size)
            u = u[self.bernoulli_exp(u, scale)]
            magnitudes = u + scale * self._geometric(u.size)
            negative = (self._bytes(u.size) & 1).astype(np.bool_)
            # Otherwise zero would be drawn in two ways.
            kept = ~negative | (magnitudes != 0)
            samples = np.append(samples, np.where(negative, -magnitudes, magnitudes)[kept])
        return samples

    def _geometric(self, count: int) -> Integers:
        """Returns numbers of successes, each of probability exp(-1), before a failure."""
        successes = np.zeros(count, np.int64)
        alive: Integers = np.arange(count)
        while alive.size:
            alive = alive[self.bernoulli_exp(np.ones(alive.size, np.int64), 1)]
            successes[alive] += 1
        return successes

    def bernoulli_exp(self, numerators: Integers, denominator: int) -> Booleans:
        """Draws events with the probabilities exp(-numerator/denominator); returns which of them occurred."""
        happened = np.ones(numerators.size, np.bool_)
        whole = numerators // denominator
        alive = np.flatnonzero(whole > 0)
        while alive.size:
            hit = self._bernoulli_exp_up_to_one(np.ones(alive.size, np.int64), 1)
            happened[alive[~hit]] = False
            whole[alive] -= 1
            alive = alive[hit & (whole[alive] > 0)]
        rest = np.flatnonzero(happened)
        happened[rest] = self._bernoulli_exp_up_to_one(numerators[rest] % denominator, denominator)
        return happened

    def _bernoulli_exp_up_to_one(self, numerators: Integers, denominator: int) -> Booleans:
        happened = np.zeros(numerators.size, np.bool_)
        alive: Integers = np.arange(numerators.size)
        k = 1
        while alive.size:
            hit = self._bernoulli(numerators[alive], denominator * k)
            happened[alive[~hit]] = k % 2 == 1
            alive, k = alive[hit], k + 1
        return happened

    def _bernoulli(self, numerators: Integers, denominator: int) -> Booleans:
        """Compares the fractions' base-256 digits with random digits, up to the first that differs."""
        happened = numerators >= denominator
        alive = np.flatnonzero(~happened & (numerators > 0))
        rest = numerators[alive]
        while alive.size:
            rest = rest * 256
            digits, rest = rest // denominator, rest % denominator
            random = self._bytes(alive.size)
            happened[alive[random < digits]] = True
            same = (random == digits) & (rest > 0)
            alive, rest = alive[same], rest[same]
        return happened

    def _below(self, bound: int, count: int) -> Integers:
        bits = (bound - 1).bit_length()
        values = np.zeros(count, np.int64)
        open_: Integers = np.arange(count)
        while open_.size:
            drawn: Integers = np.zeros(open_.size, np.int64)
            for _ in range(0, bits, 8):
                drawn = drawn << 8 | self._bytes(open_.size)
            drawn &= (1 << bits) - 1
            values[open_] = drawn
            open_ = open_[drawn >= bound]
        return values

    def _bytes(self, count: int) -> Integers:
        return np.frombuffer(self._entropy(count), np.uint8).astype(np.int64)
