"""Formats contrasts as sentences, like the Java trial's ``ContrastWords``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._figures import Target
from ._format import byte_text, java_fixed, shortest
from ._metric import Metric, is_share
from ._quality import NOT_WORSE, UNCLEAR, Quality
from ._ratio import Ratio


def quality_text(quality: Quality, value: float | None, other: float | None) -> str:
    """Formats the comparison of the final quality of two arms; a value is None if no run has one."""
    measure, test = quality.measure, quality.difference
    if value is None or other is None:
        return f"No final {measure} to compare"
    both = f"{quality_figure(measure, value)} against {quality_figure(measure, other)}"
    unit = " points" if is_share(measure) else ""
    if quality.answer == NOT_WORSE:
        return f"No worse {measure} ({both}, margin {_difference(measure, quality.margin)}{unit})"
    if quality.answer != UNCLEAR:
        return f"{'Higher' if test.estimate > 0 else 'Lower'} {measure} ({both})"
    if test.low is None or test.high is None:
        return f"Unclear {measure} ({both}; one seed cannot show whether it is worse)"
    interval = f"{_difference(measure, test.low)} to {_difference(measure, test.high)}"
    return f"Unclear {measure} ({both}, the difference being {interval}{unit})"


def _difference(measure: str, value: float) -> str:
    return shortest(100 * value if is_share(measure) else value, 2)


def effort_text(metric: str | None, target: Target | None, goal: float | None, rounds: Ratio | None, uplink: Ratio | None) -> str:
    """Formats the comparison of bytes and rounds to the target; ``goal`` is the figure of a target that is a share."""
    if target is None or rounds is None or uplink is None:
        return ", and no target that both reached"
    return f" with {ratio_text(uplink, 'bytes up')} and {ratio_text(rounds, 'rounds')} to {_goal(target, goal, metric)}"


def ratio_text(ratio: Ratio, what: str) -> str:
    """Formats a ratio, such as ``3.4 times fewer bytes up``."""
    if ratio.value is None:
        return f"unknown {what}"
    if ratio.sign == "fewer":
        return f"{_times(1 / ratio.value)} fewer {what}"
    if ratio.sign == "more":
        return f"{_times(ratio.value)} the {what}"
    return f"about the same {what}" if ratio.sign == "same" else f"no clear difference in {what} ({_times(ratio.value)})"


def _times(factor: float) -> str:
    return f"{java_fixed(factor, 1)} times" if factor < 9.95 else f"{java_fixed(factor, 0)} times"


def _goal(target: Target, value: float | None, metric: str | None) -> str:
    if target.measure == "grad-norm":
        return f"‖∇f‖ < {shortest(target.value, 4)}"
    name = "loss" if target.measure == "loss" else metric or "accuracy"
    return f"{name} {quality_figure(name, value if target.share and value is not None else target.value)}"


def quality_figure(measure: str, value: float) -> str:
    """Formats an accuracy in percent, other metrics of at most 1 with three decimals, a loss with four digits."""
    if is_share(measure):
        return f"{java_fixed(100 * value, 1)}%"
    return java_fixed(value, 3) if Metric(measure).has_unit_scale else shortest(value, 4)


def findings(arm: Mapping[str, Any], baseline: Mapping[str, Any], summary: Mapping[str, Any]) -> list[str]:
    """Returns the grounds of the verdict on an arm, from summary.json: each target, the final figures, and the search."""
    a, b = arm["name"], baseline["name"]
    sentences = []
    for mine, theirs, first in zip(arm["reaches"], baseline["reaches"], summary["arms"][0]["reaches"]):
        target = _target(Target.parse(mine["target"]), first["value"], summary["problem"])
        rounds, others = mine["rounds"]["median"], theirs["rounds"]["median"]
        if mine["reached"] != theirs["reached"]:
            counts = [f"{each['reached']:,} of {each['seeds']:,}" for each in (mine, theirs)]
            sentences.append(f"{target}: reached by {a} in {counts[0]} runs, by {b} in {counts[1]}.")
        elif rounds is not None and others is not None:
            sentences.append(f"{target}: {a} after {shortest(rounds, 4)} rounds, {b} after {shortest(others, 4)}.")
    losses = [each["quality"]["loss"]["median"] for each in (arm, baseline)]
    shown = ["–" if loss is None else shortest(loss, 6) for loss in losses]
    sentences.append(f"Final loss: {a} {shown[0]}, {b} {shown[1]}.")
    search = arm["search"]
    if search is not None:
        sentences.append(
            f"The search for its step size took {len(search['candidates']) - 1:,} more runs, {search['rounds']:,} rounds and "
            f"{byte_text(search['uplinkBytes'])} up."
        )
    return sentences


def _target(target: Target, value: float | None, problem: Mapping[str, Any]) -> str:
    wanted = shortest(target.value, 4)
    metric = problem["metric"] or "accuracy"
    name = "loss" if target.measure == "loss" else metric
    if target.share:
        of = f"{wanted}% of the gain"
        return f"{of} in {name}" if value is None else f"{name} {quality_figure(name, value)} ({of})"
    if target.measure == "test-metric":
        figure = f"{shortest(100 * target.value, 3)} %" if is_share(metric) else shortest(target.value, 3)
        return f"{metric} {'≥' if problem['higherIsBetter'] else '≤'} {figure}"
    return f"{'‖∇f‖' if target.measure == 'grad-norm' else 'loss'} < {wanted}"
