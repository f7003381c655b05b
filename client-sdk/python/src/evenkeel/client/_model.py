"""The model that a device receives, and the gradient that it returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from .._types import Vector
from ..errors import ArgumentError, InvalidGradientError, MissingError
from ..vector import TensorLayout


@dataclass(frozen=True)
class Model:
    """The model of a round. All devices that use float32 see the same bits, regardless of how it was transferred.

    Attributes:
        round: the round of the model, from 0.
        layout: the model's tensors.
        values: all d values, float32, or float64 if the device requested it; read-only.
        local_steps: the number of optimizer steps that the run prescribes from this model, before the device returns the difference;
            None if the device decides.
    """

    round: int
    layout: TensorLayout
    values: Vector
    local_steps: int | None = None

    def __post_init__(self) -> None:
        self.values.flags.writeable = False

    def tensor(self, name: str) -> Vector:
        """Returns one tensor in its shape, a read-only view; MissingError if the model has no such tensor."""
        for i, tensor in enumerate(self.layout.tensors):
            if tensor.name == name:
                return self.values[self.layout.slice(i)].reshape(tensor.shape)
        raise MissingError(f"the model has no tensor '{name}', only {', '.join(t.name for t in self.layout.tensors)}")

    def tensors(self) -> dict[str, Vector]:
        """Returns every tensor in its shape by its name, read-only views."""
        return {tensor.name: self.tensor(tensor.name) for tensor in self.layout.tensors}


@dataclass(frozen=True)
class Gradient:
    """The result of a gradient function.

    Attributes:
        values: d finite values in one array, or an array for each tensor by name, in the tensor's shape. float32 and float64 are
            used directly, float16 is converted exactly; other types are refused.
        samples: the number of samples that it averages, at least 1; the weight of loss and metrics, not of the gradient.
        loss: the mean over the samples of the function whose gradient this is, at the model that the function got; None, or not finite,
            if there is none to report.
        metrics: figures measured meanwhile, by name, of 1 to 64 of ``a-z 0-9 _ . -``; ``steps`` and ``tokens`` are the optimizer steps
            taken and the tokens trained on. They replace those of the evaluation function of the same name.
        without_feedback: the names of tensors whose values are the whole difference in each round, such as averaged buffers.
            EF14 does not add what its earlier messages left out of them.
    """

    values: npt.NDArray[Any] | Mapping[str, npt.NDArray[Any]]
    samples: int = 1
    loss: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    without_feedback: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise ArgumentError(
                f"samples is {self.samples}, expected at least 1: return None from the function if there is no data"
            )
        if self.loss is not None:
            object.__setattr__(self, "loss", float(self.loss) if isfinite(self.loss) else None)

    def flat(self, layout: TensorLayout) -> Vector:
        """Returns the values as one float32 or float64 array of shape (d,).

        Raises:
            InvalidGradientError: if a tensor is missing, unknown or has another shape; the message names it.
        """
        if isinstance(self.values, Mapping):
            return _joined(self.values, layout)
        values = _converted(self.values, "the gradient")
        if values.shape != (layout.dimension,):
            raise InvalidGradientError(
                f"the gradient has shape {values.shape}, expected ({layout.dimension},), one value for each of the model's"
            )
        return values


def _joined(tensors: Mapping[str, npt.NDArray[Any]], layout: TensorLayout) -> Vector:
    wrong, parts = [], []
    for tensor in layout.tensors:
        if tensor.name not in tensors:
            wrong.append(f"'{tensor.name}' is missing")
            continue
        part = _converted(tensors[tensor.name], f"the gradient of '{tensor.name}'")
        if part.shape != tensor.shape:
            wrong.append(f"'{tensor.name}' has shape {part.shape}, expected {tensor.shape}")
        parts.append(part.reshape(-1))
    known = {tensor.name for tensor in layout.tensors}
    wrong += [f"'{name}' is not a tensor of the model" for name in tensors if name not in known]
    if wrong:
        raise InvalidGradientError("the gradient does not match the model: " + "; ".join(wrong))
    return np.concatenate(parts)


def _converted(given: Any, what: str) -> Vector:
    try:
        values = np.asarray(given)
    except (TypeError, ValueError, RuntimeError) as e:
        # Errors of torch, such as for a tensor on a GPU or in a graph.
        raise InvalidGradientError(f"{what} is a {type(given).__name__} that is not an array: {e}") from e
    if values.dtype == np.float16:
        return values.astype(np.float32)
    if values.dtype not in (np.float32, np.float64):
        raise InvalidGradientError(f"{what} is {values.dtype}, expected float16, float32 or float64: convert it with astype")
    return values.astype(values.dtype.newbyteorder("="), copy=False)
