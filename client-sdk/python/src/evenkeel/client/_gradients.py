"""The gradients of a round, at the points that the run's error feedback needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, Union, runtime_checkable

import numpy as np

from .._types import Floats, Vector
from ..errors import FunctionError
from ..feedback import ErrorFeedback
from ..vector import TensorLayout
from ._model import Gradient, Model
from ._plan import RunPlan
from ._store import StateStore

GradientFunction: TypeAlias = Callable[[Model], Union[Gradient, Vector, Mapping[str, Vector], None]]
"""Maps a model to a gradient of the device's own loss at that model; None to skip the round.

With IGT (``ef21-igt-norm``) the model is extrapolated from the round's. STORM (``ef21-storm-norm``) needs gradients at two models
on the same sample: use a ``SampledGradient``, such as one from ``on_sample``, or a ``TorchDevice``.

Local steps (FedAvg, DiLoCo): train a copy of the model for ``model.local_steps`` steps, and return the pseudo-gradient: the
model before minus the model after. The metrics ``steps`` and ``tokens`` of the ``Gradient`` report the device's
work.
"""

_S = TypeVar("_S")


@runtime_checkable
class SampledGradient(Protocol):
    """A gradient function that can compute several gradients on the same sample."""

    def __call__(self, model: Model) -> Gradient | Vector | Mapping[str, Vector] | None:
        """Computes a gradient on a new sample."""

    def sample(self, round: int) -> GradientFunction:
        """Draws the sample of a round, and returns the gradient on it. The returned function is called for one or two models."""


@dataclass(frozen=True)
class on_sample(Generic[_S]):
    """A ``SampledGradient`` of two functions.

        client.train(on_sample(lambda round: next(batches), lambda model, batch: gradient(model, batch)))
        client.train(on_sample(lambda round: round, lambda model, seed: gradient(model, np.random.default_rng(seed))))

    Attributes:
        draw: round -> sample, such as a minibatch, or a seed. Called once in a round.
        gradient: (model, sample) -> the result of a gradient function. Everything random, such as dropout or augmentation, must
            be determined by the sample, since STORM calls it twice with the same sample.
    """

    draw: Callable[[int], _S]
    gradient: Callable[[Model, _S], Gradient | Vector | Mapping[str, Vector] | None]

    def sample(self, round: int) -> GradientFunction:
        """Draws the sample of a round, and returns the gradient on it."""
        sample = self.draw(round)
        return lambda model: self.gradient(model, sample)

    def __call__(self, model: Model) -> Gradient | Vector | Mapping[str, Vector] | None:
        """Computes the gradient at a model, on a sample drawn for its round."""
        return self.sample(model.round)(model)


@runtime_checkable
class FittedGradient(Protocol):
    """A gradient function for one model, such as a module's."""

    def require_fitting(self, run: TensorLayout) -> None:
        """Raises ModelMismatchError if the function's model does not have a run's tensors."""


@runtime_checkable
class PlannedGradient(Protocol):
    """A gradient function that does not suit every run."""

    def require_plan(self, plan: RunPlan) -> None:
        """Raises FunctionError if a run does not suit the function. Called after joining."""


@runtime_checkable
class ControlledGradient(Protocol):
    """A gradient function that uses g_i, this device's share of the coordinator's sum."""

    def hold(self, own: Floats) -> None:
        """Called before each round with g_i, d values, not to be changed."""


@runtime_checkable
class StatefulGradient(Protocol):
    """A gradient function that keeps a state between rounds, such as that of a local optimizer."""

    def keep_in(self, store: StateStore, run: str) -> None:
        """Called before the first round with the device's state and the run. Names of pieces begin with the run's name and a
        dot."""


@runtime_checkable
class WaitingGradient(Protocol):
    """A gradient function that waits for another thread."""

    def client_stopped(self) -> None:
        """Makes the call in progress return at once. Called from any thread."""


def require_callable(what: str, function: object) -> None:
    """Raises FunctionError unless a function can be called."""
    if not callable(function):
        raise FunctionError(
            f"{what} is {function!r}, expected a function; a gradient function maps a model to a gradient, such as "
            "client.train(lambda model: gradient_at(model.values))"
        )


def called(what: str, function: Callable[..., _S], *given: Any) -> _S:
    """Calls a function of the application; raises FunctionError with the cause if it fails."""
    try:
        return function(*given)
    except Exception as e:
        raise FunctionError(f"{what} failed: {type(e).__name__}: {e}: fix it and call again; the state is saved") from e


def require_suited(function: GradientFunction, feedback: type[ErrorFeedback], layout: TensorLayout, run: str) -> None:
    """Checks a gradient function before a run's first round.

    Raises:
        ModelMismatchError: if the function's model has other tensors.
        FunctionError: if the run needs two gradients on one sample and the function draws its own samples.
    """
    if isinstance(function, FittedGradient):
        function.require_fitting(layout)
    if feedback.needs_two_gradients and not isinstance(function, SampledGradient):
        raise FunctionError(
            f"run '{run}' uses {feedback.method}, which needs gradients at two models on the same sample: give "
            "evenkeel.on_sample(draw, gradient), or another function with a method sample(round); a training loop, which trains "
            "from one "
            "model a round, needs a run with --algorithm ef14 --gamma constant:1"
        )


@dataclass(frozen=True)
class RoundGradients:
    """The gradients of a round.

    Attributes:
        point: the model at which the first gradient was computed: the round's, or with IGT an extrapolation of it.
        gradient: the first gradient, with the figures to report.
        second: the gradient at the model of the last accepted message, or None if the method needs one gradient.
    """

    point: Model
    gradient: Gradient
    second: Gradient | None

    @classmethod
    def compute(
        cls, feedback: ErrorFeedback | None, function: GradientFunction, model: Model, last_round: int, eta: float
    ) -> RoundGradients | None:
        """Calls the gradient function, twice if the method needs two gradients; None if it skips the round.

        Args:
            feedback: the device's state; None if its method keeps no model.
            last_round: the round of the device's last accepted message.
            eta: the round's momentum.
        """
        if feedback is None:
            found = function(model)
            return None if found is None else cls(model, _gradient(found), None)
        on_it = function.sample(model.round) if isinstance(function, SampledGradient) else function
        at = feedback.point(model.values, eta)
        point = model if at is model.values else _like(model, model.round, at)
        found = on_it(point)
        if found is None:
            return None
        before = feedback.second_point
        if before is None:
            return cls(point, _gradient(found), None)
        # Copied, since the function may reuse its array for the second gradient.
        first = _gradient(found)
        first = replace(first, values=np.array(first.flat(model.layout)))
        found = on_it(_like(model, last_round, before))
        return None if found is None else cls(point, first, _gradient(found))


def _gradient(found: Any) -> Gradient:
    return found if isinstance(found, Gradient) else Gradient(found)


def _like(model: Model, round: int, values: Vector) -> Model:
    """Returns a model with the same tensors and precision."""
    with np.errstate(over="ignore"):
        return replace(model, round=round, values=values.astype(model.values.dtype))
