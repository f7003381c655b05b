"""Robust sums, in which a minority of the clients cannot determine the direction of the step."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, inf
from typing import Any, cast

import numpy as np

from .._decimal import number_text
from .._types import Floats
from ..compress import CompressedVector
from ..vector import l2
from ._vectors import norm, zeros_like


@dataclass(frozen=True)
class NormClipping:
    """Bounds the influence of one client on the sum: ``S = sum_i c_i w_i g_i`` with ``c_i = min(1, factor m/||g_i||)``.

    m is the median of the norms above 0. Both sides keep g_i unchanged, so error feedback stays exact. The coordinator
    uses the same rule. Based on Karimireddy, He, Jaggi, ICML 2021, and Rammal et al., arXiv 2310.09804.

    Attributes:
        factor: the maximum length of a g_i in medians, finite and at least 1.
    """

    factor: float

    @classmethod
    def parse(cls, text: str) -> NormClipping:
        """Reads ``clip:FACTOR``; raises ValueError if it is malformed."""
        name, _, number = text.partition(":")
        try:
            factor = float(number)
        except ValueError:
            factor = inf
        if name != "clip" or not 1 <= factor < inf:
            raise ValueError(f"robust '{text}': expected clip:FACTOR with a finite factor of at least 1, such as clip:2")
        return cls(factor)

    @property
    def text(self) -> str:
        """The form that ``parse`` reads."""
        return f"clip:{number_text(self.factor)}"

    def factors(self, norms: list[float]) -> list[float]:
        """Returns c_i for each norm. For an even number of norms the median is the lower of the middle two."""
        lengths = sorted(length for length in norms if length > 0)
        bound = self.factor * lengths[(len(lengths) - 1) // 2] if lengths else 0.0
        return [1.0 if length <= bound else bound / length for length in norms]

    def bounded(self, messages: list[tuple[CompressedVector, float]]) -> list[tuple[CompressedVector, float]]:
        """Returns a round's messages, each with its weight times c_i, where ||g_i|| is the norm of the message."""
        factors = self.factors([l2(message.values) for message, _ in messages])
        return [(message, factor * weight) for factor, (message, weight) in zip(factors, messages)]

    def sum_into(self, total: Floats, vectors: list[Floats], weights: list[float]) -> None:
        """Sets ``total`` to the sum of the bounded vectors, numpy arrays or torch tensors."""
        factors = self.factors([norm(vector) for vector in vectors])
        total[:] = 0
        for vector, factor, weight in zip(vectors, factors, weights):
            total += _times(vector, factor * weight)


@dataclass(frozen=True)
class TrimmedMean:
    """Drops the largest and the smallest values of each coordinate: ``S_j`` is W times the weighted mean of the others.

    W is the sum of the weights. Clients whose vector is 0 do not count. Based on Yin, Chen, Ramchandran, Bartlett, ICML 2018.

    Attributes:
        share: the share of the values to drop at each end, more than 0 and less than 0.5; at least one client, but never all.
    """

    share: float

    @classmethod
    def parse(cls, text: str) -> TrimmedMean:
        """Reads ``trim:SHARE``; raises ValueError if it is malformed."""
        name, _, number = text.partition(":")
        try:
            share = float(number)
        except ValueError:
            share = inf
        if name != "trim" or not 0 < share < 0.5:
            raise ValueError(f"robust '{text}': expected trim:SHARE with a share above 0 and below 0.5, such as trim:0.2")
        return cls(share)

    @property
    def text(self) -> str:
        """The form that ``parse`` reads."""
        return f"trim:{number_text(self.share)}"

    def sum_into(self, total: Floats, vectors: list[Floats], weights: list[float]) -> None:
        """Sets ``total`` to W times the trimmed mean of the vectors, numpy arrays or torch tensors."""
        senders = [i for i, vector in enumerate(vectors) if norm(vector) > 0]
        if not senders:
            total[:] = 0
            return
        values, order = _sorted([vectors[i] for i in senders])
        sizes = [weights[i] for i in senders]
        cut = min(max(1, floor(self.share * len(senders) + 0.5)), (len(senders) - 1) // 2)
        kept, weight = zeros_like(total), zeros_like(total)
        of_rank = np.array(sizes) if isinstance(total, np.ndarray) else cast(Any, total).new_tensor(sizes)
        for rank in range(cut, len(senders) - cut):
            each = of_rank[order[rank]]
            kept += each * values[rank]
            weight += each
        total[:] = kept / weight
        total *= np.float64(sum(sizes)) if isinstance(total, np.ndarray) else sum(sizes)


RobustRule = NormClipping | TrimmedMean


def parse_robust(text: str) -> RobustRule:
    """Reads ``clip:FACTOR`` or ``trim:SHARE``; raises ValueError if it is malformed."""
    return TrimmedMean.parse(text) if text.startswith("trim:") else NormClipping.parse(text)


def _times(vector: Floats, factor: float) -> Floats:
    return np.float64(factor) * vector if isinstance(vector, np.ndarray) else cast(Floats, cast(Any, vector) * factor)


def _sorted(vectors: list[Floats]) -> tuple[Any, Any]:
    """Sorts each coordinate's values; returns them by rank, with their clients. Equal values keep the order of the clients."""
    if isinstance(vectors[0], np.ndarray):
        rows = np.stack(vectors)
        order = np.argsort(rows, axis=0, kind="stable")
        return np.take_along_axis(rows, order, axis=0), order
    import torch

    return cast("tuple[Any, Any]", torch.sort(torch.stack(cast(Any, vectors)), dim=0, stable=True))
