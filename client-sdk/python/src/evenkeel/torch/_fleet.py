"""The state of a trial's clients and of the model, on a device."""

from __future__ import annotations

from math import hypot
from typing import Any, cast

import torch
from torch import Tensor

from .._types import Floats, Singles
from ..compress import CompressedVector, Compressor
from ..step import CoordinatewiseStep, MuonStep, StepInput, StepScale
from ..trial import Arm
from ..trial._fleet import RoundMessages
from ..vector import TensorLayout, l2
from ._memory import DeviceMemory, add_to
from ._muon import muon_step
from ._recipe import recipe


class TorchFleet:
    """The memories of n clients, S and x as float64 vectors on a device; only the sent values leave it."""

    def __init__(self, arm: Arm, layout: TensorLayout, clients: int, start: Tensor) -> None:
        self._arm = arm
        self._layout = layout
        compressor = arm.bind(layout)
        self._memories = [DeviceMemory(start.device, arm.preset.feedback, compressor) for _ in range(clients)]
        self._x = start
        self._total = torch.zeros_like(start)
        self._weights = [1.0] * clients
        self._messages = RoundMessages(arm, layout.dimension)
        self._memory = arm.rule.start(cast(Any, start))

    @property
    def x(self) -> Floats:
        """The model, d float64 values on the device."""
        return cast(Floats, self._x)

    @property
    def total(self) -> Floats:
        """S, d float64 values on the device; after a step, the sum that the step used."""
        return cast(Floats, self._total)

    def begin_round(self) -> None:
        """Sets S to zero if it does not persist over rounds."""
        if not self._memories[0].retains_sum:
            self._total.zero_()

    def kept_model(self) -> Floats:
        """Returns the model; a copy if the clients keep it."""
        return cast(Floats, self._x.clone() if self._memories[0].keeps_model else self._x)

    def point(self, client: int, model: Floats, eta: float) -> Floats:
        """Returns the point at which a client computes its gradient, shape (d,)."""
        return cast(Floats, self._memories[client].point(cast(Any, model), eta))

    def second_point(self, client: int) -> Floats | None:
        """Returns the point at which a client computes a second gradient on the same samples, shape (d,), or None."""
        return cast("Floats | None", self._memories[client].second_point)

    def estimate(self, client: int) -> Floats | None:
        """Returns a client's part of the sum, shape (d,), not copied; None if the sum does not persist."""
        memory = self._memories[client]
        return cast(Floats, memory.vectors()[0]) if memory.retains_sum else None

    def send(
        self,
        client: int,
        gradient: Floats,
        compressor: Compressor,
        eta: float,
        seed: int,
        weight: float,
        model: Floats,
        second: Floats | None,
    ) -> CompressedVector:
        """Computes a client's message, adds it to S with its weight, and commits it. Returns the message."""
        memory = self._memories[client]
        self._weights[client] = weight
        staged = memory.stage(cast(Any, gradient), eta, seed, compressor, cast(Any, model), cast(Any, second))
        if not self._messages.take(memory.delta(staged), weight):
            add_to(self._total, memory.delta(staged), weight)
        memory.commit(staged)
        return memory.delta(staged)

    def add(self, noise: CompressedVector, weight: float) -> None:
        """Adds to S noise that no client's memory includes."""
        add_to(self._total, noise, weight)

    def step(self, given: StepInput) -> StepScale:
        """Completes S or computes the robust sum, takes the round's step along it, and returns the recipe."""
        messages, factors = self._messages.close()
        for message, weight in messages:
            add_to(self._total, message, weight)
        if factors is not None:
            self._total *= torch.from_numpy(factors).to(self._total.device)
        if self._arm.robust is not None and self._memories[0].retains_sum:
            vectors = [cast(Floats, memory.vectors()[0]) for memory in self._memories]
            self._arm.robust.sum_into(cast(Floats, self._total), vectors, self._weights)
        return self._step(given)

    def _step(self, given: StepInput) -> StepScale:
        rule, memory, weight = self._arm.rule, self._memory, given.weight
        parts = [self._total[self._layout.slice(i)] for i in range(len(self._layout))]
        norms = [float(part.norm()) / weight for part in parts]
        norm = hypot(*norms)
        if norm == 0:
            return StepScale.stationary(memory.numbers)
        if isinstance(rule, CoordinatewiseStep):
            rule.move(cast(Any, self._x), cast(Any, self._total), given.gamma, weight, memory)
            return StepScale(given.gamma, (weight,), norm)
        if isinstance(rule, MuonStep):
            muon_step(rule, self._x, self._total, self._layout, given.gamma)
            return StepScale(given.gamma, (weight,), norm)
        scale = recipe(rule, norms, given, memory.numbers, self._distances)
        for i, divisor in enumerate(scale.divisors):
            self._x[self._layout.slice(i)] -= parts[i] / (weight * divisor) * scale.factor
        memory.numbers = scale.numbers
        return scale

    def followed(self, delta: CompressedVector, w: Singles) -> None:
        """Reports the lossy downlink's message ``delta`` and the resulting clients' model ``w`` to the step rule."""
        if self._arm.rule.reads_slopes:
            behind = float((self._x - torch.from_numpy(w).to(self._x)).norm())
            self._memory.numbers = self._arm.rule.followed(self._memory.numbers, l2(delta.values), behind)

    def _distances(self) -> tuple[float, float]:
        # Rules that keep no vector call this at the first step, when x is still the starting point.
        start = cast(Tensor, self._memory.vectors[0]) if self._memory.vectors else self._x
        return float((self._x - start).norm()), float(start.norm())

    @property
    def is_finite(self) -> bool:
        """Whether x and the step rule's state are finite."""
        vectors = [self._x, *cast(Any, self._memory.vectors)]
        return all(bool(torch.isfinite(vector).all()) for vector in vectors)
