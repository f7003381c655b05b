"""``fit`` of a Keras model as a device of a fleet; needs keras 3, with any backend.

rounds = RoundsCallback(client, model, local_steps=5)
model.fit(x, y, epochs=1000, callbacks=[rounds])        # until the run ends
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from ._types import Vector
from .client import Client, RunOutcome
from .loops import ArrayWeights, LocalRounds, packed_arrays, unpacked_arrays

__all__ = ["RoundsCallback", "tensors"]


class RoundsCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Starts each round of a run with the run's model, sends the difference after a number of batches of ``fit``, and stops
    ``fit`` when the run has ended. The model then has the run's final values.

    The run's tensors are the model's trainable variables, named by their paths, so layers need unique names, or a fresh session.
    A device that is killed continues from its last round, with the optimizer, its schedule and loss scale, and the variables that
    are not trained, such as dropout's seeds and the statistics of batch normalization; with the torch backend also its random
    numbers. ``batches`` restores the position in the data; arrays passed to ``fit`` start from the beginning.

    Args:
        client: a client with a run; nothing else may use it meanwhile.
        model: the model, built and compiled.
        local_steps: batches per round; by default the number in the run's definition, else 1.
        keep_state: whether to save the state after each round.

    Raises:
        ValueError: in ``fit``, if the model is not built or not compiled, or runs several batches at once.
        ModelMismatchError: in ``fit``, if the trainable variables are not the run's tensors.
        EvenkeelError: in ``fit``, if the client cannot continue.
    """

    def __init__(self, client: Client, model: Any, *, local_steps: int | None = None, keep_state: bool = True) -> None:
        super().__init__()
        tensors(model)
        if getattr(model, "optimizer", None) is None:
            raise ValueError("the model has no optimizer: compile it first")
        if model.steps_per_execution != 1:
            raise ValueError(f"steps_per_execution is {model.steps_per_execution}, expected 1: rounds begin between batches")
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        self._rounds = _KerasRounds(client, model, local_steps, keep_state)
        self._epoch = 0
        self._sum = 0.0

    @property
    def outcome(self) -> RunOutcome | None:
        """The outcome of the training; None before its end."""
        return self._rounds.outcome

    def batches(self, function: Callable[[int], Any]) -> Iterable[Any]:
        """Returns the batches of a function for ``fit`` with ``steps_per_epoch``, starting with the first untrained one.

        Args:
            function: maps a batch's number, 0, 1, ..., to the batch, such as (x, y).
        """
        return (batch for batch in self._rounds.batches(function))

    def on_train_begin(self, logs: Any = None) -> None:
        """Joins the run, and restores the saved state."""
        if not self._rounds.begin():
            self.model.stop_training = True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Starts the means of an epoch."""
        self._epoch, self._sum = 0, 0.0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Restores the random numbers after Keras has drawn those for the start of its data."""
        self._rounds.restore_numbers()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Ends a round when its batches are complete."""
        # Keras passes the mean over the epoch's batches so far.
        before, self._epoch = self._sum, self._epoch + 1
        mean = (logs or {}).get("loss")
        self._sum = before if mean is None else float(mean) * self._epoch
        if not self._rounds.step(None if mean is None else self._sum - before):
            self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        """Stops the client if the run continues, and sets the model to the run's final values."""
        self._rounds.close()


class _KerasRounds(LocalRounds):
    """The rounds of a run in ``fit``."""

    def __init__(self, client: Client, model: Any, steps: int | None, keep_state: bool) -> None:
        self._keras = model
        self._numbers: list[npt.NDArray[Any]] = []
        remedy = (
            "create the run from this model with python -m evenkeel run, and give its layers names, or call keras.utils.clear_session() "
            "before it is created, since Keras numbers layers of one kind"
        )
        weights = ArrayWeights(self._read, self._write, remedy)
        super().__init__(client, weights, local_steps=steps, keep_state=keep_state, state=(self._saved, self._restore))

    def _sync(self) -> None:
        # The JAX backend trains outside the variables.
        sync = getattr(self._keras, "jax_state_sync", None)
        if sync is not None and getattr(self._keras, "_jax_state", None) is not None:
            sync()

    def _read(self) -> Mapping[str, npt.NDArray[Any]]:
        self._sync()
        return _named(self._keras.trainable_variables)

    def _write(self, values: Mapping[str, Vector]) -> None:
        self._sync()
        for variable in self._keras.trainable_variables:
            variable.assign(values[variable.path])

    def _others(self) -> dict[str, Any]:
        """Returns the stateful variables besides the trained ones. A layer may occur twice in a model."""
        metrics = {id(variable) for variable in self._keras.metrics_variables}
        model = [variable for variable in self._keras.non_trainable_variables if id(variable) not in metrics]
        found = [*model, *self._keras.optimizer.variables]
        return {f"{i}.{variable.path}": variable for i, variable in enumerate(found)}

    def _arrays(self) -> dict[str, npt.NDArray[Any]]:
        self._sync()
        arrays = {name: keras.ops.convert_to_numpy(variable) for name, variable in self._others().items()}
        numbers = {f"random.{i}": values for i, values in enumerate(_random_numbers())}
        return {"trained": np.asarray(self.trained), **arrays, **numbers}

    def _saved(self) -> bytes:
        return packed_arrays(self._arrays())

    def _restore(self, data: bytes) -> None:
        state = unpacked_arrays(data, self._arrays())
        self.trained = int(state["trained"])
        for name, variable in self._others().items():
            variable.assign(state[name])
        self._numbers = [state[f"random.{i}"] for i in range(len(_random_numbers()))]

    def restore_numbers(self) -> None:
        """Restores the random numbers of the saved state, once."""
        numbers, self._numbers = self._numbers, []
        if numbers:
            _set_random_numbers(numbers)


def _random_numbers() -> list[npt.NDArray[Any]]:
    """Returns the states of torch's generators, which its backend uses for unseeded draws; other backends draw from variables."""
    if keras.backend.backend() != "torch":
        return []
    import torch

    on_gpus = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return [state.numpy() for state in (torch.get_rng_state(), *on_gpus)]


def _set_random_numbers(numbers: list[npt.NDArray[Any]]) -> None:
    import torch

    first, *on_gpus = (torch.from_numpy(state) for state in numbers)
    torch.set_rng_state(first)
    if on_gpus:
        torch.cuda.set_rng_state_all(on_gpus)


def tensors(model: Any) -> Mapping[str, Vector]:
    """Returns the trainable variables of a built model by their paths, the names of the run's tensors; copies.

    Raises:
        ValueError: if the model is not built, or two variables have the same path.
    """
    if not model.built or not model.trainable_variables:
        raise ValueError("the model has no trainable variables: build it, such as with keras.Input, and let a layer be trainable")
    found = _named(model.trainable_variables)
    if len(found) != len(model.trainable_variables):
        raise ValueError("two of the model's variables have the same path: give its layers unique names")
    return {name: values.astype(np.float64 if values.dtype == np.float64 else np.float32) for name, values in found.items()}


def _named(variables: Iterable[Any]) -> dict[str, npt.NDArray[Any]]:
    return {variable.path: keras.ops.convert_to_numpy(variable) for variable in variables}
