"""Puts arms side by side, as the Java trial does (``Contrasts`` and ``ContrastText``): quality first, then bytes and rounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from ..compress import CompressorSpec
from ._arm import Arm
from ._figures import RunFigures, Target, finite, median
from ._format import java_fixed, java_general
from ._paired import Paired, paired
from ._search import Search
from ._simulation import Point


@dataclass(frozen=True)
class Thresholds:
    """The differences that matter. A verdict calls nothing better or worse by less.

    Attributes:
        accuracy_points: of the final accuracy, in percentage points.
        loss_percent: of the final loss, in percent of what the training it is compared with took off the loss.
        rounds_percent: of the rounds to a target.
        bytes_percent: of the bytes to a target.
    """

    accuracy_points: float = 0.5
    loss_percent: float = 2
    rounds_percent: float = 10
    bytes_percent: float = 10

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not (value >= 0 and isfinite(value)):
                raise ValueError(f"threshold {name} is {value}, expected a finite number of at least 0")

    def as_json(self) -> dict[str, float]:
        """Returns what summary.json holds."""
        return {
            "accuracyPoints": float(self.accuracy_points),
            "lossPercent": float(self.loss_percent),
            "roundsPercent": float(self.rounds_percent),
            "bytesPercent": float(self.bytes_percent),
        }


@dataclass(frozen=True)
class ArmFigures:
    """An arm with what its runs show; ``search`` is the search for its step size, or None."""

    arm: Arm
    runs: Sequence[RunFigures]
    search: Search | None

    @property
    def name(self) -> str:
        return self.arm.name

    @property
    def is_plain(self) -> bool:
        return self.arm.rule.text == "plain"

    @property
    def is_compressed(self) -> bool:
        return _compresses(self.arm.compressor)

    @property
    def is_interrupted(self) -> bool:
        return any(run.interrupted for run in self.runs)

    @property
    def diverged(self) -> int:
        return sum(run.diverged for run in self.runs)

    def figures(self, what: Callable[[RunFigures], float]) -> list[float]:
        return [what(run) for run in self.runs]

    def median(self, what: Callable[[RunFigures], float]) -> float:
        return median(self.figures(what))

    def rounds(self, target: Target) -> list[float]:
        """The rounds to a target with each seed. Reached at the start is after one round, since a ratio needs numbers above 0."""
        return [max(1.0, run.at(target, lambda point: point.round)) for run in self.runs]

    def at(self, target: Target, what: Callable[[Point], float]) -> list[float]:
        return [run.at(target, what) for run in self.runs]

    def reaches(self, target: Target) -> bool:
        return isfinite(median(self.rounds(target)))


def _compresses(spec: CompressorSpec) -> bool:
    return str(spec) not in ("identity", "identity+float32", "identity+float64")


@dataclass(frozen=True)
class Ratio:
    """How many times as much an arm took as another; ``sign`` is fewer, same, more, or unclear if the seeds contradict each other."""

    value: float | None
    sign: str

    def as_json(self) -> dict[str, Any]:
        return {"value": self.value, "sign": self.sign}


@dataclass(frozen=True)
class Contrast:
    """An arm beside another. The attributes are those of summary.json, which docs/pilot.md describes."""

    arm: str
    other: str
    measure: str
    value: float | None
    other_value: float | None
    quality: str
    target: str | None
    target_value: float | None
    rounds: Ratio | None
    uplink: Ratio | None
    downlink: Ratio | None
    rounds_with_search: Ratio | None
    uplink_with_search: Ratio | None
    text: str

    def as_json(self) -> dict[str, Any]:
        """Returns what summary.json holds."""
        ratios = (self.rounds, self.uplink, self.downlink, self.rounds_with_search, self.uplink_with_search)
        names = ("rounds", "uplink", "downlink", "roundsWithSearch", "uplinkWithSearch")
        return {
            "arm": self.arm,
            "other": self.other,
            "measure": self.measure,
            "value": self.value,
            "otherValue": self.other_value,
            "quality": self.quality,
            "target": self.target,
            "targetValue": self.target_value,
            **{name: None if ratio is None else ratio.as_json() for name, ratio in zip(names, ratios)},
            "text": self.text,
        }


def metric_test(arm: ArmFigures, other: ArmFigures) -> Paired:
    return paired("final test-metric", False, *(each.figures(lambda f: f.final_test_metric) for each in (arm, other)))


def loss_test(arm: ArmFigures, other: ArmFigures) -> Paired:
    return paired("final loss", False, *(each.figures(lambda f: f.final_loss) for each in (arm, other)))


def rounds_test(arm: ArmFigures, other: ArmFigures, target: Target) -> Paired:
    return paired(f"rounds to {target}", True, arm.rounds(target), other.rounds(target))


def bytes_test(arm: ArmFigures, other: ArmFigures, target: Target, what: Callable[[Point], float], name: str) -> Paired:
    return paired(f"{name} bytes to {target}", True, arm.at(target, what), other.at(target, what))


class Contrasts:
    """Makes contrasts. A difference below its threshold is none.

    With two seeds or more, one above it counts only if the paired test's 95% interval excludes none.

    Args:
        targets: the easiest first.
        metric: what is measured on held-out samples, or None.
    """

    def __init__(self, targets: Sequence[Target], thresholds: Thresholds, metric: str | None) -> None:
        self._targets = targets
        self._thresholds = thresholds
        self._metric = metric

    def of(self, arm: ArmFigures, other: ArmFigures) -> Contrast:
        measured = metric_test(arm, other).pairs > 0
        value, other_value = (
            each.median((lambda f: f.final_test_metric) if measured else (lambda f: f.final_loss)) for each in (arm, other)
        )
        measure = self._metric if measured and self._metric is not None else "loss"
        quality = self._quality(arm, other)
        target = self._common(arm, other)
        ratios: list[Ratio | None] = [None] * 5
        goal = None
        if target is not None:
            goal = other.median(lambda run: run.goal(target).value)
            ratios = [
                _ratio(rounds_test(arm, other, target), self._thresholds.rounds_percent),
                self._bytes(arm, other, target, lambda point: point.uplink_bytes),
                self._bytes(arm, other, target, lambda point: point.downlink_bytes),
                _with_search(
                    arm, other, lambda each: median(each.rounds(target)), lambda s: s.rounds, self._thresholds.rounds_percent
                ),
                _with_search(
                    arm,
                    other,
                    lambda each: median(each.at(target, lambda point: point.uplink_bytes)),
                    lambda s: s.uplink_bytes,
                    self._thresholds.bytes_percent,
                ),
            ]
        if arm.diverged != other.diverged:
            text = f"Diverged in {arm.diverged} of {len(arm.runs)} runs against {other.diverged} of {len(other.runs)},"
        else:
            text = _quality_text(measure, quality, finite(value), finite(other_value))
        text += _effort_text(measure, target, goal, ratios[0], ratios[1])
        return Contrast(
            arm=arm.name,
            other=other.name,
            measure=measure,
            value=finite(value),
            other_value=finite(other_value),
            quality=quality,
            target=None if target is None else str(target),
            target_value=goal,
            rounds=ratios[0],
            uplink=ratios[1],
            downlink=ratios[2],
            rounds_with_search=ratios[3],
            uplink_with_search=ratios[4],
            text=text,
        )

    def difficulty(self, contrast: Contrast) -> int:
        """Where the target stands among the targets, from 0; -1 if there is none."""
        texts = [str(target) for target in self._targets]
        return -1 if contrast.target is None else texts.index(contrast.target)

    def _quality(self, arm: ArmFigures, other: ArmFigures) -> str:
        """Fewer divergences are better, whatever the rest."""
        if arm.diverged != other.diverged:
            return "better" if arm.diverged < other.diverged else "worse"
        metric = metric_test(arm, other)
        measured = metric.pairs > 0
        test = metric if measured else loss_test(arm, other)
        least = self._thresholds.accuracy_points / 100 if measured else self._least_loss(other)
        if test.pairs == 0:
            return "unclear"
        if abs(test.estimate) < least or test.estimate == 0:
            return "same"
        return "unclear" if _covers(test, 0) else "better" if (test.estimate > 0) == measured else "worse"

    def _least_loss(self, other: ArmFigures) -> float:
        shed = other.median(lambda f: f.first_loss) - other.median(lambda f: f.final_loss)
        return self._thresholds.loss_percent / 100 * max(0.0, shed) if isfinite(shed) else 0.0

    def _common(self, arm: ArmFigures, other: ArmFigures) -> Target | None:
        """The hardest target that both reached, in more than half of the runs, and not before anything was sent."""
        hardest = None
        for target in self._targets:
            if arm.reaches(target) and other.reaches(target):
                if self._bytes(arm, other, target, lambda point: point.uplink_bytes).value is not None:
                    hardest = target
        return hardest

    def _bytes(self, arm: ArmFigures, other: ArmFigures, target: Target, what: Callable[[Point], float]) -> Ratio:
        return _ratio(bytes_test(arm, other, target, what, ""), self._thresholds.bytes_percent)


def _with_search(
    arm: ArmFigures,
    other: ArmFigures,
    figure: Callable[[ArmFigures], float],
    cost: Callable[[Search], int],
    percent: float,
) -> Ratio | None:
    if arm.search is None and other.search is None:
        return None
    mine, theirs = (figure(each) + (cost(each.search) if each.search is not None else 0) for each in (arm, other))
    ratio = mine / theirs if theirs else 0.0
    return Ratio(ratio, _sign(ratio, percent)) if isfinite(ratio) and ratio > 0 else None


def _ratio(test: Paired, percent: float) -> Ratio:
    if test.pairs == 0:
        return Ratio(None, "unclear")
    sign = _sign(test.estimate, percent)
    return Ratio(test.estimate, "unclear" if sign != "same" and _covers(test, 1) else sign)


def _sign(ratio: float, percent: float) -> str:
    """A tenth more and, the other way round, a tenth less are both 10%."""
    least = 1 + percent / 100
    if 1 / least < ratio < least or ratio == 1:
        return "same"
    return "fewer" if ratio < 1 else "more"


def _covers(test: Paired, none: float) -> bool:
    return test.low is not None and test.high is not None and test.low <= none <= test.high


def _quality_text(measure: str, quality: str, value: float | None, other: float | None) -> str:
    if value is None or other is None:
        return f"No final {measure} to compare"
    higher = (quality == "better") != (measure == "loss")
    what = {"same": f"Same {measure}", "unclear": f"No clear difference in {measure}"}.get(
        quality, f"{'Higher' if higher else 'Lower'} {measure}"
    )
    return f"{what} ({quality_figure(measure, value)} against {quality_figure(measure, other)})"


def _effort_text(measure: str, target: Target | None, goal: float | None, rounds: Ratio | None, uplink: Ratio | None) -> str:
    if target is None or rounds is None or uplink is None:
        return ", and no target that both reached"
    return f" with {ratio_text(uplink, 'bytes up')} and {ratio_text(rounds, 'rounds')} to {_goal(target, goal, measure)}"


def ratio_text(ratio: Ratio, what: str) -> str:
    """Says how many times as much, such as ``3.4 times fewer bytes up``."""
    if ratio.value is None:
        return f"unknown {what}"
    if ratio.sign == "fewer":
        return f"{_times(1 / ratio.value)} fewer {what}"
    if ratio.sign == "more":
        return f"{_times(ratio.value)} the {what}"
    return f"about the same {what}" if ratio.sign == "same" else f"no clear difference in {what} ({_times(ratio.value)})"


def _times(factor: float) -> str:
    return f"{java_fixed(factor, 1)} times" if factor < 9.95 else f"{java_fixed(factor, 0)} times"


def _goal(target: Target, value: float | None, measure: str) -> str:
    metric = "accuracy" if measure == "loss" else measure
    number = str(target).partition(":")[2]
    if target.measure == "grad-norm":
        return f"||grad f|| < {number}"
    name = "loss" if target.measure == "loss" else metric
    return f"{name} {quality_figure(name, value) if target.share and value is not None else number}"


def quality_figure(measure: str, value: float) -> str:
    """Writes an accuracy in percent, R² with three decimals, a loss with four digits."""
    if measure == "accuracy":
        return f"{java_fixed(100 * value, 1)}%"
    return java_fixed(value, 3) if measure == "R²" else java_general(value, 4)
