"""A JAX training loop, with or without Flax, as a device of a fleet; needs jax.

with Client(...) as client, JaxRounds(client, state, local_steps=5) as rounds:
    for batch in rounds.batches(lambda number: ...):
        rounds.state, loss = train_step(rounds.state, batch)
        rounds.step(loss)                                   # the new line
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from ._types import Vector
from .client import Client
from .loops import ArrayWeights, LocalRounds, packed_arrays, unpacked_arrays

__all__ = ["JaxRounds", "tensors"]


class JaxRounds(LocalRounds):
    """The rounds of a run in a JAX loop, whose state is one pytree.

    The run's tensors are the arrays of its parameters, named by their paths, such as ``Dense_0.kernel``. A device that is killed
    continues from its last round, with all other arrays of the state, such as those of the optimizer and random keys, and the
    number of the next batch. Random keys outside of the state are not restored: derive them from the batch's number.

    Args:
        client: a client with a run; nothing else may use it meanwhile.
        state: a pytree with the parameters in ``params``, such as Flax's TrainState or a dict; a tuple that starts with the
            parameters, such as (params, opt_state); or a tuple of modules and optimizers of Flax's NNX, which are trained in
            place.
        params: state -> parameters, for other states.
        replace: (state, parameters) -> state, for other states.
        local_steps: optimizer steps per round; by default the number in the run's definition, else 1.
        keep_state: whether to save the state after each round.

    Attributes:
        state: the state, which the loop replaces after each step. At the end it has the run's final parameters.

    Raises:
        ValueError: if the parameters are not found or not real numbers, or several processes train one model.
    """

    def __init__(
        self,
        client: Client,
        state: Any,
        *,
        params: Callable[[Any], Any] | None = None,
        replace: Callable[[Any, Any], Any] | None = None,
        local_steps: int | None = None,
        keep_state: bool = True,
    ) -> None:
        if jax.process_count() > 1:
            raise ValueError(
                f"{jax.process_count()} processes train one model, but a device is one process, whose messages contain whole tensors: start "
                "each process as a separate device, without jax.distributed"
            )
        if (params is None) != (replace is None):
            raise ValueError("params and replace belong together: give both, or neither")
        self.state = state
        self._params = params or _params
        self._replace = replace or _replaced
        tensors(self._params(state))
        weights = ArrayWeights(lambda: _named(self._params(self.state)), self._write)
        super().__init__(client, weights, local_steps=local_steps, keep_state=keep_state, state=(self._saved, self._restore))

    def _write(self, values: Mapping[str, Vector]) -> None:
        before = self._params(self.state)
        after = jax.tree_util.tree_map_with_path(lambda path, leaf: _like(leaf, values[_name(path)]), before)
        self.state = self._replace(self.state, after)

    def _saved(self) -> bytes:
        return packed_arrays({"=trained": np.asarray(self.trained), **self._others()})

    def _others(self) -> dict[str, npt.NDArray[Any]]:
        """Returns the arrays of the state that are not parameters."""
        trained = {id(leaf) for leaf in jax.tree_util.tree_leaves(self._params(self.state))}
        leaves = jax.tree_util.tree_leaves_with_path(_pure(self.state))
        return {jax.tree_util.keystr(path): _array(leaf) for path, leaf in leaves if id(leaf) not in trained}

    def _restore(self, data: bytes) -> None:
        found = unpacked_arrays(data, {"=trained": np.asarray(0), **self._others()})
        self.trained = int(found["=trained"])

        def restored(path: Any, leaf: Any) -> Any:
            values = found.get(jax.tree_util.keystr(path))
            return leaf if values is None else _like(leaf, values)

        after = jax.tree_util.tree_map_with_path(restored, _pure(self.state))
        if _is_nnx(self.state):
            _nnx().update(self.state, after)
        else:
            self.state = after


def tensors(params: Any) -> Mapping[str, Vector]:
    """Returns the arrays of a pytree of parameters, or of a module of Flax's NNX, by the names of the run's tensors; copies.

    Raises:
        ValueError: if an array does not contain real numbers, which the message names, or if there are no arrays.
    """
    arrays = _named(_params(params) if _is_nnx(params) or hasattr(params, "params") else params)
    for name, values in arrays.items():
        if not jnp.issubdtype(values.dtype, jnp.floating):
            raise ValueError(
                f"parameter '{name}' is {values.dtype}, expected real numbers: move it from the parameters to another part of the state"
            )
    if not arrays:
        raise ValueError("the parameters have no array, expected at least one to train")
    return {name: values.astype(np.float64 if values.dtype == np.float64 else np.float32) for name, values in arrays.items()}


def _params(state: Any) -> Any:
    if _is_nnx(state):
        nnx = _nnx()
        model = next(
            (part for part in _parts(state) if isinstance(part, nnx.Module) and not isinstance(part, nnx.Optimizer)), None
        )
        if model is None:
            raise ValueError("the state has no nnx.Module, expected one to train")
        return nnx.to_pure_dict(nnx.state(model, nnx.Param))
    if hasattr(state, "params"):
        return state.params
    if isinstance(state, Mapping) and "params" in state:
        return state["params"]
    if isinstance(state, tuple) and state:
        return state[0]
    raise ValueError(
        f"the state is a {type(state).__name__} without params, expected for example a TrainState, "
        "or a tuple that starts with the parameters: "
        "give params=… and replace=…"
    )


def _replaced(state: Any, params: Any) -> Any:
    if _is_nnx(state):
        nnx = _nnx()
        model = next(part for part in _parts(state) if isinstance(part, nnx.Module) and not isinstance(part, nnx.Optimizer))
        values = nnx.state(model, nnx.Param)
        nnx.replace_by_pure_dict(values, params)
        nnx.update(model, values)
        return state
    if hasattr(state, "replace"):
        return state.replace(params=params)
    if hasattr(state, "_replace") and hasattr(state, "params"):
        return state._replace(params=params)
    if isinstance(state, Mapping):
        return {**state, "params": params}
    return (params, *state[1:])


def _pure(state: Any) -> Any:
    """Returns the state as a pytree."""
    return _nnx().state(state) if _is_nnx(state) else state


def _parts(state: Any) -> tuple[Any, ...]:
    return state if isinstance(state, tuple) else (state,)


def _nnx() -> Any:
    return sys.modules["flax.nnx"]


def _is_nnx(state: Any) -> bool:
    """Whether a state consists of objects that are trained in place; only a program that has imported flax.nnx can have such
    objects."""
    nnx = sys.modules.get("flax.nnx")
    return nnx is not None and any(isinstance(part, nnx.Module) for part in _parts(state))


def _named(params: Any) -> dict[str, npt.NDArray[Any]]:
    return {_name(path): _array(leaf) for path, leaf in jax.tree_util.tree_leaves_with_path(params)}


def _name(path: Any) -> str:
    return jax.tree_util.keystr(path, simple=True, separator=".") or "params"


def _array(leaf: Any) -> npt.NDArray[Any]:
    """Returns a leaf's values; for a random key, its bits."""
    if isinstance(leaf, jax.Array) and jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        leaf = jax.random.key_data(leaf)
    # A Python number becomes an array of JAX's type in the first step.
    return np.asarray(leaf if isinstance(leaf, np.ndarray) else jnp.asarray(leaf))


def _like(leaf: Any, values: npt.NDArray[Any]) -> Any:
    """Returns values as a leaf with the same kind, type and devices."""
    if not isinstance(leaf, jax.Array):
        return values.astype(leaf.dtype) if isinstance(leaf, np.ndarray) else type(leaf)(values[()])
    if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        return jax.random.wrap_key_data(jnp.asarray(values), impl=jax.random.key_impl(leaf))
    return jax.device_put(values.astype(leaf.dtype), leaf.sharding)
