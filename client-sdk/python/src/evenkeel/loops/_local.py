"""Local steps of a loop that trains its own model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, TypeVar

from .. import compress
from ..client import Client, Gradient, Model, RunEnd, RunOutcome
from ..errors import ClientStateError, InvalidGradientError, StateError
from ._batches import StepBatches
from ._rounds import Rounds
from ._states import RoundStates
from ._weights import Weights

__all__ = ["LocalRounds"]

log = logging.getLogger("evenkeel")

_Self = TypeVar("_Self", bound="LocalRounds")


class LocalRounds:
    """The rounds of a run in a loop that trains a model: each round begins with the run's model, and ends after a number of
    optimizer steps, with a message of the model before minus the model after.

    With the run's step rule ``plain`` and ``gamma`` 1 this is FedAvg. The loop calls ``begin`` before its first step, ``step``
    after each and ``close`` at its end, or is the body of a ``with`` statement. When the run has finished, the model has its
    final values.

    Args:
        client: a client with a run; nothing else may use it meanwhile.
        weights: the model's values.
        local_steps: optimizer steps per round, at least 1; by default the number in the run's definition, else 1.
        keep_state: whether to save the loop's state after each round, so that a device that is killed continues from it.
            Otherwise the optimizer starts from scratch.
        state: returns and restores the loop's state as bytes; None if there is no state to keep.

    Attributes:
        trained: the number of trained batches, including those before a restart.

    Raises:
        ValueError: if an argument is invalid; the message names it.
    """

    def __init__(
        self,
        client: Client,
        weights: Weights,
        *,
        local_steps: int | None = None,
        keep_state: bool = True,
        state: tuple[Callable[[], bytes], Callable[[bytes], None]] | None = None,
    ) -> None:
        if local_steps is not None and local_steps < 1:
            raise ValueError(f"local_steps is {local_steps}, expected at least 1")
        self.trained = 0
        self._weights = weights
        self._steps = local_steps
        self._state = state if keep_state else None
        self._rounds = Rounds(client, weights.require_fitting, weights.require_plan)
        self._begun = False
        self._model: Model | None = None
        self._final: Model | None = None
        self._restart()

    def _restart(self) -> None:
        self._taken, self._samples, self._tokens, self._losses = 0, 0, 0, list[Any]()

    @property
    def outcome(self) -> RunOutcome | None:
        """The outcome of the training; None before its end."""
        return self._rounds.outcome

    @property
    def round(self) -> int | None:
        """The round that the loop is training; None if there is none."""
        return None if self._model is None else self._model.round

    @property
    def goes_on(self) -> bool:
        """Whether there is a round to train."""
        return self._model is not None and not self._rounds.is_over

    def begin(self) -> bool:
        """Joins the run, and loads the model of its first round that selects this device, and the loop's state if it was saved.

        Returns:
            whether there is one; False if the run has ended. A second call changes nothing.

        Raises:
            ModelMismatchError: if the model does not have the run's tensors.
            StateError: if the saved state is damaged.
            EvenkeelError: if the client cannot continue.
        """
        if not self._begun:
            self._begun = True
            self._receive()
            states = self._states()
            saved = None if states is None or self._model is None else states.load(self._model.round)
            if saved is not None and self._state is not None:
                try:
                    self._state[1](saved)
                except (ValueError, KeyError, TypeError, RuntimeError) as e:
                    raise self.unreadable(e) from e
        return self.goes_on

    def unreadable(self, reason: Exception) -> StateError:
        """Returns the error for a saved state that does not fit the loop."""
        states = self._states()
        if states is None or self._model is None:
            return StateError(f"the loop's state cannot be read: {reason}")
        return states.unreadable(states.before(self._model.round), reason)

    def step(self, loss: Any = None, samples: int = 1, tokens: int = 0, *, complete: bool = True) -> bool:
        """Counts a batch that the loop has trained on. At the end of a round, sends its message and loads the next round's model.

        Args:
            loss: the batch's mean loss, a number or a scalar of the framework.
            samples: the number of samples in the batch.
            tokens: the number of target values, for language models.
            complete: whether an optimizer step was taken, rather than only a gradient accumulated.

        Returns:
            whether the loop continues; False once the run has ended.

        Raises:
            ClientStateError: if ``begin`` was not called.
            InvalidGradientError: if the model has values that are not finite; nothing is sent or saved.
            EvenkeelError: if the client cannot continue.
        """
        if not self._begun:
            raise ClientStateError("begin was not called: call it, or use with, before the first step")
        if not self.goes_on or self._model is None:
            return False
        self.trained += 1
        self._samples += samples
        self._tokens += tokens
        if loss is not None:
            # Detached from the graph of a torch tensor. The number is read at the round's end, since reading waits for an
            # accelerator.
            self._losses.append(loss.detach() if hasattr(loss, "detach") else loss)
        self._taken += complete
        if self._taken >= (self._steps or self._model.local_steps or 1):
            self._end_round(self._model)
        return self.goes_on

    def _end_round(self, model: Model) -> None:
        drift = self._weights.drift(model)
        try:
            compress.require_finite(drift, model.layout)
        except InvalidGradientError as e:
            raise InvalidGradientError(
                f"the local steps of round {model.round} produced values that are not finite: {e}: use a smaller learning rate, or clip "
                "gradients; the state before the round is kept",
                e.coordinate,
                e.tensor,
            ) from e
        states = self._states()
        if states is not None and self._state is not None:
            states.save(model.round, self._state[0]())
        loss = sum(map(float, self._losses)) / len(self._losses) if self._losses else None
        metrics = {"steps": float(self._taken), **({"tokens": float(self._tokens)} if self._tokens else {})}
        self._rounds.send(Gradient(drift, max(1, self._samples), loss, metrics, self._weights.without_feedback))
        self._restart()
        self._receive()

    def _receive(self) -> None:
        self._model = self._rounds.receive()
        outcome = self._rounds.outcome
        if self._model is not None:
            self._weights.load(self._model)
        elif outcome is not None and outcome.end is RunEnd.FINISHED:
            self._final = self._rounds.client.model(outcome.round)
            self._weights.load(self._final)

    def _states(self) -> RoundStates | None:
        place = self._rounds.place
        return None if place is None or self._state is None else RoundStates(*place, "loop")

    def batches(self, function: Callable[[int], Any]) -> Iterable[Any]:
        """Returns the batches of a function, starting with the first one that the loop has not trained on, until the run ends.

        Args:
            function: maps a batch's number, 0, 1, ..., to the batch.
        """

        def first() -> int:
            self.begin()
            return self.trained

        return StepBatches(function, first, lambda: self.goes_on)

    def close(self) -> None:
        """Ends the training if the run continues, and waits for the client's thread. Afterwards the model has the run's final
        values."""
        if self.goes_on:
            text = "the loop ended in round %d, before the run ended: its client is stopped, and can continue in another process or loop"
            log.warning(text, self.round)
        self._rounds.close()
        self._model = None
        if self._final is not None:
            # A framework may take another step before it stops.
            self._weights.load(self._final)

    def __enter__(self: _Self) -> _Self:
        try:
            self.begin()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
