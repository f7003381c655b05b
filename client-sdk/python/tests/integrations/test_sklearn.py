"""Models of scikit-learn with partial_fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: .ci/integrations installs it")

from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPRegressor

from evenkeel.sklearn import SklearnRounds, tensors

from . import loops

X, Y = np.eye(4), np.array([0.0, 1.0, 0.0, 1.0])


def linear() -> Any:
    return SGDRegressor(random_state=0).partial_fit(X, Y)


def network() -> Any:
    return MLPRegressor(hidden_layer_sizes=(3,), solver="sgd", random_state=0).partial_fit(X, Y)


@pytest.fixture(params=[linear, network])
def make(request: Any) -> Any:
    return request.param


@pytest.fixture
def loop(make: Any) -> Any:
    def run(client: Any, after_step: Any) -> Any:
        model = make()
        with SklearnRounds(client, model, local_steps=2) as rounds:
            for number in rounds.batches(lambda number: number):
                model.partial_fit(X, Y)
                rounds.step(0.5, len(Y))
                after_step(number + 1)
        return rounds.outcome

    return run


def test_an_exception_ends_the_client(server: Any, loop: Any, make: Any) -> None:
    loops.assert_an_exception_ends_the_client(server, loop, loops.shapes(tensors(make())))


def test_the_end_of_the_run_ends_the_loop(server: Any, loop: Any, make: Any) -> None:
    loops.assert_the_end_of_the_run_ends_the_loop(server, loop, loops.shapes(tensors(make())))


def test_other_models_are_refused(server: Any, loop: Any, make: Any) -> None:
    loops.assert_other_models_are_refused(server, loop, loops.shapes(tensors(make())))


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (SGDClassifier(), "after a first call to partial_fit"),
        (GaussianNB().partial_fit(X, Y, classes=[0, 1]), "GaussianNB has no coef_"),
        (SGDClassifier(average=True).partial_fit(X, Y, classes=[0, 1]), "average=True.*leave average out"),
    ],
)
def test_models_without_trainable_weights_are_refused(model: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        SklearnRounds(None, model)


def test_a_killed_device_continues_with_the_same_bits(server: Any, tmp_path: Path) -> None:
    trained = loops.assert_a_killed_device_changes_nothing(
        server, tmp_path, "digits_sklearn.py", "digits_sklearn.py:model", rounds=15, dies_at=38
    )
    assert trained.accuracies[0] > 0.8
