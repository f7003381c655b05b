"""Runs a device's part of a run, from joining to the run's end: requests work, computes, stages, sends, commits."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from .. import compress
from .._types import Floats, Vector
from ..errors import (
    CoordinatorError,
    FunctionError,
    InvalidGradientError,
    MemberNotFoundError,
    ModelNotKeptError,
    ProtocolError,
    RoundClosedError,
    RoundNotFoundError,
)
from ..feedback import METHODS
from ..step import SlopeStep, parse_schedule
from ..vector import derive_seed
from ..wire import Report
from ._aggregation import AggregationDemands
from ._attributes import AttributeReporter
from ._compressor import compressor_of
from ._coordinator import Coordinator
from ._counters import RoundMarkers
from ._downlink import Downlink
from ._gradients import ControlledGradient, GradientFunction, PlannedGradient, RoundGradients, StatefulGradient, require_suited
from ._listener import EventNotifier
from ._model import Model
from ._outcome import RunEnd, RunOutcome
from ._pieces import SALT_BYTES
from ._progress import Waiting
from ._protocol import Ended, Membership, Nothing, Task, Work
from ._reporter import Reporter
from ._spending import PrivacySpending
from ._state import DeviceState
from ._stop import Stopped, StopSignal
from ._store import StateStore
from ._uplink import HISTORY_LOST, OnDivergence, Reconciliation, Uplink

if TYPE_CHECKING:
    from ._secure_uplink import SecureUplink

_DEFAULT_PAUSE = 1.0

EvaluationFunction: TypeAlias = Callable[[Model], Mapping[str, float]]
"""Measures a model on held-out data of the device. Only the figures are sent."""

_R = TypeVar("_R")


@dataclass(frozen=True)
class TrainingSettings:
    """The settings of a training; ``Client`` explains each."""

    evaluate: EvaluationFunction | None
    on_divergence: OnDivergence
    double_precision: bool
    sparse_updates: bool
    report_smoothness: bool
    long_poll: float
    privacy_limit: tuple[float, float] | None = None
    trust_coordinator: bool = False
    demands: AggregationDemands = AggregationDemands()
    recovery_key: bytes | None = None
    weight: float = 1.0


class Training:
    """One training of a device.

    Raises:
        ProtocolError: if this version does not support the plan.
        SecAggError: if the run does not meet the device's demands of secure aggregation.
        DivergedError: if device and coordinator disagree.
    """

    def __init__(
        self,
        settings: TrainingSettings,
        coordinator: Coordinator,
        store: StateStore,
        stop: StopSignal,
        notifier: EventNotifier,
        attributes: AttributeReporter,
        member: Membership,
    ) -> None:
        self._settings = settings
        self._coordinator = coordinator
        self._store = store
        self._stop = stop
        self._notifier = notifier
        self._attributes = attributes
        self._plan = plan = member.plan
        settings.demands.require(plan.run, plan.aggregation)
        try:
            if plan.feedback not in METHODS:
                raise ValueError(f"'{plan.feedback}' is not an error feedback method")
            self._eta = parse_schedule(plan.eta)
            self._compressor = compressor_of(plan)
        except ValueError as e:
            raise ProtocolError(f"run '{plan.run}' has a plan that this client cannot follow: {e}: update the client") from e
        rebase_every = None if plan.aggregation is None else plan.aggregation.rebase_every
        self._state = DeviceState(store, plan.run, member.client, plan.feedback, plan.dimension, rebase_every)
        reconciliation = Reconciliation(coordinator, self._state, settings.on_divergence, notifier, member, settings.recovery_key)
        reconciliation.reconcile(member)
        member = reconciliation.member
        self._seed = _seed_of(member)
        self._spending = PrivacySpending.of(
            plan, settings.privacy_limit, settings.trust_coordinator, store, self._state.sequence, notifier
        )
        self._markers: RoundMarkers | None = None
        self._past_reported = False
        self._secure: SecureUplink | None = None
        self._uplink: Uplink | SecureUplink
        if plan.aggregation is None:
            self._uplink = Uplink(coordinator, plan, self._state, reconciliation, notifier)
        else:
            from ._secure_uplink import SecureUplink

            self._markers = RoundMarkers(store, plan.run)
            services = (reconciliation, stop, notifier)
            self._uplink = self._secure = SecureUplink(
                coordinator, plan, settings.demands, self._state, self._markers, *services, settings.long_poll, self._spending
            )
        self._downlink = Downlink(coordinator, plan, settings.double_precision, settings.sparse_updates, notifier)
        self._reporter = Reporter(settings.report_smoothness, plan.step.split(":")[0] == SlopeStep.name)
        self._waiting = Waiting(coordinator, notifier, member)
        self._reconciliation = reconciliation
        self._after = max(member.last_round, self._state.last_round)
        self._after_history: str | None = None
        """The history of the model of round ``after``, if it is known: a round's number alone is ambiguous."""
        self._heard = max(self._after, 0)

    def run(self, function: GradientFunction) -> RunOutcome:
        """Takes part until the run ends or the client is stopped."""
        self._prepare(function)
        text = "joined run %s after %d accepted messages"
        self._notifier.notify(logging.INFO, "joined", text, self._plan, self._state.sequence)
        try:
            self._waiting.begin()
            task = self._following(lambda: self._finish_earlier(self._settings.long_poll))
            while not isinstance(task, Ended):
                self._stop.check()
                if isinstance(task, Work):
                    self._waiting.end()
                    self._attributes.report()
                    task = self._answer(task, function, self._settings.long_poll)
                else:
                    self._stop.sleep(_DEFAULT_PAUSE if task.pause is None else task.pause)
                    self._attributes.report()
                    task = self._following(lambda: self._ask(self._settings.long_poll))
                    if isinstance(task, Nothing):
                        self._waiting.go_on(self._after)
            if task.history_lost:
                self._follow()
            self._heard = task.round
            return self._outcome(RunEnd(task.state))
        except Stopped:
            return self._outcome(RunEnd.STOPPED)

    def run_once(self, function: GradientFunction) -> RunOutcome | None:
        """Takes part in the open round if it selects this device.

        Returns:
            None if the run continues; else its end.
        """
        self._prepare(function)
        try:
            self._following(lambda: self._finish_earlier(0.0))
            self._stop.check()
            task = self._following(lambda: self._ask(0.0))
            if isinstance(task, Work):
                task = self._answer(task, function, 0.0)
            if isinstance(task, Ended):
                if task.history_lost:
                    self._follow()
                self._heard = task.round
                return self._outcome(RunEnd(task.state))
            return None
        except Stopped:
            return self._outcome(RunEnd.STOPPED)

    def _ask(self, wait: float) -> Task:
        named = self._after_history, self._state.sequence
        return self._coordinator.task(self._plan.run, self._after, wait, self._downlink.since, *named)

    def _answer(self, work: Work, function: GradientFunction, wait: float) -> Task:
        """Takes part in a round, of this history of the run or of another one."""
        if work.history_lost:
            self._follow()
        self._after, self._after_history = work.round, work.history
        self._heard = max(self._heard, work.round)
        return self._following(lambda: self._take_part(work, function, wait))

    def _following(self, step: Callable[[], Task]) -> Task:
        """Takes a step; if the coordinator lacks the model that the device names, follows the coordinator and asks again."""
        try:
            return step()
        except CoordinatorError as e:
            if not self._is_history_lost(e):
                raise
            self._follow()
            return Nothing(_DEFAULT_PAUSE)

    def _is_history_lost(self, refusal: CoordinatorError) -> bool:
        """A device that joined after the backup was made is not a member, like one that an operator removed: its last model
        distinguishes the two cases."""
        if not isinstance(refusal, MemberNotFoundError) or self._after_history is None:
            return refusal.problem.slug == HISTORY_LOST
        try:
            self._ask(0.0)
        except CoordinatorError as e:
            return e.problem.slug == HISTORY_LOST
        return False

    def _follow(self) -> None:
        """Drops the data of a lost history, and adopts the coordinator's state."""
        self._downlink.forget()
        try:
            member = self._coordinator.membership(self._plan.run)
        except MemberNotFoundError:
            member = self._coordinator.join(self._plan.run, self._settings.weight)
        self._reconciliation.follow(member)
        self._seed = _seed_of(self._reconciliation.member)
        self._after, self._after_history = self._reconciliation.member.last_round, None
        self._heard = max(self._after, 0)

    def _prepare(self, function: GradientFunction) -> None:
        require_suited(function, METHODS[self._plan.feedback], self._plan.layout, self._plan.run)
        if isinstance(function, PlannedGradient):
            function.require_plan(self._plan)
        if isinstance(function, StatefulGradient):
            function.keep_in(self._store, self._plan.run)

    def _outcome(self, end: RunEnd) -> RunOutcome:
        return RunOutcome(self._plan.run, end, self._heard, self._uplink.accepted, self._uplink.refused)

    def _finish_earlier(self, wait: float) -> Task:
        """Sends the message that was staged when the device last stopped. The response shows whether it had arrived before."""
        if self._state.pending is None:
            return Nothing(0.0)
        if self._state.pending.round > self._after:
            self._after, self._after_history = self._state.pending.round, self._state.pending.history
        return self._send(wait, None)

    def _take_part(self, work: Work, function: GradientFunction, wait: float) -> Task:
        if self._spending is not None and self._spending.exhausted:
            return Nothing(0.0)
        if self._markers is not None and self._markers.end_part_in(work.round):
            # The device has revealed shares in this round, or masked too often, regardless of the outcome.
            self._report_past(work.round, self._markers.newest)
            if self._secure is not None:
                self._secure.report_next_round()
            return Nothing(_DEFAULT_PAUSE)
        self._notifier.notify(logging.DEBUG, "round_started", "round %d selects this device", work.round)
        task = self._prepare_message(work, function)
        return self._send(wait, work.attempt) if task is None else task

    def _report_past(self, round: int, newest: int) -> None:
        """Reports, once, that a round is before the newest one in which the device has taken part."""
        if round < newest and not self._past_reported:
            self._past_reported = True
            reason = (
                f"no part in round {round} of run '{self._plan.run}': this device has taken part in round {newest} of a run of "
                "this name, and never takes part in a round twice. If the run is a new one, call leave() to take part in it"
            )
            self._notifier.notify(logging.INFO, "waiting", "%s", reason)

    def _prepare_message(self, work: Work, function: GradientFunction) -> Task | None:
        """Downloads the model, computes and saves the message; returns the next action instead if there is no message."""
        try:
            model = self._downlink.fetch(work)
        except RoundNotFoundError:
            return self._ask_again_for(work.round)
        except (ModelNotKeptError, RoundClosedError):
            # The round closed before the device had downloaded the model.
            return Nothing(0.0)
        basis = b"" if self._secure is None else self._secure.basis(model)
        evaluate = self._settings.evaluate if self._spending is None and self._markers is None else None
        metrics = self._call("evaluation", evaluate, model) if evaluate else {}
        eta = self._eta.at(work.round, self._plan.horizon - 1)
        feedback = self._state.feedback if METHODS[self._plan.feedback].keeps_model else None
        if isinstance(function, ControlledGradient) and METHODS[self._plan.feedback].retains_sum:
            function.hold(self._state.feedback_for(work.round).vectors[0])
        last = self._state.last_round
        gradients = self._call("gradient", lambda x: RoundGradients.compute(feedback, function, x, last, eta), model)
        self._stop.check()
        if gradients is None:
            return Nothing(0.0)
        self._stage(model, work.history, gradients, eta, metrics, basis)
        return None

    def _send(self, wait: float, attempt: int | None) -> Task:
        pending = self._state.pending
        assert pending is not None
        task = self._uplink.send(pending, wait, self._downlink.since, attempt)
        return self._ask_again_for(pending.round) if task is None else task

    def _ask_again_for(self, round: int) -> Task:
        """Waits for a round that was announced but does not exist: after a power failure the coordinator returns to the
        previous round."""
        self._after, self._after_history = round - 1, None
        return Nothing(_DEFAULT_PAUSE)

    def _stage(
        self,
        model: Model,
        history: str | None,
        gradients: RoundGradients,
        eta: float,
        metrics: Mapping[str, float],
        basis: bytes,
    ) -> None:
        round, layout = model.round, self._plan.layout
        try:
            values = gradients.gradient.flat(layout)
            compress.require_finite(values, layout)
            report = self._report(model, gradients, values, metrics, self._state.feedback_for(round).estimate)
            second = None if gradients.second is None else gradients.second.flat(layout)
            seed = derive_seed(self._seed, round)
            self._state.feedback.forget(layout.slices(gradients.gradient.without_feedback))
            staged = self._state.compute(values, self._compressor, round, eta=eta, seed=seed, model=model.values, second=second)
            if self._spending is not None and self._markers is None:
                self._spending.count()
            salt = None if self._markers is None else secrets.token_bytes(SALT_BYTES)
            pending = self._state.stage(round, report, staged, salt, basis, history)
        except InvalidGradientError as e:
            raise InvalidGradientError(f"in round {round} nothing was sent: {e}", e.coordinate, e.tensor) from e
        except (TypeError, ValueError) as e:
            raise FunctionError(f"in round {round} nothing was sent: {e}") from e
        text = "message for round %d is saved, number %d, %d bytes"
        self._notifier.notify(logging.DEBUG, "message_staged", text, round, pending.sequence, len(pending.message))
        if self._spending is None and self._markers is None:
            self._notifier.notify(logging.DEBUG, "figures_staged", "figures of round %d: %s", round, report)

    def _report(
        self, model: Model, gradients: RoundGradients, values: Vector, metrics: Mapping[str, float], estimate: Floats | None
    ) -> Report:
        """Returns the figures sent with a message. With a private message they would be sent unprotected, and with secure
        aggregation only the loss can be summed."""
        if self._spending is not None:
            return Report(1)
        if self._markers is not None:
            return Report(1, gradients.gradient.loss)
        return self._reporter.report(model, gradients.gradient, values, metrics, gradients.point, estimate)

    @staticmethod
    def _call(what: str, function: Callable[[Model], _R], model: Model) -> _R:
        try:
            return function(model)
        except Exception as e:
            raise FunctionError(
                f"the {what} function failed in round {model.round}: {type(e).__name__}: {e}: fix it and train again; the "
                "state is saved"
            ) from e


def _seed_of(member: Membership) -> int:
    """Returns the seed of a member's random compressors: with privacy or secure aggregation all devices draw the same
    coordinates."""
    plan = member.plan
    alike = plan.privacy is not None or plan.aggregation is not None
    return plan.seed if alike else derive_seed(plan.seed, member.ordinal)
