"""Runs one arm with one seed."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite, nan

import numpy as np

from .. import feedback
from .._types import Floats, Indices
from ..compress import CompressedVector, Seeded, parse
from ..downlink import DeviceModel
from ..step import LayerwiseNormalizedStep, StepInput, mean_slope, slope
from ..vector import SplitMix64, derive_seed
from ._arm import Arm
from ._fleet import Fleet, NumpyFleet
from ._hostile import HostileClients, HostileSettings
from ._private import PrivateMessages
from ._problem import Problem
from ._run import ArmRun, Point
from ._settings import Settings
from ._traffic import Traffic
from ._vectors import copy, is_finite, like, norm, to_numpy, zeros_like

_BATCHES, _RUN, _NOISE = 203, 204, 205
"""The random streams derived from a seed; they equal those of the Java trial."""

_BEYOND_ALL = 1e9

_CHANGING = ("_next", "_traffic", "_fleet", "_devices", "_w", "_first", "_seconds", "_run", "_messages", "_answered")


class _NotFinite(Exception):
    pass


class Simulation:
    """Runs the clients' and the coordinator's halves sequentially. Deterministic, except for the seconds. With a lossy downlink,
    the figures refer to the clients' model.

    Args:
        proceed: called with the round before each round; False ends the run as interrupted.
        fleet: creates the fleet from x^0; a ``NumpyFleet`` if None.
        recorded: called with each point as it is recorded.
    """

    def __init__(
        self,
        problem: Problem,
        arm: Arm,
        settings: Settings,
        seed: int,
        proceed: Callable[[int], bool] = lambda round: True,
        fleet: Callable[[Floats], Fleet] | None = None,
        recorded: Callable[[Point], None] = lambda point: None,
    ) -> None:
        layout = problem.layout
        self._problem = problem
        self._arm = arm
        self._settings = settings
        self._proceed = proceed
        self._recorded = recorded
        self._next = 0
        self._compressor = arm.bind(layout)
        start = problem.start(seed)
        divisors = len(layout) if isinstance(arm.rule, LayerwiseNormalizedStep) else 1
        self._draws = derive_seed(seed, _RUN)
        downlink = arm.bind_downlink(layout)
        means = "deltas" if downlink is not None else "updates" if arm.rule.is_repeatable else "whole"
        self._traffic = Traffic(start, layout, problem.clients, divisors, means)
        self._devices = None if downlink is None else DeviceModel.start(downlink, self._draws, start)
        self._fleet = NumpyFleet(arm, layout, problem.clients, start) if fleet is None else fleet(start)
        self._w = self._of_devices()
        self._batches = derive_seed(seed, _BATCHES)
        self._weights = [float(n) if settings.weighted else 1.0 for n in problem.samples]
        self._drawn = max(1, int(np.floor(settings.participation * problem.clients + 0.5)))
        self._private = self._private_messages(derive_seed(seed, _NOISE))
        self._full_gradients = problem.batch == 0 and settings.local_steps == 1
        attack = None if settings.hostile is None else HostileSettings.parse(settings.hostile)
        self._hostile = HostileClients(attack, problem.clients, self._fleet.x)
        self._messages = [0] * problem.clients
        self._answered: dict[int, Floats] = {}
        self._sum = zeros_like(self._fleet.x)
        self._loss = 0.0
        self._first = nan
        self._seconds = 0.0
        self._run = ArmRun(arm.name, seed)

    def _private_messages(self, seed: int) -> PrivateMessages | None:
        arm = self._arm
        if arm.privacy is None:
            return None
        if self._settings.weighted and arm.privacy.in_shares:
            raise ValueError(
                f"arm '{arm.name}' has privacy +in-shares, whose sums count each client once, but weighted is True: leave it out"
            )
        try:
            return PrivateMessages(arm.privacy, self._compressor, self._drawn, seed)
        except ValueError as e:
            raise ValueError(f"arm '{arm.name}': {e}") from None

    @property
    def x(self) -> Floats:
        """The clients' current model, d float64 values."""
        return self._fleet.x if self._w is None else self._w

    def _of_devices(self) -> Floats | None:
        """Returns w in a separate array, or None without a lossy downlink."""
        return None if self._devices is None else like(self._fleet.x, self._devices.w.astype(np.float64))

    def _kept_model(self) -> Floats:
        return self._fleet.kept_model() if self._w is None else self._w

    def _follow(self, round: int) -> CompressedVector | None:
        """Advances the clients' model; returns the message, or None without a lossy downlink."""
        if self._devices is None or not self._fleet.is_finite:
            return None
        delta = self._devices.follow(to_numpy(self._fleet.x), round)
        self._w = self._of_devices()
        self._fleet.followed(delta, self._devices.w)
        return delta

    @property
    def points(self) -> list[Point]:
        """The points recorded so far."""
        return self._run.points

    def checkpoint(self) -> bytes:
        """Returns the state after the rounds so far; a run that continues from it has the same figures."""
        kept = {name: getattr(self, name) for name in _CHANGING}
        return pickle.dumps({**kept, "problem": self._problem.state()})

    def restore(self, checkpoint: bytes) -> None:
        """Restores a checkpoint of the same run. It is a pickle: do not load one of unknown origin."""
        kept = pickle.loads(checkpoint)
        self._problem.restore(kept.pop("problem"))
        for name in _CHANGING:
            setattr(self, name, kept[name])

    def run(self) -> ArmRun:
        """Runs until the last round, a figure that is not finite, or ``proceed`` returning False."""
        run = self._run
        try:
            if self._next == 0:
                self._send_initial()
            for round in range(self._next, self._settings.rounds):
                run.round = round
                if not self._proceed(round):
                    run.outcome, run.reason = "interrupted", f"stopped before round {round}"
                    return run
                self._round(round)
                self._next = round + 1
            run.round = self._settings.rounds
            self._measure_all()
            self._require_sane(run.round)
            traffic = (self._traffic.uplink, self._traffic.downlink)
            self._record(run.round, traffic, self._spent(), self._seconds, nan, nan)
        except _NotFinite as e:
            run.outcome, run.reason = "diverged", str(e)
        return run

    def _send_initial(self) -> None:
        """Sends the initial messages, which set g^0; no step follows."""
        # Initial messages would cost privacy like any others, so a private arm starts from zero, like devices.
        if (
            self._private is not None
            or self._settings.initial == "zeros"
            or not feedback.METHODS[self._arm.preset.feedback].retains_sum
        ):
            return
        exact = self._compressor.spec.coding.text == "float64"
        dense = parse("identity+float64" if exact else "identity").bind(self._problem.layout)
        compressor = dense if self._settings.initial == "dense" else self._compressor
        started = time.perf_counter()
        self._fleet.begin_round()
        model = self._kept_model()
        for client in range(self._problem.clients):
            loss, gradient = self._local(client, -1, model)
            if not (isfinite(loss) and is_finite(gradient)):
                raise _NotFinite("a gradient at the starting point is not finite")
            seed = derive_seed(derive_seed(self._draws, client), -1)
            self._traffic.sent(self._fleet.send(client, gradient, compressor, 1.0, seed, self._weights[client], model, None))
        self._traffic.close()
        self._seconds += time.perf_counter() - started

    def _round(self, round: int) -> None:
        horizon = self._settings.rounds - 1
        recorded = round % self._settings.record_every == 0
        extrapolates = feedback.METHODS[self._arm.preset.feedback].extrapolates
        fused = self._full_gradients and self._drawn == self._problem.clients and not extrapolates
        traffic = (self._traffic.uplink, self._traffic.downlink)
        before = self._seconds
        spent = self._spent() if recorded else nan
        x = copy(self.x) if recorded else None
        started = time.perf_counter()
        given = self._exchange(round, horizon, fused and recorded)
        self._seconds += time.perf_counter() - started
        if recorded:
            if not fused:
                self._measure_all()
            self._require_sane(round)
        started = time.perf_counter()
        scale = self._fleet.step(given)
        if self._arm.robust is not None and feedback.METHODS[self._arm.preset.feedback].retains_sum:
            self._traffic.summed(to_numpy(self._fleet.total))
        self._traffic.close(self._follow(round))
        self._seconds += time.perf_counter() - started
        if recorded:
            self._record(round, traffic, spent, before, scale.step_size(given.gamma), scale.direction_norm, x)
        if not self._fleet.is_finite:
            raise _NotFinite(f"the step from x^{round} leads beyond the range of numbers")

    def _exchange(self, round: int, horizon: int, measured: bool) -> StepInput:
        """Computes and adds the participants' messages."""
        assert self._arm.gamma is not None
        eta = self._arm.eta.at(round, horizon)
        reported: list[tuple[int, float, float]] = []
        slopes: list[tuple[float, float]] = []
        changes: list[tuple[float, float]] = []
        participants = self._participants(round)
        self._fleet.begin_round()
        self._hostile.begin_round()
        model = self._kept_model()
        answered = copy(to_numpy(model)) if self._arm.rule.reads_slopes else None
        if measured:
            self._sum[:] = 0
            self._loss = 0.0
        for client in participants:
            loss, gradient, second = self._gradients(client, round, model, eta)
            if not (isfinite(loss) and is_finite(gradient) and (second is None or is_finite(second))):
                raise _NotFinite(f"a client's loss or gradient at x^{round} is not finite")
            if measured:
                self._add(client, loss, gradient)
            if answered is not None:
                before = self._answered.get(client)
                if before is not None and isfinite(value := slope(to_numpy(gradient), answered, before)):
                    slopes.append((self._weights[client], value))
                    estimate = self._fleet.estimate(client)
                    self._traffic.sent_slope(estimate is not None)
                    if estimate is not None:
                        changes.append((self._weights[client], slope(to_numpy(gradient) - to_numpy(estimate), answered, before)))
                self._answered[client] = answered
            gradient = self._hostile.passed(client, gradient)
            reported.append((client, self._weights[client], loss))
            self._traffic.fetched(client)
            self._messages[client] += 1
            self._send(client, round, gradient, eta, model, second)
        if self._private is not None:
            noise = self._private.of_round(round, derive_seed(self._draws, round))
            if noise is not None:
                self._fleet.add(noise, 1.0)
        counted = range(len(self._weights))
        retained = feedback.METHODS[self._arm.preset.feedback].retains_sum
        weight = sum(self._weights[client] for client in (counted if retained else participants))
        # Not by sum(), which rounds differently from Python 3.12 on.
        weighted = counts = 0.0
        for _, each, loss in reported:
            weighted += each * loss
            counts += each
        left = 0.0 if retained else nan
        gamma = self._arm.gamma.at(round, horizon)
        return StepInput(weight, gamma, weighted / counts, tuple(reported), left, mean_slope(slopes), mean_slope(changes))

    def _spent(self) -> float:
        """Returns the epsilon of the client that has sent the most messages, like the coordinator; NaN without privacy."""
        if self._arm.privacy is None:
            return nan
        return self._arm.privacy.epsilon(max(self._messages), self._drawn, self._problem.layout.dimension)

    def _send(self, client: int, round: int, gradient: Floats, eta: float, model: Floats, second: Floats | None) -> None:
        weight = self._weights[client]
        private = self._private
        if private is None:
            seed = derive_seed(derive_seed(self._draws, client), round)
            sent = self._fleet.send(client, gradient, self._compressor, eta, seed, weight, model, second)
            self._traffic.sent(sent)
            return
        # With privacy all clients draw the same coordinates in a round.
        seed = derive_seed(self._draws, round)
        private.begin(client, round)
        if private.in_shares:
            message = self._fleet.send(client, gradient, private.compressor, eta, seed, 0.0, model, second)
            private.share(message)
            self._traffic.sent_masked(message)
            return
        self._traffic.sent(self._fleet.send(client, gradient, private.compressor, eta, seed, weight, model, second))
        apart = private.apart(seed)
        if apart is not None:
            self._fleet.add(apart, weight)

    def _participants(self, round: int) -> list[int]:
        n = self._problem.clients
        if self._drawn == n:
            return list(range(n))
        # Samples members like the coordinator: the first positions of a seeded Fisher-Yates shuffle.
        positions = list(range(n))
        random = SplitMix64(derive_seed(self._draws, round))
        for i in range(self._drawn):
            j = i + int(random.below(np.array([n - i]))[0])
            positions[i], positions[j] = positions[j], positions[i]
        return sorted(positions[: self._drawn])

    def _gradients(self, client: int, round: int, model: Floats, eta: float) -> tuple[float, Floats, Floats | None]:
        """Returns a client's loss, its gradient, and a second gradient on the same samples if its method needs one."""
        before = self._fleet.second_point(client)
        drawn = None if before is None else self._problem.state()
        loss, gradient = self._local(client, round, self._fleet.point(client, model, eta))
        if before is None:
            return loss, gradient, None
        # The second gradient draws the same random numbers as the first, and does not change buffers.
        after = self._problem.state()
        self._problem.restore(drawn)
        _, second = self._local(client, round, before)
        self._problem.restore(after)
        return loss, gradient, second

    def _local(self, client: int, round: int, x: Floats) -> tuple[float, Floats]:
        steps = self._settings.local_steps
        if steps == 1 or round < 0:
            return self._problem.gradient(client, x, self._chosen(client, round, 0))
        local = copy(x)
        first = nan
        for step in range(steps):
            loss, gradient = self._problem.gradient(client, local, self._chosen(client, round, step))
            first = loss if step == 0 else first
            local -= self._settings.local_step_size * gradient
        local -= x
        local /= -(steps * self._settings.local_step_size)
        return first, local

    def _chosen(self, client: int, round: int, step: int) -> Indices | None:
        samples, batch = self._problem.samples[client], self._problem.batch
        if batch == 0:
            return None
        if batch >= samples:
            # Not None, which would measure the full loss if rounds use batches.
            return np.arange(samples)
        draw = round * self._settings.local_steps + step
        return Seeded(samples, batch, derive_seed(derive_seed(self._batches, draw), client)).indices

    def _measure_all(self) -> None:
        self._sum[:] = 0
        self._loss = 0.0
        x = self.x
        with self._without_trace():
            for client in range(self._problem.clients):
                self._add(client, *self._problem.gradient(client, x, None))

    @contextmanager
    def _without_trace(self) -> Iterator[None]:
        """Preserves random numbers and buffers, so that training does not depend on measurements."""
        before = self._problem.state()
        yield
        self._problem.restore(before)

    def _add(self, client: int, loss: float, gradient: Floats) -> None:
        weight = self._weights[client]
        self._loss += weight * loss
        self._sum += weight * gradient

    def _require_sane(self, round: int) -> None:
        loss = self._loss / sum(self._weights)
        if not (isfinite(loss) and isfinite(norm(self._sum))):
            raise _NotFinite(f"the loss at x^{round} is not finite")
        self._first = loss if self._first != self._first else self._first
        if loss > _BEYOND_ALL * max(1.0, abs(self._first)):
            raise _NotFinite(f"the loss at x^{round} is over a billion times what it was at x^0")

    def _record(
        self,
        round: int,
        traffic: tuple[int, int],
        spent: float,
        at: float,
        gamma: float,
        direction: float,
        x: Floats | None = None,
    ) -> None:
        whole = sum(self._weights)
        with self._without_trace():
            metric = self._problem.metric.checked(self._problem.test_metric(self.x if x is None else x))
        point = Point(round, self._loss / whole, norm(self._sum) / whole, metric, *traffic, gamma, direction, spent, at)
        self._run.points.append(point)
        self._recorded(point)
