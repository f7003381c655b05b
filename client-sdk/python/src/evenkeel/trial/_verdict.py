"""Judges an arm against the baseline by the rules of the Java trial (``io.evenkeel`` trial, ``Comparator`` and ``Diagnosis``).

The Java classes are the reference. The folders under ``client-sdk/vectors/trials`` hold both to the same verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ..step import Anytime, Constant
from ._arm import Arm, schedule_text
from ._figures import RunFigures, Target, median
from ._paired import Paired, paired

_NEGLIGIBLE = 1.05
"""Ratios within this of 1 are no difference worth telling."""

_NEGLIGIBLE_POINTS = 0.002
"""Differences of accuracies within this are none worth telling."""

_NEGLIGIBLE_LOSS = 0.01
"""Differences of final losses within this share of what training took off the loss are none worth telling."""

_CIRCLING, _ON_ITS_WAY, _LEAST_POINTS = 0.2, 0.05, 20


@dataclass
class Comparison:
    """An arm against the baseline.

    Attributes:
        verdict: better, worse, mixed, no-difference or undecided.
        headline: the verdict in plain words.
        findings: what it rests on, a sentence each.
        reason: why the arm was worse, as far as its trajectories show it.
        tests: the figures behind.
    """

    arm: str
    verdict: str
    headline: str
    findings: list[str]
    reason: str | None
    tests: list[Paired]

    def as_json(self) -> dict[str, Any]:
        """Returns what summary.json holds."""
        tests = [
            {
                "figure": test.figure,
                "ratio": test.ratio,
                "pairs": test.pairs,
                "estimate": test.estimate,
                "low": test.low,
                "high": test.high,
                "pValue": test.p_value,
            }
            for test in self.tests
        ]
        return {
            "arm": self.arm,
            "verdict": self.verdict,
            "headline": self.headline,
            "findings": self.findings,
            "reason": self.reason,
            "tests": tests,
        }


def compare(
    targets: Sequence[Target], arm: Arm, runs: list[RunFigures], baseline: Arm, baseline_runs: list[RunFigures]
) -> Comparison:
    """Judges an arm target by target by the rounds it took, and by what came out in the end.

    A difference counts if it is more than 5% and, with two seeds or more, the paired test's interval leaves "no difference" out.
    """
    judge = _Judge(targets, arm, runs, baseline, baseline_runs)
    for target in targets:
        judge.target(target)
    judge.end()
    return judge.comparison()


@dataclass
class _Judge:
    targets: Sequence[Target]
    arm: Arm
    runs: list[RunFigures]
    baseline: Arm
    baseline_runs: list[RunFigures]
    tests: list[Paired] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    better: int = 0
    worse: int = 0
    undecided: int = 0
    told_by_targets: bool = False

    def comparison(self) -> Comparison:
        if any(run.interrupted for run in (*self.runs, *self.baseline_runs)):
            headline = "stopped before the end, so there is no verdict yet."
            return Comparison(self.arm.name, "undecided", headline, self.sentences, None, self.tests)
        verdict = (
            "mixed"
            if self.better and self.worse
            else "better" if self.better else "worse" if self.worse else "undecided" if self.undecided else "no-difference"
        )
        reason = diagnosis(self.arm, self.runs) if self.worse else None
        return Comparison(self.arm.name, verdict, self._headline(verdict), self.sentences, reason, self.tests)

    def _headline(self, verdict: str) -> str:
        normalized = self.arm.rule.text != "plain" and self.baseline.rule.text == "plain"
        what = "normalization" if normalized else self.arm.name
        return {
            "better": f"{what} was better here.",
            "worse": f"{what} was worse here.",
            "mixed": f"{what} was better in part and worse in part.",
            "undecided": f"too few seeds to tell {self.arm.name} and {self.baseline.name} apart.",
        }.get(verdict, f"no difference seen between {self.arm.name} and {self.baseline.name}.")

    def _both(self, what: Callable[[RunFigures], float]) -> tuple[list[float], list[float]]:
        return [what(run) for run in self.runs], [what(run) for run in self.baseline_runs]

    def target(self, target: Target) -> None:
        # Reached at the start is after one round, lest a ratio be of zeros.
        mine, theirs = self._both(lambda f: max(1.0, f.at(target, lambda point: point.round)))
        if all(k == 1 for k in (*mine, *theirs)):
            return
        reached, baseline_reached = (sum(map(isfinite, rounds)) for rounds in (mine, theirs))
        self.told_by_targets |= reached + baseline_reached > 0
        by_rounds = paired(f"rounds to {target}", True, mine, theirs)
        if by_rounds.pairs:
            bytes_up = self._both(lambda f: f.at(target, lambda point: point.uplink_bytes))
            self.tests += [by_rounds, paired(f"uplink bytes to {target}", True, *bytes_up)]
        a, b = self.arm.name, self.baseline.name
        if reached != baseline_reached:
            self._count(1 if reached > baseline_reached else -1)
            self.sentences.append(
                f"{target}: reached by {a} in {reached} of {len(mine)} runs, by {b} in {baseline_reached} of {len(theirs)}."
            )
        elif by_rounds.pairs:
            direction = self._direction(by_rounds)
            self._count(direction)
            chance = " (could be chance)" if direction == 0 and not _is_negligible(by_rounds) else ""
            self.sentences.append(f"{target}: {a} after {_rounds(mine)} rounds, {b} after {_rounds(theirs)}{chance}.")

    def end(self) -> None:
        losses, baseline_losses = self._both(lambda f: f.final_loss)
        loss = paired("final loss", False, losses, baseline_losses)
        self.tests.append(loss)
        shed = median([run.first_loss for run in self.runs]) - min(median(losses), median(baseline_losses))
        if loss.pairs and abs(loss.estimate) > _NEGLIGIBLE_LOSS * max(0.0, shed):
            # Who reaches a target sooner may end higher all the same.
            self._count(self._significance(loss, 0) * (1 if loss.estimate < 0 else -1))
        norm = paired("final grad-norm", True, *self._both(lambda f: f.final_grad_norm))
        self.tests.append(norm)
        metric = paired("final test-metric", False, *self._both(lambda f: f.final_test_metric))
        a, b = self.arm.name, self.baseline.name
        if metric.pairs:
            self.tests.append(metric)
            small = abs(metric.estimate) < _NEGLIGIBLE_POINTS
            self._count(0 if small else self._significance(metric, 0) * (1 if metric.estimate > 0 else -1))
            mine, theirs = (median(each) for each in self._both(lambda f: f.final_test_metric))
            nothing = " (no difference worth telling)" if small else ""
            self.sentences.append(f"Final accuracy: {a} {mine:.4f}, {b} {theirs:.4f}{nothing}.")
        self.sentences.append(f"Final loss: {a} {_figure(median(losses))}, {b} {_figure(median(baseline_losses))}.")
        diverged, baseline_diverged = (sum(run.diverged for run in runs) for runs in (self.runs, self.baseline_runs))
        if diverged != baseline_diverged:
            self._count(1 if diverged < baseline_diverged else -1)
            self.sentences.append(
                f"Diverged: {a} in {diverged} of {len(self.runs)} runs, "
                f"{b} in {baseline_diverged} of {len(self.baseline_runs)}."
            )
        elif not self.told_by_targets and not metric.pairs:
            # Neither got anywhere that was asked for, so where they ended is all there is to go by.
            self._count(self._direction(norm))

    def _direction(self, test: Paired) -> int:
        """1 if the arm is better by this ratio, where less is better; -1 if worse; 0 if neither can be said."""
        return 0 if _is_negligible(test) else self._significance(test, 1) * (1 if test.estimate < 1 else -1)

    def _significance(self, test: Paired, none: float) -> int:
        covers = test.low is not None and test.high is not None and test.low <= none <= test.high
        self.undecided += covers
        return 0 if covers else 1

    def _count(self, direction: int) -> None:
        self.better += direction > 0
        self.worse += direction < 0


def _is_negligible(test: Paired) -> bool:
    return 1 / _NEGLIGIBLE < test.estimate < _NEGLIGIBLE


def _rounds(figures: Sequence[float]) -> str:
    middle = median(figures)
    return f"{middle:.0f}" if isfinite(middle) else "never"


def _figure(value: float) -> str:
    return java_general(value, 6) if isfinite(value) else "none"


def java_general(value: float, digits: int) -> str:
    """Formats as Java's ``%.Ng`` does, which keeps trailing zeros, and has an exponent below 1e-4 or from 10^N on."""
    if value == 0:
        return f"{0:.{digits - 1}f}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    return f"{value:.{digits - 1 - power}f}" if -4 <= power < digits else f"{mantissa}e{power:+03d}"


def diagnosis(arm: Arm, runs: Sequence[RunFigures]) -> str:
    """Returns why an arm fell behind, as far as its trajectories show it."""
    for figures in runs:
        if figures.diverged:
            run = figures.run
            return (
                f"That is because it diverged in round {run.round} with seed {run.seed} ({run.reason}): "
                f"its step size {arm.gamma_text} is too large for this loss."
            )
    told = [run for run in runs if len(run.points) > _LEAST_POINTS]
    if not told:
        return f"Why cannot be said: of no run more than {_LEAST_POINTS} rounds were recorded."
    rises = median([run.share_of_rises(run.last_tenth) for run in told])
    norm = median([run.last_tenth_grad_norm for run in told])
    single = (
        f"The trajectory shows no single reason: in the last tenth ||grad f|| was {java_general(norm, 2)} "
        f"and the loss rose in {100 * rises:.0f}% of the rounds."
    )
    if arm.rule.text in ("normalized", "layerwise-normalized"):
        return _fixed_length(arm, rises, norm, told) or single
    if rises >= _ON_ITS_WAY:
        return single
    if arm.rule.text == "accumulated-norm":
        return (
            "That is because its steps shrank as directions added up, and it was still on its way when the rounds were over: "
            "a larger gamma makes them longer."
        )
    shown = f"gamma = {java_general(arm.gamma.initial, 4)}" if isinstance(arm.gamma, Constant) else schedule_text(arm.gamma)
    return (
        f"That is because its step size {shown} is small for this loss: the loss fell in nearly every round, but by little. "
        "Try multiples of it, such as gamma=theory*4."
    )


def _fixed_length(arm: Arm, rises: float, norm: float, runs: Sequence[RunFigures]) -> str | None:
    # The last point is the final model, from which no step was taken.
    gamma = java_general(median([run.points[-2].step_size for run in runs]), 3)
    steepness = java_general(norm, 2)
    if rises >= _CIRCLING:
        further = "A smaller gamma0 or the step accumulated-norm gets further."
        if not isinstance(arm.gamma, Anytime):
            further = "A smaller gamma0, an anytime schedule, or the step accumulated-norm gets further."
        return (
            f"That is because its steps keep the length gamma = {gamma} however small the gradient is: in the last tenth it "
            f"circled at ||grad f|| = {steepness}, the loss rising in {100 * rises:.0f}% of the rounds. {further}"
        )
    if rises < _ON_ITS_WAY:
        return (
            f"That is because its steps of length gamma = {gamma} were too short for the way: ||grad f|| was {steepness} and "
            "falling when the rounds were over. A larger gamma0 or more rounds get further."
        )
    return None
