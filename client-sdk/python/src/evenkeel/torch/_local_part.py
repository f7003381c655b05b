"""The part of a module that stays on its device, such as a personal head."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from ..client import MemoryStore, StateStore
from ..loops import RoundStates


class LocalPart:
    """Saves a module's local tensors with the device's state after each round, and restores them before the next one.
    A repeated round therefore starts from the same values.

    Args:
        tensors: returns the module's local tensors by name; they are written in place. Called each time, since moving a
            module to another device replaces its tensors.
    """

    def __init__(self, tensors: Callable[[], Mapping[str, Tensor]]) -> None:
        self._tensors = tensors
        self._initial = {name: tensor.clone() for name, tensor in tensors().items()}
        self._states = RoundStates(MemoryStore(), "local", "local-part")

    def keep_in(self, store: StateStore, run: str) -> None:
        """Sets the location of the state, and restores the newest one."""
        if self._initial:
            self._states = RoundStates(store, run, "local-part")
            self.restore(2**31)

    def restore(self, round: int) -> None:
        """Restores the values after the newest round before ``round``; the initial ones if there is none.

        Raises:
            StateError: if the file is damaged, or its tensors do not fit.
        """
        if not self._initial:
            return
        own, data = self._tensors(), self._states.load(round)
        saved = self._initial
        if data is not None:
            # Loads only tensors, so that a state file cannot run code.
            saved = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
            found, expected = ({name: tuple(each.shape) for name, each in part.items()} for part in (saved, own))
            if found != expected:
                reason = f"it has the tensors {found}, expected {expected}: keep the module and its local patterns"
                raise self._states.unreadable(self._states.before(round), reason)
        with torch.no_grad():
            for name, tensor in own.items():
                tensor.copy_(saved[name])

    def save(self, round: int) -> None:
        """Saves the values after a round.

        Raises:
            StateError: if the file cannot be written; the previous state remains.
        """
        if self._initial:
            file = io.BytesIO()
            torch.save({name: tensor.cpu() for name, tensor in self._tensors().items()}, file)
            self._states.save(round, file.getvalue())
