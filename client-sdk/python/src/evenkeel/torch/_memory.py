"""Error feedback whose vectors stay on the gradients' device.

On the CPU this is ``evenkeel.feedback``. On other devices the same arithmetic runs in float64, and only the K values to
send are copied to the CPU. Both give the same messages, bit for bit: each operation is one rounded float64 operation
per coordinate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from .. import feedback
from .._types import Floats, Indices
from ..compress import (
    All,
    Blocks,
    BlockTopK,
    CompressedVector,
    Compressor,
    Identity,
    LayerTopK,
    Listed,
    RandK,
    Seeded,
    Support,
    Threshold,
    TopK,
    require_finite,
)
from ..errors import InvalidGradientError
from ..vector import LOWEST_SAFE_SUM, TensorLayout


class Memory(Protocol):
    """A worker's half of error feedback over torch vectors."""

    @property
    def retains_sum(self) -> bool:
        """Whether the receivers' sum persists over rounds."""

    def stage(self, gradient: Tensor, eta: float, seed: int) -> object:
        """Computes the message of a gradient of shape (d,); changes nothing."""

    def delta(self, staged: object) -> CompressedVector:
        """Returns the vector that a staged message sends."""

    def commit(self, staged: object) -> None:
        """Applies a message that all receivers have added."""

    def vectors(self) -> list[Tensor]:
        """Returns the state, float64 vectors of shape (d,)."""

    def restore(self, vectors: list[Tensor]) -> None:
        """Restores a state from the result of ``vectors``."""


def memory_for(device: torch.device, method: str, compressor: Compressor) -> Memory:
    """Returns an empty memory for gradients on a device."""
    return CpuMemory(method, compressor) if device.type == "cpu" else DeviceMemory(device, method, compressor)


class CpuMemory:
    """Passes arrays to ``evenkeel.feedback`` without copying them."""

    def __init__(self, method: str, compressor: Compressor) -> None:
        self._compressor = compressor
        self._method = method
        self._feedback = feedback.start(method, compressor.dimension)

    @property
    def retains_sum(self) -> bool:
        """Whether the receivers' sum persists over rounds."""
        return self._feedback.retains_sum

    def stage(self, gradient: Tensor, eta: float, seed: int) -> feedback.Staged:
        """Computes the message of a gradient of shape (d,) on the CPU; changes nothing. Raises InvalidGradientError if it is
        not finite."""
        return self._feedback.stage(gradient.numpy(), self._compressor, eta=eta, seed=seed)

    def delta(self, staged: object) -> CompressedVector:
        """Returns the vector that a staged message sends."""
        assert isinstance(staged, feedback.Staged)
        return staged.delta

    def commit(self, staged: object) -> None:
        """Applies a message that all receivers have added."""
        assert isinstance(staged, feedback.Staged)
        self._feedback.commit(staged)

    def vectors(self) -> list[Tensor]:
        """Returns the state, float64 vectors of shape (d,); not copied."""
        return [torch.from_numpy(vector) for vector in self._feedback.vectors]

    def restore(self, vectors: list[Tensor]) -> None:
        """Restores a copy of the result of ``vectors``. Raises ValueError if the vectors do not fit."""
        arrays = [vector.detach().cpu().numpy().copy() for vector in vectors]
        self._feedback = feedback.restore(self._method, self._compressor.dimension, arrays)


@dataclass(frozen=True)
class _DeviceStaged:
    delta: CompressedVector
    carry: tuple[Tensor, ...] = ()


class DeviceMemory:
    """Keeps the state on a device, and selects coordinates there."""

    def __init__(self, device: torch.device, method: str, compressor: Compressor) -> None:
        kind = feedback.METHODS.get(method)
        if kind is None:
            feedback.start(method, 1)
        assert kind is not None
        self._kind = kind
        self._compressor = compressor
        self._device = device
        self._vectors = [] if kind is feedback.NoFeedback else [self._zeros()]

    def _zeros(self) -> Tensor:
        return torch.zeros(self._compressor.dimension, dtype=torch.float64, device=self._device)

    @property
    def retains_sum(self) -> bool:
        """Whether the receivers' sum persists over rounds."""
        return self._kind.retains_sum

    @property
    def keeps_model(self) -> bool:
        """Like ``ErrorFeedback.keeps_model``."""
        return self._kind.keeps_model

    def point(self, model: Tensor, eta: float) -> Tensor:
        """Like ``ErrorFeedback.point``."""
        if not self._kind.extrapolates or len(self._vectors) == 1:
            return model
        return (model - self._vectors[2]) * ((1 - eta) / eta) + model

    @property
    def second_point(self) -> Tensor | None:
        """Like ``ErrorFeedback.second_point``."""
        return self._vectors[2] if self._kind.needs_two_gradients and len(self._vectors) > 1 else None

    def stage(
        self,
        gradient: Tensor,
        eta: float,
        seed: int,
        compressor: Compressor | None = None,
        model: Tensor | None = None,
        second: Tensor | None = None,
    ) -> _DeviceStaged:
        """Like ``Memory.stage``; ``compressor`` replaces the memory's own one, for example for the first message.

        Args:
            model: the round's model, float64; kept by methods that keep the model, so it must not change.
            second: the gradient at ``second_point``, if there is one.
        """
        _require_finite(gradient, self._compressor.layout)
        u = gradient.to(torch.float64)
        carry: tuple[Tensor, ...] = ()
        if self._kind.has_momentum:
            if len(self._vectors) > 1:
                u = self._estimate(u, second, eta)
            carry = (u,)
            if self._kind.keeps_model:
                assert model is not None
                carry = (u, model)
        elif issubclass(self._kind, feedback.Ef14):
            u = u + (self._vectors[0] * eta if self._kind is feedback.Ef14Decay else self._vectors[0])
            carry = (u,)
        minus = self._vectors[0] if self._kind.retains_sum else None
        return _DeviceStaged(compress_on_device(compressor or self._compressor, u if minus is None else u - minus, seed), carry)

    def _estimate(self, gradient: Tensor, second: Tensor | None, eta: float) -> Tensor:
        """Returns the next momentum."""
        if not self._kind.needs_two_gradients:
            return gradient * eta + self._vectors[1] * (1 - eta)
        assert second is not None
        return (self._vectors[1] - second) * (1 - eta) + gradient

    def delta(self, staged: object) -> CompressedVector:
        """Returns the vector that a staged message sends."""
        assert isinstance(staged, _DeviceStaged)
        return staged.delta

    def commit(self, staged: object) -> None:
        """Applies a message that all receivers have added."""
        assert isinstance(staged, _DeviceStaged)
        if issubclass(self._kind, feedback.Ef14):
            self._vectors = [*staged.carry]
            add_to(self._vectors[0], staged.delta, -1.0)
        elif self._kind.retains_sum:
            add_to(self._vectors[0], staged.delta, 1.0)
            if staged.carry:
                self._vectors = [self._vectors[0], *staged.carry]

    def vectors(self) -> list[Tensor]:
        """Returns the state, float64 vectors of shape (d,) on the device; not copied."""
        return list(self._vectors)

    def restore(self, vectors: list[Tensor]) -> None:
        """Restores a copy of the result of ``vectors``. Raises ValueError if the vectors do not fit."""
        feedback.restore(self._kind.method, self._compressor.dimension, [v.cpu().numpy() for v in vectors])
        self._vectors = [vector.to(self._device, torch.float64, copy=True) for vector in vectors]


def compress_on_device(compressor: Compressor, u: Tensor, seed: int) -> CompressedVector:
    """Compresses a finite float64 vector on its device; the same message as ``Compressor.compress``."""
    limit = torch.finfo(torch.float64).max
    u = u.clamp(-limit, limit)
    coding = compressor.spec.coding
    support = _support(compressor, u, seed)
    if support is None:
        return compressor.compress(u.cpu().numpy(), None, seed, checked=True)
    values = u.cpu().numpy() if isinstance(support, All) else _picked(u, support.indices)
    if not isinstance(support, Listed):
        return CompressedVector(support, coding, (compressor.mechanism or coding.rounded)(values))
    values = coding.rounded(values)
    sent = values != 0
    return CompressedVector(Listed(u.numel(), support.indices[sent]), coding, values[sent])


def _support(compressor: Compressor, u: Tensor, seed: int) -> Support | None:
    """Selects on the vector's device; None if the CPU must select."""
    selection, d = compressor.spec.selection, u.numel()
    if isinstance(selection, Identity):
        return All(d)
    if isinstance(selection, RandK):
        return Seeded(d, compressor.max_count, seed)
    if isinstance(selection, BlockTopK):
        blocks = _largest_blocks(u, selection)
        return None if blocks is None else Blocks(d, selection.length, blocks.cpu().numpy())
    if isinstance(selection, Threshold):
        return Listed(d, torch.nonzero(u.abs() >= selection.bound).flatten().cpu().numpy())
    if isinstance(selection, (TopK, LayerTopK)):
        return Listed(d, _largest_of_tensors(u, selection, compressor.layout).cpu().numpy())
    return None


def _largest_of_tensors(u: Tensor, selection: TopK | LayerTopK, layout: TensorLayout) -> Tensor:
    parts = [layout.slice(i) for i in range(len(layout))] if isinstance(selection, LayerTopK) else [slice(0, u.numel())]
    counts = [selection.amount.of(part.stop - part.start, "coordinates") for part in parts]
    return torch.cat([largest_on_device(u[part], count) + part.start for part, count in zip(parts, counts)])


def _largest_blocks(u: Tensor, selection: BlockTopK) -> Tensor | None:
    """Returns the blocks with the largest norms; None if a squared norm underflows or overflows."""
    total = Blocks.total(u.numel(), selection.length)
    rows = torch.nn.functional.pad(u, (0, total * selection.length - u.numel())).view(total, selection.length)
    squares = torch.zeros(total, dtype=u.dtype, device=u.device)
    # Adds in ascending order, like row_norms.
    for column in rows.T:
        squares += column * column
    exact = (squares > LOWEST_SAFE_SUM) & torch.isfinite(squares) | (rows == 0).all(dim=1)
    if not bool(exact.all()):
        return None
    return largest_on_device(squares.sqrt(), selection.amount.of(total, "blocks"))


def _picked(u: Tensor, indices: Indices) -> Floats:
    picked: Floats = u[torch.from_numpy(indices).to(u.device)].cpu().numpy()
    return picked


def largest_on_device(u: Tensor, count: int) -> Tensor:
    """Returns the indices of the ``count`` largest magnitudes, ascending; ties go to the lower index, zeros are omitted.

    ``torch.topk`` does not define the order of ties, so it is used only for the smallest magnitude kept.
    """
    size = u.abs()
    smallest = torch.topk(size, count, sorted=False).values.min()
    keep = size > smallest
    if smallest > 0:
        ties = torch.nonzero(size == smallest).flatten()[: count - int(keep.sum())]
        keep[ties] = True
    return torch.nonzero(keep).flatten()


def add_to(target: Tensor, delta: CompressedVector, weight: float) -> None:
    """Adds ``weight`` times a compressed vector to a float64 vector of shape (d,), in place, on its device."""
    if target.device.type == "cpu":
        delta.add_to(target.numpy(), weight)
    else:
        add_on_device(target, delta, weight)


def add_on_device(target: Tensor, delta: CompressedVector, weight: float) -> None:
    """Like ``add_to``, with torch operations only."""
    values = torch.from_numpy(delta.values if weight == 1 else weight * delta.values).to(target.device)
    if isinstance(delta.support, All):
        target += values
    else:
        # Each coordinate occurs once, so the order of the additions does not matter.
        target.index_add_(0, torch.from_numpy(delta.indices).to(target.device), values)


def _require_finite(gradient: Tensor, layout: TensorLayout) -> None:
    if gradient.shape != (layout.dimension,):
        raise InvalidGradientError(f"the gradient has shape {tuple(gradient.shape)}, expected ({layout.dimension},)")
    if not bool(torch.isfinite(gradient).all()):
        require_finite(gradient.to(torch.float64).cpu().numpy(), layout)
