"""Step rules: they determine the length of a step along S/W."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from .._decimal import number_text
from .._strictmath import hypot
from .._types import Floats
from ..vector import l2
from ._memory import StepInput, StepMemory, StepState
from ._scale import StepScale
from ._schedule import Constant, Horizon, Schedule


class StepRule(ABC):
    """Computes the step along S/W. Immutable: ``ModelState`` keeps what a rule remembers between rounds.

    Attributes:
        name: the name in configuration, without parameters.
        length: what determines the length of a step: the factor alone, a sum of norms that only grows, or something else.
        reads_slopes: whether the rule reads the slopes that devices measure, so that they must report them.
        is_repeatable: whether devices repeat the step, which takes x, S and a ``StepScale``. If not, they download the model.
        gain: for a rule without a default step size, the ratio of its steps to gamma ||g|| along a constant direction.
    """

    name: ClassVar[str]
    length: ClassVar[Literal["factor", "shrinking", "other"]] = "other"
    is_repeatable: ClassVar[bool] = True
    reads_slopes: ClassVar[bool] = False
    gain: float = 1.0

    @property
    def parameters(self) -> tuple[float, ...]:
        """The parameters, in the order of the text."""
        return ()

    @property
    def text(self) -> str:
        """The name and the parameters in configuration."""
        return ":".join([self.name, *map(number_text, self.parameters)])

    @abstractmethod
    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns the default step size, or None if it depends on the loss."""

    def start(self, x: Floats) -> StepMemory:
        """Returns the memory before round 0 for the model x^0."""
        return StepMemory()

    def scale(self, state: StepState, given: StepInput) -> StepScale:
        """Computes the round's step along S and changes nothing.

        Args:
            state: x, S and the memory.
            given: the round's input, with a weight above 0.
        """
        norm = l2(state.total)
        return StepScale.stationary(state.memory.numbers) if norm == 0 else self._scale(state, norm, given)

    @abstractmethod
    def _scale(self, state: StepState, norm: float, given: StepInput) -> StepScale: ...

    def followed(self, numbers: tuple[float, ...], moved: float, behind: float) -> tuple[float, ...]:
        """Returns the memory's numbers after the devices' model followed a step over a lossy downlink.

        Args:
            numbers: those after the step.
            moved: ||w^{k+1} - w^k||.
            behind: ||x^{k+1} - w^{k+1}||.
        """
        return numbers

    def apply(self, state: StepState, scale: StepScale) -> None:
        """Takes a step: changes x and the memory's vectors."""
        scale.apply(state.x, state.total, state.layout)


class PlainStep(StepRule):
    """``x - gamma g``, the step of EF21 and of gradient descent: safe only if gamma suits the smoothness of the loss."""

    name = "plain"

    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns None: the step size depends on the loss."""
        return None

    def _scale(self, state: StepState, norm: float, given: StepInput) -> StepScale:
        return StepScale(given.gamma, (given.weight,), norm / given.weight)


class NormalizedStep(StepRule):
    """``x - gamma g/||g||``: always of length gamma (arXiv 2410.16871, Algorithms 1 and 2)."""

    name = "normalized"
    length = "factor"

    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns (K+1)^(-1/2) for the horizon K, with momentum (K+1)^(-3/4)."""
        return Horizon(1.0, 0.75 if momentum else 0.5)

    def _scale(self, state: StepState, norm: float, given: StepInput) -> StepScale:
        return StepScale(given.gamma, (norm,), norm / given.weight)


class LayerwiseNormalizedStep(StepRule):
    """``x_l - gamma g_l/||g_l||`` for each tensor l. Not in arXiv 2410.16871."""

    name = "layerwise-normalized"
    length = "factor"

    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns the default step size of normalized steps."""
        return NormalizedStep().default_gamma(momentum)

    def _scale(self, state: StepState, norm: float, given: StepInput) -> StepScale:
        layout = state.layout
        # A tensor whose direction is zero does not move: 0/1.
        divisors = tuple(l2(state.total[layout.slice(i)]) or 1.0 for i in range(len(layout)))
        return StepScale(given.gamma, divisors, norm / given.weight)


class AccumulatedNormStep(StepRule):
    """``x - gamma g/sqrt(sum_{j<=k} ||g^j||^2)``: AdaGrad-Norm (Ward, Wu, Bottou, ICML 2019) on the fed-back direction."""

    name = "accumulated-norm"
    length = "shrinking"

    def default_gamma(self, momentum: bool) -> Schedule | None:
        """Returns the constant 1."""
        return Constant(1.0)

    def start(self, x: Floats) -> StepMemory:
        """Returns the root of the sum of squared norms, 0."""
        return StepMemory((0.0,))

    def _scale(self, state: StepState, norm: float, given: StepInput) -> StepScale:
        root = hypot(state.memory.numbers[0], norm / given.weight)
        return StepScale(given.gamma, (given.weight * root,), norm / given.weight, (root,))
