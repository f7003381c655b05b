"""The clients' losses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._types import Floats, Indices
from ..vector import TensorLayout
from ._metric import ClassBalance, Metric

__all__ = ["NumpyProblem", "Problem"]

LossAndGradient = Callable[[Floats], "tuple[float, Floats]"]


class Problem(ABC):
    """The losses f_1, ..., f_n of a fleet over one flat model of d float64 values.

    Attributes:
        layout: the model's tensors.
        description: a short description of the learning task, for reports.
        samples: the number of samples of each client; 1 if the loss is a formula.
        batch: the number of samples for a round's gradient; 0 for all.
        metric: the metric that ``test_metric`` returns.
        classes: the class balance of the training samples; None if there are no classes or they are unknown.
        gpus: the number of GPUs of a run.
    """

    layout: TensorLayout
    description: str
    samples: Sequence[int]
    batch: int = 0
    metric: Metric = Metric()
    classes: ClassBalance | None = None
    gpus: int = 0

    @property
    def clients(self) -> int:
        """The number of clients n."""
        return len(self.samples)

    @abstractmethod
    def start(self, seed: int) -> Floats:
        """Returns x^0 for a run's seed, d float64 values."""

    @abstractmethod
    def gradient(self, client: int, x: Floats, chosen: Indices | None) -> tuple[float, Floats]:
        """Computes a client's loss and gradient at x.

        Args:
            x: d float64 values; must not be changed.
            chosen: the numbers of the client's samples to use; None for all, which with a ``batch`` is a measurement.

        Returns:
            the mean loss, and d float64 values.
        """

    def test_metric(self, x: Floats) -> float:
        """Returns the accuracy, or the figure that ``metric`` names, on held-out samples; NaN if there are none."""
        return float("nan")

    def state(self) -> Any:
        """Returns the state of a run besides x, such as buffers, for its checkpoints; None if there is none."""
        return None

    def restore(self, state: Any) -> None:  # noqa: B027 - a problem without a state has nothing to restore
        """Restores the result of ``state``."""


class NumpyProblem(Problem):
    """Losses given as functions x -> (loss, gradient), for JAX, TensorFlow and scikit-learn.

    Args:
        losses: one function for each client.
        start: x^0, or a function that maps a seed to it.
        layout: the model's tensors; one flat tensor if None.
        evaluate: x -> figure on held-out data, or None.
        metric: the name of that figure.
        higher_is_better: whether larger figures are better.
        description: the description in reports.

    Raises:
        ValueError: if there is no loss, or x^0 does not fit the layout.
    """

    def __init__(
        self,
        losses: Sequence[LossAndGradient],
        start: Floats | Callable[[int], Floats],
        *,
        layout: TensorLayout | None = None,
        evaluate: Callable[[Floats], float] | None = None,
        metric: str = "accuracy",
        higher_is_better: bool = True,
        samples: Sequence[int] | None = None,
        description: str = "functions",
    ) -> None:
        if not losses:
            raise ValueError("losses is empty, expected one function for each client")
        self._losses = list(losses)
        self._start: Callable[[int], Floats] = start if callable(start) else lambda seed: start
        first = np.asarray(self._start(0), dtype=np.float64)
        self.layout = TensorLayout.flat(first.size) if layout is None else layout
        if first.shape != (self.layout.dimension,):
            raise ValueError(f"start has shape {first.shape}, expected ({self.layout.dimension},)")
        self.samples = [1] * len(losses) if samples is None else list(samples)
        if len(self.samples) != len(self._losses):
            raise ValueError(f"samples has {len(self.samples)} numbers, expected {len(self._losses)}, one for each client")
        self.description = description
        self._evaluate = evaluate
        self.metric = Metric(metric, higher_is_better)

    def start(self, seed: int) -> Floats:
        """Returns x^0 for a run's seed, a new float64 array of shape (d,)."""
        return np.array(self._start(seed), dtype=np.float64)

    def gradient(self, client: int, x: Floats, chosen: Indices | None) -> tuple[float, Floats]:
        """Computes a client's loss and gradient at x, float64 of shape (d,); ``chosen`` is not used. Raises ValueError if the
        gradient does not have d values."""
        loss, gradient = self._losses[client](x)
        values = np.asarray(gradient, dtype=np.float64).reshape(-1)
        if values.size != self.layout.dimension:
            raise ValueError(f"client {client}'s gradient has {values.size} values, expected {self.layout.dimension}, as x has")
        return float(loss), values

    def test_metric(self, x: Floats) -> float:
        """Returns ``evaluate``'s figure; NaN without ``evaluate``."""
        return float("nan") if self._evaluate is None else float(self._evaluate(x))
