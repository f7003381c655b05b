"""Contrasts in words, as the Java trial's ``ContrastText`` writes them."""

from __future__ import annotations

from ._figures import Target
from ._format import java_fixed, java_general
from ._ratio import Ratio


def quality_text(measure: str, quality: str, value: float | None, other: float | None) -> str:
    if value is None or other is None:
        return f"No final {measure} to compare"
    higher = (quality == "better") != (measure == "loss")
    what = {"same": f"Same {measure}", "unclear": f"No clear difference in {measure}"}.get(
        quality, f"{'Higher' if higher else 'Lower'} {measure}"
    )
    return f"{what} ({quality_figure(measure, value)} against {quality_figure(measure, other)})"


def effort_text(measure: str, target: Target | None, goal: float | None, rounds: Ratio | None, uplink: Ratio | None) -> str:
    if target is None or rounds is None or uplink is None:
        return ", and no target that both reached"
    return f" with {ratio_text(uplink, 'bytes up')} and {ratio_text(rounds, 'rounds')} to {_goal(target, goal, measure)}"


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


def _goal(target: Target, value: float | None, measure: str) -> str:
    metric = "accuracy" if measure == "loss" else measure
    number = str(target).partition(":")[2]
    if target.measure == "grad-norm":
        return f"||grad f|| < {number}"
    name = "loss" if target.measure == "loss" else metric
    return f"{name} {quality_figure(name, value) if target.share and value is not None else number}"


def quality_figure(measure: str, value: float) -> str:
    """Formats an accuracy in percent, R² with three decimals, a loss with four digits."""
    if measure == "accuracy":
        return f"{java_fixed(100 * value, 1)}%"
    return java_fixed(value, 3) if measure == "R²" else java_general(value, 4)
