"""The lossy downlink: the model that devices have while the coordinator's own is ahead of it."""

from __future__ import annotations

import numpy as np

from ._types import Floats, Singles
from .compress import CompressedVector, Compressor, parse
from .vector import TensorLayout, derive_seed

__all__ = ["DeviceModel", "bind_compressor", "repeat"]

_STREAM = -1
"""Takes the place of a client's ordinal (at least 0) in the seeds of the downlink's compressor."""

_LARGEST = float(np.finfo(np.float32).max)


class DeviceModel:
    """The model w that devices have: EF21-P (Gruntkowska, Tyurin, Richtarik, arXiv 2209.15218).

    After the step to x^{k+1} the coordinator broadcasts C'(x^{k+1} - w^k), and both sides add it to w. Devices compute their
    gradients at w. What the compressor drops stays in x - w and is sent later: for a fixed x, ||w - x||^2 shrinks by 1 - alpha
    each round. Every value of w is a float32: sums are rounded to nearest, and to the largest float32 beyond its range.

    Args:
        compressor: the downlink's, from ``bind_compressor``.
        run_seed: the run's seed.
        w: d float32 values; not copied.

    Attributes:
        w: the model itself, d float32 values.
    """

    def __init__(self, compressor: Compressor, run_seed: int, w: Singles) -> None:
        if w.shape != (compressor.dimension,) or w.dtype != np.float32:
            raise ValueError(f"w is {w.dtype} of shape {w.shape}, expected float32 of ({compressor.dimension},)")
        self._compressor = compressor
        self._seed = derive_seed(run_seed, _STREAM)
        self.w = w

    @classmethod
    def start(cls, compressor: Compressor, run_seed: int, x: Floats) -> DeviceModel:
        """Returns the model before round 0: x^0, d finite values, rounded to float32."""
        return cls(compressor, run_seed, _rounded(x))

    def follow(self, x: Floats, round: int) -> CompressedVector:
        """Advances w towards the coordinator's x^{k+1}, d finite values, in round k.

        Returns:
            the message C'(x^{k+1} - w^k), which is added to w already.
        """
        delta = self._compressor.compress(x, self.w.astype(np.float64), derive_seed(self._seed, round))
        repeat(delta, self.w)
        return delta


def bind_compressor(text: str, layout: TensorLayout) -> Compressor:
    """Reads a compressor for the downlink and binds it to a model.

    Raises:
        ValueError: if the text is not a compressor, it does not fit the model, or it has no contraction factor.
    """
    compressor = parse(text).bind(layout)
    if compressor.alpha is None:
        raise ValueError(
            f"compressor '{compressor.spec}' has no contraction factor, so w need not approach x: use one that has, such as "
            "top-k:0.01+natural"
        )
    return compressor


def repeat(delta: CompressedVector, w: Singles) -> None:
    """Adds a round's message to w, d float32 values, in place, with the coordinator's bits.

    Raises:
        ValueError: if it has another dimension.
    """
    if w.shape != (delta.dimension,):
        raise ValueError(f"w has shape {w.shape}, expected ({delta.dimension},)")
    index = delta.support.index
    w[index] = _rounded(w[index] + delta.values)


def _rounded(values: Floats) -> Singles:
    # Beyond float32's range the nearest value would be infinite.
    return np.clip(values, -_LARGEST, _LARGEST).astype(np.float32)
