"""A module's trainable parameters as the tensors of a run."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from .._types import Floats
from ..client import Model
from ..errors import ModelMismatchError
from ..loops import Weights, differences
from ..vector import TensorLayout
from ._adapter import require_base
from ._parameters import ParameterLayout

__all__ = ["ModuleWeights"]


class ModuleWeights(Weights):
    """The trainable parameters of a module, which are the run's tensors with the same names and shapes.

    Args:
        module: the module.
        base: the required SHA-256 of its frozen part, from ``base_sha256``; None to check nothing.

    Attributes:
        parameters: the parameters at the time of creation.

    Raises:
        ValueError: like ``ParameterLayout``.
    """

    def __init__(self, module: nn.Module, base: str | None = None) -> None:
        self._module = module
        self._base = base
        self.parameters = ParameterLayout(module.named_parameters())
        self._checked: TensorLayout | None = None

    def load(self, model: Model) -> None:
        """Sets the values to those of a run's model, rounded to their types."""
        self.require_fitting(model.layout)
        with torch.no_grad():
            for tensor, parameter in zip(self.parameters.layout.tensors, self.parameters.parameters):
                # A copy, since torch requires writable arrays.
                parameter.copy_(torch.from_numpy(model.tensor(tensor.name).copy()))

    def require_fitting(self, run: TensorLayout) -> None:
        """Raises ModelMismatchError, which names each differing tensor, unless the model has a run's tensors, in any order."""
        now, own = ParameterLayout(self._module.named_parameters()), self.parameters
        if now.layout != own.layout or any(a is not b for a, b in zip(now.parameters, own.parameters)):
            raise ModelMismatchError(
                "the module's parameters are others than when the device was made: make another TorchDevice, and a run of its "
                f"own; {'; '.join(differences(own.layout, now.layout)) or 'parameters were replaced'}"
            )
        if self._checked is not run:
            wrong = differences(run, own.layout)
            if wrong:
                raise ModelMismatchError(
                    f"the module does not have the run's tensors: {'; '.join(wrong)}: make the run from this module with "
                    "python -m evenkeel run, or freeze what is not to be trained with requires_grad_(False)"
                )
            if self._checked is None:
                # Only the first time: training changes buffers, such as those of batch normalization.
                require_base(self._module, self._base)
            self._checked = run

    def drift(self, model: Model) -> Floats:
        """Returns the run's model, rounded to the values' types, minus the values: one float64 vector, in the run's order."""
        named = {tensor.name: parameter for tensor, parameter in zip(self.parameters.layout.tensors, self.parameters.parameters)}
        drift = np.empty(model.layout.dimension)
        for i, tensor in enumerate(model.layout.tensors):
            part, after = model.layout.slice(i), named[tensor.name].detach()
            before = torch.from_numpy(model.values[part].copy()).to(after.dtype).double()
            torch.sub(before, after.reshape(-1).cpu().double(), out=torch.from_numpy(drift[part]))
        return drift
