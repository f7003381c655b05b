"""The two halves of error feedback in one process, without a network between them."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from .. import feedback
from .._types import Floats, Singles
from ..compress import CompressedVector, Compressor
from ..step import ModelState, StepInput, StepScale
from ..vector import TensorLayout
from ._arm import Arm
from ._robust import NormClipping


class Fleet(Protocol):
    """The memories of n clients, the sum S and the model x, as numpy arrays or on a device."""

    @property
    def x(self) -> Floats:
        """The model, d float64 values; a copy if it is on a device."""

    @property
    def total(self) -> Floats:
        """S, d float64 values; after a step, the sum that the step used."""

    def begin_round(self) -> None:
        """Sets S to zero if it does not persist over rounds."""

    def kept_model(self) -> Floats:
        """Returns the model; if the clients keep it, as one array that they share and that never changes."""

    def point(self, client: int, model: Floats, eta: float) -> Floats:
        """Returns the point at which a client computes its gradient."""

    def second_point(self, client: int) -> Floats | None:
        """Returns the point at which a client computes a second gradient on the same samples, or None."""

    def estimate(self, client: int) -> Floats | None:
        """Returns a client's part of the sum, shape (d,), not copied; None if the sum does not persist."""

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
        """Computes a client's message, adds it to the sum and commits it.

        Args:
            weight: the message's weight in the sum; 0 if the message is added by :meth:`add`.
        """

    def add(self, noise: CompressedVector, weight: float) -> None:
        """Adds to the sum a vector that no client's memory includes."""

    def step(self, given: StepInput) -> StepScale:
        """Takes the round's step; returns the recipe."""

    def followed(self, delta: CompressedVector, w: Singles) -> None:
        """Reports the lossy downlink's message ``delta`` and the resulting clients' model ``w`` to the step rule."""

    @property
    def is_finite(self) -> bool:
        """Whether x and the step rule's state are finite."""


class RoundMessages:
    """Collects a round's messages if their sum needs all of them.

    This is so if they are bounded, or if each coordinate is averaged over its senders.

    Args:
        arm: an arm.
        dimension: d.
    """

    def __init__(self, arm: Arm, dimension: int) -> None:
        self._scatters = arm.preset.has_scatter_mean
        retained = feedback.METHODS[arm.preset.feedback].retains_sum
        self._clipping = arm.robust if isinstance(arm.robust, NormClipping) and not retained else None
        self._dimension = dimension
        self._messages: list[tuple[CompressedVector, float]] = []

    def take(self, message: CompressedVector, weight: float) -> bool:
        """Stores a message until the round ends; returns False if the arm uses the plain sum."""
        if not self._scatters and self._clipping is None:
            return False
        self._messages.append((message, weight))
        return True

    def close(self) -> tuple[list[tuple[CompressedVector, float]], Floats | None]:
        """Ends the round.

        Returns:
            The messages with their weights, and the factor for each coordinate of their sum S, so that S/W is the mean over its
            senders; None for no factors.
        """
        messages, self._messages = self._messages, []
        added = messages if self._clipping is None else self._clipping.bounded(messages)
        if not (self._scatters and messages):
            return added, None
        weights = np.zeros(self._dimension)
        # Added in the order of the messages, like W, so that the factor is exactly 1 for a coordinate that all sent.
        whole = 0.0
        for message, weight in messages:
            weights[message.support.index] += weight
            whole += weight
        return added, np.divide(whole, weights, out=np.ones(self._dimension), where=weights > 0)


class NumpyFleet:
    """Computes on numpy arrays; the float64 results are bit-identical to the Java trial's."""

    def __init__(self, arm: Arm, layout: TensorLayout, clients: int, start: Floats) -> None:
        self._arm = arm
        self._weights = [1.0] * clients
        self._messages = RoundMessages(arm, layout.dimension)
        self._memories = [feedback.start(arm.preset.feedback, layout.dimension) for _ in range(clients)]
        self._state = ModelState(layout, arm.rule, start, feedback.METHODS[arm.preset.feedback].retains_sum)

    @property
    def x(self) -> Floats:
        """The model, d float64 values."""
        return self._state.x

    @property
    def total(self) -> Floats:
        """S, d float64 values; after a step, the sum that the step used."""
        return self._state.total

    def begin_round(self) -> None:
        """Sets S to zero if it does not persist over rounds."""
        self._state.begin_round()

    def kept_model(self) -> Floats:
        """Returns the model; a copy if the clients keep it."""
        return self._state.x.copy() if self._memories[0].keeps_model else self._state.x

    def point(self, client: int, model: Floats, eta: float) -> Floats:
        """Returns the point at which a client computes its gradient, shape (d,)."""
        return np.asarray(self._memories[client].point(model, eta), np.float64)

    def second_point(self, client: int) -> Floats | None:
        """Returns the point at which a client computes a second gradient on the same samples, shape (d,), or None."""
        return self._memories[client].second_point

    def estimate(self, client: int) -> Floats | None:
        """Returns a client's part of the sum, shape (d,), not copied; None if the sum does not persist."""
        return self._memories[client].estimate

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
        staged = memory.stage(gradient, compressor, eta=eta, seed=seed, model=model, second=second)
        if not self._messages.take(staged.delta, weight):
            self._state.add(staged.delta, weight)
        memory.commit(staged)
        return staged.delta

    def add(self, noise: CompressedVector, weight: float) -> None:
        """Adds to S noise that no client's memory includes."""
        self._state.add(noise, weight)

    def step(self, given: StepInput) -> StepScale:
        """Completes S or computes the robust sum, takes the round's step along it, and returns the recipe."""
        messages, factors = self._messages.close()
        for message, weight in messages:
            self._state.add(message, weight)
        if factors is not None:
            self._state.total *= factors
        if self._arm.robust is not None and self._state.retained:
            self._arm.robust.sum_into(self._state.total, [memory.vectors[0] for memory in self._memories], self._weights)
        return self._state.step(given)

    def followed(self, delta: CompressedVector, w: Singles) -> None:
        """Reports the lossy downlink's message ``delta`` and the resulting clients' model ``w`` to the step rule."""
        self._state.followed(delta, w)

    @property
    def is_finite(self) -> bool:
        """Whether x and the step rule's state are finite."""
        return self._state.is_finite
