"""Figures of runs, and medians over seeds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite, isnan, nan
from statistics import median as _median
from typing import Any

import numpy as np

from .._decimal import number_text
from ..vector import SplitMix64
from ._metric import ClassBalance, Metric
from ._run import ArmRun, Point

_RESAMPLES = 2000
_MIN_SEEDS = 3
_SEED = 95
_MEASURES = ("grad-norm", "loss", "test-metric")
_EXPECTED = "expected MEASURE:NUMBER or MEASURE:SHARE% with a measure of grad-norm, loss, test-metric"


@dataclass(frozen=True)
class Target:
    """A target: an upper bound such as ``grad-norm:0.01`` or ``loss:0.3``, a value to reach such as ``test-metric:0.9``, or a
    share of the baseline's gain from its first model to its last, such as ``loss:90%``.
    """

    measure: str
    value: float
    share: bool = False

    def __post_init__(self) -> None:
        if self.measure not in _MEASURES:
            raise ValueError(f"target '{self.measure}:{self.value}': {_EXPECTED}")
        if self.share and not (0 < self.value <= 100 and self.measure != "grad-norm"):
            raise ValueError(
                f"target '{self.measure}:{self.value}%': expected loss or test-metric with more than 0% and at most 100%"
            )

    @classmethod
    def parse(cls, text: str) -> Target:
        """Parses a target; raises ValueError for any other text."""
        measure, _, value = text.partition(":")
        share = value.endswith("%")
        try:
            number = float(value.removesuffix("%"))
        except ValueError:
            number = nan
        if measure not in _MEASURES or not isfinite(number):
            raise ValueError(f"target '{text}': {_EXPECTED}")
        return cls(measure, number, share)

    def between(self, first: float, last: float) -> Target:
        """Replaces the target's share by a figure; the baseline's figure changes from ``first`` to ``last``."""
        return Target(self.measure, first + self.value / 100 * (last - first)) if self.share else self

    def reached(self, point: Point, higher_is_better: bool = True) -> bool:
        """Whether a model reaches the target; ``higher_is_better`` refers to the test metric."""
        if self.measure == "test-metric":
            return point.test_metric >= self.value if higher_is_better else point.test_metric <= self.value
        return (point.loss if self.measure == "loss" else point.grad_norm) < self.value

    def __str__(self) -> str:
        if self.share:
            return f"{self.measure}:{number_text(self.value).removesuffix('.0')}%"
        return f"{self.measure}:{_number(self.value)}"


def _number(value: float) -> str:
    """Formats a number like the Java trial: 0.01, 1e-4, 1.5e-7."""
    if value != 0 and not 1e-3 <= abs(value) < 1e7:
        digits, exponent = f"{value!r}e0".split("e")[:2] if "e" in repr(value) else f"{value:e}".split("e")
        return f"{float(digits):g}e{int(exponent)}" if "e" not in repr(value) else re.sub("e-0?", "e-", repr(value))
    return repr(float(value))


def choose_targets(
    baseline: Sequence[ArmRun], accuracy_points: float, metric: Metric = Metric(), classes: ClassBalance | None = None
) -> list[Target]:
    """Returns the targets 50%, 90% and 99% of the baseline's gain.

    The gain is measured in the test metric if training improves it by more than the threshold with every seed. Otherwise it is
    measured in the loss, and also if classes are unbalanced, since one step can achieve nearly all of an AUC.
    """
    started = [run.points for run in baseline if run.points]
    sign = 1 if metric.higher_is_better else -1
    least = 0.01 * accuracy_points if metric.has_unit_scale else 0.0
    unbalanced = classes is not None and classes.unbalanced
    by_metric = (
        bool(started)
        and not unbalanced
        and all(sign * (points[-1].test_metric - points[0].test_metric) > least for points in started)
    )
    return [Target("test-metric" if by_metric else "loss", percent, share=True) for percent in (50.0, 90.0, 99.0)]


def is_trivial(
    target: Target, goals: Goals, baseline: Sequence[ArmRun], metric: Metric | None, classes: ClassBalance | None
) -> bool:
    """Returns whether a target is meaningless because it is reached without training: by the starting model with more
    than half of the seeds, or by predicting unbalanced classes by their shares.
    """

    def by_shares(meant: Target) -> bool:
        if classes is None or not classes.unbalanced:
            return False
        if meant.measure == "loss":
            return classes.entropy < meant.value
        return meant.measure == "test-metric" and metric == Metric() and classes.largest >= meant.value

    started = [RunFigures(run, goals) for run in baseline if run.points]
    reached = sum(run.reach(target) is run.points[0] or by_shares(run.goal(target)) for run in started)
    return 2 * reached > len(started)


class Goals:
    """Converts shares to figures with the baseline's run of the same seed."""

    def __init__(self, baseline: Sequence[ArmRun] = (), higher_is_better: bool = True) -> None:
        self._baseline = {run.seed: run for run in baseline}
        self.higher_is_better = higher_is_better

    def of(self, target: Target, seed: int) -> Target:
        """Returns the target with its figure for a seed; an unreachable one if the baseline has no such run."""
        if not target.share:
            return target
        run = self._baseline.get(seed)
        if run is None or not run.points:
            return Target(target.measure, nan)
        name = "loss" if target.measure == "loss" else "test_metric"
        return target.between(getattr(run.points[0], name), getattr(run.points[-1], name))


class RunFigures:
    """Figures of one run. A missing figure is infinite, so it is ignored."""

    def __init__(self, run: ArmRun, goals: Goals | None = None) -> None:
        self.run = run
        self._goals = goals or Goals()
        self.points = run.points
        self.diverged = run.outcome == "diverged"
        self.interrupted = run.outcome == "interrupted"
        self._last = None if self.diverged or not run.points else run.points[-1]

    def at(self, target: Target, what: Callable[[Point], float]) -> float:
        """Returns a figure of the first model that reaches a target; infinity if there is none."""
        point = self.reach(target)
        return inf if point is None else what(point)

    def reach(self, target: Target) -> Point | None:
        """Returns the first model that reaches a target, or None."""
        meant = self.goal(target)
        return next((point for point in self.points if meant.reached(point, self._goals.higher_is_better)), None)

    def goal(self, target: Target) -> Target:
        """Returns a target with its figure."""
        return self._goals.of(target, self.run.seed)

    @property
    def first_test_metric(self) -> float:
        """The figure of the starting model on held-out samples."""
        return self.points[0].test_metric if self.points else inf

    @property
    def first_loss(self) -> float:
        """The loss of the starting model."""
        return self.points[0].loss if self.points else inf

    @property
    def final_loss(self) -> float:
        """The loss of the last model; infinity if the run diverged."""
        return self._last.loss if self._last else inf

    @property
    def final_grad_norm(self) -> float:
        """The norm of the gradient at the last model; infinity if the run diverged."""
        return self._last.grad_norm if self._last else inf

    @property
    def final_test_metric(self) -> float:
        """The figure of the last model on held-out samples; infinity if the run diverged or measured none."""
        return inf if self._last is None or isnan(self._last.test_metric) else self._last.test_metric

    @property
    def best_grad_norm(self) -> float:
        """The smallest norm of the gradient at a recorded model."""
        return min((point.grad_norm for point in self.points), default=inf)

    @property
    def loss_per_megabyte(self) -> float:
        """The decrease of the loss per megabyte (10^6 bytes) sent."""
        if self._last is None or self._last.uplink_bytes == 0:
            return inf
        return (self.points[0].loss - self._last.loss) / (self._last.uplink_bytes / 1e6)

    def share_of_rises(self, start: int = 0) -> float:
        """Returns the share of recorded rounds, from index ``start`` on, in which the loss rose by more than rounding errors."""
        steps = len(self.points) - 1 - start
        return inf if steps < 1 else sum(self._rise(i) > 0 for i in range(start + 1, len(self.points))) / steps

    def _rise(self, i: int) -> float:
        before = self.points[i - 1].loss
        rise = self.points[i].loss - before
        return rise if rise > 1e-14 * abs(before) else 0.0

    @property
    def largest_rise(self) -> float:
        """The largest rise of the loss between two recorded models, at least 0."""
        return max((self._rise(i) for i in range(1, len(self.points))), default=0.0)

    @property
    def last_tenth(self) -> int:
        """The index at which the last tenth of the points begins."""
        return max(0, len(self.points) - 1 - max(1, len(self.points) // 10))

    @property
    def last_tenth_spread(self) -> float:
        """The largest minus the smallest loss in the last tenth of the points."""
        losses = [point.loss for point in self.points[self.last_tenth :]]
        return max(losses) - min(losses) if losses else inf

    @property
    def last_tenth_grad_norm(self) -> float:
        """The median norm of the gradient in the last tenth of the points."""
        return median([point.grad_norm for point in self.points[self.last_tenth :]])


def median(figures: Sequence[float]) -> float:
    """Returns the median; for an even number, the mean of the middle two."""
    return float(_median(figures))


def finite(value: float) -> float | None:
    """Returns None for a number that is not finite, which JSON cannot represent."""
    return float(value) if isfinite(value) else None


def spread(figures: Sequence[float]) -> dict[str, Any]:
    """Returns the median over seeds with its 95% percentile bootstrap interval; deterministic."""
    known = sum(isfinite(figure) for figure in figures)
    if not figures:
        return {"median": None, "low": None, "high": None, "known": 0}
    middle = finite(median(figures))
    if len(figures) < _MIN_SEEDS:
        return {"median": middle, "low": None, "high": None, "known": known}
    draws = SplitMix64(_SEED).below(np.full(_RESAMPLES * len(figures), len(figures), dtype=np.int64))
    resamples = np.sort(np.array(figures)[draws.reshape(_RESAMPLES, -1)], axis=1)
    half = len(figures) // 2
    with np.errstate(invalid="ignore"):
        medians = resamples[:, half] if len(figures) % 2 else (resamples[:, half - 1] + resamples[:, half]) / 2
    medians = np.sort(medians)
    low, high = medians[int(0.025 * _RESAMPLES)], medians[int(0.975 * _RESAMPLES) - 1]
    return {"median": middle, "low": finite(float(low)), "high": finite(float(high)), "known": known}
