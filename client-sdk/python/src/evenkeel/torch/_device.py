"""A PyTorch model as a device of a fleet."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .._types import Floats, Vector
from ..client import Gradient, Model, RunPlan, StateStore
from ..errors import InvalidGradientError
from ..vector import TensorLayout, derive_seed
from ._batches import Loader, RoundBatches
from ._control import ControlVariates, parts_of
from ._local import LocalOptimizer, OptimizerFactory, RoundFigures
from ._local_part import LocalPart
from ._random import generators, set_generators
from ._weights import ModuleWeights

__all__ = ["TorchDevice"]

log = logging.getLogger("evenkeel")


class TorchDevice:
    """Computes a module's gradient, or pseudo-gradient, at the run's model: a function for ``Client.train``.

    Each trainable parameter is the run's tensor with the same name and shape, in any order. ``python -m evenkeel run`` creates a
    run's definition from the same module.

    Without an optimizer, a round's gradient is the mean over the round's batches at the run's model. With one, the device
    takes ``local_steps`` optimizer steps from the run's model x to y, and sends the pseudo-gradient x - y, in float64. With the
    run's step rule ``plain`` and ``gamma`` 1 that is FedAvg; a normalized rule uses only the direction. The message
    reports the numbers of steps and tokens. A token is a target value; a classifier has one per sample.

    A new optimizer is created each round. With ``keep_optimizer`` it continues from its state after the last round,
    which is saved with the client's state. If the loader is also a function of the round and ``seed`` is set, a device
    that is killed at any moment computes the same bits as one that runs without interruption, on the same hardware and
    version of PyTorch.

    With IGT the gradient is computed at a point extrapolated from the run's model, with STORM at two models on the same batches
    (``sample``). Between rounds the module may hold either. ``evaluator`` loads the run's model.

    By default buffers, such as the running statistics of batch normalization, are not part of the run. They stay on the
    device, are updated by its own batches, and are used for evaluation. With ``use_buffers`` the floating-point ones
    are averaged like the parameters: the run's model contains them, each round starts with their weighted mean, and the
    final model contains the last mean. Integer buffers, such as ``num_batches_tracked``, stay on the device. This needs
    a run whose step is the mean of the devices' differences: the step rule ``plain`` with ``gd``, ``dcgd``, ``ef14`` or
    ``ef14-decay``, and any ``gamma``. If a compressor drops a part of a buffer, that part is not added to the next
    message, which contains the whole difference again. So the mean never overshoots.

    Tensors that match ``local`` stay on the device and are saved with its state after each round: a personal head (FedPer), or the
    norms (FedBN). Save ``module.state_dict()`` to keep other buffers across restarts.

    float32 and float64 modules are used unchanged. In half precision the run's model is rounded when it is loaded, and the
    gradients are sent as float32. Modules on a GPU compute there; the gradient is copied to the CPU. Sparse gradients are
    refused. Not thread-safe.

    Args:
        module: the model; trained in place, in training mode.
        loss_fn: (output, target) -> mean loss over a batch.
        loader: a DataLoader, or another iterable that can be iterated repeatedly, of batches (input, target). Each round
            continues where the previous one stopped, and restarts the loader when it ends. Alternatively a function
            that maps the round to an iterable of its batches.
        local_steps: steps per round, at least 1. By default, with an optimizer, the number in the run's definition, else 1.
        optimizer: creates the local optimizer from the parameters, such as ``lambda p: torch.optim.AdamW(p, lr=1e-3)``.
        accumulate: batches per step, whose gradients are averaged.
        clip_norm: the maximum norm of a step's gradient.
        autocast: ``torch.bfloat16`` for mixed precision: parameters and optimizer stay float32.
        schedule: round -> factor of the optimizer's learning rates in this round.
        keep_optimizer: whether the optimizer's state persists over rounds and restarts.
        proximal_mu: mu of the proximal term mu/2 ||w - w^0||^2 that local steps add to the loss, where w^0 is the round's model
            (FedProx); the reported loss excludes it.
        control_variates: whether local steps are corrected by control variates (SCAFFOLD with error feedback, see
            ``ControlVariates``), for runs with ``ef21`` or ``ef21-sgdm``, plain steps and ``gamma`` about ``local_steps`` times
            the learning rate. The message is then the mean gradient of the steps, whatever the optimizer.
        use_buffers: whether the buffers are averaged.
        local: patterns such as ``head.*`` of the names of parameters and buffers that stay on the device; parameters need local
            steps, which train them together with the others.
        seed: this device's seed; with the round it determines dropout's random numbers.
        base: the required SHA-256 of the module's frozen part, from ``base_sha256``; otherwise the device refuses the run.

    Raises:
        ValueError: if an argument is invalid; the message names it.
    """

    def __init__(
        self,
        module: nn.Module,
        loss_fn: Callable[[Any, Any], Tensor],
        loader: Loader,
        *,
        local_steps: int | None = None,
        optimizer: OptimizerFactory | None = None,
        accumulate: int = 1,
        clip_norm: float | None = None,
        autocast: torch.dtype | None = None,
        schedule: Callable[[int], float] | None = None,
        keep_optimizer: bool = False,
        proximal_mu: float = 0.0,
        control_variates: bool = False,
        use_buffers: bool = False,
        local: Sequence[str] = (),
        seed: int | None = None,
        base: str | None = None,
    ) -> None:
        for name, count in (("local_steps", local_steps), ("accumulate", accumulate)):
            if count is not None and count < 1:
                raise ValueError(f"{name} is {count}, expected at least 1")
        if autocast not in (None, torch.bfloat16):
            raise ValueError(f"autocast is {autocast}, expected torch.bfloat16, which needs no scaling of the loss, or None")
        of_local_steps = {
            "clip_norm": clip_norm is not None,
            "schedule": schedule is not None,
            "keep_optimizer": keep_optimizer,
            "proximal_mu": proximal_mu,
            "control_variates": control_variates,
        }
        if optimizer is None and any(of_local_steps.values()):
            raise ValueError(f"{', '.join(of_local_steps)} apply to local steps: give optimizer=… too")
        if control_variates and use_buffers:
            raise ValueError("control_variates needs a run with EF21, and use_buffers one without: give one of them")
        self.module = module
        self._loss = loss_fn
        self._batches = RoundBatches(loader)
        self._steps = local_steps
        self._accumulate = accumulate
        self._local = optimizer and LocalOptimizer(optimizer, accumulate, clip_norm, schedule, keep_optimizer, proximal_mu)
        self._autocast = autocast
        self._seed = seed
        self._weights = ModuleWeights(module, base, use_buffers=use_buffers, local=local)
        self._parameters = self._weights.parameters
        self._local_part = LocalPart(lambda: self._weights.local)
        self._control = ControlVariates() if control_variates else None
        if optimizer is None and self._weights.trained is not self._parameters:
            raise ValueError("local matches parameters, which only local steps train: give optimizer=… too")
        self._warned = False

    @property
    def layout(self) -> TensorLayout:
        """The module's tensors that are part of the run: its trainable parameters, in its own order, then buffers."""
        return self._weights.layout

    def load(self, model: Model) -> nn.Module:
        """Sets the module's tensors to a run's model, and returns the module.

        Raises:
            ModelMismatchError: if a tensor is missing, additional or has another shape; the message names all of them, and the
                module is unchanged.
        """
        self._weights.load(model)
        return self.module

    def require_fitting(self, run: TensorLayout) -> None:
        """Raises ModelMismatchError if the module does not have a run's tensors; ``Client.train`` calls this after joining."""
        self._weights.require_fitting(run)

    def require_plan(self, plan: RunPlan) -> None:
        """Raises FunctionError if averaged buffers or control variates are requested but the run does not support them;
        ``Client.train`` calls this."""
        self._weights.require_plan(plan)
        if self._control is not None:
            self._control.require_plan(plan)

    def hold(self, own: Floats) -> None:
        """Sets the device's part of the coordinator's sum for the next round; ``Client.train`` calls this."""
        if self._control is not None:
            self._control.hold(own)

    def keep_in(self, store: StateStore, run: str) -> None:
        """Stores the states of the optimizer, ``local`` tensors and control variates in the run's part of the client's
        state; ``Client.train`` calls this."""
        if self._control is not None:
            self._control.keep_in(store, run)
        self._local_part.keep_in(store, run)
        if self._local is not None:
            self._local.keep_in(store, run)

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

        STORM calls it for two models. The second call draws the same random numbers as the first, so that dropout is
        the same, and restores the buffers and ``local`` tensors.
        """
        device = self._parameters.device
        batches: list[Any] = []
        drawn: list[Tensor] = []

        def gradient(model: Model) -> Gradient:
            if not drawn:
                batches.extend(self._round_batches(model, round))
                drawn.extend(generators(device))
                return self._compute(model, round, iter(batches))
            buffers = [(buffer, buffer.clone()) for buffer in self.module.buffers()]
            now = generators(device)
            set_generators(device, drawn)
            try:
                return self._compute(model, round, iter(batches), save=False)
            finally:
                set_generators(device, now)
                self._local_part.restore(round + 1)
                with torch.no_grad():
                    for buffer, before in buffers:
                        buffer.copy_(before)

        return gradient

    def __call__(self, model: Model) -> Gradient:
        """Returns the gradient, or pseudo-gradient, at a model, by tensor name, and the mean loss of its batches.

        Raises:
            ModelMismatchError: if the module does not have the run's tensors, or has changed since the device was created.
            InvalidGradientError: if a gradient is sparse, or no parameter has one.
            ValueError: if the loader yields no batch.
        """
        return self._compute(model, model.round, self._round_batches(model, model.round))

    def _compute(self, model: Model, round: int, batches: Iterator[Any], save: bool = True) -> Gradient:
        self._local_part.restore(round)
        self.load(model).train()
        with self._random_numbers(round):
            if self._local is None:
                found = self._gradient(model, batches)
            else:
                found = self._local_steps(model, batches, round, self._local, save)
        if save:
            self._local_part.save(round)
        return found

    def _local_steps(self, model: Model, batches: Iterator[Any], round: int, local: LocalOptimizer, save: bool) -> Gradient:
        steps, shared, correction = self._steps_on(model), self._parameters.parameters, None
        names = [tensor.name for tensor in self._parameters.layout.tensors]
        if self._control is not None:
            known = self._control.correction(model)
            correction = parts_of(np.zeros(model.layout.dimension) if known is None else known, model, names, shared)
        trained = self._weights.trained
        figures = local.train(round, steps, trained, batches, self._backward, shared=shared, correction=correction, save=save)
        metrics = {"steps": float(steps), "tokens": float(figures.tokens)}
        if self._control is not None:
            self._control.save(model)
            means = [(total / steps).cpu().double().numpy() for total in figures.gradients]
            return Gradient(dict(zip(names, means)), figures.samples, figures.mean_loss, metrics)
        drift = self._weights.drift(model)
        return Gradient(drift, figures.samples, figures.mean_loss, metrics, self._weights.without_feedback)

    def _round_batches(self, model: Model, round: int) -> Iterator[Any]:
        return self._batches.of(round, self._steps_on(model) * self._accumulate)

    def _steps_on(self, model: Model) -> int:
        return self._steps or (self._local and model.local_steps) or 1

    def _gradient(self, model: Model, batches: Iterator[Any]) -> Gradient:
        dtype = torch.float64 if any(p.dtype == torch.float64 for p in self._parameters.parameters) else torch.float32
        total = torch.zeros(self._parameters.dimension, dtype=dtype, device=self._parameters.device)
        figures = RoundFigures()
        for batch in batches:
            self.module.zero_grad(set_to_none=True)
            figures.add(*self._backward(batch))
            total += self._parameters.gradient(dtype)
        flat: Vector = (total / figures.batches).cpu().numpy()
        layout, buffers = self._parameters.layout, self._weights.without_feedback
        parts = {tensor.name: flat[layout.slice(i)].reshape(tensor.shape) for i, tensor in enumerate(layout.tensors)}
        if buffers:
            drift = self._weights.drift(model)
            for name, part in zip(buffers, model.layout.slices(buffers)):
                parts[name] = drift[part].reshape(model.tensor(name).shape)
        return Gradient(parts, figures.samples, figures.mean_loss, without_feedback=buffers)

    def _backward(self, batch: Any, parts: int = 1) -> tuple[float, int, int]:
        """Adds 1/``parts`` of a batch's gradient to the parameters' gradients; returns loss, samples and tokens."""
        inputs, targets = _pair(batch)
        device = self._parameters.device
        inputs, targets = _moved(inputs, device), _moved(targets, device)
        with self._precision():
            loss = self._loss(self.module(inputs), targets)
        if not isinstance(loss, Tensor) or loss.numel() != 1 or not loss.requires_grad:
            raise InvalidGradientError(
                "the loss is not a single value that depends on the parameters: return the batch's mean loss, without detach()"
            )
        (loss / parts).backward()  # type: ignore[no-untyped-call]
        self._require_gradients()
        samples = _count(inputs, targets)
        return float(loss.detach()), samples, targets.numel() if isinstance(targets, Tensor) else samples

    def _precision(self) -> AbstractContextManager[Any]:
        return nullcontext() if self._autocast is None else torch.autocast(self._parameters.device.type, self._autocast)

    @contextmanager
    def _random_numbers(self, round: int) -> Iterator[None]:
        if self._seed is None:
            yield
            return
        device = self._parameters.device
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(derive_seed(self._seed, round))
            yield

    def _require_gradients(self) -> None:
        without = [
            tensor.name
            for tensor, parameter in zip(self._parameters.layout.tensors, self._parameters.parameters)
            if parameter.grad is None
        ]
        if len(without) == len(self._parameters.layout):
            raise InvalidGradientError("no parameter has a gradient: the loss does not depend on the module")
        if without and not self._warned:
            self._warned = True
            log.warning("parameters without a gradient count as zeros: %s", ", ".join(without))


def _pair(batch: Any) -> tuple[Any, Any]:
    if not isinstance(batch, (tuple, list)) or len(batch) != 2:
        raise ValueError(f"the loader gave a {type(batch).__name__}, expected pairs of (input, target)")
    return batch[0], batch[1]


def _count(inputs: Any, targets: Any) -> int:
    """Returns the number of samples of a batch: for inputs in a dict or tuple, the number of targets."""
    for part in (inputs, targets):
        if isinstance(part, Tensor) and part.dim() > 0:
            return len(part)
    return len(inputs) if hasattr(inputs, "__len__") and not isinstance(inputs, Tensor) else 1


def _moved(value: Any, device: torch.device) -> Any:
    return value.to(device) if isinstance(value, Tensor) else value
