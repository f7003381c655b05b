"""Compressors bound to a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .._types import Floats, Vector
from ..errors import InvalidGradientError
from ..vector import TensorLayout, row_norms
from ._coding import ValueCoding
from ._compressed import CompressedVector
from ._selection import BlockTopK, Identity, LayerTopK, RandK, Selection, Threshold, TopK
from ._support import All, Blocks, Listed, Seeded, Support
from ._topk import difference, largest, magnitudes

_SIGN_SCALE_FACTOR = 1 - 2.0**-42
"""1 - e^2 for the relative error e <= 2^-21 of a sign message's scale."""

_ROW_VALUES = 1 << 20


@dataclass(frozen=True)
class CompressorSpec:
    """A compressor without its model. ``str`` gives the canonical text.

    Attributes:
        selection: the coordinates to send.
        coding: the coding of their values.
    """

    selection: Selection
    coding: ValueCoding = ValueCoding.FLOAT32

    def bind(self, layout: TensorLayout | int) -> Compressor:
        """Binds this specification to a model.

        Args:
            layout: the model's tensors, or only the number of coordinates d.

        Raises:
            ValueError: if a count or a block length is larger than the model.
        """
        return Compressor(self, TensorLayout.flat(layout) if isinstance(layout, int) else layout)

    def __str__(self) -> str:
        text = str(self.selection)
        return text if self.coding is ValueCoding.FLOAT32 else f"{text}+{self.coding.text}"


class Compressor:
    """A compressor C: R^d -> R^d for the vectors of one model, deterministic given its seed.

    Immutable and safe to share between threads. ``parse(text).bind(layout)`` makes one.

    Attributes:
        spec: the specification that this was bound from.
        layout: the tensors of the model.
        mechanism: replaces the values to send instead of rounding them, or None; it returns values that the coding represents
            exactly. Messages are random if it is, and there is no contraction factor.
    """

    def __init__(self, spec: CompressorSpec, layout: TensorLayout, mechanism: Callable[[Floats], Floats] | None = None) -> None:
        self.spec = spec
        self.layout = layout
        self.mechanism = mechanism
        try:
            self._selector = _selector(spec, layout)
        except ValueError as e:
            raise ValueError(f"compressor '{spec}': {e}") from None

    def releasing(self, mechanism: Callable[[Floats], Floats]) -> Compressor:
        """Returns a copy with a mechanism of differential privacy in place of rounding."""
        return Compressor(self.spec, self.layout, mechanism)

    @property
    def dimension(self) -> int:
        """The number of coordinates d of the vectors."""
        return self.layout.dimension

    @property
    def max_count(self) -> int:
        """The largest number of values in a message, 1 to d."""
        return self._selector.max_count

    @property
    def alpha(self) -> float | None:
        """The contraction factor in (0, 1]: E||C(u) - u||^2 <= (1 - alpha) ||u||^2 for every u.

        Only ``rand-k`` needs the expectation, taken over the seed. None for ``threshold``, whose factor depends on u, and with a mechanism. It is the
        selection's alpha (for K of d coordinates K/d, for K of B blocks K/B, for tensors the smallest of theirs) times a factor
        of the coding: 1 - delta^2 for a relative rounding error delta, and at least 1/m for ``sign`` and m values. It holds as
        long as the magnitudes sent are at most ``ValueCoding.largest``; below the coding's normal range each of the m values sent
        is off by up to ``ValueCoding.absolute_error``, which adds m times its square to the right-hand side.
        """
        of_selection = self._selector.alpha
        if of_selection is None or self.mechanism is not None:
            return None
        if self.spec.coding is ValueCoding.SIGN:
            return of_selection * (_SIGN_SCALE_FACTOR / self.max_count)
        delta = self.spec.coding.relative_error
        return of_selection * (1 - delta * delta)

    def compress(self, u: Vector, minus: Floats | None = None, seed: int = 0, *, checked: bool = False) -> CompressedVector:
        """Compresses ``u - minus`` without storing the difference.

        A difference beyond float64's range counts as the largest float64 of its sign. Besides the message, only
        ``block-top-k`` needs memory that grows with d: one float64 per block.

        Args:
            u: d finite values, float32 or float64, shape (d,); not changed.
            minus: d finite float64 values, not changed; None for zeros.
            seed: the seed from which ``rand-k`` draws its coordinates; the other selections ignore it.
            checked: whether ``u`` is known to be d finite values, as ``require_finite`` checks.

        Returns:
            the values as a receiver decodes them. Selections that list coordinates (top-k, layer-top-k, threshold) leave out
            values that are zero or round to zero.

        Raises:
            InvalidGradientError: if ``u`` is not d finite numbers; the message names the first invalid coordinate and its tensor.
        """
        if not checked:
            require_finite(u, self.layout)
        if minus is not None and (minus.shape != u.shape or minus.dtype != np.float64):
            raise ValueError(f"minus is {minus.dtype} of shape {minus.shape}, expected float64 of shape {u.shape}")
        with np.errstate(over="ignore"):
            support = self._selector.select(u, minus, seed)
            values = difference(u, minus, support.index)
            if self.mechanism is not None:
                return CompressedVector(support, self.spec.coding, self.mechanism(values))
            values = self.spec.coding.rounded(values)
        if isinstance(support, Listed):
            sent = values != 0
            if not sent.all():
                support, values = Listed(self.dimension, support.index[sent]), values[sent]
        return CompressedVector(support, self.spec.coding, values)

    def __repr__(self) -> str:
        return f"{self.spec} of {self.dimension}"


def require_finite(u: Vector, layout: TensorLayout) -> None:
    """Raises InvalidGradientError unless ``u`` is d finite float32 or float64 values."""
    if not isinstance(u, np.ndarray):
        raise InvalidGradientError(
            f"the gradient is a {type(u).__name__}, expected a numpy array of shape ({layout.dimension},): "
            "convert it with numpy.array(..., dtype=float)"
        )
    if u.ndim != 1 or u.size != layout.dimension:
        raise InvalidGradientError(
            f"the gradient has shape {u.shape}, expected ({layout.dimension},), one value for each of the model's"
        )
    if u.dtype not in (np.float32, np.float64):
        raise InvalidGradientError(f"the gradient is {u.dtype}, expected float32 or float64: convert it with astype")
    with np.errstate(over="ignore", invalid="ignore"):
        suspect = not np.isfinite(np.add.reduce(u))
    # A sum of finite values can also overflow, so the second check decides.
    wrong = np.flatnonzero(~np.isfinite(u)) if suspect else np.empty(0, dtype=np.int64)
    if wrong.size:
        j = int(wrong[0])
        tensor = layout.name_of(j)
        raise InvalidGradientError(
            f"the gradient's value {j}, in tensor '{tensor}', is {u[j]}, expected a finite number: skip this round, or check for "
            "a division by zero or too long a step",
            j,
            tensor,
        )


class _Selector(ABC):
    """A selection bound to a model: chooses the coordinates to send; a listed coordinate is never zero."""

    max_count: int
    alpha: float | None

    @abstractmethod
    def select(self, u: Vector, minus: Floats | None, seed: int) -> Support: ...


def _selector(spec: CompressorSpec, layout: TensorLayout) -> _Selector:
    selection = spec.selection
    if isinstance(selection, TopK):
        return _LayerTopK(TensorLayout.flat(layout.dimension), LayerTopK(selection.amount))
    if isinstance(selection, LayerTopK):
        return _LayerTopK(layout, selection)
    if isinstance(selection, RandK):
        return _RandK(layout.dimension, selection)
    if isinstance(selection, BlockTopK):
        return _BlockTopK(layout.dimension, selection)
    if isinstance(selection, Threshold):
        return _Threshold(layout.dimension, selection)
    assert isinstance(selection, Identity)
    return _Identity(layout.dimension)


class _Identity(_Selector):
    def __init__(self, dimension: int) -> None:
        self.max_count = dimension
        self.alpha = 1.0

    def select(self, u: Vector, minus: Floats | None, seed: int) -> Support:
        return All(self.max_count)


class _LayerTopK(_Selector):
    """The largest magnitudes of each tensor. With a flat layout this is top-k of the whole vector."""

    def __init__(self, layout: TensorLayout, selection: LayerTopK) -> None:
        self._layout = layout
        single = len(layout) == 1
        self._counts = [
            selection.amount.of(t.size, "coordinates" if single else f"values in tensor '{t.name}'") for t in layout.tensors
        ]
        self.max_count = sum(self._counts)
        self.alpha = min(count / t.size for count, t in zip(self._counts, layout.tensors))

    def select(self, u: Vector, minus: Floats | None, seed: int) -> Support:
        parts = (self._layout.slice(i) for i in range(len(self._layout)))
        found = [largest(u, minus, part.start, part.stop, count) for part, count in zip(parts, self._counts)]
        return Listed(self._layout.dimension, np.concatenate(found))


class _RandK(_Selector):
    """K of d coordinates, each set of K equally likely over the seeds."""

    def __init__(self, dimension: int, selection: RandK) -> None:
        self._dimension = dimension
        self.max_count = selection.amount.of(dimension, "coordinates")
        self.alpha = self.max_count / dimension

    def select(self, u: Vector, minus: Floats | None, seed: int) -> Support:
        return Seeded(self._dimension, self.max_count, seed)


class _BlockTopK(_Selector):
    """The blocks with the largest norms; never a block of zeros."""

    def __init__(self, dimension: int, selection: BlockTopK) -> None:
        if selection.length > dimension:
            raise ValueError(
                f"the block length is {selection.length}, but there are only {dimension} coordinates: "
                f"give a length up to {dimension}"
            )
        self._dimension = dimension
        self._length = selection.length
        self._total = Blocks.total(dimension, selection.length)
        self._count = selection.amount.of(self._total, "blocks")
        self.max_count = dimension if self._count == self._total else self._count * self._length
        self.alpha = self._count / self._total

    def select(self, u: Vector, minus: Floats | None, seed: int) -> Support:
        norms = self._norms(u, minus, 1.0)
        if not np.isfinite(norms).all():
            # Scales the norm of up to 2^31 of the largest float64 into range.
            norms = self._norms(u, minus, 2.0**-16)
        return Blocks(self._dimension, self._length, largest(norms, None, 0, self._total, self._count))

    def _norms(self, u: Vector, minus: Floats | None, scale: float) -> Floats:
        norms = np.empty(self._total)
        rows = max(1, _ROW_VALUES // self._length)
        for first in range(0, self._total, rows):
            start, stop = first * self._length, min((first + rows) * self._length, self._dimension)
            values = difference(u, minus, slice(start, stop)) * scale
            # Zeros after the end of a short last block do not change its norm.
            padded = np.append(values, np.zeros(-values.size % self._length))
            norms[first : first + rows] = row_norms(padded.reshape(-1, self._length))
        return norms


class _Threshold(_Selector):
    """Every magnitude of at least the bound."""

    def __init__(self, dimension: int, selection: Threshold) -> None:
        self._bound = selection.bound
        self.max_count = dimension
        self.alpha = None

    def select(self, u: Vector, minus: Floats | None, seed: int) -> Support:
        found = [at + np.flatnonzero(piece >= self._bound) for at, piece in magnitudes(u, minus, 0, self.max_count)]
        return Listed(self.max_count, np.concatenate(found))
