"""Passes the models of a training to a loop that requests them, and the loop's answers to the training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import Queue
from threading import Thread

from ..client import Gradient, Model


@dataclass(frozen=True)
class Answer:
    """A loop's answer to a model.

    Attributes:
        gradient: the result of its training; None to skip the round.
        metrics: the metrics that it measured.
    """

    gradient: Gradient | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)


class ModelExchange:
    """Runs a training on a separate thread, so that a loop can request models and send answers on its own thread.

    ``gradient`` and ``evaluate`` are the functions for ``Client``; each model goes to the loop once. The other methods are for the
    loop's thread.
    """

    def __init__(self) -> None:
        self._models: Queue[Model | None] = Queue()
        self._answers: Queue[Answer] = Queue()
        self._answered: tuple[Model, Answer] | None = None
        self._current: Model | None = None
        self._over = False
        self._closed = False
        self._failure: BaseException | None = None
        self._thread: Thread | None = None

    def gradient(self, model: Model) -> Gradient | None:
        """Returns the gradient of the loop's answer to a model."""
        return self._ask(model).gradient

    def evaluate(self, model: Model) -> Mapping[str, float]:
        """Returns the metrics of the loop's answer to a model."""
        return self._ask(model).metrics

    def _ask(self, model: Model) -> Answer:
        if self._closed:
            return Answer()
        # With IGT the gradient and the metrics of a round belong to different models.
        if self._answered is None or self._answered[0] is not model:
            self._models.put(model)
            self._answered = model, self._answers.get()
        return self._answered[1]

    @property
    def is_over(self) -> bool:
        """Whether the training accepts no answer: it has ended, was told to skip, or has not started."""
        return self._closed or self._thread is None or not self._thread.is_alive()

    @property
    def waits(self) -> bool:
        """Whether a received model is unanswered."""
        return self._current is not None

    def start(self, train: Callable[[], object]) -> None:
        """Runs a training on another thread; ``train`` calls ``Client.train`` with ``gradient``."""

        def run() -> None:
            try:
                train()
            except BaseException as e:
                self._failure = e
            self._models.put(None)

        self._thread = Thread(target=run, name="evenkeel-training", daemon=True)
        self._thread.start()

    def receive(self) -> Model | None:
        """Returns the unanswered model, and waits for one; None once the training has ended.

        Raises:
            EvenkeelError: if the training failed.
        """
        if self._current is None and not self._over:
            self._current = self._models.get()
            self._over = self._current is None
        if self._over and self._failure is not None:
            raise self._failure
        return self._current

    def send(self, answer: Answer) -> None:
        """Answers the last received model.

        Raises:
            RuntimeError: if there is none.
        """
        if self._current is None:
            raise RuntimeError("there is no model to answer: call receive first, and send once for each model")
        self._current = None
        self._answers.put(answer)

    def close(self, stop: Callable[[], object]) -> None:
        """Ends the training: calls ``stop``, skips the current round and waits for the thread."""
        self.skip()
        stop()
        if self._thread is not None:
            self._thread.join()

    def skip(self) -> None:
        """Skips the current model and all later ones. May be called from any thread."""
        self._closed = True
        self._answers.put(Answer())
