"""The step size that follows the distance from the start."""

from __future__ import annotations

from .._types import Floats
from ..vector import l2


def parse_distance(text: str) -> tuple[float, float]:
    """Parses ``distance:FACTOR:LEAST`` into the two arguments of ``Distance``.

    Raises:
        ValueError: if the text is not this, or a number is not finite and above 0.
    """
    try:
        factor, least = (float(part) for part in text.split(":")[1:])
    except ValueError:
        factor = least = 0.0
    if not (0 < factor < float("inf") and 0 < least < float("inf")):
        raise ValueError(
            f"'{text}' is no step size: expected distance:FACTOR:LEAST with two finite numbers above 0, "
            "such as distance:0.5:0.2"
        )
    return factor, least


class Distance:
    """The step size ``factor * max(least, max_{j<=k} ||x^j - x^0||)``, which must be computed once per round, in order.

    With ``AccumulatedNormStep`` it is "distance over gradients" (Ivgi, Hinder, Carmon, ICML 2023) on the fed-back direction.

    Args:
        start: the model x^0, d float64 values; copied.
    """

    def __init__(self, factor: float, least: float, start: Floats) -> None:
        if not (factor > 0 and least > 0 and factor + least < float("inf")):
            raise ValueError(f"distance:{factor}:{least}: expected two finite numbers above 0")
        self.factor = factor
        self.least = least
        self._start = start.copy()
        self.farthest = 0.0

    def at(self, x: Floats) -> float:
        """Returns gamma_k for the step from x = x^k."""
        self.farthest = max(self.farthest, l2(x - self._start))
        return self.factor * max(self.least, self.farthest)
