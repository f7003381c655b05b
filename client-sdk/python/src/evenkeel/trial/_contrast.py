"""Compares two arms, like the Java trial's ``Contrasts``: first quality, then bytes and rounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ._arm_figures import ArmFigures, bytes_test, rounds_test
from ._contrast_text import effort_text, quality_text
from ._figures import Target, finite, median
from ._paired import Paired
from ._quality import QualityJudge
from ._ratio import Ratio, ratio_of, with_search
from ._run import Point
from ._thresholds import Thresholds


@dataclass(frozen=True)
class Contrast:
    """The comparison of two arms: the fields of summary.json, and the sentence that describes it."""

    arm: str
    other: str
    measure: str
    value: float | None
    other_value: float | None
    quality: str
    margin: float | None
    difference: Paired | None
    target: str | None
    target_value: float | None
    rounds: Ratio | None
    uplink: Ratio | None
    downlink: Ratio | None
    rounds_with_search: Ratio | None
    uplink_with_search: Ratio | None
    text: str

    def as_json(self) -> dict[str, Any]:
        """Returns the fields for summary.json."""
        ratios = (self.rounds, self.uplink, self.downlink, self.rounds_with_search, self.uplink_with_search)
        names = ("rounds", "uplink", "downlink", "roundsWithSearch", "uplinkWithSearch")
        return {
            "arm": self.arm,
            "other": self.other,
            "measure": self.measure,
            "value": self.value,
            "otherValue": self.other_value,
            "quality": self.quality,
            "margin": self.margin,
            "difference": None if self.difference is None else self.difference.as_json(),
            "target": self.target,
            "targetValue": self.target_value,
            **{name: None if ratio is None else ratio.as_json() for name, ratio in zip(names, ratios)},
        }


class Contrasts:
    """Compares arms: first quality, then bytes and rounds to the hardest target that both reached.

    Args:
        targets: the targets, the easiest first.
        metric: the name of the metric on held-out samples, or None.
    """

    def __init__(self, targets: Sequence[Target], thresholds: Thresholds, quality: QualityJudge, metric: str | None) -> None:
        self._targets = targets
        self._thresholds = thresholds
        self._quality = quality
        self._metric = metric

    def of(self, arm: ArmFigures, other: ArmFigures) -> Contrast:
        """Compares an arm with another; the ratios are None if there is no target that both reached."""
        quality = self._quality.of(arm, other)
        value, other_value = (each.median(quality.figure) for each in (arm, other))
        compared = quality.difference.pairs > 0
        target = self._common(arm, other)
        ratios: list[Ratio | None] = [None] * 5
        goal = None
        if target is not None:
            goal = other.median(lambda run: run.goal(target).value)
            ratios = [
                ratio_of(
                    rounds_test(arm, other, target), self._thresholds.rounds_percent, arm.rounds(target), other.rounds(target)
                ),
                self._bytes(arm, other, target, lambda point: point.uplink_bytes),
                self._bytes(arm, other, target, lambda point: point.downlink_bytes),
                with_search(
                    arm, other, lambda each: median(each.rounds(target)), lambda s: s.rounds, self._thresholds.rounds_percent
                ),
                with_search(
                    arm,
                    other,
                    lambda each: median(each.at(target, lambda point: point.uplink_bytes)),
                    lambda s: s.uplink_bytes,
                    self._thresholds.bytes_percent,
                ),
            ]
        if arm.diverged != other.diverged:
            text = f"Diverged in {arm.diverged} of {len(arm.runs)} runs against {other.diverged} of {len(other.runs)}"
        else:
            text = quality_text(quality, finite(value), finite(other_value))
        text += effort_text(self._metric, target, goal, ratios[0], ratios[1])
        return Contrast(
            arm=arm.name,
            other=other.name,
            measure=quality.measure,
            value=finite(value),
            other_value=finite(other_value),
            quality=quality.answer,
            margin=quality.margin if compared else None,
            difference=quality.difference if compared else None,
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
        """Returns the position of the contrast's target among the targets, from 0; -1 if there is none."""
        texts = [str(target) for target in self._targets]
        return -1 if contrast.target is None else texts.index(contrast.target)

    def _common(self, arm: ArmFigures, other: ArmFigures) -> Target | None:
        """Returns the hardest target that both reached in more than half of the runs, after sending something."""
        hardest = None
        for target in self._targets:
            if arm.reaches(target) and other.reaches(target):
                if self._bytes(arm, other, target, lambda point: point.uplink_bytes).value is not None:
                    hardest = target
        return hardest

    def _bytes(self, arm: ArmFigures, other: ArmFigures, target: Target, what: Callable[[Point], float]) -> Ratio:
        return ratio_of(
            bytes_test(arm, other, target, what, ""), self._thresholds.bytes_percent, arm.rounds(target), other.rounds(target)
        )
