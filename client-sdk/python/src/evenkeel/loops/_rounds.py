"""The rounds of a run, for a loop that requests them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import TracebackType

from .._types import Vector
from ..client import Client, Gradient, Model, RunOutcome, RunPlan, StateStore
from ..vector import TensorLayout
from ._exchange import Answer, ModelExchange

__all__ = ["Rounds"]


class Rounds:
    """The rounds of a client's run as an iterable of models, each of which the loop answers with ``send``.

    The client trains on a separate thread until the run ends. An error of the client is raised where the loop waits for a model.
    If the loop ends before the run, for example by an exception, ``close`` stops the client. Not thread-safe: to be used by the
    loop's thread only.

    Args:
        client: a client with a run; nothing else may use it meanwhile.
        require_fitting: raises ModelMismatchError if the loop cannot train the run's tensors.
        require_plan: raises FunctionError if the loop does not suit the run.

    Attributes:
        outcome: the outcome of the training; None before its end.
    """

    def __init__(
        self,
        client: Client,
        require_fitting: Callable[[TensorLayout], None] = lambda run: None,
        require_plan: Callable[[RunPlan], None] = lambda plan: None,
    ) -> None:
        self.client = client
        self.outcome: RunOutcome | None = None
        self._exchange = ModelExchange()
        self._function = _RoundFunction(self._exchange, require_fitting, require_plan)
        self._started = False
        self._closed = False

    @property
    def is_over(self) -> bool:
        """Whether the training has ended, so that there is no further model."""
        return self._closed or (self._started and self._exchange.is_over)

    @property
    def place(self) -> tuple[StateStore, str] | None:
        """The device's state and the run's name, once the first model has arrived."""
        return self._function.place

    def receive(self) -> Model | None:
        """Returns the unanswered model, and waits for one; None once the training has ended.

        Raises:
            EvenkeelError: if the training failed.
        """
        if self._closed:
            return None
        if not self._started:
            self._started = True
            self._exchange.start(self._train)
        return self._exchange.receive()

    def send(self, answer: Gradient | Vector | Mapping[str, Vector] | None) -> None:
        """Answers the last received model with the result of a gradient function; None skips the round.

        Raises:
            RuntimeError: if there is no model to answer.
        """
        gradient = answer if answer is None or isinstance(answer, Gradient) else Gradient(answer)
        self._exchange.send(Answer(gradient))

    def close(self) -> None:
        """Stops the client if the run continues, and waits until its thread has ended."""
        if self._started and not self._closed:
            over = self._exchange.is_over
            self._exchange.close((lambda: None) if over else self.client.stop)
        self._closed = True

    def _train(self) -> None:
        self.outcome = self.client.train(self._function)

    def __iter__(self) -> Iterator[Model]:
        while (model := self.receive()) is not None:
            yield model
            if self._exchange.waits:
                self.send(None)

    def __enter__(self) -> Rounds:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class _RoundFunction:
    """The gradient function with which a client's thread passes each model to the loop."""

    def __init__(
        self,
        exchange: ModelExchange,
        require_fitting: Callable[[TensorLayout], None],
        require_plan: Callable[[RunPlan], None],
    ) -> None:
        self._exchange = exchange
        self.require_fitting = require_fitting
        self.require_plan = require_plan
        self.place: tuple[StateStore, str] | None = None

    def __call__(self, model: Model) -> Gradient | None:
        return self._exchange.gradient(model)

    def keep_in(self, store: StateStore, run: str) -> None:
        """Remembers the location of the loop's state."""
        self.place = store, run

    def client_stopped(self) -> None:
        """Ends the wait for the loop."""
        self._exchange.skip()
