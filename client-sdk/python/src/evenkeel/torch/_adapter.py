"""The check that the frozen part of a module is the same on every device."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor, nn

from ..errors import ModelMismatchError

__all__ = ["base_sha256"]


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
    """Raises ModelMismatchError if the SHA-256 of a module's frozen part is not ``expected``; None accepts any."""
    if expected is None:
        return
    found = base_sha256(module)
    if found != expected.lower():
        raise ModelMismatchError(
            f"the frozen part of the module has the SHA-256 {found}, but this run's adapter is for {expected}: load the weights, the "
            "precision and the version of the base model that the run was created with; nothing was sent"
        )
