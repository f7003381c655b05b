"""A PyTorch model as a device of a fleet."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from .._types import Vector
from ..client import Gradient, Model
from ..errors import InvalidGradientError, ModelMismatchError
from ..vector import TensorLayout
from ._parameters import ParameterLayout
from ._random import generators, set_generators

__all__ = ["TorchDevice"]

log = logging.getLogger("evenkeel")


class TorchDevice:
    """Computes a module's gradient, or pseudo-gradient, at the run's model: a function for ``Client.train``.

    Each trainable parameter is the run's tensor of the same name and shape, in any order. ``python -m evenkeel run`` makes a
    run's definition from the same module.

    Without an optimizer, a round's gradient is the mean over ``local_steps`` batches at the run's model. With one, the device
    takes ``local_steps`` optimizer steps from the run's model x to y, and sends the pseudo-gradient x - y, in float64. A new
    optimizer is created each round, so momentum does not persist. With the run's step rule ``plain`` and ``gamma`` 1 that
    is FedAvg; a normalized rule uses only the direction.

    With IGT the gradient is computed at a point extrapolated from the run's model, with STORM at two models on the same batches
    (``sample``). Between rounds the module may hold either. ``evaluator`` loads the run's model.

    Buffers, such as the running statistics of batch normalization, are not part of the run. They stay on the device, follow its
    own batches, and are used for evaluation. They are not saved with the device's state: save ``module.state_dict()`` to keep
    them over a restart.

    float32 and float64 modules are used unchanged. In half precision the run's model is rounded when it is loaded, and the
    gradients are sent as float32. Modules on a GPU compute there; the gradient is copied to the CPU. Sparse gradients are
    refused. Not thread-safe.

    Args:
        module: the model; trained in place, in training mode.
        loss_fn: (output, target) -> mean loss over a batch.
        loader: a DataLoader, or another iterable that can be iterated repeatedly, of batches (input, target). Continues in the
            next round where it stopped, and starts again when it ends.
        local_steps: batches a round, at least 1.
        optimizer: creates the local optimizer from the parameters, such as ``lambda p: torch.optim.SGD(p, lr=0.05)``.

    Raises:
        ValueError: if the loader is empty, no parameter is trainable, or ``local_steps`` is below 1.
    """

    def __init__(
        self,
        module: nn.Module,
        loss_fn: Callable[[Any, Any], Tensor],
        loader: Iterable[Any],
        *,
        local_steps: int = 1,
        optimizer: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer] | None = None,
    ) -> None:
        if local_steps < 1:
            raise ValueError(f"local_steps is {local_steps}, expected at least 1")
        if _length(loader) == 0:
            raise ValueError("the loader is empty, expected at least one batch: check the data set, and drop_last")
        if isinstance(loader, Iterator):
            raise ValueError("the loader can be iterated only once: give the DataLoader, not iter(DataLoader)")
        self.module = module
        self._loss = loss_fn
        self._loader = loader
        self._steps = local_steps
        self._optimizer = optimizer
        self._parameters = ParameterLayout(module.named_parameters())
        self._batches: Iterator[Any] | None = None
        self._checked: TensorLayout | None = None
        self._warned = False

    @property
    def layout(self) -> TensorLayout:
        """The module's trainable parameters, in its own order."""
        return self._parameters.layout

    def load(self, model: Model) -> nn.Module:
        """Sets the module's parameters to a run's model, and returns the module.

        Raises:
            ModelMismatchError: naming each tensor that is missing, additional or of another shape; the module is unchanged.
        """
        self.require_fitting(model.layout)
        with torch.no_grad():
            for tensor, parameter in zip(self.layout.tensors, self._parameters.parameters):
                # A copy, since torch requires writable arrays.
                parameter.copy_(torch.from_numpy(model.tensor(tensor.name).copy()))
        return self.module

    def require_fitting(self, run: TensorLayout) -> None:
        """Raises ModelMismatchError if the module does not have a run's tensors; ``Client.train`` asks when it has joined."""
        now = ParameterLayout(self.module.named_parameters())
        if now.layout != self.layout or any(a is not b for a, b in zip(now.parameters, self._parameters.parameters)):
            raise ModelMismatchError(
                "the module's parameters are others than when the device was made: make another TorchDevice, and a run of its "
                f"own; {'; '.join(_differences(self.layout, now.layout)) or 'parameters were replaced'}"
            )
        if self._checked is not run:
            wrong = _differences(run, self.layout)
            if wrong:
                raise ModelMismatchError(
                    f"the module does not have the run's tensors: {'; '.join(wrong)}: make the run from this module with "
                    "python -m evenkeel run, or freeze what is not to be trained with requires_grad_(False)"
                )
            self._checked = run

    def evaluator(self, measure: Callable[[nn.Module], Mapping[str, float]]) -> Callable[[Model], Mapping[str, float]]:
        """Returns a function for ``Client(evaluate=...)``.

        Args:
            measure: module -> metrics on data that the device does not train on; called in evaluation mode, without gradients.
        """

        def evaluate(model: Model) -> Mapping[str, float]:
            self.load(model).eval()
            with torch.no_grad():
                return measure(self.module)

        return evaluate

    def sample(self, round: int) -> Callable[[Model], Gradient]:
        """Draws the batches of a round, and returns the function from a model to the gradient, or pseudo-gradient, on them.

        STORM calls it for two models. The second call draws the random numbers of the first, so that dropout is the same, and
        leaves the buffers as they were.
        """
        batches = [self._next_batch() for _ in range(self._steps)]
        device = self._parameters.device
        drawn: list[Tensor] = []

        def gradient(model: Model) -> Gradient:
            if not drawn:
                drawn.extend(generators(device))
                return self._compute(model, batches)
            buffers = [(buffer, buffer.clone()) for buffer in self.module.buffers()]
            now = generators(device)
            set_generators(device, drawn)
            try:
                return self._compute(model, batches)
            finally:
                set_generators(device, now)
                with torch.no_grad():
                    for buffer, before in buffers:
                        buffer.copy_(before)

        return gradient

    def __call__(self, model: Model) -> Gradient:
        """Returns the gradient, or pseudo-gradient, at a model, by tensor name; with the mean loss of its batches.

        Raises:
            ModelMismatchError: if the module does not have the run's tensors, or has changed since the device was made.
            InvalidGradientError: if a gradient is sparse, or no parameter has one.
            ValueError: if the loader gives no batch.
        """
        return self._compute(model, (self._next_batch() for _ in range(self._steps)))

    def _compute(self, model: Model, batches: Iterable[Any]) -> Gradient:
        self.load(model).train()
        make = self._optimizer
        values, loss, samples = self._gradient(batches) if make is None else self._pseudo_gradient(make, batches)
        flat: Vector = values.cpu().numpy()
        tensors = self.layout.tensors
        parts = {tensor.name: flat[self.layout.slice(i)].reshape(tensor.shape) for i, tensor in enumerate(tensors)}
        return Gradient(parts, samples=samples, loss=loss)

    def _gradient(self, batches: Iterable[Any]) -> tuple[Tensor, float, int]:
        dtype = torch.float64 if self._parameters.parameters[0].dtype == torch.float64 else torch.float32
        total = torch.zeros(self._parameters.dimension, dtype=dtype, device=self._parameters.device)
        losses, samples = 0.0, 0
        for batch in batches:
            loss, count = self._backward(batch)
            total += self._parameters.gradient(dtype)
            losses += loss
            samples += count
        return total / self._steps, losses / self._steps, samples

    def _pseudo_gradient(
        self, make: Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer], batches: Iterable[Any]
    ) -> tuple[Tensor, float, int]:
        # From the module's values, which in half precision differ from the run's.
        before = self._parameters.values(torch.float64)
        optimizer = make(self._parameters.parameters)
        losses, samples = 0.0, 0
        for batch in batches:
            loss, count = self._backward(batch)
            optimizer.step()
            losses += loss
            samples += count
        return before - self._parameters.values(torch.float64), losses / self._steps, samples

    def _backward(self, batch: Any) -> tuple[float, int]:
        """Computes the gradients of a batch into the parameters; returns its loss and its size."""
        inputs, targets = _pair(batch)
        device = self._parameters.device
        self.module.zero_grad(set_to_none=True)
        loss = self._loss(self.module(_moved(inputs, device)), _moved(targets, device))
        if not isinstance(loss, Tensor) or loss.numel() != 1 or not loss.requires_grad:
            raise InvalidGradientError(
                "the loss is no single value that depends on the parameters: return the batch's mean loss, without detach()"
            )
        loss.backward()  # type: ignore[no-untyped-call]
        self._require_gradients()
        return float(loss.detach()), len(inputs) if hasattr(inputs, "__len__") else 1

    def _next_batch(self) -> Any:
        for _ in range(2):
            if self._batches is None:
                self._batches = iter(self._loader)
            for batch in self._batches:
                return batch
            self._batches = None
        raise ValueError("the loader gave no batch, expected at least one: return None from the function to sit rounds out")

    def _require_gradients(self) -> None:
        without = [
            tensor.name for tensor, parameter in zip(self.layout.tensors, self._parameters.parameters) if parameter.grad is None
        ]
        if len(without) == len(self.layout):
            raise InvalidGradientError("no parameter has a gradient: the loss does not depend on the module")
        if without and not self._warned:
            self._warned = True
            log.warning("parameters without a gradient count as zeros: %s", ", ".join(without))


def _differences(expected: TensorLayout, found: TensorLayout) -> list[str]:
    """Names each tensor that differs from the run's."""
    own = {tensor.name: tensor.shape for tensor in found.tensors}
    wrong = []
    for tensor in expected.tensors:
        shape = own.pop(tensor.name, None)
        if shape is None:
            wrong.append(f"'{tensor.name}' of shape {tensor.shape} is missing")
        elif shape != tensor.shape:
            wrong.append(f"'{tensor.name}' has shape {shape}, expected {tensor.shape}")
    return wrong + [f"'{name}' of shape {shape} was not expected" for name, shape in own.items()]


def _length(loader: Any) -> int | None:
    try:
        return len(loader)
    except TypeError:
        # A DataLoader over an IterableDataset has no length.
        return None


def _pair(batch: Any) -> tuple[Any, Any]:
    if not isinstance(batch, (tuple, list)) or len(batch) != 2:
        raise ValueError(f"the loader gave a {type(batch).__name__}, expected pairs of (input, target)")
    return batch[0], batch[1]


def _moved(value: Any, device: torch.device) -> Any:
    return value.to(device) if isinstance(value, Tensor) else value
