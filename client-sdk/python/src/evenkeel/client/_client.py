"""The client: a device of a fleet, in one run."""

from __future__ import annotations

import json
import logging
import math
import os
import re
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from urllib3.util import parse_url

from ..errors import EvenkeelError, MemberNotFoundError, StateError, WrongStateError
from ._coordinator import Coordinator
from ._downlink import Downlink
from ._listener import Announcer, Listener
from ._model import Model
from ._progress import ProgressListener
from ._protocol import Credentials, Membership
from ._retries import Retries
from ._state import forget
from ._stop import Stopped, StopSignal
from ._store import FolderStore, MemoryStore, StateStore
from ._training import EvaluationFunction, GradientFunction, RunEnd, RunOutcome, Training, TrainingSettings
from ._transport import Transport
from ._uplink import OnDivergence

_RUN = re.compile(r"[a-z0-9-]{1,64}")
_API = re.compile(r"(.*?)(/api(?:/v1)?)/*")
_CREDENTIALS = "credentials"
_R = TypeVar("_R")


class Client:
    """A device of a fleet, in one run; talks to nobody until it is asked to do something.

    ``train`` does the work, on the thread that calls it. ``stop`` and ``close`` are for any thread. Also a context manager.

    Args:
        url: the coordinator's address, such as ``https://coordinator.example:8080``; a path is kept as a prefix.
        run: the run to take part in.
        state_dir: the folder that keeps the device's state, made if it is not there, and no other device's; or a ``StateStore``
            such as ``MemoryStore()``.
        enrolment_token: the token to enrol with; needed for the first start only.
        credentials: client id and secret from an earlier enrolment, kept elsewhere than in the state.
        name: what operators see the device as; by default the coordinator names it.
        weight: the device's weight w in the fleet's objective, such as its number of samples; above 0.
        evaluate: measures each round's model on the device's own held-out data.
        progress: takes a line of text for people at each step, such as ``print``.
        listener: hears what the device does; the logger ``evenkeel`` hears it, too.
        on_divergence: what to do when device and coordinator disagree on what was accepted.
        double_precision: whether to take float64 models, twice the bytes down.
        sparse_updates: whether to keep x and S, 16 bytes a coordinate in memory, when sparse updates save more than they cost.
        report_smoothness: whether to report ||grad(x_k) - grad(x_k-1)|| / ||x_k - x_k-1||, for 8 to 16 bytes a coordinate.
        connect_timeout: seconds for making a connection.
        request_timeout: seconds in which nothing comes or goes before a request counts as failed.
        retry_for: seconds for which one request is tried again before the training gives up.
        long_poll: seconds for which the coordinator may hold the question for work.
        tls: whom to trust and what certificate to show; by default Python's, with ``ca_file`` and ``client_certificate``.
        ca_file: a PEM file of the authorities to trust.
        client_certificate: PEM files of the device's certificate and its key.

    Raises:
        ValueError: naming the argument that is wrong.
        StateError: if the state folder cannot be opened, or another process has it.
    """

    def __init__(
        self,
        url: str,
        *,
        run: str,
        state_dir: str | os.PathLike[str] | StateStore,
        enrolment_token: str | None = None,
        credentials: tuple[str, str] | None = None,
        name: str | None = None,
        weight: float = 1.0,
        evaluate: EvaluationFunction | None = None,
        listener: Listener | None = None,
        progress: Callable[[str], None] | None = None,
        on_divergence: OnDivergence = OnDivergence.RECOVER_IF_LOST,
        double_precision: bool = False,
        sparse_updates: bool = True,
        report_smoothness: bool = False,
        connect_timeout: float = 10.0,
        request_timeout: float = 30.0,
        retry_for: float = 600.0,
        long_poll: float = 30.0,
        tls: ssl.SSLContext | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        client_certificate: tuple[str, str] | None = None,
    ) -> None:
        _check(url, run, weight)
        for argument, seconds in (
            ("connect_timeout", connect_timeout),
            ("request_timeout", request_timeout),
            ("retry_for", retry_for),
            ("long_poll", long_poll),
        ):
            if not 0 < seconds < math.inf:
                raise ValueError(f"{argument} is {seconds}, expected a number of seconds above 0")
        self._url = url
        self._run = run
        self._token = enrolment_token
        self._given = Credentials(*credentials) if credentials else None
        self._name = name
        self._weight = weight
        self._settings = TrainingSettings(
            evaluate, on_divergence, double_precision, sparse_updates, report_smoothness, long_poll
        )
        self._announcer = Announcer(*([listener] if listener else []), *([ProgressListener(progress)] if progress else []))
        self._stop = StopSignal()
        context = tls or _tls(ca_file, client_certificate)
        self._transport = Transport(url, connect_timeout, request_timeout, context)
        retries = Retries(
            self._transport,
            retry_for,
            self._stop,
            self._announcer.retrying,
            is_enrolled=lambda: self._coordinator.has_credentials,
            saved=self._saved_state,
        )
        self._coordinator = Coordinator(retries)
        self._store = state_dir if isinstance(state_dir, StateStore) else FolderStore(state_dir)
        self._turn = threading.Lock()
        self._owner: int | None = None
        self._closing = False
        self._closed = False

    def train(self, function: GradientFunction) -> RunOutcome:
        """Takes part in the run until it ends, or the device is told to stop.

        Enrols and joins if need be, and first finishes what an earlier training left unfinished.

        Args:
            function: from a model to a gradient of the device's own loss at that model: a ``Gradient``, an array of d values, a
                dict of arrays by tensor name, or None to sit the round out. It may take as long as it likes.

        Raises:
            EvenkeelError: if the device cannot go on; its saved state is whole.
            RuntimeError: if another thread uses the client, or it is closed.
        """

        def work() -> RunOutcome:
            outcome = self._train(function)
            self._announcer.tell(logging.INFO, "finished", "training ended: %s", outcome)
            return outcome

        return self._in_turn(work)

    def _train(self, function: GradientFunction) -> RunOutcome:
        try:
            self._enrol()
            member = self._join()
            return Training(self._settings, self._coordinator, self._store, self._stop, self._announcer, member).run(function)
        except Stopped:
            return RunOutcome(self._run, RunEnd.STOPPED, 0, 0, 0)

    def _join(self) -> Membership:
        """Joins, unless the run ended while the device was away: then its membership still tells it how the run ended."""
        try:
            return self._coordinator.join(self._run, self._weight)
        except WrongStateError as refusal:
            try:
                return self._coordinator.membership(self._run)
            except MemberNotFoundError:
                raise refusal from None

    def model(self, round: int) -> Model:
        """Fetches the model of a round; that of round R, which ``RunOutcome.round`` of a finished run is, is the final one.

        Raises:
            RoundNotFoundError, ModelNotKeptError: if the coordinator does not have it.
        """

        def work() -> Model:
            self._enrol()
            plan = self._coordinator.membership(self._run).plan
            return Downlink(self._coordinator, plan, self._settings.double_precision, False, self._announcer).dense(round)

        return self._in_turn(work)

    def leave(self) -> None:
        """Leaves the run for good: the coordinator takes the device's share out of the sum, and the device forgets its half."""

        def work() -> None:
            self._enrol()
            self._coordinator.leave(self._run)
            forget(self._store, self._run)

        self._in_turn(work)

    def rotate_secret(self) -> None:
        """Changes the device's secret, from time to time or when it may have become known.

        If it fails or the device dies over it, the secret is the old one or the new one, and the one that is saved is good.

        Raises:
            RuntimeError: if the credentials were given rather than got by enrolling.
        """

        def work() -> None:
            if self._given is not None:
                raise RuntimeError(
                    "the credentials were given with credentials=(...), so the client cannot change them: change "
                    "them where they are kept, or let the device enrol"
                )
            self._enrol()
            self._coordinator.rotate(self._keep)

        self._in_turn(work)

    def _enrol(self) -> None:
        known = self._given or self._saved()
        if known is None:
            if self._token is None:
                raise EvenkeelError(
                    f"{self._store.describe(_CREDENTIALS)} does not exist yet, and there is no token to enrol with: have an "
                    'operator make one and give it with enrolment_token="evk_enrol_..."'
                )
            known = self._coordinator.enrol(self._token, self._name)
            self._keep(known)
            self._announcer.tell(logging.INFO, "enrolled", "enrolled as client %s", known.client)
        self._coordinator.use(known)

    def _saved_state(self) -> str:
        """Says what of the device outlives the process, as a part of a sentence."""
        if isinstance(self._store, MemoryStore):
            return "the state is kept in memory only"
        if self._store.names(f"{self._run}."):
            return "the state is saved"
        return "the device's credentials are saved" if self._store.names(_CREDENTIALS) else "nothing was saved yet"

    def _keep(self, credentials: Credentials) -> None:
        fields = {"endpoint": self._url, "client": credentials.client, "secret": credentials.secret}
        self._store.write(_CREDENTIALS, [json.dumps(fields).encode()])

    def _saved(self) -> Credentials | None:
        data = self._store.read(_CREDENTIALS)
        if data is None:
            return None
        try:
            fields = json.loads(data)
            client, secret = fields["client"], fields["secret"]
            if isinstance(client, str) and isinstance(secret, str):
                return Credentials(client, secret)
        except (ValueError, KeyError, TypeError):
            pass
        raise StateError(
            f"{self._store.describe(_CREDENTIALS)} is damaged: remove the state and enrol the device again, and ask an operator to "
            "remove its old client"
        )

    def _in_turn(self, work: Callable[[], _R]) -> _R:
        if not self._turn.acquire(blocking=False):
            raise RuntimeError("the client is in use: it does one thing at a time")
        try:
            if self._closed:
                raise RuntimeError("the client is closed: make another")
            self._owner = threading.get_ident()
            return work()
        except Stopped:
            raise RuntimeError("the client is stopped: make another") from None
        finally:
            self._owner = None
            if self._closing:
                self._release()
            self._turn.release()

    def stop(self) -> None:
        """Asks the training to end, for good; for any thread.

        Waiting and requests end at once; making a connection, and the computation under way, end in their own time, and nothing
        is sent. A message that was under way stays staged. Another client on the same state goes on from there.
        """
        self._stop.give()
        self._transport.abort()

    def close(self) -> None:
        """Stops, waits until the training has returned, and lets go of the state.

        Called from within the training, by a listener say, it does the last two as soon as the training returns.
        """
        self.stop()
        self._closing = True
        if self._owner == threading.get_ident():
            return
        with self._turn:
            self._release()

    def _release(self) -> None:
        if not self._closed:
            self._closed = True
            self._transport.close()
            self._store.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _check(url: str, run: str, weight: float) -> None:
    parts = parse_url(url)
    if parts.scheme not in ("http", "https") or not parts.host:
        raise ValueError(f"url is '{url}', expected the coordinator's address such as https://coordinator.example:8080")
    if parts.query is not None or parts.fragment is not None:
        raise ValueError(f"url is '{url}', expected an address without ? and #: leave out what follows them")
    api = _API.fullmatch(url)
    if api:
        raise ValueError(
            f"url is '{url}', expected the coordinator's address without {api[2]}, which the client adds itself: use {api[1]}"
        )
    if not _RUN.fullmatch(run):
        raise ValueError(f"run is '{run}', expected 1 to 64 of a to z, 0 to 9 and hyphen, as the run was created")
    if not 0 < weight < math.inf:
        raise ValueError(f"weight is {weight}, expected a finite number above 0")


def _tls(ca_file: str | os.PathLike[str] | None, client_certificate: tuple[str, str] | None) -> ssl.SSLContext | None:
    if ca_file is None and client_certificate is None:
        return None
    context = ssl.create_default_context(cafile=ca_file)
    if client_certificate is not None:
        context.load_cert_chain(*client_certificate)
    return context
