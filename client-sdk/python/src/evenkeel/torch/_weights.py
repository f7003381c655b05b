"""The tensors of a module that are part of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase

import numpy as np
import torch
from torch import Tensor, nn

from .._types import Floats, Vector
from ..client import Model, RunPlan
from ..errors import ModelMismatchError
from ..loops import Weights, differences
from ..vector import Tensor as TensorShape
from ..vector import TensorLayout
from ._adapter import require_base
from ._buffers import gamma_of_mean
from ._parameters import ParameterLayout

__all__ = ["ModuleWeights", "saved_buffers", "trainable"]


class ModuleWeights(Weights):
    """The tensors of a module that are part of a run, where they have the same names and shapes. They are the trainable
    parameters and, with ``use_buffers``, the buffers, except those that stay on the device.

    Args:
        module: the module.
        base: the required SHA-256 of its frozen part, from ``base_sha256``; None to check nothing.
        use_buffers: whether the floating-point buffers of ``state_dict`` are part of the run. Others, such as
            ``num_batches_tracked``, stay on the device.
        local: patterns such as ``head.*`` of the names of parameters and buffers that stay on the device.

    Attributes:
        trained: all trainable parameters at the time of creation.
        parameters: those that are part of the run.
        layout: the run's tensors in the module's order: parameters, then buffers.

    Raises:
        ValueError: like ``ParameterLayout``, or if a pattern matches nothing, no trainable parameter is left, or there are no
            buffers to average.
    """

    def __init__(
        self, module: nn.Module, base: str | None = None, *, use_buffers: bool = False, local: Sequence[str] = ()
    ) -> None:
        self._module = module
        self._base = base
        self._patterns = _checked(module, local)
        self._use_buffers = use_buffers
        self.trained = ParameterLayout(module.named_parameters())
        kept = [(name, each) for name, each in module.named_parameters() if not self._is_local(_plain(name))]
        if not any(parameter.requires_grad for _, parameter in kept):
            raise ValueError(f"local matches all trainable parameters, expected one that the run trains: {', '.join(local)}")
        self.parameters = ParameterLayout(kept) if local else self.trained
        buffers = [TensorShape(name, tuple(buffer.shape)) for name, buffer in self._buffers()]
        if use_buffers and not buffers:
            raise ValueError(
                "use_buffers is set, but the module has no floating-point buffer in its state_dict that is not local: leave it out"
            )
        self.layout = TensorLayout([*self.parameters.layout.tensors, *buffers])
        self._checked: TensorLayout | None = None
        self._gamma: Callable[[int], float] = lambda round: 1.0

    def _is_local(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self._patterns)

    def _buffers(self) -> Iterator[tuple[str, Tensor]]:
        """Yields the buffers that are part of the run."""
        if self._use_buffers:
            for name, buffer in saved_buffers(self._module):
                if buffer.is_floating_point() and not self._is_local(name):
                    yield name, buffer

    @property
    def without_feedback(self) -> tuple[str, ...]:
        """The names of the buffers that are part of the run."""
        return tuple(name for name, _ in self._buffers())

    def require_plan(self, plan: RunPlan) -> None:
        """Raises FunctionError if buffers must be averaged but the run cannot do so."""
        if self._use_buffers:
            self._gamma = gamma_of_mean(plan)

    @property
    def local(self) -> dict[str, Tensor]:
        """The tensors that stay on the device because of ``local``, by name; not copied."""
        named = zip((tensor.name for tensor in self.trained.layout.tensors), self.trained.parameters)
        return {name: each.detach() for name, each in [*named, *saved_buffers(self._module)] if self._is_local(name)}

    def _own(self) -> dict[str, Tensor]:
        """Returns the module's tensors that are part of the run, by name."""
        named = zip((tensor.name for tensor in self.parameters.layout.tensors), self.parameters.parameters)
        return {name: each.detach() for name, each in [*named, *self._buffers()]}

    def load(self, model: Model) -> None:
        """Sets the values to those of a run's model, rounded to their types. A running variance below 0, which a lossy
        compressor can leave, is set to 0."""
        self.require_fitting(model.layout)
        with torch.no_grad():
            for name, own in self._own().items():
                # A copy, since torch requires writable arrays.
                own.copy_(torch.from_numpy(model.tensor(name).copy()))
                if name.endswith("running_var"):
                    own.clamp_(min=0)

    def require_fitting(self, run: TensorLayout) -> None:
        """Raises ModelMismatchError, which names each differing tensor, unless the model has a run's tensors, in any order."""
        now, own = ParameterLayout(self._module.named_parameters()), self.trained
        if now.layout != own.layout or any(a is not b for a, b in zip(now.parameters, own.parameters)):
            raise ModelMismatchError(
                "the module's parameters have changed since the device was created: create a new TorchDevice and a new run "
                f"for it; {'; '.join(differences(own.layout, now.layout)) or 'parameters were replaced'}"
            )
        if self._checked is not run:
            wrong = differences(run, self.layout)
            if wrong:
                raise ModelMismatchError(
                    f"the module does not have the run's tensors: {'; '.join(wrong)}: create the run from this module with "
                    "python -m evenkeel run and the same use_buffers and local, or freeze the other parameters with "
                    "requires_grad_(False)"
                )
            if self._checked is None:
                # Only the first time: training changes buffers, such as those of batch normalization.
                require_base(self._module, self._base)
            self._checked = run

    def values(self) -> dict[str, Vector]:
        """Returns copies of the values by name: float32, or float64 if all parameters are."""
        double = all(parameter.dtype == torch.float64 for parameter in self.parameters.parameters)
        dtype = torch.float64 if double else torch.float32
        return {name: each.to("cpu", dtype, copy=True).numpy() for name, each in self._own().items()}

    def drift(self, model: Model) -> Floats:
        """Returns the run's model, rounded to the values' types, minus the values: one float64 vector, in the run's order. Buffers
        are divided by the round's step size."""
        named = self._own()
        drift = np.empty(model.layout.dimension)
        for i, tensor in enumerate(model.layout.tensors):
            part, after = model.layout.slice(i), named[tensor.name]
            before = torch.from_numpy(model.values[part].copy()).to(after.dtype).double()
            torch.sub(before, after.reshape(-1).cpu().double(), out=torch.from_numpy(drift[part]))
        for part in model.layout.slices(self.without_feedback):
            drift[part] /= self._gamma(model.round)
        return drift


def trainable(module: nn.Module, *, use_buffers: bool = False, local: Sequence[str] = ()) -> dict[str, Vector]:
    """Returns the trainable tensors by name: the initial model of a run of this module.

    They are the parameters with ``requires_grad``, which ``TorchDevice`` sends. With LoRA, from peft or your own
    layers, they are only those of the adapter.

    Args:
        module: the module.
        use_buffers: whether the floating-point buffers are part of the run, as for a ``TorchDevice`` that averages them.
        local: patterns of the names of parameters and buffers that stay on the devices, as for ``TorchDevice``.

    Returns:
        float32 arrays, float64 ones if all parameters are; copies.

    Raises:
        ValueError: like ``ParameterLayout``, or if a pattern matches nothing or there are no buffers.
    """
    return ModuleWeights(module, use_buffers=use_buffers, local=local).values()


def saved_buffers(module: nn.Module) -> list[tuple[str, Tensor]]:
    """Returns the buffers of a module's ``state_dict`` by name, such as the statistics of batch normalization."""
    saved = module.state_dict().keys()
    return [(_plain(name), buffer.detach()) for name, buffer in module.named_buffers() if name in saved]


def _plain(name: str) -> str:
    """Returns a name without the prefix of DistributedDataParallel."""
    return name.removeprefix("module.")


def _checked(module: nn.Module, patterns: Sequence[str]) -> tuple[str, ...]:
    """Returns the patterns; raises ValueError if one is not a string, or matches no trainable parameter and no buffer."""
    if isinstance(patterns, str):
        raise ValueError(f"local is the text {patterns!r}, expected a list of patterns, such as [{patterns!r}]")
    trained = [_plain(name) for name, parameter in module.named_parameters() if parameter.requires_grad]
    names = [*trained, *(name for name, _ in saved_buffers(module))]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise ValueError(
                f"local has the pattern {pattern!r}, which matches no trainable parameter and no buffer of the module; expected "
                "some of "
                f"{', '.join(names)}, where * stands for any text"
            )
    return tuple(patterns)
