"""A scikit-learn model with ``partial_fit`` as a device of a fleet; needs scikit-learn.

model.partial_fit(x[:1], y[:1], classes=classes)            # so that it has coef_
with Client(...) as client, SklearnRounds(client, model, local_steps=5) as rounds:
    for x, y in rounds.batches(lambda number: ...):
        model.partial_fit(x, y)
        rounds.step(samples=len(y))                         # the new line
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ._types import Vector
from .client import Client
from .loops import ArrayWeights, LocalRounds, packed_arrays, unpacked_arrays

__all__ = ["SklearnRounds", "tensors"]

_Arrays = dict[str, npt.NDArray[Any]]

_NUMBERS = ("t_", "n_iter_", "_no_improvement_count", "best_loss_")
"""Attributes of a model besides its weights that affect its next step."""
_OPTIMIZER = ("t", "learning_rate", "ms", "vs", "velocities")
"""Attributes of a neural network's optimizer."""


class SklearnRounds(LocalRounds):
    """The rounds of a run in a loop of ``partial_fit``, each call of which is a local step.

    The run's tensors are ``coef_`` and ``intercept_`` of linear models trained by SGD, and ``coefs_.0``, ``intercepts_.0`` and so
    on of neural networks. A device that is killed continues from its last round, with the numbers of steps, an MLP's optimizer,
    numpy's random numbers, and the number of the next batch.

    Args:
        client: a client with a run; nothing else may use it meanwhile.
        model: SGDClassifier, SGDRegressor, Perceptron, PassiveAggressive..., MLPClassifier or MLPRegressor, after a first
            ``partial_fit``.
        local_steps: calls per round; by default the number in the run's definition, else 1.
        keep_state: whether to save the state after each round.

    Raises:
        ValueError: if the model has no weights yet, is not trained along gradients, or averages its weights.
    """

    def __init__(self, client: Client, model: Any, *, local_steps: int | None = None, keep_state: bool = True) -> None:
        _arrays(model)
        self._fitted = model
        weights = ArrayWeights(lambda: _arrays(model), lambda values: _assign(model, values))
        super().__init__(client, weights, local_steps=local_steps, keep_state=keep_state, state=(self._saved, self._restore))

    def step(self, loss: Any = None, samples: int = 1, tokens: int = 0, *, complete: bool = True) -> bool:
        """Counts a call of ``partial_fit``, like ``LocalRounds.step``; by default with the ``loss_`` of a neural network."""
        return super().step(getattr(self._fitted, "loss_", None) if loss is None else loss, samples, tokens, complete=complete)

    def _saved(self) -> bytes:
        return packed_arrays(self._state_arrays())

    def _state_arrays(self) -> _Arrays:
        state: dict[str, Any] = {"trained": self.trained}
        state |= {name: getattr(self._fitted, name) for name in _NUMBERS if hasattr(self._fitted, name)}
        optimizer = getattr(self._fitted, "_optimizer", None)
        for name in _OPTIMIZER:
            value = getattr(optimizer, name, None)
            if isinstance(value, list):
                state |= {f"optimizer.{name}.{i}": part for i, part in enumerate(value)}
            elif value is not None:
                state[f"optimizer.{name}"] = value
        for i, generator in enumerate(self._generators()):
            _, words, *rest = generator.get_state()
            state |= {f"random.{i}.words": words, f"random.{i}.rest": np.array(rest, np.float64)}
        return {name: np.asarray(value) for name, value in state.items()}

    def _restore(self, data: bytes) -> None:
        state = unpacked_arrays(data, self._state_arrays())
        self.trained = int(state["trained"])
        for name in _NUMBERS:
            if name in state:
                # Converts to the same type: a count remains an integer.
                setattr(self._fitted, name, type(getattr(self._fitted, name))(state[name][()]))
        optimizer = getattr(self._fitted, "_optimizer", None)
        for name in _OPTIMIZER:
            value = getattr(optimizer, name, None)
            if isinstance(value, list):
                setattr(optimizer, name, [state[f"optimizer.{name}.{i}"] for i in range(len(value))])
            elif value is not None:
                setattr(optimizer, name, type(value)(state[f"optimizer.{name}"][()]))
        for i, generator in enumerate(self._generators()):
            place, has_gauss, gauss = state[f"random.{i}.rest"]
            generator.set_state(("MT19937", state[f"random.{i}.words"], int(place), int(has_gauss), float(gauss)))

    def _generators(self) -> list[Any]:
        own = getattr(self._fitted, "random_state", None)
        # numpy's global generator is also a legacy one.
        return [np.random, *([own] if isinstance(own, np.random.RandomState) else [])]


def tensors(model: Any) -> Mapping[str, Vector]:
    """Returns the weights of a fitted model by the names of the run's tensors; copies.

    Raises:
        ValueError: like ``SklearnRounds``.
    """
    return {name: np.array(values) for name, values in _arrays(model).items()}


def _arrays(model: Any) -> _Arrays:
    kind = type(model).__name__
    if hasattr(model, "estimators_") or not hasattr(model, "partial_fit"):
        raise ValueError(
            f"{kind} has no partial_fit of its own weights, expected a linear model trained by SGD or a neural network"
        )
    if getattr(model, "average", False):
        raise ValueError(f"{kind} has average={model.average}, so a step does not change its coef_ directly: leave average out")
    if hasattr(model, "coefs_"):
        lists = ("coefs_", "intercepts_")
        return {f"{name}.{i}": part for name in lists for i, part in enumerate(getattr(model, name))}
    if hasattr(model, "coef_") and hasattr(model, "intercept_") and hasattr(model, "t_"):
        return {"coef_": model.coef_, "intercept_": model.intercept_}
    raise ValueError(
        f"{kind} has no coef_ and intercept_, expected a linear model trained by SGD or a neural network, after a first call to "
        "partial_fit, which sets its shapes"
    )


def _assign(model: Any, values: Mapping[str, Vector]) -> None:
    # In place, since the optimizer of a neural network refers to the same arrays.
    for name, array in _arrays(model).items():
        array[...] = values[name]
