"""Figures of runs, and medians over seeds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, inf, isfinite, isnan, log10
from statistics import median as _median
from typing import Any

import numpy as np

from ..vector import SplitMix64
from ._simulation import ArmRun, Point

_RESAMPLES = 2000
_LEAST_SEEDS = 3
_SEED = 95
_MOST_TARGETS = 4
_SMALL_ENOUGH = 1e-5


@dataclass(frozen=True)
class Target:
    """A figure to be reached: ``grad-norm:0.01`` or ``loss:0.3`` to get below, ``test-metric:0.9`` to get to."""

    measure: str
    value: float

    def __post_init__(self) -> None:
        if self.measure not in ("grad-norm", "loss", "test-metric") or not isfinite(self.value):
            raise ValueError(
                f"target '{self.measure}:{self.value}': expected MEASURE:NUMBER with a measure of grad-norm, loss, test-metric"
            )

    @classmethod
    def parse(cls, text: str) -> Target:
        """Reads a target's text; raises ValueError if it is none."""
        measure, _, value = text.partition(":")
        try:
            return cls(measure, float(value))
        except ValueError:
            raise ValueError(
                f"target '{text}': expected MEASURE:NUMBER with a measure of grad-norm, loss, test-metric"
            ) from None

    def reached(self, point: Point) -> bool:
        """Whether a model meets it."""
        if self.measure == "test-metric":
            return point.test_metric >= self.value
        return (point.loss if self.measure == "loss" else point.grad_norm) < self.value

    def __str__(self) -> str:
        return f"{self.measure}:{_number(self.value)}"


def _number(value: float) -> str:
    """Writes a number as the Java trial does: 0.01, 1e-4, 1.5e-7."""
    if value != 0 and not 1e-3 <= abs(value) < 1e7:
        digits, exponent = f"{value!r}e0".split("e")[:2] if "e" in repr(value) else f"{value:e}".split("e")
        return f"{float(digits):g}e{int(exponent)}" if "e" not in repr(value) else re.sub("e-0?", "e-", repr(value))
    return repr(float(value))


def choose_targets(runs: Sequence[ArmRun]) -> list[Target]:
    """Chooses up to four powers of ten of ||grad f||: the hardest that each arm reached, then the easiest."""
    first = min((run.points[0].grad_norm for run in runs if run.points), default=inf)
    best: dict[str, float] = {}
    for run in runs:
        for point in run.points:
            best[run.arm] = min(best.get(run.arm, inf), point.grad_norm)
    reached = _powers(first, min(best.values(), default=first))
    chosen = sorted({own[-1] for least in best.values() if (own := _powers(first, least))})
    while len(chosen) > _MOST_TARGETS:
        del chosen[1]
    for exponent in reached[:_MOST_TARGETS]:
        if len(chosen) < _MOST_TARGETS and exponent not in chosen:
            chosen.append(exponent)
    return [Target("grad-norm", float(f"1e{e}")) for e in sorted(chosen, reverse=True)]


def _powers(first: float, least: float) -> list[int]:
    if not (first > 0 and isfinite(first)):
        return []
    end = max(least, _SMALL_ENOUGH * first)
    powers = []
    exponent = floor(log10(first))
    while float(f"1e{exponent}") > end:
        if float(f"1e{exponent}") < first:
            powers.append(exponent)
        exponent -= 1
    return powers


class RunFigures:
    """What one run's trajectory says. A figure that there is none of is infinite, so that it does not count."""

    def __init__(self, run: ArmRun) -> None:
        self.run = run
        self.points = run.points
        self.diverged = run.outcome == "diverged"
        self.interrupted = run.outcome == "interrupted"
        self._last = None if self.diverged or not run.points else run.points[-1]

    def at(self, target: Target, what: Callable[[Point], float]) -> float:
        """Returns a figure of the first model that meets a target; infinity if none does."""
        return next((what(point) for point in self.points if target.reached(point)), inf)

    @property
    def first_loss(self) -> float:
        return self.points[0].loss if self.points else inf

    @property
    def final_loss(self) -> float:
        return self._last.loss if self._last else inf

    @property
    def final_grad_norm(self) -> float:
        return self._last.grad_norm if self._last else inf

    @property
    def final_test_metric(self) -> float:
        return inf if self._last is None or isnan(self._last.test_metric) else self._last.test_metric

    @property
    def best_grad_norm(self) -> float:
        return min((point.grad_norm for point in self.points), default=inf)

    @property
    def loss_per_megabyte(self) -> float:
        if self._last is None or self._last.uplink_bytes == 0:
            return inf
        return (self.points[0].loss - self._last.loss) / (self._last.uplink_bytes / 1e6)

    def share_of_rises(self, start: int = 0) -> float:
        """The share of recorded rounds from a place on in which the loss rose, above what rounding makes."""
        steps = len(self.points) - 1 - start
        return inf if steps < 1 else sum(self._rise(i) > 0 for i in range(start + 1, len(self.points))) / steps

    def _rise(self, i: int) -> float:
        before = self.points[i - 1].loss
        rise = self.points[i].loss - before
        return rise if rise > 1e-14 * abs(before) else 0.0

    @property
    def largest_rise(self) -> float:
        return max((self._rise(i) for i in range(1, len(self.points))), default=0.0)

    @property
    def last_tenth(self) -> int:
        """Where the last tenth of the points begins."""
        return max(0, len(self.points) - 1 - max(1, len(self.points) // 10))

    @property
    def last_tenth_spread(self) -> float:
        losses = [point.loss for point in self.points[self.last_tenth :]]
        return max(losses) - min(losses) if losses else inf

    @property
    def last_tenth_grad_norm(self) -> float:
        return median([point.grad_norm for point in self.points[self.last_tenth :]])


def median(figures: Sequence[float]) -> float:
    """Returns the median; of an even number the mean of the middle two."""
    return float(_median(figures))


def finite(value: float) -> float | None:
    """Returns None for what is not finite, as JSON has no such numbers."""
    return float(value) if isfinite(value) else None


def spread(figures: Sequence[float]) -> dict[str, Any]:
    """Returns the median over seeds with its 95% percentile bootstrap interval; always the same for the same figures."""
    known = sum(isfinite(figure) for figure in figures)
    if not figures:
        return {"median": None, "low": None, "high": None, "known": 0}
    middle = finite(median(figures))
    if len(figures) < _LEAST_SEEDS:
        return {"median": middle, "low": None, "high": None, "known": known}
    draws = SplitMix64(_SEED).below(np.full(_RESAMPLES * len(figures), len(figures), dtype=np.int64))
    resamples = np.sort(np.array(figures)[draws.reshape(_RESAMPLES, -1)], axis=1)
    half = len(figures) // 2
    with np.errstate(invalid="ignore"):
        medians = resamples[:, half] if len(figures) % 2 else (resamples[:, half - 1] + resamples[:, half]) / 2
    medians = np.sort(medians)
    low, high = medians[int(0.025 * _RESAMPLES)], medians[int(0.975 * _RESAMPLES) - 1]
    return {"median": middle, "low": finite(float(low)), "high": finite(float(high)), "known": known}
