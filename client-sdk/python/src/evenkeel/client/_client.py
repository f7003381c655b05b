"""The client: a device of a fleet."""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, MemberNotFoundError, WrongStateError
from ._aggregation import AggregationDemands
from ._arguments import (
    require_attributes,
    require_credentials,
    require_flags,
    require_functions,
    require_kind,
    require_max_dimension,
    require_name,
    require_privacy_limit,
    require_round,
    require_secure,
    require_texts,
    require_valid,
    tls_context,
)
from ._attributes import AttributeReporter, Attributes
from ._coordinator import Coordinator
from ._downlink import Downlink
from ._enrolment import CREDENTIALS, Enrolment
from ._enrolment_uri import parse_enrolment_uri
from ._followed import FollowedModel
from ._gradients import GradientFunction, WaitingGradient, require_callable
from ._listener import EventNotifier, Listener
from ._memory import require_room
from ._model import Model
from ._outcome import RunEnd, RunOutcome
from ._progress import ProgressListener
from ._protocol import Credentials, Membership
from ._retries import Retries
from ._rollout import VersionEvaluator, checked_metrics, finite
from ._state import forget
from ._stop import Stopped, StopSignal
from ._store import FolderStore, MemoryStore, StateStore
from ._training import EvaluationFunction, Training, TrainingSettings
from ._transport import Transport
from ._turns import ClientTurns
from ._uplink import OnDivergence
from ._work import DeclineReason, Evaluators, GradientFunctions, WorkLoop

if TYPE_CHECKING:
    from ..secagg import DeviceIdentity


class Client:
    """A device of a fleet. The constructor does not connect to the coordinator.

    ``train`` takes part in one run, ``work`` in whichever runs the coordinator has for the device. They run on the calling
    thread. ``stop``, ``close``, and ``refresh`` of a followed model may be called from any thread; only one of the other methods
    may run at a time. Also a context manager.

    Args:
        url: the coordinator's address, such as ``https://coordinator.example:8080``; a path is kept as a prefix.
        run: the run to take part in; a client that only calls ``work`` needs none.
        state_dir: the folder of the device's state, used by this device only, created if it does not exist; or a ``StateStore``
            such as ``MemoryStore()``.
        enrolment_token: the token to enrol with; only needed for the first start.
        credentials: client id and secret from an earlier enrolment, kept outside the state.
        name: the name that operators see; by default chosen by the coordinator.
        weight: the device's weight w in the fleet's objective, such as its number of samples; above 0.
        privacy_limit: epsilon and delta. The device takes part only in runs with privacy whose devices add the noise, and stops
            sending before it has spent more in all runs of its state together, regardless of the runs' plans. By default the plan
            decides.
        trust_coordinator: with a ``privacy_limit``, whether to also take part in runs whose coordinator adds the noise. The
            coordinator then sees this device's messages without noise.
        identity: the device's identity, ``DeviceIdentity.load(file)``, for runs with secure aggregation. The device takes part
            only with devices of the same owner.
        minimum_cohort: the smallest cohort of a run with secure aggregation, at least 3, regardless of the run's plan.
        minimum_collusion: the minimum share of a cohort, 0 to 0.5, that may collude with the coordinator without learning
            anything. By default the run's plan decides; it comes from the coordinator.
        only_secure: whether a device with an identity takes part only in runs with secure aggregation.
        recovery_key: 32 secret random bytes, the device's own, stored where they survive the loss of its disk. In runs with
            secure aggregation the device then keeps a copy of its state at the coordinator, encrypted with the key; it uploads 8
            bytes per value of each vector after each accepted message. If it loses its disk, it continues exactly. Without a key
            it leaves and joins again.
        attributes: attributes by which operators choose devices, such as ``{"region": "eu"}``: at most 32 keys and values in the
            syntax of Kubernetes labels, or a function that returns them, which is called at the start of a training and before
            each request for work. They are reported at the enrolment, and whenever they differ from the last report.
        evaluate: evaluates each round's model on held-out data of the device.
        progress: receives human-readable progress lines, such as ``print``.
        listener: receives the device's events; the logger ``evenkeel`` always logs them.
        on_divergence: what to do if device and coordinator disagree on which messages were accepted.
        double_precision: whether to download float64 models, at twice the bytes. With secure aggregation or a lossy downlink the
            values are always those of float32.
        sparse_updates: whether x and S may be kept in memory, 16 bytes per coordinate, to download sparse updates if they save
            bytes.
        report_smoothness: whether to report ||grad(x_k) - grad(x_k-1)|| / ||x_k - x_k-1||, which takes 8 to 16 bytes per
            coordinate.
        max_dimension: the maximum number of values of a model; by default the number that fits into memory. A run with a
            larger model raises ModelTooLargeError before anything is downloaded.
        connect_timeout: seconds for connecting.
        request_timeout: seconds without traffic in either direction before a request fails.
        retry_for: seconds for which one request is retried before the training gives up. It also limits each single exchange,
            which gets one more second for each kB of its body.
        long_poll: the maximum wait of a long poll for work, in seconds.
        tls: the TLS context; by default Python's, with ``ca_file`` and ``client_certificate``.
        ca_file: a PEM file of the authorities to trust.
        client_certificate: PEM files of the device's certificate and its key.

    Raises:
        ArgumentError: if an argument is invalid; the message names it.
        StateError: if the state folder cannot be opened, or another process uses it.
    """

    def __init__(
        self,
        url: str,
        *,
        run: str | None = None,
        state_dir: str | os.PathLike[str] | StateStore,
        enrolment_token: str | None = None,
        credentials: tuple[str, str] | None = None,
        name: str | None = None,
        weight: float = 1.0,
        privacy_limit: tuple[float, float] | None = None,
        trust_coordinator: bool = False,
        identity: DeviceIdentity | None = None,
        minimum_cohort: int = 10,
        minimum_collusion: float = 0.0,
        only_secure: bool = True,
        recovery_key: bytes | None = None,
        attributes: Attributes | None = None,
        evaluate: EvaluationFunction | None = None,
        listener: Listener | None = None,
        progress: Callable[[str], None] | None = None,
        on_divergence: OnDivergence = OnDivergence.RECOVER_IF_LOST,
        double_precision: bool = False,
        sparse_updates: bool = True,
        report_smoothness: bool = False,
        max_dimension: int | None = None,
        connect_timeout: float = 10.0,
        request_timeout: float = 30.0,
        retry_for: float = 600.0,
        long_poll: float = 30.0,
        tls: ssl.SSLContext | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        client_certificate: tuple[str, str] | None = None,
    ) -> None:
        require_valid(
            url,
            run,
            weight,
            connect_timeout=connect_timeout,
            request_timeout=request_timeout,
            retry_for=retry_for,
            long_poll=long_poll,
        )
        self._given_run = run
        self._weight = weight
        require_privacy_limit(privacy_limit)
        require_secure(identity, minimum_cohort, minimum_collusion, recovery_key)
        require_max_dimension(max_dimension)
        require_functions(evaluate=evaluate, progress=progress)
        require_kind("listener", listener, (Listener, type(None)), "an instance of a subclass of evenkeel.client.Listener")
        require_kind("on_divergence", on_divergence, OnDivergence, "an OnDivergence")
        require_kind(
            "state_dir", state_dir, (str, os.PathLike, StateStore), "a folder's path, or a StateStore such as MemoryStore()"
        )
        require_texts(enrolment_token=enrolment_token, name=name)
        require_credentials(credentials)
        require_attributes(attributes)
        require_flags(
            trust_coordinator=trust_coordinator,
            only_secure=only_secure,
            double_precision=double_precision,
            sparse_updates=sparse_updates,
            report_smoothness=report_smoothness,
        )
        self._max_dimension = max_dimension
        self._settings = TrainingSettings(
            evaluate,
            on_divergence,
            double_precision,
            sparse_updates,
            report_smoothness,
            long_poll,
            privacy_limit,
            trust_coordinator,
            AggregationDemands(identity, minimum_cohort, minimum_collusion, only_secure),
            None if recovery_key is None else bytes(recovery_key),
            weight,
        )
        self._notifier = EventNotifier(*([listener] if listener else []), *([ProgressListener(progress)] if progress else []))
        self._stop = StopSignal()
        context = tls_context(tls, ca_file, client_certificate)
        # Followed models have a separate connection, so that they can be refreshed while the device trains.
        self._transport, self._model_transport = (Transport(url, connect_timeout, request_timeout, context) for _ in range(2))
        self._coordinator, self._models = (
            Coordinator(
                Retries(
                    transport,
                    retry_for,
                    self._stop,
                    self._notifier.retrying,
                    is_enrolled=lambda: self._coordinator.has_credentials or self._models.has_credentials,
                    saved=self._saved_state,
                )
            )
            for transport in (self._transport, self._model_transport)
        )
        self._store = state_dir if isinstance(state_dir, StateStore) else FolderStore(state_dir)
        given = Credentials(*credentials) if credentials else None
        self._attributes = AttributeReporter(attributes, url, self._store, self._coordinator)
        self._enrolment = Enrolment(self._store, self._notifier, self._attributes, url, given, enrolment_token, name)
        self._turns = ClientTurns(self._stop, self._release)
        self._function: GradientFunction | None = None

    @classmethod
    def from_enrolment_uri(
        cls, uri: str, *, state_dir: str | os.PathLike[str] | StateStore, run: str | None = None, **settings: Any
    ) -> Client:
        """Creates a client from the URI in the QR code of an enrolment token: its address, token and run.

        Args:
            uri: ``evenkeel://enrol?coordinator=URL&token=TOKEN&run=RUN``, as the console shows it.
            state_dir: as in the constructor.
            run: the run to take part in, if the URI has none because its token is for all runs; ``work`` needs none.
            settings: further arguments of the constructor.

        Raises:
            ArgumentError: if an argument is invalid; the message does not contain the token.
        """
        url, token, named = parse_enrolment_uri(uri)
        if run is not None and named is not None and run != named:
            raise ArgumentError(f"run is {run!r}, but the enrolment URI is for run {named!r}: leave out run")
        return cls(url, run=run or named, state_dir=state_dir, enrolment_token=token, **settings)

    def train(self, function: GradientFunction) -> RunOutcome:
        """Takes part in the run until it ends or ``stop`` is called.

        Enrols and joins if necessary. First completes a message that an earlier training left unfinished.

        Args:
            function: from a model to a gradient of the device's own loss at that model: a ``Gradient``, an array of d values, a
                dict of arrays by tensor name, or None to skip the round. It may take any time. A run with STORM needs a
                ``SampledGradient``, such as ``on_sample(draw, gradient)`` or a ``TorchDevice``.

        Raises:
            EvenkeelError: if the device cannot continue; its saved state is consistent.
            FunctionError: immediately, if ``function`` is not a function.
            ClientStateError: if another thread uses the client, or it is closed, or an earlier call was ended by ``stop``. A ``stop`` before
                the first call gives ``STOPPED``.
        """
        _ = self._run  # raises if there is none, before anything is sent
        require_callable("the gradient function", function)

        def work() -> RunOutcome:
            self._function = function
            outcome = self._train(function)
            self._notifier.notify(logging.INFO, "finished", "training ended: %s", outcome)
            return outcome

        return self._turns.training(work)

    def work(
        self,
        functions: GradientFunctions | Mapping[str, GradientFunction],
        declines: Callable[[], DeclineReason | None] = lambda: None,
        evaluators: Evaluators | Mapping[str, VersionEvaluator] = lambda evaluation: None,
    ) -> None:
        """Checks in at the coordinator and takes part in whichever runs it gives the device, one round at a time, until ``stop``
        is called. The client needs no ``run``. Another thread may refresh followed models at the same time.

        Enrols if necessary, joins the runs, and checks in again when the coordinator asks for it, which may be after an hour in a
        large fleet. If the coordinator cannot be reached, the device keeps trying. First completes a message that an earlier
        training left unfinished.

        Args:
            functions: maps a run's name to its gradient function, as for ``train``: a dict, or a function that is called before
                the device joins and before each round. The device does not take part in a run that maps to None or is not in the
                dict.
            declines: returns why the device cannot work at this moment, or None if it can. With a reason the device declines the
                rounds that select it, so that they do not wait for it, joins no run and measures no model.
            evaluators: maps an evaluation's name to its evaluator, like ``evaluate`` of ``follow``: a dict, or a function. The
                device does not take part in an evaluation that maps to None or is not in the dict.

        Raises:
            EvenkeelError: if the device cannot continue; its saved state is consistent, and another call continues.
            FunctionError: immediately, if a function is not callable.
            ClientStateError: as for ``train``.
        """
        for what, given in (("functions", functions), ("evaluators", evaluators)):
            if isinstance(given, Mapping):
                for name, function in given.items():
                    require_callable(f"{what}[{name!r}]", function)
            else:
                require_callable(what, given)
        require_callable("declines", declines)
        gradients = functions.get if isinstance(functions, Mapping) else functions
        measures = evaluators.get if isinstance(evaluators, Mapping) else evaluators

        def turn() -> None:
            try:
                self._enrolment.enrol(self._coordinator)
                WorkLoop(
                    self._coordinator,
                    self._stop,
                    self._notifier,
                    self._attributes,
                    self._settings.long_poll,
                    self._weight,
                    lambda run: self._training(self._coordinator.join(run, self._weight)),
                    gradients,
                    declines,
                    measures,
                ).run()
            except Stopped:
                return

        self._turns.training(turn)

    @property
    def _run(self) -> str:
        if self._given_run is None:
            raise ArgumentError("run is None, expected the name of a run: no run is set, so give run=... to the client")
        return self._given_run

    def _training(self, member: Membership) -> Training:
        require_room(member.plan, self._max_dimension)
        return Training(self._settings, self._coordinator, self._store, self._stop, self._notifier, self._attributes, member)

    def _train(self, function: GradientFunction) -> RunOutcome:
        try:
            self._enrolment.enrol(self._coordinator)
            self._attributes.report()
            return self._training(self._join()).run(function)
        except Stopped:
            return RunOutcome(self._run, RunEnd.STOPPED, 0, 0, 0)

    def _join(self) -> Membership:
        """Joins the run. If the run ended while the device was offline, its membership states how it ended."""
        try:
            return self._coordinator.join(self._run, self._weight)
        except WrongStateError as refusal:
            try:
                return self._coordinator.membership(self._run)
            except MemberNotFoundError:
                raise refusal from None

    def model(self, round: int) -> Model:
        """Downloads the model of a round. Round R of a finished run, ``RunOutcome.round``, has the final model.

        With a lossy downlink it is the coordinator's model, which is ahead of the model that devices train on.

        Raises:
            RoundNotFoundError, ModelNotKeptError: if the coordinator does not have it.
        """
        run = self._run
        require_round(round)

        def work() -> Model:
            self._enrolment.enrol(self._coordinator)
            plan = self._coordinator.membership(run).plan
            require_room(plan, self._max_dimension)
            return Downlink(self._coordinator, plan, self._settings.double_precision, False, self._notifier).result(round)

        return self._turns.training(work)

    def follow(self, model: str, alias: str = "production", *, evaluate: VersionEvaluator | None = None) -> FollowedModel:
        """Follows an alias of a registered model; ``refresh`` of the result downloads its newest version.

        Args:
            model: the registered model's name.
            alias: the alias that operators move, such as ``production`` or ``candidate``.
            evaluate: receives a version's tensors by name, and returns its metrics on the device's data by name, and their number
                of samples. Before the device switches to the version of a roll-out, it is called for that version and for the
                version in use, on the thread that calls ``refresh``. The metrics of both are reported, and decide whether the
                roll-out continues. An exception reports the new version as failed, and the device keeps the one in use.

        Raises:
            ArgumentError: if an argument is invalid; the message names it.
            StateError: if the stored version cannot be read.
        """

        def work(download: Callable[[], bool]) -> bool:
            self._enrolment.enrol(self._models)
            return download()

        return FollowedModel(
            model,
            alias,
            evaluate,
            self._models,
            self._store,
            self._notifier,
            lambda download: self._turns.following(lambda: work(download)),
        )

    def report_evaluation(self, evaluation: str, metrics: Mapping[str, float], samples: int) -> None:
        """Sends this device's result of an evaluation. It counts once; sending the same result again changes nothing.

        Args:
            evaluation: the evaluation's name.
            metrics: 1 to 32 figures by name, measured with the evaluation's model on the device's data; names are 1 to 64 of a to
                z, 0 to 9, underscore, dot and hyphen. Figures that are not finite are not sent.
            samples: the number of samples, at least 1.

        Raises:
            ArgumentError: if an argument is invalid; the message names it.
            EvaluationClosedError: if the evaluation accepts no more results.
            DeviceNotChosenError: if the evaluation does not select this device.
            DeadlineError: if the coordinator cannot be reached; send the result again.
        """
        require_name("evaluation", evaluation)
        figures, count = checked_metrics((metrics, samples))
        figures = finite(figures)
        if not figures or count < 1:
            raise ArgumentError("metrics and samples: expected at least one finite metric and one sample")

        def work() -> None:
            self._enrolment.enrol(self._coordinator)
            self._coordinator.report_evaluation(evaluation, {"samples": count, "metrics": figures})

        self._turns.training(work)

    def leave(self) -> None:
        """Leaves the run permanently: the coordinator removes the device's share from the sum, and the device deletes its state
        of the run."""
        run = self._run

        def work() -> None:
            self._enrolment.enrol(self._coordinator)
            self._coordinator.leave(run)
            forget(self._store, run)

        self._turns.training(work)

    def rotate_secret(self) -> None:
        """Changes the device's secret; call it regularly, or when the secret may have leaked.

        If this fails or the device crashes meanwhile, the saved secret is valid, whether it is the old or the new one.

        Raises:
            ClientStateError: if the credentials were passed as an argument instead of obtained by enrolling.
        """

        def work() -> None:
            self._enrolment.require_changeable()
            self._enrolment.enrol(self._coordinator)
            self._coordinator.rotate(self._enrolment.keep)

        # No refresh of a followed model may send the old secret after the new one was used.
        self._turns.training(lambda: self._turns.following(work))

    def _saved_state(self) -> str:
        """Describes which state of the device survives the process, as a part of a sentence."""
        if isinstance(self._store, MemoryStore):
            return "the state is kept in memory only"
        if self._given_run is not None and self._store.names(f"{self._given_run}."):
            return "the state is saved"
        return "the device's credentials are saved" if self._store.names(CREDENTIALS) else "nothing was saved yet"

    def stop(self) -> None:
        """Stops the training and refreshes permanently. May be called from any thread.

        Waits and requests end at once. Connecting, and a computation in progress, are completed, but nothing is sent. An
        unanswered message stays staged. Another client on the same state continues from there: further calls of this one raise
        ClientStateError.
        """
        self._stop.give()
        self._transport.abort()
        self._model_transport.abort()
        if isinstance(self._function, WaitingGradient):
            self._function.client_stopped()

    def close(self) -> None:
        """Stops the training and refreshes, waits until they have returned, and releases the state.

        If it is called from within one of them, such as by a listener, it returns at once, and the state is released later.
        """
        self.stop()
        self._turns.close()

    def _release(self) -> None:
        self._transport.close()
        self._model_transport.close()
        self._store.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
