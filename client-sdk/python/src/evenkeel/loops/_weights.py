"""The trained values of a framework's model, as the tensors of a run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from .._types import Floats, Vector
from ..client import Model, RunPlan
from ..errors import ModelMismatchError
from ..vector import Tensor, TensorLayout

__all__ = ["ArrayWeights", "Weights", "differences"]


class Weights(ABC):
    """The trained values of a model, by the names of the run's tensors."""

    @property
    def without_feedback(self) -> tuple[str, ...]:
        """The names of tensors for which ``drift`` contains the whole difference in each round; see ``Gradient``."""
        return ()

    def require_plan(self, plan: RunPlan) -> None:  # noqa: B027
        """Raises FunctionError if a run does not suit the model."""

    @abstractmethod
    def require_fitting(self, run: TensorLayout) -> None:
        """Raises ModelMismatchError, which names each differing tensor, unless the model has a run's tensors, in any order."""

    @abstractmethod
    def load(self, model: Model) -> None:
        """Sets the values to those of a run's model, rounded to their types."""

    @abstractmethod
    def drift(self, model: Model) -> Floats:
        """Returns the run's model, rounded to the values' types, minus the values: one float64 vector, in the run's order."""


class ArrayWeights(Weights):
    """The weights of a model whose values can be read and replaced as numpy arrays.

    Args:
        read: returns the trained values by name, in the model's order.
        write: replaces all of them.
        remedy: what to do if the model does not have the run's tensors, for the error.
    """

    def __init__(
        self,
        read: Callable[[], Mapping[str, npt.NDArray[np.generic]]],
        write: Callable[[Mapping[str, Vector]], None],
        remedy: str = "create the run from this model with python -m evenkeel run",
    ) -> None:
        self._read = read
        self._write = write
        self._remedy = remedy

    def require_fitting(self, run: TensorLayout) -> None:
        """Raises ModelMismatchError, which names each differing tensor, unless the model has a run's tensors, in any order."""
        own = TensorLayout([Tensor(name, np.shape(values)) for name, values in self._read().items()])
        wrong = differences(run, own)
        if wrong:
            raise ModelMismatchError(f"the model does not have the run's tensors: {'; '.join(wrong)}: {self._remedy}")

    def load(self, model: Model) -> None:
        """Sets the values to those of a run's model, rounded to their types."""
        self.require_fitting(model.layout)
        # Copies, since a framework may keep the array itself.
        self._write({name: np.array(values) for name, values in model.tensors().items()})

    def drift(self, model: Model) -> Floats:
        """Returns the run's model, rounded to the values' types, minus the values: one float64 vector, in the run's order."""
        after = self._read()
        drift = np.empty(model.layout.dimension)
        for i, tensor in enumerate(model.layout.tensors):
            part, values = model.layout.slice(i), np.asarray(after[tensor.name])
            before = model.values[part].astype(values.dtype).astype(np.float64)
            drift[part] = before - values.reshape(-1).astype(np.float64)
        return drift


def differences(expected: TensorLayout, found: TensorLayout) -> list[str]:
    """Describes each tensor that is missing, additional or has another shape."""
    own = {tensor.name: tensor.shape for tensor in found.tensors}
    wrong = []
    for tensor in expected.tensors:
        shape = own.pop(tensor.name, None)
        if shape is None:
            wrong.append(f"'{tensor.name}' of shape {tensor.shape} is missing")
        elif shape != tensor.shape:
            wrong.append(f"'{tensor.name}' has shape {shape}, expected {tensor.shape}")
    return wrong + [f"'{name}' of shape {shape} was not expected" for name, shape in own.items()]
