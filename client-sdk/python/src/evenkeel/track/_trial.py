"""Tracks a trial."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from math import isfinite

from ..trial import Point
from ._tracker import Tracker


def trial_recorder(tracker: Callable[[str, int], Tracker]) -> Callable[[str, int, Point], None]:
    """Returns a function for ``compare(recorded=...)`` that writes the trajectory of each arm and seed.

    Args:
        tracker: maps an arm and a seed to a tracker, such as ``lambda arm, seed: TensorBoardTracker(f"logs/{arm}-{seed}")``.
    """
    trackers: dict[tuple[str, int], Tracker] = {}

    def recorded(arm: str, seed: int, point: Point) -> None:
        key = arm, seed
        if key not in trackers:
            trackers[key] = tracker(arm, seed)
        if point.round >= trackers[key].next_step:
            figures = {name: float(value) for name, value in asdict(point).items() if name != "round" and isfinite(value)}
            trackers[key].write(point.round, time.time(), figures)

    return recorded
