"""A device that trains a Flax module in a JAX loop.

    python3 -m evenkeel run digits_jax.py:parameters --name digits --rounds 40 --compressor top-k:0.1
    python3 digits_jax.py http://localhost:8080 digits digits.csv.gz 0 4 device-0

The arguments are those of digits_device.py. EVENKEEL_ENROLMENT_TOKEN is the token to enrol with.
"""

import os
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from digits_device import HELD_OUT, samples
from flax import linen
from flax.training.train_state import TrainState

from evenkeel import Client
from evenkeel.jax import JaxRounds


class Network(linen.Module):
    @linen.compact
    def __call__(self, pixels: Any) -> Any:
        return linen.Dense(10)(linen.relu(linen.Dense(32)(pixels)))


def parameters() -> Any:
    return Network().init(jax.random.key(1), jnp.zeros((1, 64)))["params"]


@jax.jit
def train_step(state: TrainState, pixels: Any, digits: Any) -> tuple[TrainState, Any]:
    def loss(params: Any) -> Any:
        scores = state.apply_fn({"params": params}, pixels)
        return optax.softmax_cross_entropy_with_integer_labels(scores, digits).mean()

    found, gradients = jax.value_and_grad(loss)(state.params)
    return state.apply_gradients(grads=gradients), found


def main(url: str, run: str, file: str, number: str, devices: str, folder: str) -> None:
    pixels, digits = samples(file)
    mine = slice(int(number), len(digits) - HELD_OUT, int(devices))
    x, y = pixels[mine].astype(np.float32), digits[mine]

    def batch(number: int) -> tuple[Any, Any]:
        rows = np.random.default_rng(number).integers(len(y), size=32)
        return x[rows], y[rows]

    state = TrainState.create(apply_fn=Network().apply, params=parameters(), tx=optax.adamw(0.01))
    token = os.environ.get("EVENKEEL_ENROLMENT_TOKEN")
    with (
        Client(url, run=run, enrolment_token=token, state_dir=folder) as client,
        JaxRounds(client, state, local_steps=5) as rounds,
    ):
        for inputs, targets in rounds.batches(batch):
            rounds.state, loss = train_step(rounds.state, inputs, targets)
            rounds.step(loss, len(targets))
    print(f"{rounds.outcome.end.value} after {rounds.outcome.round} rounds, {rounds.outcome.accepted} messages accepted")
    scores = Network().apply({"params": rounds.state.params}, pixels[-HELD_OUT:].astype(np.float32))
    print(f"accuracy {float((np.asarray(scores).argmax(1) == digits[-HELD_OUT:]).mean()):.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
