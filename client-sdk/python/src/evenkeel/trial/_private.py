"""The messages of private arms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from .._types import Floats
from ..compress import CompressedVector, Compressor, CompressorSpec, Support, ValueCoding
from ..privacy import CohortNoise, GaussianMechanism
from ..privacy._accountant import epsilon
from ..privacy._gaussian import Integers, Silence
from ..vector import SplitMix64, derive_seed
from ._promise import DELTA

_APART, _CENTRAL, _SHARES = "+not-fed-back", "+by-coordinator", "+in-shares"
_COORDINATOR = -1
_DROPOUT, _COLLUSION, _SMALLEST_SUM = 0.1, 0.05, 3
"""The defaults of a run's ``secureAggregation``."""


@dataclass(frozen=True)
class ArmPrivacy:
    """An arm's differential privacy: a mechanism such as ``smoothed:1:1:20``, followed by a suffix for who adds the noise.

    Attributes:
        mechanism: the bound of messages, and the noise.
        suffix: empty if each client adds the noise to its message and g_i includes it; ``+not-fed-back`` if g_i does not include
            it; ``+by-coordinator`` for noise on the sum; ``+in-shares`` if each client adds a share of it to the words of its
            message, as with secure aggregation.
    """

    mechanism: GaussianMechanism
    suffix: str

    @classmethod
    def parse(cls, text: str) -> ArmPrivacy:
        """Reads a text form; raises ValueError if it is malformed."""
        suffix = next((suffix for suffix in (_APART, _CENTRAL, _SHARES) if text.endswith(suffix)), "")
        return cls(GaussianMechanism.parse(text.removesuffix(suffix)), suffix)

    def require_suited(self, spec: CompressorSpec, retains_sum: bool) -> None:
        """Raises ValueError if a compressor's choices depend on the data, or the memory cannot include noise."""
        self.mechanism.without_noise(spec)
        if self.suffix == _APART and not retains_sum:
            raise ValueError(f"the algorithm has no memory that could include the noise: leave out {_APART}")

    def shares(self, participants: int, dimension: int) -> CohortNoise:
        """Returns the noise in shares of rounds with a number of participants.

        The noise of devices that may drop out or collude, by the defaults of a run, is not counted.

        Raises:
            ValueError: if there are too few participants, or the bound is too large for 32 bits.
        """
        fewest = ceil((1 - _DROPOUT) * participants)
        if fewest < _SMALLEST_SUM:
            raise ValueError(
                f"privacy {_SHARES} has rounds of {participants} clients, expected at least {_SMALLEST_SUM}: "
                "use more clients, or raise participation"
            )
        sizes = (fewest, participants, _COLLUSION, dimension)
        return CohortNoise.of(self.mechanism, CohortNoise.finest_exponent(self.mechanism, *sizes), *sizes)

    def epsilon(self, messages: int, participants: int, dimension: int) -> float:
        """Returns the epsilon of a client's messages for ``DELTA``, in rounds with a number of participants."""
        if self.in_shares:
            return self.shares(participants, dimension).epsilon(messages, DELTA)
        return epsilon(self.mechanism.multiplier, messages, DELTA)

    @property
    def in_shares(self) -> bool:
        """Whether each client adds a share of the noise to a sum."""
        return self.suffix == _SHARES

    @property
    def text(self) -> str:
        """The text form."""
        return f"{self.mechanism}{self.suffix}"


class _SeededNoise:
    """Draws normal numbers, rounded to steps, from a seed that is set for each message, like the Java trial.

    Devices sample the discrete Gaussian exactly; its variance differs by a twelfth of a squared step, and the deviation
    is at least 3 steps. Uses the polar method: Marsaglia, Bray, "A Convenient Method for Generating Normal Variables",
    SIAM Review 1964.
    """

    def __init__(self) -> None:
        self._seed = 0

    def seed(self, seed: int) -> None:
        self._seed = seed

    def sample(self, deviation: int, count: int) -> Integers:
        random = SplitMix64(self._seed)
        normal: Floats = np.empty(0)
        while normal.size < count:
            pairs = 2 * random.doubles(2 * (count - normal.size)).reshape(-1, 2) - 1
            squares = pairs[:, 0] * pairs[:, 0] + pairs[:, 1] * pairs[:, 1]
            inside = (squares > 0) & (squares < 1)
            factors = np.sqrt(-2 * np.log(squares[inside]) / squares[inside])
            normal = np.append(normal, (pairs[inside] * factors[:, None]).ravel())
        return np.rint(deviation * normal[:count]).astype(np.int64)


class PrivateMessages:
    """Bounds, rounds and adds the messages of private arms like devices and the coordinator, with seeded noise.

    Args:
        participants: the number of clients that send in a round.
        seed: the run's seed, for the noise.

    Raises:
        ValueError: if noise in shares does not suit the number of clients.
    """

    def __init__(self, privacy: ArmPrivacy, compressor: Compressor, participants: int, seed: int) -> None:
        spec, mechanism = compressor.spec, privacy.mechanism
        self._suffix = privacy.suffix
        self._seed = seed
        self._noise = _SeededNoise()
        self._noisy = compressor.releasing(mechanism.on(spec, self._noise))
        self._grid = mechanism.grid(spec, "coordinator")
        self._shares: CohortNoise | None = None
        self._sum: _Sum | None = None
        self.compressor = self._noisy
        """The compressor of the clients' messages."""
        if privacy.suffix == _CENTRAL:
            self.compressor = compressor.releasing(mechanism.without_noise(spec))
        elif privacy.suffix == _APART:
            self.compressor = compressor.releasing(mechanism.on(spec, Silence()))
        elif privacy.suffix == _SHARES:
            self._shares = privacy.shares(participants, compressor.dimension)
            # As on devices: the words have more bits than float32.
            exact = replace(spec, coding=ValueCoding.FLOAT64).bind(compressor.layout)
            self.compressor = exact.releasing(self._shares.without_noise())

    @property
    def in_shares(self) -> bool:
        """Whether the messages of a round are added to the sum only by :meth:`share`."""
        return self._shares is not None

    def begin(self, client: int, round: int) -> None:
        """Sets the seed of a client's noise in a round."""
        self._noise.seed(derive_seed(derive_seed(self._seed, client), round))

    def share(self, message: CompressedVector) -> None:
        """Adds a message with its share of the noise to the round's sum; masks are omitted, since they cancel."""
        assert self._shares is not None
        grid = self._shares.grid
        words = self._shares.add(np.ldexp(message.values, -grid.exponent).astype(np.int32), self._noise)
        if self._sum is None:
            self._sum = _Sum(message.support, words)
        else:
            self._sum.words += words

    def apart(self, drawn: int) -> CompressedVector | None:
        """Returns the noise that the coordinator gets with a message but that g_i does not include; None if there is none.

        Args:
            drawn: the seed of the message's coordinates.
        """
        if self._suffix != _APART:
            return None
        return self._noisy.compress(np.zeros(self._noisy.dimension), None, drawn)

    def of_round(self, round: int, drawn: int) -> CompressedVector | None:
        """Returns the vector that the coordinator adds to S after a round's messages: its noise, the sum of messages with shares,
        or None."""
        if self._sum is not None and self._shares is not None:
            taken, self._sum = self._sum, None
            values = np.ldexp(taken.words.astype(np.float64), self._shares.grid.exponent)
            return CompressedVector(taken.support, ValueCoding.FLOAT64, values)
        if self._suffix != _CENTRAL:
            return None
        self.begin(_COORDINATOR, round)
        support = self.compressor.compress(np.zeros(self.compressor.dimension), None, drawn).support
        steps = self._noise.sample(self._grid.deviation, support.count)
        return CompressedVector(support, ValueCoding.FLOAT64, np.ldexp(steps.astype(np.float64), self._grid.exponent))


@dataclass
class _Sum:
    """The words of a round's messages, added modulo 2^32."""

    support: Support
    words: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
