"""Computes the figures sent with a message. Figures that are not finite are omitted."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

import numpy as np

from .._types import Floats, Vector
from ..step import slope
from ..vector import l2
from ..wire import Report
from ._listener import log
from ._model import Gradient, Model


class Reporter:
    """Computes reports of gradients.

    Args:
        smoothness: whether to measure ||grad(x_k) - grad(x_k-1)|| / ||x_k - x_k-1||; keeps a model and a gradient in memory.
        slope: whether the run's step rule needs the slope of the loss along the step from the previous model; keeps a model in
            memory.
    """

    def __init__(self, smoothness: bool, slope: bool = False) -> None:
        self._smoothness = smoothness
        self._slope = slope
        self._last: tuple[Vector, Vector] | None = None
        self._before: Vector | None = None

    def report(
        self,
        model: Model,
        gradient: Gradient,
        values: Vector,
        metrics: Mapping[str, float],
        point: Model | None = None,
        estimate: Floats | None = None,
    ) -> Report:
        """Returns the report of a gradient with the given values, computed at the round's model or, with IGT, at another point.

        Args:
            estimate: g_i, this device's part of the coordinator's sum; None if the sum does not persist.
        """
        finite = {}
        for name, value in {**metrics, **gradient.metrics}.items():
            if isfinite(value):
                finite[name] = float(value)
            else:
                log.warning("metric %s is %s in round %d, and is not sent", name, value, model.round)
        if self._slope:
            if self._before is not None:
                if isfinite(value := slope(values, model.values, self._before)):
                    finite["slope"] = value
                if estimate is not None and isfinite(change := slope(values - estimate, model.values, self._before)):
                    finite["slope-change"] = change
            self._before = model.values
        return Report(gradient.samples, gradient.loss, _finite(l2(values)), self._ratio(point or model, values), finite)

    def _ratio(self, point: Model, values: Vector) -> float | None:
        if not self._smoothness:
            return None
        last, self._last = self._last, (point.values, values.copy())
        if last is None:
            return None
        moved = l2(_difference(point.values, last[0]))
        return _finite(l2(_difference(values, last[1])) / moved) if moved else None


def _difference(one: Vector, other: Vector) -> Floats:
    with np.errstate(over="ignore"):
        return np.subtract(one, other, dtype=np.float64)


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
