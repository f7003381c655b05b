"""The coordinates for which one worker computes the mean over all workers."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

import numpy as np
import torch
from torch import Tensor

from .._types import Indices
from ..compress import (
    All,
    Amount,
    CompressedVector,
    Compressor,
    CompressorSpec,
    Identity,
    Listed,
    Support,
    Threshold,
    TopK,
    ValueCoding,
)
from ._memory import add_to, memory_for

__all__ = ["OwnedBlock", "split"]

# The simplest methods that keep what the second compression drops and send it later.
_METHODS = {"ef14-decay": "ef14", "ef21-momentum": "ef21"}


class OwnedBlock:
    """A worker's part of a reduce-scatter among W workers: the coordinates rank, rank + W, rank + 2 W, and so on.

    The worker receives this part of every worker's message. It compresses the mean again, with its own error feedback,
    so that the second compression loses nothing either. The coordinates are dealt out in turn because large gradients
    are concentrated in a few tensors. Every owner therefore gets about 1/W of each message.

    The mean is compressed with the same coding and selection as messages, to 1/W of a message's values. Selections of
    blocks, tensors and random coordinates become ``top-k``.

    Args:
        compressor: the compressor of messages, bound to the model.
        feedback: the method of error feedback of the workers.
        rank: the rank of this worker.
        world: the number of workers W, at most d.
        device: the device of the vectors: two or three float64 vectors of d/W values.

    Attributes:
        size: the number of coordinates of the block.
    """

    def __init__(self, compressor: Compressor, feedback: str, rank: int, world: int, device: torch.device) -> None:
        self.size = size = _size(compressor.dimension, rank, world)
        selection = compressor.spec.selection
        if not isinstance(selection, (Identity, Threshold)):
            selection = TopK(Amount(min(size, ceil(compressor.max_count / world))))
        bound = CompressorSpec(selection, compressor.spec.coding).bind(size)
        self._memory = memory_for(device, _METHODS.get(feedback, feedback), bound)
        self._mean = torch.zeros(size, dtype=torch.float64, device=device)
        self._next: tuple[Tensor, object] | None = None

    def stage(self, parts: Iterable[CompressedVector], shares: Iterable[float]) -> CompressedVector:
        """Returns the compressed mean of this block; changes nothing before ``commit``.

        Args:
            parts: the parts of the workers' messages, by rank, with d/W coordinates.
            shares: the weights of the workers, with the sum 1.
        """
        mean = self._mean.clone() if self._memory.retains_sum else torch.zeros_like(self._mean)
        for part, share in zip(parts, shares):
            add_to(mean, part, share)
        staged = self._memory.stage(mean, 1.0, 0)
        self._next = (mean, staged)
        return self._memory.delta(staged)

    def commit(self) -> None:
        """Applies the staged mean, which all workers have received."""
        assert self._next is not None
        mean, staged = self._next
        self._next = None
        self._memory.commit(staged)
        if self._memory.retains_sum:
            self._mean = mean

    def vectors(self) -> list[Tensor]:
        """Returns the state, float64 vectors of d/W values; not copied."""
        return [*self._memory.vectors(), *([self._mean] if self._memory.retains_sum else [])]

    def restore(self, vectors: list[Tensor]) -> None:
        """Restores a copy of the result of ``vectors``. Raises ValueError if the vectors do not fit."""
        if self._memory.retains_sum:
            *vectors, mean = vectors
            self._mean.copy_(mean)
        self._memory.restore(vectors)


def split(message: CompressedVector, coding: ValueCoding, world: int) -> tuple[list[CompressedVector], CompressedVector]:
    """Splits a message by the owners of its coordinates.

    Args:
        message: values of d coordinates, not rounded.
        coding: the coding of the parts; some codings scale by the largest value of a part.

    Returns:
        the part for each owner, by rank; and the message with the rounded values.
    """
    d = message.dimension
    supports: list[Support]
    picks: list[slice | Indices] = [slice(rank, None, world) for rank in range(world)]
    if world == 1:
        supports = [message.support]
    elif isinstance(message.support, All):
        supports = [All(_size(d, rank, world)) for rank in range(world)]
    else:
        owners = message.indices % world
        picks = list(np.split(np.argsort(owners, kind="stable"), np.cumsum(np.bincount(owners, minlength=world))[:-1]))
        supports = [Listed(_size(d, rank, world), message.indices[pick] // world) for rank, pick in enumerate(picks)]
    rounded = np.empty_like(message.values)
    parts = []
    for support, pick in zip(supports, picks):
        values = rounded[pick] = coding.rounded(message.values[pick])
        if isinstance(support, Listed):
            sent = values != 0
            support, values = Listed(support.dimension, support.index[sent]), values[sent]
        parts.append(CompressedVector(support, coding, values))
    return parts, CompressedVector(message.support, ValueCoding.FLOAT64, rounded)


def _size(dimension: int, rank: int, world: int) -> int:
    """Returns the number of coordinates of a worker's block."""
    return len(range(rank, dimension, world))
