"""A module's parameters as one flat vector."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from ..errors import InvalidGradientError
from ..vector import Tensor as TensorShape
from ..vector import TensorLayout

__all__ = ["ParameterLayout"]


class ParameterLayout:
    """The position of each trainable parameter of a module in the flat vector of d values, in the module's order.

    Parameters that several modules share are counted once. The prefix ``module.`` of DistributedDataParallel is removed from the
    names, so that wrapped and plain modules have the same layout.

    Args:
        parameters: pairs of name and parameter, as in ``module.named_parameters()``. Those with ``requires_grad`` False are
            ignored.

    Attributes:
        layout: names, shapes and offsets; a scalar parameter has the shape ().
        parameters: the parameters, in the layout's order.
        device: the device of all parameters.

    Raises:
        ValueError: if no parameter is trainable, one is empty, complex, sparse or sharded, or they are on several devices.
    """

    def __init__(self, parameters: Iterable[tuple[str, nn.Parameter]]) -> None:
        named = [(name.removeprefix("module."), parameter) for name, parameter in parameters if parameter.requires_grad]
        if not named:
            raise ValueError("the model has no parameter with requires_grad=True, expected at least one to train")
        for name, parameter in named:
            if hasattr(parameter, "placements") or hasattr(parameter, "_fsdp_flattened"):
                raise ValueError(
                    f"parameter '{name}' is sharded, as FullyShardedDataParallel and fully_shard leave it, so that this process has only a "
                    "part of it, but messages contain whole tensors: use DistributedDataParallel, train an adapter on a frozen base, or "
                    "run each process as a separate device"
                )
            if not parameter.is_floating_point() or parameter.layout != torch.strided:
                raise ValueError(
                    f"parameter '{name}' is {parameter.dtype} with layout {parameter.layout}, expected dense real numbers: "
                    "freeze it with requires_grad_(False), or replace it"
                )
        devices = {parameter.device for _, parameter in named}
        if len(devices) > 1:
            raise ValueError(f"the parameters are on {sorted(map(str, devices))}, expected one device")
        self.layout = TensorLayout([TensorShape(name, tuple(parameter.shape)) for name, parameter in named])
        self.parameters = [parameter for _, parameter in named]
        self.device = named[0][1].device
        self._places = {id(parameter): i for i, parameter in enumerate(self.parameters)}

    @property
    def dimension(self) -> int:
        """The number of values d."""
        return self.layout.dimension

    def place_of(self, parameter: Tensor) -> slice:
        """Returns the coordinates of a parameter; raises KeyError if it is not in this layout."""
        return self.layout.slice(self._places[id(parameter)])

    def gradient(self, dtype: torch.dtype = torch.float32) -> Tensor:
        """Returns the parameters' gradients as one vector of shape (d,), on the parameters' device.

        Half-precision gradients are converted exactly. A parameter without a gradient counts as zeros.

        Raises:
            InvalidGradientError: if a gradient is sparse.
        """
        flat = torch.zeros(self.dimension, dtype=dtype, device=self.device)
        for i, parameter in enumerate(self.parameters):
            if parameter.grad is None:
                continue
            if parameter.grad.layout != torch.strided:
                name = self.layout.tensors[i].name
                raise InvalidGradientError(
                    f"the gradient of '{name}' is sparse, expected a dense one: build the embedding with sparse=False",
                    tensor=name,
                )
            flat[self.layout.slice(i)] = parameter.grad.detach().reshape(-1)
        return flat

    def values(self, dtype: torch.dtype = torch.float32) -> Tensor:
        """Returns the parameters' values as one vector of shape (d,), on the parameters' device."""
        return torch.cat([parameter.detach().reshape(-1).to(dtype) for parameter in self.parameters])

    def assign(self, values: Tensor) -> None:
        """Sets the parameters to the values of a vector of shape (d,), rounded to each parameter's type.

        Raises:
            ValueError: if the vector has another shape.
        """
        if values.shape != (self.dimension,):
            raise ValueError(f"the values have shape {tuple(values.shape)}, expected ({self.dimension},)")
        with torch.no_grad():
            for i, parameter in enumerate(self.parameters):
                parameter.copy_(values[self.layout.slice(i)].view(parameter.shape))
