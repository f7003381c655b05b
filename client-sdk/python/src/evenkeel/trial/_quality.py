"""Judges the final quality of an arm, like the Java trial's ``QualityJudge``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from ._arm_figures import ArmFigures, loss_test, metric_test
from ._figures import RunFigures
from ._metric import ClassBalance, Metric
from ._paired import Paired
from ._thresholds import Thresholds

BETTER, NOT_WORSE, WORSE, UNCLEAR = "better", "not-worse", "worse", "unclear"


@dataclass(frozen=True)
class Quality:
    """The decisive measure of an arm's quality.

    Attributes:
        measure: the metric's name, or loss.
        figure: the final figure of a run.
        margin: the largest difference that is ignored.
        difference: the arm's figure minus the other's.
        answer: better, not-worse, worse or unclear.
    """

    measure: str
    figure: Callable[[RunFigures], float]
    margin: float
    difference: Paired
    answer: str


class QualityJudge:
    """Tests for non-inferiority.

    An arm is not worse than another if the 95% interval of the paired difference (Student's t) lies above the negative margin. A
    single seed has no interval and is inconclusive. With unbalanced classes both the metric and the loss are tested, and the less
    favourable result counts.

    Args:
        metric: the metric on held-out samples, or None.
        classes: the class balance of the training samples, or None.
    """

    def __init__(self, thresholds: Thresholds, metric: Metric | None, classes: ClassBalance | None) -> None:
        self._thresholds = thresholds
        self._metric = metric
        self._loss_counts = classes is not None and classes.unbalanced

    def of(self, arm: ArmFigures, other: ArmFigures) -> Quality:
        """Judges the final quality of an arm against another; fewer divergences are better, regardless of anything else."""
        results = []
        metric, by_metric = self._metric, metric_test(arm, other)
        if metric is not None and by_metric.pairs > 0:
            margin = self._thresholds.accuracy_points / 100
            if not metric.has_unit_scale:
                margin = self._share_of_gain(other, lambda f: f.first_test_metric, lambda f: f.final_test_metric)
            answer = _answer(by_metric, margin, 1 if metric.higher_is_better else -1)
            results.append(Quality(metric.name, lambda f: f.final_test_metric, margin, by_metric, answer))
        if self._loss_counts or not results:
            margin = self._share_of_gain(other, lambda f: f.first_loss, lambda f: f.final_loss)
            by_loss = loss_test(arm, other)
            results.append(Quality("loss", lambda f: f.final_loss, margin, by_loss, _answer(by_loss, margin, -1)))
        decisive = min(results, key=lambda result: {WORSE: 0, UNCLEAR: 1}.get(result.answer, 2))
        if arm.diverged == other.diverged:
            return decisive
        # Fewer divergences are better, regardless of anything else.
        answer = BETTER if arm.diverged < other.diverged else WORSE
        return Quality(decisive.measure, decisive.figure, decisive.margin, decisive.difference, answer)

    def _share_of_gain(
        self, other: ArmFigures, first: Callable[[RunFigures], float], last: Callable[[RunFigures], float]
    ) -> float:
        gain = abs(other.median(first) - other.median(last))
        return self._thresholds.loss_percent / 100 * gain if isfinite(gain) else 0.0


def _answer(test: Paired, margin: float, sign: int) -> str:
    if test.low is None or test.high is None:
        return UNCLEAR
    gain = sign * test.estimate
    least, most = sorted((sign * test.low, sign * test.high))
    if least >= -margin:
        return BETTER if least > 0 and gain >= margin else NOT_WORSE
    return WORSE if most < 0 and gain <= -margin else UNCLEAR
