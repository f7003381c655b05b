"""Judges an arm against the baseline by the rules of the Java trial (``io.evenkeel`` trial, ``Comparator`` and ``Diagnosis``).

The Java classes are the reference. Tests with the folders under ``client-sdk/vectors/trials`` check that both give the same
verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ..step import Anytime, Constant
from ._arm import Arm, schedule_text
from ._arm_figures import ArmFigures, bytes_test, loss_test, metric_test, rounds_test
from ._contrast import Contrast, Contrasts
from ._figures import RunFigures, Target, median
from ._format import java_fixed, java_general
from ._paired import Paired, paired
from ._promise import privacy_text, same_privacy
from ._quality import UNCLEAR
from ._ratio import only_first

_CIRCLING, _ON_ITS_WAY, _MIN_POINTS = 0.2, 0.05, 20


@dataclass
class Comparison:
    """The verdict on an arm, compared with the baseline.

    Attributes:
        verdict: better, worse, mixed, no-difference, undecided, or other-privacy if the two arms have different privacy
            guarantees.
        contrast: the figures of the headline.
        headline: the verdict in plain words.
        findings: the grounds of the verdict, one sentence each.
        reason: why the arm was worse, as far as its trajectories show it.
        tests: the underlying tests.
    """

    arm: str
    verdict: str
    contrast: Contrast
    headline: str
    findings: list[str]
    reason: str | None
    tests: list[Paired]

    def as_json(self) -> dict[str, Any]:
        """Returns the fields for summary.json."""
        return {
            "arm": self.arm,
            "verdict": self.verdict,
            "contrast": self.contrast.as_json(),
            "headline": self.headline,
            "findings": self.findings,
            "reason": self.reason,
            "tests": [test.as_json() for test in self.tests],
        }


def compare(targets: Sequence[Target], contrasts: Contrasts, arm: ArmFigures, baseline: ArmFigures) -> Comparison:
    """Judges an arm by its contrast with the baseline, and by requested targets that only one of them reached. Leaves out the findings.

    The verdict is mixed if the arm is better in one respect and worse in another.
    """
    contrast = contrasts.of(arm, baseline)
    judge = _Judge(arm, baseline)
    for target in targets:
        judge.target(target)
    judge.end()
    if arm.is_interrupted or baseline.is_interrupted:
        headline = "The trial was stopped before its end, so there is no verdict yet."
        return Comparison(arm.name, "undecided", contrast, headline, [], None, judge.tests)
    if not same_privacy(arm.privacy, baseline.privacy):
        mine, theirs = (privacy_text(each.privacy) for each in (arm, baseline))
        headline = f"Its privacy guarantee differs ({mine} against {theirs}), so there is no verdict. {contrast.text}."
        return Comparison(arm.name, "other-privacy", contrast, headline, [], None, judge.tests)
    judge.count(contrast.quality)
    for ratio in (contrast.uplink, contrast.rounds):
        judge.count({"fewer": "better", "more": "worse"}.get(ratio.sign, ratio.sign) if ratio is not None else "same")
    # Savings do not make an arm better while its quality is unclear.
    verdict = "undecided" if contrast.quality == UNCLEAR else judge.verdict()
    behind = verdict == "worse" or contrast.quality == "worse"
    reason = diagnosis(arm.arm, arm.runs) if behind else None
    return Comparison(arm.name, verdict, contrast, f"{contrast.text}.", [], reason, judge.tests)


@dataclass
class _Judge:
    arm: ArmFigures
    baseline: ArmFigures
    tests: list[Paired] = field(default_factory=list)
    signs: set[str] = field(default_factory=set)

    def count(self, sign: str) -> None:
        self.signs.add(sign)

    def verdict(self) -> str:
        if {"better", "worse"} <= self.signs:
            return "mixed"
        found = [each for each in ("better", "worse", "unclear") if each in self.signs]
        return {"unclear": "undecided"}.get(found[0], found[0]) if found else "no-difference"

    def target(self, target: Target) -> None:
        mine, theirs = self.arm.rounds(target), self.baseline.rounds(target)
        if all(k == 1 for k in (*mine, *theirs)):
            return
        by_rounds = rounds_test(self.arm, self.baseline, target)
        if by_rounds.pairs:
            by_bytes = bytes_test(self.arm, self.baseline, target, lambda point: point.uplink_bytes, "uplink")
            self.tests += [by_rounds, by_bytes]
        reached, baseline_reached = (sum(map(isfinite, rounds)) for rounds in (mine, theirs))
        if reached != baseline_reached and not target.share:
            # The contrast already covers shares of the baseline's gain.
            self.count(_oftener(mine, theirs))

    def end(self) -> None:
        norms = (each.figures(lambda f: f.final_grad_norm) for each in (self.arm, self.baseline))
        self.tests += [loss_test(self.arm, self.baseline), paired("final grad-norm", True, *norms)]
        metric = metric_test(self.arm, self.baseline)
        if metric.pairs:
            self.tests.append(metric)


def _oftener(mine: Sequence[float], theirs: Sequence[float]) -> str:
    """Judges a target that the arms reached unequally often.

    The difference must be at least half of the seeds, or more than two standard errors (McNemar).
    """
    more, less = only_first(mine, theirs), only_first(theirs, mine)
    gap = abs(more - less)
    if 2 * gap >= len(mine) or gap * gap > 4 * (more + less):
        return "better" if more > less else "worse"
    return UNCLEAR


def diagnosis(arm: Arm, runs: Sequence[RunFigures]) -> str:
    """Returns the reason why an arm was worse, as far as its trajectories show it."""
    for figures in runs:
        if figures.diverged:
            run = figures.run
            return (
                f"That is because it diverged in round {run.round} with seed {run.seed} ({run.reason}): "
                f"its step size {arm.gamma_text} is too large for this loss."
            )
    told = [run for run in runs if len(run.points) > _MIN_POINTS]
    if not told:
        return f"The reason is unknown: no run has more than {_MIN_POINTS} recorded rounds."
    rises = median([run.share_of_rises(run.last_tenth) for run in told])
    norm = median([run.last_tenth_grad_norm for run in told])
    single = (
        f"The trajectory shows no single reason: in the last tenth ||grad f|| was {java_general(norm, 2)} "
        f"and the loss rose in {java_fixed(100 * rises, 0)}% of the rounds."
    )
    if arm.rule.length == "factor":
        return _fixed_length(arm, rises, norm, told) or single
    if rises >= _ON_ITS_WAY:
        return single
    if arm.rule.length == "shrinking":
        return (
            "That is because its steps shrank as directions added up, and it was still improving when the rounds were over: "
            "a larger gamma makes them longer."
        )
    shown = f"gamma = {java_general(arm.gamma.largest, 4)}" if isinstance(arm.gamma, Constant) else schedule_text(arm.gamma)
    return (
        f"That is because its step size {shown} is small for this loss: the loss fell in nearly every round, but by little. "
        "Try multiples of it, such as gamma=theory*4."
    )


def _fixed_length(arm: Arm, rises: float, norm: float, runs: Sequence[RunFigures]) -> str | None:
    # The last point is the final model, from which no step is taken.
    gamma = java_general(median([run.points[-2].step_size for run in runs]), 3)
    steepness = java_general(norm, 2)
    if rises >= _CIRCLING:
        further = "A smaller gamma0 or the step accumulated-norm gets further."
        if not isinstance(arm.gamma, Anytime):
            further = "A smaller gamma0, an anytime schedule, or the step accumulated-norm gets further."
        return (
            f"That is because its steps keep the length gamma = {gamma} even if the gradient is small: in the last tenth it "
            f"circled at ||grad f|| = {steepness}, the loss rising in {java_fixed(100 * rises, 0)}% of the rounds. {further}"
        )
    if rises < _ON_ITS_WAY:
        return (
            f"That is because its steps of length gamma = {gamma} were too short: ||grad f|| was {steepness} and "
            "falling when the rounds were over. A larger gamma0 or more rounds get further."
        )
    return None
