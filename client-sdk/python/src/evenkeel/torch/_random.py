"""The states of torch's random generators, so that two gradients can draw the same numbers."""

from __future__ import annotations

import torch
from torch import Tensor


def generators(device: torch.device) -> list[Tensor]:
    """Returns the states of the CPU's generator and of a GPU's."""
    states = [torch.get_rng_state()]
    if device.type == "cuda":
        states.append(torch.cuda.get_rng_state(device))
    return states


def set_generators(device: torch.device, states: list[Tensor]) -> None:
    """Restores the result of ``generators``."""
    torch.set_rng_state(states[0])
    if len(states) > 1:
        torch.cuda.set_rng_state(states[1], device)
