"""Curves as inline SVG without scripts, for notebooks."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence

_WIDTH, _HEIGHT = 520, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 8, 8, 22
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

Line = Sequence[tuple[float, "float | None"]]


def curves(lines: Mapping[str, Line], label: str, *, log: bool = False) -> str:
    """Returns a picture of curves; empty if no curve has two points.

    Args:
        lines: the points of each curve by name; points that are not finite are omitted.
        label: the description for screen readers.
        log: whether the vertical axis is logarithmic, if all values are above 0.
    """
    finite = {name: [(x, y) for x, y in points if y is not None and math.isfinite(y)] for name, points in lines.items()}
    finite = {name: points for name, points in finite.items() if len(points) > 1}
    if not finite:
        return ""
    xs = [x for points in finite.values() for x, _ in points]
    ys = [y for points in finite.values() for _, y in points]
    log = log and min(ys) > 0
    across = _Axis(min(xs), max(xs), _LEFT, _WIDTH - _RIGHT, False)
    up = _Axis(min(ys), max(ys), _HEIGHT - _BOTTOM, _TOP, log)
    drawn = []
    for place, (name, points) in enumerate(finite.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        path = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in points)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        if len(finite) > 1:
            drawn.append(_text(_WIDTH - _RIGHT, _TOP + 12 * (place + 1), "end", name, colour))
    drawn += [
        _text(_LEFT - 4, _TOP + 8, "end", f"{max(ys):.4g}"),
        _text(_LEFT - 4, _HEIGHT - _BOTTOM, "end", f"{min(ys):.4g}"),
        _text(_LEFT, _HEIGHT - 6, "start", f"{min(xs):.6g}"),
        _text(_WIDTH - _RIGHT, _HEIGHT - 6, "end", f"{max(xs):.6g}"),
        f'<path d="M{_LEFT},{_TOP}V{_HEIGHT - _BOTTOM}H{_WIDTH - _RIGHT}" fill="none" stroke="currentColor" opacity="0.3"/>',
    ]
    head = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" style="max-width:100%">'
    return f"{head}<title>{html.escape(label)}</title>{''.join(drawn)}</svg>"


class _Axis:
    """Maps the range of the values to a range of the picture."""

    def __init__(self, low: float, high: float, begin: float, end: float, log: bool) -> None:
        self._log = log
        self._low, self._span = self._half(low), self._half(high) - self._half(low)
        self._begin, self._length = begin, end - begin

    def at(self, value: float) -> float:
        return self._begin + self._length * ((self._half(value) - self._low) / self._span if self._span else 0.5)

    def _half(self, value: float) -> float:
        # The difference of two halves cannot overflow.
        return math.log10(value) if self._log else value / 2


def _text(x: float, y: float, anchor: str, text: str, colour: str = "currentColor") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="10" fill="{colour}">{html.escape(text)}</text>'
