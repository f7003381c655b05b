"""Metrics on held-out samples, and the balance of classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log
from typing import Any

_SHARES = ("accuracy", "balanced accuracy")
_OF_UNIT_SCALE = (*_SHARES, "auc", "f1", "r²", "r2")
_ROUNDING = 1e-6
"""The precision of float32, in which an evaluation may compute."""
_UNBALANCED = 3
"""The ratio of the largest class to the mean of the others from which it dominates the accuracy."""


@dataclass(frozen=True)
class Metric:
    """A metric on held-out samples.

    Attributes:
        name: its display name, such as ``accuracy``.
        higher_is_better: whether larger figures are better.
    """

    name: str = "accuracy"
    higher_is_better: bool = True

    def __post_init__(self) -> None:
        if not self.name.strip() or "\n" in self.name:
            raise ValueError(f"metric is {self.name!r}, expected a name such as 'AUC'")

    @property
    def has_unit_scale(self) -> bool:
        """Whether figures are at most 1, so that a margin in hundredths makes sense."""
        return self.name.lower() in _OF_UNIT_SCALE

    def checked(self, figure: float) -> float:
        """Returns a figure; raises ValueError if it is above 1 although the metric is at most 1."""
        if self.has_unit_scale and figure > 1 + _ROUNDING:
            raise ValueError(
                f"evaluate returned {figure:g} as the {self.name}, expected at most 1: divide percent by 100, or name what it "
                "returns with metric= and say with higher_is_better= which direction is better"
            )
        return figure


def is_share(name: str) -> bool:
    """Returns whether the figures of a metric are shares, written in percent."""
    return name in _SHARES


@dataclass(frozen=True)
class ClassBalance:
    """The class balance of the training samples.

    Attributes:
        classes: the number of classes.
        largest: the share of the largest class: the accuracy of a model that always predicts it.
        smallest: the share of the smallest class.
        entropy: the entropy of the shares, in nats: the cross-entropy of a model that predicts the shares for every sample.
    """

    classes: int
    largest: float
    smallest: float
    entropy: float

    @classmethod
    def of(cls, counts: Iterable[int]) -> ClassBalance | None:
        """Returns the balance of classes with these numbers of samples; None if there are no classes."""
        known = [count for count in counts if count]
        shares = [count / sum(known) for count in known]
        return cls(len(shares), max(shares), min(shares), -sum(share * log(share) for share in shares)) if shares else None

    @property
    def unbalanced(self) -> bool:
        """Whether the accuracy is not meaningful: 75% of the samples in one of two classes, or 25% in one of ten."""
        return self.classes > 1 and self.largest * (self.classes - 1) >= _UNBALANCED * (1 - self.largest)

    def as_json(self) -> dict[str, Any]:
        """Returns the fields for summary.json."""
        return {"classes": self.classes, "largest": self.largest, "smallest": self.smallest, "entropy": self.entropy}
