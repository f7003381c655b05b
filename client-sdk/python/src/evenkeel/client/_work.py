"""Checks in, and takes part in the runs that the coordinator has for the device."""

from __future__ import annotations

import logging
import random
from collections import deque
from collections.abc import Callable
from enum import Enum
from typing import TypeAlias

from ..errors import (
    ArgumentError,
    DeadlineError,
    DeviceNotChosenError,
    FunctionError,
    MemberNotFoundError,
    OtherModelError,
    RoundClosedError,
    RoundNotFoundError,
    RoundNotOpenError,
    RunNotFoundError,
    WrongStateError,
)
from ._attributes import AttributeReporter
from ._coordinator import Coordinator
from ._followed import MAX_BYTES, tensors
from ._gradients import GradientFunction, called, require_callable
from ._listener import EventNotifier
from ._outcome import RunEnd
from ._protocol import WorkItem
from ._rollout import VersionEvaluator, checked_metrics, finite
from ._stop import Stopped, StopSignal
from ._training import Training

_LIMIT = 100
"""The maximum number of runs in a response: large enough for all runs, so that those of other applications do not hide the
device's own."""

_OVER = (
    WrongStateError,
    MemberNotFoundError,
    DeviceNotChosenError,
    RoundClosedError,
    RoundNotOpenError,
    RoundNotFoundError,
    RunNotFoundError,
    OtherModelError,
)
"""Since the check-in, the run or its round has ended, the run was deleted, or it no longer accepts this device; or plan and model
must be downloaded again."""


class DeclineReason(Enum):
    """Why a device declines to take part in a round: its battery, a metered or slow network, it is in use, or another reason."""

    BATTERY = "battery"
    NETWORK = "network"
    BUSY = "busy"
    OTHER = "other"


Evaluators: TypeAlias = Callable[[str], VersionEvaluator | None]
"""Maps an evaluation's name to its evaluator; None to not take part in it."""

GradientFunctions: TypeAlias = Callable[[str], GradientFunction | None]
"""Maps a run's name to its gradient function; None to not take part in it."""


class WorkPauses:
    """Computes the pauses between check-ins.

    After a response the coordinator's pause applies. After a failure it is the longest of the last four such pauses, or a backoff
    of up to five minutes if that is longer, times a random factor of 0.5 to 1.5. So a large fleet does not return all at once
    after an outage, and a small one returns soon.
    """

    def __init__(self, draw: Callable[[], float] = random.random) -> None:
        self._draw = draw
        self._pauses: deque[float] = deque(maxlen=4)
        self._failures = 0

    def after(self, given: float | None) -> float:
        """Returns the pause in seconds after a response."""
        self._failures = 0
        pause = 30.0 if given is None else given
        self._pauses.append(pause)
        return pause

    def after_failure(self) -> float:
        """Returns the pause in seconds after a failure."""
        self._failures = min(self._failures + 1, 9)
        longest = max(min(300.0, 2.0**self._failures), *self._pauses, 0.0)
        return longest * (0.5 + self._draw())


class WorkLoop:
    """Checks in, takes part in one round of each run that the device is given, and repeats this when the coordinator asks for
    it."""

    def __init__(
        self,
        coordinator: Coordinator,
        stop: StopSignal,
        notifier: EventNotifier,
        attributes: AttributeReporter,
        long_poll: float,
        weight: float,
        training: Callable[[str], Training],
        functions: GradientFunctions,
        declines: Callable[[], DeclineReason | None],
        evaluators: Evaluators,
    ) -> None:
        self._coordinator = coordinator
        self._stop = stop
        self._notifier = notifier
        self._attributes = attributes
        self._long_poll = long_poll
        self._weight = weight
        self._new_training = training
        self._functions = functions
        self._declines = declines
        self._evaluators = evaluators
        self._failed_evaluations: set[str] = set()
        """Evaluations that this process does not retry."""
        self._pauses = WorkPauses()
        self._last: tuple[str, Training] | None = None
        """The training of the last round, which keeps the model in memory for sparse updates."""

    def run(self) -> None:
        """Works until the client is stopped."""
        try:
            while True:
                self._stop.sleep(self._turn())
        except Stopped:
            self._report_waiting("stopped; no further check-in")

    def _turn(self) -> float:
        try:
            self._stop.check()
            self._attributes.report()
            items, pause = self._coordinator.check_in(self._long_poll, _LIMIT)
            for item in items:
                if item.evaluation is not None:
                    self._evaluate(item.evaluation, item.path)
                elif item.kind == "train":
                    self._train(item)
            return self._pauses.after(pause)
        except DeadlineError:
            return self._pauses.after_failure()

    def _evaluate(self, evaluation: str, path: str) -> None:
        """Measures the model of an evaluation and sends the result, if the application has an evaluator for it."""
        if evaluation in self._failed_evaluations:
            return
        evaluate = called("the function evaluators", self._evaluators, evaluation)
        if evaluate is None:
            return
        reason = self._decline()
        if reason is not None:
            self._report_waiting(f"the device measures no model now: {reason.value}")
            return
        try:
            metrics, samples = checked_metrics(evaluate(tensors(self._coordinator.evaluated_model(path, MAX_BYTES))))
            figures = finite(metrics)
            if not figures or samples < 1:
                raise ArgumentError("the result needs at least one finite metric and one sample")
            self._coordinator.report_evaluation(evaluation, {"samples": samples, "metrics": figures})
            left_out = [name for name in metrics if name not in figures]
            warning = f"; not finite and not sent: {', '.join(left_out)}" if left_out else ""
            self._report_waiting(f"measured the model of evaluation {evaluation}{warning}")
        except (Stopped, DeadlineError):
            raise
        except Exception as e:
            self._failed_evaluations.add(evaluation)
            self._report_waiting(f"takes no part in evaluation {evaluation}: {e}")

    def _decline(self) -> DeclineReason | None:
        reason = called("the function declines", self._declines)
        if reason is not None and not isinstance(reason, DeclineReason):
            raise FunctionError(f"declines returned {reason!r}, expected a DeclineReason or None")
        return reason

    def _report_waiting(self, reason: str) -> None:
        self._notifier.notify(logging.INFO, "waiting", "%s", reason)

    def _train(self, item: WorkItem) -> None:
        function = called("the function of runs", self._functions, item.run)
        if function is None:
            return
        require_callable(f"the gradient function of run '{item.run}'", function)
        reason = self._decline()
        try:
            if reason is not None:
                if item.is_member:
                    self._coordinator.decline(item.run, item.round, reason.value)
                self._report_waiting(f"the device declines work: {reason.value}")
            elif item.is_member:
                self._take_part(item.run, function)
            else:
                self._coordinator.join(item.run, self._weight)
        except _OVER:
            self._last = None

    def _take_part(self, run: str, function: GradientFunction) -> None:
        if self._last is None or self._last[0] != run:
            self._last = None
            self._last = (run, self._new_training(run))
        outcome = self._last[1].run_once(function)
        if outcome is not None:
            self._last = None
            if outcome.end is RunEnd.STOPPED:
                raise Stopped
