"""A PyTorch training loop as a device of a fleet."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from ..client import Client
from ..loops import BatchPosition, LocalRounds, is_function
from ._weights import ModuleWeights, saved_buffers

__all__ = ["TorchRounds"]


class TorchRounds(LocalRounds):
    """Runs a run's rounds in a PyTorch training loop, with its existing module, optimizer and data.

        with Client(...) as client, TorchRounds(client, module, keep=[optimizer, scheduler], local_steps=5) as rounds:
            for inputs, targets in rounds.batches(loader):      # was: for inputs, targets in loader
                loss = loss_fn(module(inputs), targets)
                loss.backward()
                optimizer.step()
                optimizer.zero_grad()
                rounds.step(loss, len(inputs))                  # the new line

    Each trainable parameter is the run's tensor with the same name and shape. A device that is killed continues from its last
    round, with the states of ``keep``, the module's buffers, torch's, numpy's and Python's random numbers, and the position in
    ``batches``. Random numbers drawn while loading a batch, for example by augmentation, are not restored: derive them from the
    sample's index. Parameters and buffers that match ``local`` are kept with this state.

    Args:
        client: a client with a run; nothing else may use it meanwhile.
        module: the model, or the inner module if it is wrapped.
        keep: the stateful objects, with ``state_dict`` and ``load_state_dict``: optimizer, scheduler, scaler. None if they are
            passed to ``restore`` later.
        local_steps: optimizer steps per round; by default the number in the run's definition, else 1.
        keep_state: whether to save the state after each round.
        base: the required SHA-256 of the module's frozen part, from ``base_sha256``; otherwise the device refuses the run.
        use_buffers: whether the buffers are averaged, as in ``TorchDevice``.
        local: patterns of the names of parameters and buffers that stay on the device, as in ``TorchDevice``.

    Raises:
        ValueError: if the module has no trainable parameters, or only parts of them; or if ``use_buffers`` or ``local`` does not suit
            the module, or the ``local`` tensors cannot be saved.
        TypeError: if an object in ``keep`` has no state.
    """

    def __init__(
        self,
        client: Client,
        module: nn.Module,
        *,
        keep: Sequence[Any] | None = (),
        local_steps: int | None = None,
        keep_state: bool = True,
        base: str | None = None,
        use_buffers: bool = False,
        local: Sequence[str] = (),
    ) -> None:
        if local and not keep_state:
            raise ValueError("local is kept with the loop's state, expected keep_state=True")
        for kept in keep or ():
            if not hasattr(kept, "state_dict") or not hasattr(kept, "load_state_dict"):
                raise TypeError(f"keep has a {type(kept).__name__}, expected state_dict and load_state_dict, as an optimizer has")
        self._module = module
        self._keep = None if keep is None else list(keep)
        self._kept: list[Any] | None = None
        self._position = BatchPosition()
        self._resumed: Any = None
        self._numbers: Any = None
        weights = ModuleWeights(module, base, use_buffers=use_buffers, local=local)
        self._own = weights
        super().__init__(
            client,
            weights,
            local_steps=local_steps,
            keep_state=keep_state,
            state=(self._saved, self._restore),
        )

    def batches(self, source: Iterable[Any] | Callable[[int], Any]) -> Iterable[Any]:
        """Returns the batches of a loader epoch by epoch until the run ends, starting where the loop last stopped.

        Args:
            source: a DataLoader, or another iterable that can be iterated repeatedly; or a function that maps a batch's number to
                the batch.
        """
        return super().batches(source) if is_function(source) else self._epochs(source)  # type: ignore[arg-type]

    def _epochs(self, loader: Any) -> Iterator[Any]:
        self.begin()
        number = self.trained
        while self.goes_on:
            before = number
            for batch in self.epoch(loader):
                yield batch
                number += 1
                if not self.goes_on:
                    return
            if number == before:
                raise ValueError("the loader gave no batch, expected at least one: check the data set, and drop_last")

    def epoch(self, loader: Any) -> Iterator[Any]:
        """Yields the batches of one epoch of a loader; after a restart first the rest of the interrupted epoch, if any."""
        self.begin()
        resumed, self._resumed = self._resumed, None
        number, order = resumed or (self.trained, None)
        if order is not None:
            _set_order(loader, order)
        self._position.begin(number, _order(loader))
        iterator = iter(loader)
        while number < self.trained:
            # These batches were trained on before the restart.
            if next(iterator, self) is self:
                break
            number += 1
        if resumed is not None:
            self.restore_numbers()
        last = number
        for batch in iterator:
            yield batch
            number += 1
        if resumed is not None and number == last:
            # The loop stopped at the end of the epoch.
            yield from self.epoch(loader)

    def restore(self, keep: Sequence[Any]) -> None:
        """Sets the stateful objects after ``begin``, and restores their saved states.

        Raises:
            StateError: if the state does not fit.
        """
        self._keep = list(keep)
        kept, self._kept = self._kept, None
        if kept is None:
            return
        try:
            _load(self._keep, kept)
        except (ValueError, KeyError, TypeError, RuntimeError) as e:
            raise self.unreadable(e) from e

    def restore_numbers(self) -> None:
        """Restores the random numbers of the saved state, once."""
        numbers, self._numbers = self._numbers, None
        if numbers is not None:
            _set_numbers(numbers)

    def _saved(self) -> bytes:
        file = io.BytesIO()
        state = {
            "kept": [kept.state_dict() for kept in self._keep or ()],
            "buffers": self._buffers(),
            "trained": self.trained,
            "epoch": self._position.at(self.trained),
            "numbers": _numbers(),
            "more": self.more_state(),
        }
        torch.save(state, file)
        return file.getvalue()

    def _restore(self, data: bytes) -> None:
        # Loads only tensors and plain values, so that a state file cannot run code.
        state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
        if self._keep is None:
            self._kept = state["kept"]
        else:
            _load(self._keep, state["kept"])
        own, buffers = self._buffers(), state["buffers"]
        if own.keys() != buffers.keys():
            raise ValueError(f"it has the buffers and local tensors {', '.join(buffers)}, but the module has {', '.join(own)}")
        for name, buffer in own.items():
            buffer.copy_(buffers[name])
        self.trained = state["trained"]
        self._resumed = state["epoch"]
        self._numbers = state["numbers"]
        self.restore_more(state["more"])
        if self._resumed is None and self._keep is not None:
            self.restore_numbers()

    def _buffers(self) -> dict[str, torch.Tensor]:
        """Returns the kept tensors that are not part of the run: buffers and local tensors."""
        averaged = self._own.without_feedback
        return {name: buffer for name, buffer in saved_buffers(self._module) if name not in averaged} | self._own.local

    def more_state(self) -> Any:
        """Returns the additional state of a subclass, as plain values."""
        return None

    def restore_more(self, state: Any) -> None:
        """Restores the result of ``more_state``."""


def _load(keep: Sequence[Any], states: Sequence[Any]) -> None:
    if len(states) != len(keep):
        raise ValueError(f"it has {len(states)} states of optimizers, schedulers and scalers, but this loop has {len(keep)}")
    for kept, values in zip(keep, states):
        kept.load_state_dict(values)


def _numbers() -> dict[str, Any]:
    """Returns the states of the random generators, as tensors and plain values."""
    kind, words, *rest = np.random.get_state()
    numbers: dict[str, Any] = {
        "torch": torch.get_rng_state(),
        "python": random.getstate(),
        "numpy": [kind, np.asarray(words).tolist(), *rest],
    }
    if torch.cuda.is_available():
        numbers["cuda"] = torch.cuda.get_rng_state_all()
    return numbers


def _set_numbers(numbers: dict[str, Any]) -> None:
    torch.set_rng_state(numbers["torch"])
    random.setstate(numbers["python"])
    np.random.set_state(tuple(numbers["numpy"]))
    if "cuda" in numbers and torch.cuda.device_count() == len(numbers["cuda"]):
        torch.cuda.set_rng_state_all(numbers["cuda"])


def _order(loader: Any) -> dict[str, Any]:
    """Returns the data that determines an epoch's order: the states of the global and the samplers' random generators,
    and the epoch's number."""
    generators = [generator.get_state() for generator in _generators(loader)]
    return {"numbers": _numbers(), "generators": generators, "epoch": getattr(loader, "iteration", None)}


def _set_order(loader: Any, order: dict[str, Any]) -> None:
    _set_numbers(order["numbers"])
    for generator, state in zip(_generators(loader), order["generators"]):
        generator.set_state(state)
    if order["epoch"] is not None:
        # The epoch of an Accelerate loader, which numbers its epochs.
        loader.iteration = order["epoch"]


def _generators(loader: Any) -> list[torch.Generator]:
    batch_sampler = getattr(loader, "batch_sampler", None)
    owners = [loader, getattr(loader, "sampler", None), batch_sampler, getattr(batch_sampler, "sampler", None)]
    found = {id(generator): generator for owner in owners if (generator := getattr(owner, "generator", None)) is not None}
    return list(found.values())
