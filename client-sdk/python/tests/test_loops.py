"""The rounds of a run in a custom loop, without a framework."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from evenkeel import RunEnd
from evenkeel.client import MemoryStore, Model
from evenkeel.errors import ClientStateError, InvalidGradientError, StateError
from evenkeel.loops import (
    ArrayWeights,
    BatchPosition,
    LocalRounds,
    Rounds,
    RoundStates,
    packed_arrays,
    unpacked_arrays,
)
from evenkeel.vector import Tensor, TensorLayout

from .integrations import loops

SHAPES = {"w": [2]}
LAYOUT = TensorLayout([Tensor("w", (2,))])


class Halving(LocalRounds):
    """A model whose steps halve it, with a state that counts them."""

    def __init__(self, client: Any, **settings: Any) -> None:
        self.values, self.count = np.ones(2, np.float32), 0
        weights = ArrayWeights(lambda: {"w": self.values}, lambda values: setattr(self, "values", values["w"]))
        super().__init__(client, weights, local_steps=2, state=(self._saved, self._restore), **settings)

    def _saved(self) -> bytes:
        return str(self.count).encode()

    def _restore(self, data: bytes) -> None:
        self.count = int(data)


def halving(client: Any, after_step: Any) -> Any:
    with Halving(client) as rounds:
        for number in rounds.batches(lambda number: number):
            rounds.values = rounds.values / 2
            rounds.count += 1
            rounds.step(0.5)
            after_step(number + 1)
    return rounds.outcome


class Training:
    """A client's training of three rounds."""

    def __init__(self) -> None:
        self.found: list[Any] = []

    def train(self, function: Any) -> str:
        self.found = [function(Model(round, LAYOUT, np.zeros(2, np.float32))) for round in range(3)]
        return "outcome"


def test_a_loop_gets_each_model_once_and_skips_what_it_does_not_answer() -> None:
    client, seen = Training(), []
    with Rounds(client) as rounds:
        for model in rounds:
            seen.append(model.round)
            if model.round != 1:
                rounds.send(np.full(2, model.round))
    assert seen == [0, 1, 2] and rounds.outcome == "outcome"
    assert [gradient and gradient.values[0] for gradient in client.found] == [0, None, 2]


@pytest.mark.parametrize("close", [True, False])
def test_stopping_the_client_in_the_middle_of_a_round_ends_the_loop(server: Any, close: bool) -> None:
    client = loops.client(server, loops.created(server, SHAPES, **loops.LOCAL, rounds=1000))
    outcome = halving(client, lambda step: (client.close if close else client.stop)() if step == 3 else None)
    assert outcome is not None and (outcome.end, outcome.accepted) == (RunEnd.STOPPED, 1)
    client.close()


def test_another_thread_may_stop_the_client_while_the_loop_waits(server: Any) -> None:
    run = loops.created(server, SHAPES, **{**loops.LOCAL, "participants": {"min": 2}})
    client = loops.client(server, run, starts=False)
    found: list[Any] = []
    loop = threading.Thread(target=lambda: found.append(halving(client, lambda step: None)))
    loop.start()
    server.wait_for_ordinal(run, 0)
    client.stop()
    loop.join(60)
    assert not loop.is_alive() and found[0].end is RunEnd.STOPPED
    client.close()


def test_an_exception_ends_the_client(server: Any) -> None:
    loops.assert_an_exception_ends_the_client(server, halving, SHAPES)


def test_the_end_of_the_run_ends_the_loop(server: Any) -> None:
    loops.assert_the_end_of_the_run_ends_the_loop(server, halving, SHAPES)


def test_other_models_are_refused(server: Any) -> None:
    loops.assert_other_models_are_refused(server, halving, SHAPES)


def test_the_state_of_the_last_round_is_restored_or_its_file_is_named(server: Any) -> None:
    run, store = loops.created(server, SHAPES, **loops.LOCAL, rounds=1000), MemoryStore()
    client = loops.client(server, run, store)
    halving(client, lambda step: client.stop() if step == 5 else None)
    name = f"{run}.loop-0000000001"
    assert store.names(f"{run}.loop-") == [f"{run}.loop-0000000000", name]
    with loops.client(server, run, store, starts=False) as client, Halving(client) as rounds:
        assert (rounds.count, rounds.round) == (4, 2)
    store.write(name, [b"EVKL\x01" + b"5" + bytes(4)])
    with loops.client(server, run, store, starts=False) as client, pytest.raises(StateError, match=f"'{name}'.*delete the file"):
        halving(client, lambda step: None)
    with loops.client(server, run, store, starts=False) as client, Halving(client, keep_state=False) as rounds:
        assert rounds.count == 0


def test_values_that_are_not_finite_are_neither_sent_nor_saved(server: Any) -> None:
    run, store = loops.created(server, SHAPES, **loops.LOCAL), MemoryStore()
    with loops.client(server, run, store) as client, Halving(client) as rounds:
        rounds.values = np.array([1, np.nan], np.float32)
        rounds.step()
        with pytest.raises(InvalidGradientError, match="local steps of round 0 produced values that are not finite.*'w'"):
            rounds.step()
    assert store.names(f"{run}.loop-") == []


def test_a_loop_cannot_use_a_client_twice(server: Any) -> None:
    with loops.client(server, loops.created(server, SHAPES, **loops.LOCAL)) as client:
        with Rounds(client) as rounds:
            rounds.receive()
        with pytest.raises(ClientStateError, match="stopped"):
            Rounds(client).receive()


def test_steps_before_the_first_round_and_wrong_numbers_are_refused() -> None:
    with pytest.raises(ClientStateError, match="begin was not called"):
        Halving(None).step()
    with pytest.raises(ValueError, match="local_steps is 0, expected at least 1"):
        LocalRounds(None, None, local_steps=0)


def test_two_states_are_kept_and_a_round_begins_from_the_newest_before_it() -> None:
    states = RoundStates(MemoryStore(), "run", "loop")
    for round in (1, 4, 7):
        states.save(round, b"%d" % round)
    assert [states.load(round) for round in (4, 5, 7, 8)] == [None, b"4", b"4", b"7"]


def test_arrays_are_restored_only_where_they_fit() -> None:
    data = packed_arrays({"file": np.arange(3), "b": np.array(2.5)})
    like = {"file": np.zeros(3, np.int64), "b": np.array(0.0)}
    found = unpacked_arrays(data, like)
    assert found["file"].tolist() == [0, 1, 2] and found["b"] == 2.5
    with pytest.raises(ValueError, match="'c' is missing"):
        unpacked_arrays(data, {**like, "c": np.zeros(1)})
    with pytest.raises(ValueError, match=r"'file' is int64 of shape \(3,\), expected int64 of shape \(4,\)"):
        unpacked_arrays(data, {**like, "file": np.zeros(4, np.int64)})


def test_the_epoch_of_a_batch_is_known_when_the_loader_has_begun_the_next() -> None:
    position = BatchPosition()
    assert position.at(0) is None
    for number in (0, 10, 20):
        position.begin(number, f"order {number}")
    assert [position.at(number) for number in (9, 19, 20)] == [None, (10, "order 10"), (20, "order 20")]
