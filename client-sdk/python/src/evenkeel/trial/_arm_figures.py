"""An arm's runs, and paired tests of two arms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite

from ..compress import CompressorSpec
from ._arm import Arm
from ._figures import RunFigures, Target, median
from ._paired import Paired, paired
from ._promise import Promise
from ._run import Point
from ._search import Search


@dataclass(frozen=True)
class ArmFigures:
    """An arm with the figures of its runs; ``search`` is the search for its step size, or None."""

    arm: Arm
    runs: Sequence[RunFigures]
    search: Search | None

    @property
    def name(self) -> str:
        """The arm's name."""
        return self.arm.name

    @property
    def is_plain(self) -> bool:
        """Whether steps are plain and therefore need a step size."""
        return self.arm.rule.text == "plain"

    @property
    def is_normalized(self) -> bool:
        """Whether the step rule ignores the direction's length. Rules that adapt the step size do not count."""
        return self.arm.rule.name in ("normalized", "layerwise-normalized")

    @property
    def is_compressed(self) -> bool:
        """Whether messages omit or round values."""
        return _compresses(self.arm.compressor)

    @property
    def privacy(self) -> Promise | None:
        """The arm's privacy guarantee for its final models; None without privacy."""
        if self.arm.privacy is None:
            return None
        spent = max((run.points[-1].epsilon for run in self.runs if run.points), default=0.0)
        return Promise(self.arm.privacy.text, spent)

    @property
    def is_interrupted(self) -> bool:
        """Whether a run was stopped before its end."""
        return any(run.interrupted for run in self.runs)

    @property
    def diverged(self) -> int:
        """The number of runs that diverged."""
        return sum(run.diverged for run in self.runs)

    def figures(self, what: Callable[[RunFigures], float]) -> list[float]:
        """Returns a figure of each run, one for each seed."""
        return [what(run) for run in self.runs]

    def median(self, what: Callable[[RunFigures], float]) -> float:
        """Returns the median of a figure over the seeds."""
        return median(self.figures(what))

    def rounds(self, target: Target) -> list[float]:
        """Returns the rounds to a target, one for each seed; at least 1, since a ratio needs numbers above 0."""
        return [max(1.0, run.at(target, lambda point: point.round)) for run in self.runs]

    def at(self, target: Target, what: Callable[[Point], float]) -> list[float]:
        """Returns a figure of the first model that reaches the target, one for each seed; infinity if there is none."""
        return [run.at(target, what) for run in self.runs]

    def reaches(self, target: Target) -> bool:
        """Returns whether more than half of the seeds reach the target."""
        return isfinite(median(self.rounds(target)))


def _compresses(spec: CompressorSpec) -> bool:
    return str(spec) not in ("identity", "identity+float32", "identity+float64")


def metric_test(arm: ArmFigures, other: ArmFigures) -> Paired:
    """Tests the difference of the final figures on held-out samples, paired by seed."""
    return paired("final test-metric", False, *(each.figures(lambda f: f.final_test_metric) for each in (arm, other)))


def loss_test(arm: ArmFigures, other: ArmFigures) -> Paired:
    """Tests the difference of the final losses, paired by seed."""
    return paired("final loss", False, *(each.figures(lambda f: f.final_loss) for each in (arm, other)))


def rounds_test(arm: ArmFigures, other: ArmFigures, target: Target) -> Paired:
    """Tests the ratio of the rounds to a target, paired by seed."""
    return paired(f"rounds to {target}", True, arm.rounds(target), other.rounds(target))


def bytes_test(arm: ArmFigures, other: ArmFigures, target: Target, what: Callable[[Point], float], name: str) -> Paired:
    """Tests the ratio of the bytes to a target, paired by seed; ``name`` is the kind of bytes, such as uplink."""
    return paired(f"{name} bytes to {target}", True, arm.at(target, what), other.at(target, what))
