"""The noise of private arms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..compress import CompressedVector, Compressor, CompressorSpec, ValueCoding
from ..privacy import DiscreteGaussian, GaussianMechanism
from ..privacy._gaussian import Integers, Silence
from ..vector import SplitMix64, derive_seed

_APART, _CENTRAL = "+not-fed-back", "+by-coordinator"
_SUM = -1


@dataclass(frozen=True)
class ArmPrivacy:
    """An arm's differential privacy: ``MECHANISM``, such as ``smoothed:1:1:20``, for noise of the clients, which g_i takes in;
    ``MECHANISM+not-fed-back`` if it does not; or ``MECHANISM+by-coordinator`` for noise on the sum.

    Attributes:
        mechanism: the bound of messages, and the noise.
        by: who adds the noise.
        fed_back: whether g_i takes in the noise.
    """

    mechanism: GaussianMechanism
    by: Literal["device", "coordinator"]
    fed_back: bool

    @classmethod
    def parse(cls, text: str) -> ArmPrivacy:
        """Reads a text form; raises ValueError if it is none."""
        for suffix in (_APART, _CENTRAL):
            if text.endswith(suffix):
                mechanism = GaussianMechanism.parse(text.removesuffix(suffix))
                return cls(mechanism, "coordinator" if suffix == _CENTRAL else "device", False)
        return cls(GaussianMechanism.parse(text), "device", True)

    def require_suited(self, spec: CompressorSpec, retains_sum: bool) -> None:
        """Raises ValueError if a compressor looks at the data, or no memory could take in noise."""
        self.mechanism.without_noise(spec)
        if self.by == "device" and not self.fed_back and not retains_sum:
            raise ValueError(f"the algorithm has no memory that could take in the noise: leave out {_APART}")

    @property
    def text(self) -> str:
        """The text form."""
        return f"{self.mechanism}{_CENTRAL if self.by == 'coordinator' else '' if self.fed_back else _APART}"


class _SeededNoise:
    """Noise of a seed that is set for each message, so that a continued run draws the same."""

    def __init__(self) -> None:
        self._random = SplitMix64(0)
        self._gaussian = DiscreteGaussian(self._bytes)

    def seed(self, seed: int) -> None:
        self._random = SplitMix64(seed)

    def sample(self, deviation: int, count: int) -> Integers:
        return self._gaussian.sample(deviation, count)

    def _bytes(self, count: int) -> bytes:
        return self._random.bits(-(-count // 8)).astype("<u8").tobytes()[:count]


class PrivateMessages:
    """Draws the noise of clients and coordinator from a seed, with their samplers.

    Args:
        seed: the run's, of the noise.
    """

    def __init__(self, privacy: ArmPrivacy, compressor: Compressor, seed: int) -> None:
        spec, mechanism = compressor.spec, privacy.mechanism
        self._privacy = privacy
        self._seed = seed
        self._noise = _SeededNoise()
        self._grid = mechanism.grid(spec, privacy.by)
        self._noisy = compressor.releasing(mechanism.on(spec, self._noise))
        quiet = mechanism.without_noise(spec) if privacy.by == "coordinator" else mechanism.on(spec, Silence())
        self.compressor = self._noisy if privacy.fed_back else compressor.releasing(quiet)
        """What clients send by."""

    def begin(self, client: int, round: int) -> None:
        """Sets the seed of a client's noise in a round."""
        self._noise.seed(derive_seed(derive_seed(self._seed, client), round))

    def apart(self, drawn: int) -> CompressedVector | None:
        """Returns noise that the coordinator gets with a message and g_i does not take in; None if it takes in all.

        Args:
            drawn: the seed of the message's coordinates.
        """
        if self._privacy.by == "coordinator" or self._privacy.fed_back:
            return None
        return self._noisy.compress(np.zeros(self._noisy.dimension), None, drawn)

    def of_sum(self, round: int, drawn: int) -> CompressedVector | None:
        """Returns the noise that the coordinator adds to the sum of a round; None if clients add it."""
        if self._privacy.by == "device":
            return None
        self.begin(_SUM, round)
        support = self.compressor.compress(np.zeros(self.compressor.dimension), None, drawn).support
        steps = self._noise.sample(self._grid.deviation, support.count)
        return CompressedVector(support, ValueCoding.FLOAT64, np.ldexp(steps.astype(np.float64), self._grid.exponent))
