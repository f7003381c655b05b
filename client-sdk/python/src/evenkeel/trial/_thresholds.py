"""The smallest differences that count."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite


@dataclass(frozen=True)
class Thresholds:
    """The smallest differences that count: verdicts ignore smaller ones. For the final quality they are margins.

    Attributes:
        accuracy_points: in the final accuracy, in percentage points; in an AUC, F1 or R², in hundredths.
        loss_percent: in the final loss, in percent of the loss reduction of the other training; the same for custom metrics.
        rounds_percent: in the rounds to a target.
        bytes_percent: in the bytes to a target.
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
        """Returns the fields for summary.json."""
        return {
            "accuracyPoints": float(self.accuracy_points),
            "lossPercent": float(self.loss_percent),
            "roundsPercent": float(self.rounds_percent),
            "bytesPercent": float(self.bytes_percent),
        }
