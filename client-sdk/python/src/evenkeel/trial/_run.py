"""The trajectory of one arm with one seed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Point:
    """A row of a trajectory: the model x^k, its cost so far, and the step taken from it.

    Attributes:
        round: k; the last row, k = R, is the final model, from which no step is taken.
        loss: f(x^k), the weighted mean of all clients' full losses.
        grad_norm: ||grad f(x^k)||.
        test_metric: the figure on held-out samples, NaN if there are none.
        uplink_bytes: the bytes that clients sent before x^k.
        downlink_bytes: the bytes that clients downloaded before x^k.
        step_size: gamma_k, NaN in the last row.
        direction_norm: ||g^k||, NaN in the last row.
        epsilon: the epsilon up to x^k of the client that sent the most messages; NaN without privacy.
        seconds: wall-clock time of the method up to x^k, without measurements.
    """

    round: int
    loss: float
    grad_norm: float
    test_metric: float
    uplink_bytes: int
    downlink_bytes: int
    step_size: float
    direction_norm: float
    epsilon: float
    seconds: float


@dataclass
class ArmRun:
    """One arm with one seed.

    Attributes:
        outcome: ``finished``, ``diverged`` or ``interrupted``.
        round: the round in which it ended.
        reason: the reason if it did not finish.
        points: its trajectory.
    """

    arm: str
    seed: int
    outcome: str = "finished"
    round: int = 0
    reason: str = ""
    points: list[Point] = field(default_factory=list)
