"""The exchange of models and answers between a training and a script."""

import threading

import numpy as np
import pytest

from evenkeel import Gradient
from evenkeel.client import Model
from evenkeel.errors import DeadlineError
from evenkeel.loops import Answer, ModelExchange
from evenkeel.vector import Tensor, TensorLayout

LAYOUT = TensorLayout([Tensor("w", (2,))])


def model(round):
    return Model(round, LAYOUT, np.zeros(2, np.float32))


def test_a_model_goes_to_the_script_once_and_its_answer_to_both_functions():
    exchange, found = ModelExchange(), []

    def train():
        for round in range(3):
            at = model(round)
            found.append((exchange.evaluate(at), exchange.gradient(at).values[0]))

    exchange.start(train)
    rounds = []
    while (received := exchange.receive()) is not None:
        assert exchange.receive() is received
        rounds.append(received.round)
        exchange.send(Answer(Gradient(np.full(2, received.round, np.float32)), {"accuracy": 0.5}))
    assert rounds == [0, 1, 2]
    assert found == [({"accuracy": 0.5}, round) for round in range(3)]
    with pytest.raises(RuntimeError, match="call receive first"):
        exchange.send(Answer())


def test_another_model_for_the_same_round_goes_to_the_script_too():
    exchange, found = ModelExchange(), []
    exchange.start(lambda: found.extend([exchange.evaluate(model(0)), exchange.gradient(model(0)).samples]))
    for number in (1, 2):
        assert exchange.receive().round == 0
        exchange.send(Answer(Gradient(np.zeros(2, np.float32), samples=number), {"number": number}))
    assert exchange.receive() is None
    assert found == [{"number": 1}, 2]


def test_the_failure_of_a_training_reaches_the_script():
    exchange = ModelExchange()

    def train():
        raise DeadlineError("the coordinator is unreachable")

    exchange.start(train)
    for _ in range(2):
        with pytest.raises(DeadlineError, match="is unreachable"):
            exchange.receive()


def test_a_script_that_ends_early_ends_the_training():
    exchange, stopped, found = ModelExchange(), threading.Event(), []

    def train():
        while not stopped.is_set():
            found.append(exchange.gradient(model(len(found))))

    exchange.start(train)
    assert exchange.receive().round == 0
    exchange.close(stopped.set)
    assert found == [None]
