"""The initial model of a run, and the algorithm that suits its training program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._definition import array_name
from ._tensors import framework_of, owns_loop, tensors_of
from .flower import arrays_of

Tensors = Mapping[str, npt.NDArray[Any]]
Plan = dict[str, Any]

MODULE_PLAN: Plan = {"algorithm": "ef21-storm-norm"}
"""The algorithm of a module, for minibatches without a step size. The default elsewhere is ef21-adaptive, since only a TorchDevice is
known to compute two gradients on one sample; docs/python.md has the figures."""
LOCAL_PLAN: Plan = {"algorithm": "ef14", "gamma": "constant:1"}
"""A training loop, such as that of a Flower or FLARE client, draws its own samples and sends the difference of models, with step
size 1 and without compression."""


def initial_model(made: Any, source: str, *, use_buffers: bool = False, local: Sequence[str] = ()) -> tuple[Tensors, Plan]:
    """Returns the initial model, a module's trainable parameters or the arrays of a Flower client, and its default algorithm.

    Args:
        made: a model for ``tensors_of``, an object with Flower's ``get_parameters``, or numpy arrays in a list or by name.
        source: its name in messages.
        use_buffers: whether a torch module's floating-point buffers are part of the run.
        local: patterns of the names of a torch module's parameters and buffers that stay on the devices.

    Raises:
        ValueError: if it is none of these, or the last two arguments do not apply to it.
    """
    if hasattr(made, "get_parameters"):
        made = arrays_of(made)
    if isinstance(made, list) and made and all(isinstance(array, np.ndarray) for array in made):
        made = {array_name(i): array for i, array in enumerate(made)}
    if (use_buffers or local) and framework_of(made) != "torch":
        raise ValueError(f"{source} is a {type(made).__name__}, expected a torch.nn.Module for --use-buffers and --local")
    if use_buffers or local:
        from .torch import trainable

        return trainable(made, use_buffers=use_buffers, local=local), LOCAL_PLAN
    if isinstance(made, Mapping) and made and all(isinstance(array, np.ndarray) for array in made.values()):
        return {name: _real(name, array) for name, array in made.items()}, LOCAL_PLAN
    kind = framework_of(made)
    if kind is None and isinstance(made, Mapping):
        raise ValueError(
            f"{source} is a state_dict, which does not tell parameters from buffers: save the module itself with "
            "torch.jit.script(module).save(...), or give module.py:FACTORY"
        )
    if kind is None:
        raise ValueError(
            f"{source} is a {type(made).__name__}, expected a torch.nn.Module, a model of Keras, Flax or scikit-learn, get_parameters or "
            "numpy arrays"
        )
    return tensors_of(made), MODULE_PLAN if kind == "torch" and not owns_loop(made) else LOCAL_PLAN


def _real(name: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if array.dtype.kind not in "fiu":
        raise ValueError(f"array '{name}' is {array.dtype}, expected real numbers")
    return array if array.dtype == np.float64 else array.astype(np.float32)
