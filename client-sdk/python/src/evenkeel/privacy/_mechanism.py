"""The mechanism of a private run."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, frexp, ldexp
from typing import Literal

import numpy as np

from .._types import Floats
from ..compress import CompressorSpec, Identity, RandK, ValueCoding
from ..vector import l2
from ._gaussian import NoiseSource, Silence

_SMALLEST, _LARGEST = 1e-30, 1e30
_MIN_NOISE, _MAX_NOISE = 0.01, 10_000.0
_SHRINK = 1 - 2.0**-20


@dataclass(frozen=True)
class Smoothed:
    """Smoothed normalization, ``bound u / (smoothing + ||u||)`` (arXiv 2502.13482); ``smoothed:<smoothing>``.

    Attributes:
        smoothing: in the unit of the gradients, 1e-30 to 1e30.
    """

    smoothing: float

    def __post_init__(self) -> None:
        _require("the smoothing", self.smoothing, _SMALLEST, _LARGEST)

    def factor(self, norm: float, bound: float) -> float:
        """Returns the factor that scales a vector of some norm to at most the bound."""
        return bound / (self.smoothing + norm)

    def __str__(self) -> str:
        return f"smoothed:{self.smoothing}"


@dataclass(frozen=True)
class Clip:
    """Clipping: scales a vector longer than the bound to the bound, and leaves a shorter one unchanged; ``clip``."""

    def factor(self, norm: float, bound: float) -> float:
        """Like ``Smoothed.factor``."""
        return bound / norm if norm > bound else 1.0

    def __str__(self) -> str:
        return "clip"


@dataclass(frozen=True)
class NoiseGrid:
    """The grid on which noise is drawn and messages lie: integers times a power of two, so that neither computing nor sending
    them rounds.

    If the coordinator adds the noise, messages have none and lie within the bound, and the grid is finer.

    Attributes:
        exponent: the step is 2 to this power.
        bound: the largest norm before noise, in steps.
        deviation: the noise's standard deviation, in steps.
        limit: the largest magnitude of a message's value, in steps.
    """

    exponent: int
    bound: int
    deviation: int
    limit: int


@dataclass(frozen=True)
class GaussianMechanism:
    """Scales a message's values to a norm of at most ``bound``, and adds Gaussian noise with the standard deviation
    ``noise_multiplier * bound`` to each coordinate.

    Attributes:
        normalization: how the values are scaled.
        bound: the largest norm, 1e-30 to 1e30.
        noise_multiplier: standard deviation over the bound, 0.01 to 10,000.
    """

    normalization: Smoothed | Clip
    bound: float
    noise_multiplier: float

    def __post_init__(self) -> None:
        _require("the bound", self.bound, _SMALLEST, _LARGEST)
        _require("the noise multiplier", self.noise_multiplier, _MIN_NOISE, _MAX_NOISE)

    @classmethod
    def parse(cls, text: str) -> GaussianMechanism:
        """Reads ``<normalization>:<bound>:<noise multiplier>``, such as ``smoothed:1:0.5:8`` or ``clip:0.5:8``.

        Raises:
            ValueError: if the text is invalid; the message says what is expected.
        """
        head, *tail = text.rsplit(":", 2)
        if len(tail) != 2:
            raise ValueError(
                f"'{text}' is not a mechanism: expected smoothed:<a>:<bound>:<noise multiplier> or clip:<bound>:<noise multiplier>"
            )
        return cls(_normalization(head), _number("the bound", tail[0]), _number("the noise multiplier", tail[1]))

    @property
    def multiplier(self) -> float:
        """The noise's standard deviation over the sensitivity: messages of neighbours differ by up to twice the bound."""
        return self.noise_multiplier / 2

    def grid(self, spec: CompressorSpec, by: Literal["device", "coordinator"] = "device") -> NoiseGrid:
        """Returns the grid of a compressor's messages.

        Args:
            by: who adds the noise.
        """
        wide = spec.coding is ValueCoding.FLOAT64
        bound_bits, deviation_bits, bits = (30, 24, 53) if wide else (22, 24 if by == "coordinator" else 20, 24)
        exponent = frexp(self.bound)[1] - 1 - bound_bits
        while True:
            steps = int(ldexp(self.bound, -exponent))
            deviation = max(1, ceil(Fraction(self.noise_multiplier) * steps))
            if steps <= 1 << bound_bits and deviation <= 1 << deviation_bits:
                return NoiseGrid(exponent, steps, deviation, steps if by == "coordinator" else 1 << bits)
            exponent += 1

    def on(self, spec: CompressorSpec, noise: NoiseSource) -> GaussianRelease:
        """Returns the mechanism for a compressor.

        Args:
            noise: the source of its noise, used once per message.

        Raises:
            ValueError: if the compressor chooses coordinates by their values, or does not send noise exactly.
        """
        _require_suited(spec)
        return GaussianRelease(self, self.grid(spec), noise)

    def without_noise(self, spec: CompressorSpec) -> GaussianRelease:
        """Returns the mechanism of devices if the coordinator adds the noise: scales the values to the bound, and rounds them to
        the grid.

        Raises:
            ValueError: like ``on``.
        """
        _require_suited(spec)
        return GaussianRelease(self, self.grid(spec, "coordinator"), Silence())

    def __str__(self) -> str:
        return f"{self.normalization}:{self.bound}:{self.noise_multiplier}"


def _require_suited(spec: CompressorSpec) -> None:
    """Raises ValueError if the compressor's choices depend on the data, or it does not send noise exactly."""
    if not isinstance(spec.selection, (Identity, RandK)):
        raise ValueError(
            f"'{spec}' chooses coordinates by their values, which reveals information about the data: with privacy use identity "
            "or rand-k"
        )
    if spec.coding not in (ValueCoding.FLOAT32, ValueCoding.FLOAT64):
        raise ValueError(f"'{spec}' rounds values, but noise must travel exactly: with privacy use float32 or float64")


class GaussianRelease:
    """Scales values to the bound, rounds them to the grid towards zero, which makes no norm longer, and adds the noise.

    The norm is checked again in integer arithmetic, so rounding errors of the scaling cannot exceed the sensitivity.
    """

    def __init__(self, mechanism: GaussianMechanism, grid: NoiseGrid, noise: NoiseSource) -> None:
        self._mechanism = mechanism
        self._grid = grid
        self._noise = noise

    def __call__(self, values: Floats) -> Floats:
        """Returns the values that may leave the device."""
        grid = self._grid
        factor = self._mechanism.normalization.factor(l2(values), ldexp(float(grid.bound), grid.exponent))
        while True:
            steps = np.trunc(np.ldexp(values * factor, -grid.exponent)).astype(np.int64)
            if int((steps * steps).sum()) <= grid.bound**2:
                break
            factor *= _SHRINK
        steps += self._noise.sample(grid.deviation, values.size)
        released: Floats = np.ldexp(np.clip(steps, -grid.limit, grid.limit).astype(np.float64), grid.exponent)
        return released


def _normalization(text: str) -> Smoothed | Clip:
    parts = text.split(":")
    if parts == ["clip"]:
        return Clip()
    if parts[0] == "smoothed" and len(parts) <= 2:
        return Smoothed(1.0 if len(parts) == 1 else _number("the smoothing", parts[1]))
    raise ValueError(f"'{text}' is not a normalization: expected smoothed:<a> or clip")


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name} is '{text}', expected a number such as 1.0") from None


def _require(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name} is {value}, expected a number from {least} to {most}")
