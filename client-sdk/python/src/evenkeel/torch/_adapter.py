"""The trainable part of a module, and the check that the rest is the same on every device."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor, nn

from .._types import Vector
from ..errors import ModelMismatchError
from ._parameters import ParameterLayout

__all__ = ["base_sha256", "trainable"]


def trainable(module: nn.Module) -> dict[str, Vector]:
    """Returns the trainable tensors by name: the initial model of a run of this module.

    They are the parameters with ``requires_grad``, which ``TorchDevice`` sends. With LoRA, by peft or by your own layers, they
    are only the adapter.

    Returns:
        float32 arrays, float64 ones if all parameters are; copies.

    Raises:
        ValueError: like ``ParameterLayout``.
    """
    found = ParameterLayout(module.named_parameters())
    double = all(parameter.dtype == torch.float64 for parameter in found.parameters)
    dtype = torch.float64 if double else torch.float32
    pairs = zip(found.layout.tensors, found.parameters)
    return {tensor.name: parameter.detach().to("cpu", dtype, copy=True).numpy() for tensor, parameter in pairs}


def base_sha256(module: nn.Module) -> str:
    """Returns the SHA-256 of the frozen part: the names, types, shapes and values of the frozen parameters and the buffers in
    ``state_dict``, in the order of their names.

    All devices of an adapter's run need the same base, since the adapter is meaningless on another one. Values on an accelerator
    are read tensor by tensor. A base loaded in another precision has another SHA-256.
    """
    trained = {id(parameter) for parameter in module.parameters() if parameter.requires_grad}
    digest = hashlib.sha256()
    frozen = {name.removeprefix("module."): value for name, value in module.state_dict(keep_vars=True).items()}
    for name, value in sorted(frozen.items()):
        if isinstance(value, Tensor) and id(value) not in trained:
            digest.update(f"{name} {value.dtype} {list(value.shape)}\n".encode())
            digest.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def require_base(module: nn.Module, expected: str | None) -> None:
    """Raises ModelMismatchError if the SHA-256 of a module's frozen part differs from the expected one, if any."""
    if expected is None:
        return
    found = base_sha256(module)
    if found != expected.lower():
        raise ModelMismatchError(
            f"the frozen part of the module has the SHA-256 {found}, and this run's adapter is for {expected}: load the weights, the "
            "precision and the version of the base model that the run was made with; nothing was sent"
        )
