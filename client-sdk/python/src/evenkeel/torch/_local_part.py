"""The part of a module that stays on its device, such as a personal head."""

from __future__ import annotations

import io
from collections.abc import Mapping

import torch
from torch import Tensor

from ..client import MemoryStore, StateStore
from ..loops import RoundStates


class LocalPart:
    """Keeps the tensors of a module that are not sent, after each round with the device's state, and restores them before the
    next, so that a round that is repeated starts from the same values.

    Args:
        tensors: the module's own tensors by name; written in place.
    """

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        self._tensors = tensors
        self._initial = {name: tensor.clone() for name, tensor in tensors.items()}
        self._states = RoundStates(MemoryStore(), "local", "local-part")

    def keep_in(self, store: StateStore, run: str) -> None:
        """Sets the location of the state, and restores the newest one."""
        if self._tensors:
            self._states = RoundStates(store, run, "local-part")
            self.restore(2**31)

    def restore(self, round: int) -> None:
        """Restores the values after the newest round before ``round``; the initial ones if there is none.

        Raises:
            StateError: if the file is damaged, or its tensors do not fit.
        """
        if not self._tensors:
            return
        data = self._states.load(round)
        saved = self._initial
        if data is not None:
            # Only tensors: a state file runs no code.
            saved = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
            found, own = ({name: tuple(each.shape) for name, each in part.items()} for part in (saved, self._tensors))
            if found != own:
                raise self._states.unreadable(
                    self._states.before(round),
                    f"it has the tensors {found}, expected {own}: keep the module and its local patterns",
                )
        with torch.no_grad():
            for name, tensor in self._tensors.items():
                tensor.copy_(saved[name])

    def save(self, round: int) -> None:
        """Saves the values after a round.

        Raises:
            StateError: if the disk refuses; the previous state remains.
        """
        if self._tensors:
            file = io.BytesIO()
            torch.save({name: tensor.cpu() for name, tensor in self._tensors.items()}, file)
            self._states.save(round, file.getvalue())
