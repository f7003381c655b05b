"""Training loops with JAX and Flax."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

jax = pytest.importorskip("jax", reason="jax is not installed: .ci/integrations installs it")
flax = pytest.importorskip("flax", reason="flax is not installed: .ci/integrations installs it")
optax = pytest.importorskip("optax", reason="optax is not installed: .ci/integrations installs it")

import jax.numpy as jnp  # noqa: E402
from flax import nnx  # noqa: E402

from evenkeel import Client, tensors_of  # noqa: E402
from evenkeel.client import MemoryStore  # noqa: E402
from evenkeel.jax import JaxRounds  # noqa: E402

from . import loops  # noqa: E402

X, Y = jnp.eye(3), jnp.ones((3, 1))
PARAMS = {"linear": {"kernel": jnp.zeros((3, 1)), "bias": jnp.zeros((1,), jnp.bfloat16)}}
OPTIMIZER = optax.adam(0.01)


def plain(client: Any, after_step: Any) -> Any:
    """A loop over a tuple of parameters and the optimizer's state."""

    @jax.jit
    def train_step(state: Any) -> Any:
        params, inner = state

        def loss(params: Any) -> Any:
            return jnp.mean((X @ params["linear"]["kernel"] + params["linear"]["bias"] - Y) ** 2)

        found, gradients = jax.value_and_grad(loss)(params)
        updates, inner = OPTIMIZER.update(gradients, inner, params)
        return (optax.apply_updates(params, updates), inner), found

    with JaxRounds(client, (PARAMS, OPTIMIZER.init(PARAMS)), local_steps=2) as rounds:
        for number in rounds.batches(lambda number: number):
            rounds.state, loss = train_step(rounds.state)
            rounds.step(loss, len(Y))
            after_step(number + 1)
    return rounds.outcome


class Network(nnx.Module):
    def __init__(self) -> None:
        rngs = nnx.Rngs(0)
        self.linear = nnx.Linear(3, 1, rngs=rngs)
        self.dropout = nnx.Dropout(0.5, rngs=rngs)

    def __call__(self, inputs: Any) -> Any:
        return self.linear(self.dropout(inputs))


def trained_by_nnx(client: Any, after_step: Any, found: list[Any] | None = None, **settings: Any) -> Any:
    """A loop over modules that are trained in place."""
    model = Network()
    optimizer = nnx.Optimizer(model, OPTIMIZER, wrt=nnx.Param)

    @nnx.jit
    def train_step(model: Any, optimizer: Any) -> Any:
        loss, gradients = nnx.value_and_grad(lambda model: jnp.mean((model(X) - Y) ** 2))(model)
        optimizer.update(model, gradients)
        return loss

    with JaxRounds(client, (model, optimizer), local_steps=2, **settings) as rounds:
        for number in rounds.batches(lambda number: number):
            rounds.step(train_step(model, optimizer), len(Y))
            if found is not None:
                found.append(np.asarray(nnx.state(model, nnx.Param)["linear"]["kernel"][...]))
            after_step(number + 1)
    return rounds.outcome


LOOPS = pytest.mark.parametrize(
    ("loop", "model"), [(plain, PARAMS), pytest.param(trained_by_nnx, Network(), id="nnx")], ids=["plain", "nnx"]
)


@LOOPS
def test_an_exception_ends_the_client(server: Any, loop: Any, model: Any) -> None:
    loops.assert_an_exception_ends_the_client(server, loop, loops.shapes(tensors_of(model)))


@LOOPS
def test_the_end_of_the_run_ends_the_loop(server: Any, loop: Any, model: Any) -> None:
    loops.assert_the_end_of_the_run_ends_the_loop(server, loop, loops.shapes(tensors_of(model)))


@LOOPS
def test_other_models_are_refused(server: Any, loop: Any, model: Any) -> None:
    loops.assert_other_models_are_refused(server, loop, loops.shapes(tensors_of(model)))


def test_tensors_are_named_by_their_paths() -> None:
    assert {name: values.dtype for name, values in tensors_of(PARAMS).items()} == {
        "linear.bias": np.float32,
        "linear.kernel": np.float32,
    }
    assert sorted(tensors_of(Network())) == ["linear.bias", "linear.kernel"]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"weights": PARAMS}, "a dict without params.*give params=… and replace=…"),
        (({"count": jnp.zeros(2, jnp.int32)}, None), "parameter 'count' is int32, expected real numbers"),
        (({}, None), "the parameters have no array"),
    ],
)
def test_states_without_parameters_are_refused(state: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        JaxRounds(None, state)


def test_modules_trained_in_place_keep_their_optimizer_and_random_keys(server: Any) -> None:
    """Restarts in the same process: the loop stops in the middle of the second round, and starts again."""
    shapes = loops.shapes(tensors_of(Network()))
    whole: list[Any] = []
    with loops.client(server, loops.created(server, shapes, **loops.LOCAL, rounds=3)) as client:
        trained_by_nnx(client, lambda step: None, whole)

    run, store, again = loops.created(server, shapes, **loops.LOCAL, rounds=3), MemoryStore(), []
    with pytest.raises(ZeroDivisionError), loops.client(server, run, store) as client:
        trained_by_nnx(client, lambda step: 1 // (3 - step))
    with Client(server.url, run=run, state_dir=store) as client:
        trained_by_nnx(client, lambda step: None, again)
    np.testing.assert_array_equal(again, whole[2:])


def test_a_killed_device_continues_with_the_same_bits(server: Any, tmp_path: Path) -> None:
    trained = loops.assert_a_killed_device_changes_nothing(
        server, tmp_path, "digits_jax.py", "digits_jax.py:parameters", rounds=15, dies_at=38
    )
    assert trained.accuracies[0] > 0.8
