"""The levels of the ``log`` codings: magnitudes in equal ratios below a message's largest."""

from __future__ import annotations

from functools import cache
from math import sqrt

import numpy as np

from .._types import Floats, Indices

_OCTAVES = 32
_ROUNDING = 2.0**-50


@cache
def _powers(shift: int) -> Floats:
    """Returns T(0), T(1), ... T(32 n) for n = 2^shift levels an octave, computed with square roots and products only."""
    octave = [1.0]
    root = 0.5
    for _ in range(shift):
        root = sqrt(root)
        octave = [power * factor for power in octave for factor in (1.0, root)]
    powers = [power * 2.0**-o for o in range(_OCTAVES + 1) for power in octave]
    return np.array(powers[: _OCTAVES * len(octave) + 1])


class LogScale:
    """The scale of ``log:4`` to ``log:8``: 2, 4, 8, 16 or 32 levels an octave over 32 octaves. Immutable.

    Level i is T(i) times the largest magnitude, which is a float32 (client-sdk/FORMAT.md, "log").

    Args:
        shift: log2 of the number of levels an octave, 1 to 5.
    """

    def __init__(self, shift: int) -> None:
        powers = _powers(shift)
        self._powers = powers[:-1]
        self._borders = np.sort((powers[:-1] + powers[1:]) / 2)
        ratio = float(powers[1])
        self.relative_error = (1 - ratio) / (1 + ratio) + _ROUNDING

    @property
    def levels(self) -> int:
        """The number of levels, which is also the code of zero."""
        return self._powers.size

    def level(self, magnitudes: Floats, largest: float) -> Indices:
        """Returns the level of each magnitude, ``levels`` for zero."""
        ratio = magnitudes / largest if largest else np.zeros(magnitudes.size)
        return self.levels - np.searchsorted(self._borders, ratio, side="right").astype(np.int64)

    def magnitude(self, levels: Indices, largest: float) -> Floats:
        """Returns the magnitude of each level, 0 for ``levels``."""
        return np.append(self._powers * largest, 0.0)[levels]

    def rounded(self, values: Floats) -> Floats:
        """Returns values rounded to levels of their largest magnitude, keeping their signs."""
        magnitudes = np.abs(values)
        most = np.max(magnitudes, initial=0.0)
        largest = min(float(np.float32(most)), float(np.finfo(np.float32).max))
        rounded = self.magnitude(self.level(magnitudes, largest), largest)
        # Subnormal float32 values are far apart: the largest magnitude can be nearer to a lower level than to its own rounded
        # value.
        rounded[magnitudes == most] = largest
        return np.copysign(rounded, values)
