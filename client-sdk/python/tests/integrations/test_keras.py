"""Keras models, with the backend of the environment: KERAS_BACKEND."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras", reason="keras is not installed: .ci/integrations installs it")

from evenkeel import tensors_of  # noqa: E402
from evenkeel.keras import RoundsCallback  # noqa: E402

from . import loops  # noqa: E402

X, Y = np.eye(8, 3, dtype=np.float32), np.zeros((8, 1), np.float32)


def linear(**settings: Any) -> Any:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, name="linear")], name="model")
    model.compile(keras.optimizers.SGD(0.01), "mse", **settings)
    return model


class Stepping(keras.callbacks.Callback):
    def __init__(self, after_step: Any) -> None:
        super().__init__()
        self._after_step, self._taken = after_step, 0

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._taken += 1
        self._after_step(self._taken)


def loop(client: Any, after_step: Any, epochs: int = 1000) -> Any:
    model = linear()
    rounds = RoundsCallback(client, model, local_steps=2)
    model.fit(X, Y, batch_size=2, epochs=epochs, callbacks=[rounds, Stepping(after_step)], verbose=0)
    return rounds.outcome


TENSORS = loops.shapes(tensors_of(linear()))


def test_tensors_are_named_by_their_paths() -> None:
    assert TENSORS == {"model/linear/kernel": [3, 1], "model/linear/bias": [1]} or sorted(TENSORS) == [
        "linear/bias",
        "linear/kernel",
    ]


def test_an_exception_ends_the_client(server: Any) -> None:
    loops.assert_an_exception_ends_the_client(server, loop, TENSORS)


def test_the_end_of_the_run_ends_the_loop(server: Any) -> None:
    loops.assert_the_end_of_the_run_ends_the_loop(server, loop, TENSORS)


def test_other_models_are_refused(server: Any) -> None:
    loops.assert_other_models_are_refused(server, loop, TENSORS)


def test_fit_that_ends_first_stops_the_client(server: Any) -> None:
    def short(client: Any, after_step: Any) -> Any:
        model = linear()
        rounds = RoundsCallback(client, model, local_steps=2)
        model.fit(X[:6], Y[:6], batch_size=2, epochs=1, callbacks=[rounds], verbose=0)
        return rounds.outcome

    loops.assert_a_loop_that_ends_first_stops_the_client(server, short, TENSORS)


def test_models_that_cannot_be_trained_by_batches_are_refused() -> None:
    with pytest.raises(ValueError, match="steps_per_execution is 4, expected 1"):
        RoundsCallback(None, linear(steps_per_execution=4))
    with pytest.raises(ValueError, match="no trainable variables: build it"):
        RoundsCallback(None, keras.Sequential([keras.layers.Dense(1)]))
    with pytest.raises(ValueError, match="no optimizer: compile it"):
        RoundsCallback(None, keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]))


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_a_killed_device_continues_with_the_same_bits(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", backend)
    trained = loops.assert_a_killed_device_changes_nothing(
        server, tmp_path, "digits_keras.py", "digits_keras.py:model", rounds=15, dies_at=38, suffix=f"-{backend}"
    )
    assert trained.accuracies[0] > 0.7
