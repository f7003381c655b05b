"""The tensors of models of several frameworks, from which runs are created."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

from ._types import Vector

__all__ = ["framework_of", "owns_loop", "tensors_of"]

_MODULES = {"keras": "keras", "sklearn": "sklearn", "flax": "jax", "jax": "jax", "torch": "torch"}
"""Maps the package of a class to the module here that reads its tensors; the first match counts, since Keras also has modules of
torch."""
_LOOPS = {"transformers", "peft", "lightning", "pytorch_lightning"}


def tensors_of(model: Any) -> Mapping[str, Vector]:
    """Returns the trainable tensors of a model by their names in a run: the initial model of a run.

    Args:
        model: a torch.nn.Module, including those of transformers, peft and Lightning; a built Keras model; a module of Flax's
            NNX, a TrainState, or JAX parameters in nested dicts; a scikit-learn model after its first ``partial_fit``.

    Returns:
        copies, float32 or float64.

    Raises:
        ValueError: if it is none of these, or has no trainable tensors.
    """
    kind = framework_of(model)
    if kind is None:
        raise ValueError(f"the model is a {type(model).__name__}, expected one of torch, Keras, JAX, Flax or scikit-learn")
    module = importlib.import_module(f".{kind}", __package__)
    tensors: Mapping[str, Vector] = module.trainable(model) if kind == "torch" else module.tensors(model)
    return tensors


def framework_of(model: Any) -> str | None:
    """Returns the module of this package that reads a model's tensors; None if there is none."""
    packages = _packages(model)
    if isinstance(model, Mapping) and model:
        jax = sys.modules.get("jax")
        leaves = [] if jax is None else jax.tree_util.tree_leaves(dict(model))
        return "jax" if leaves and all(isinstance(leaf, jax.Array) for leaf in leaves) else None  # type: ignore[union-attr]
    return next((module for package, module in _MODULES.items() if package in packages), None)


def owns_loop(model: Any) -> bool:
    """Returns whether a module belongs to a framework with its own training loop."""
    return bool(_packages(model) & _LOOPS)


def _packages(model: Any) -> set[str]:
    return {base.__module__.split(".")[0] for base in type(model).__mro__}
