"""The privacy guarantee of an arm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._format import java_general

DELTA = 1e-6
"""The delta for which epsilon is stated."""


@dataclass(frozen=True)
class Promise:
    """Differential privacy.

    Attributes:
        mechanism: the bound of messages, the noise and who adds it.
        epsilon: the epsilon of the client that sent the most messages in a run.
        delta: the probability with which epsilon may not hold.
    """

    mechanism: str
    epsilon: float
    delta: float = DELTA

    def as_json(self) -> dict[str, Any]:
        """Returns the fields for summary.json."""
        return {"mechanism": self.mechanism, "epsilon": self.epsilon, "delta": self.delta}


def same_privacy(a: Promise | None, b: Promise | None) -> bool:
    """Returns whether two arms have the same guarantee; otherwise their figures do not depend on the method alone."""
    if a is None or b is None:
        return a is b
    return (a.epsilon, a.delta) == (b.epsilon, b.delta)


def privacy_text(promise: Promise | None) -> str:
    """Formats a guarantee, such as ``epsilon 7.80, delta 1e-6``."""
    if promise is None:
        return "none"
    return f"epsilon {java_general(promise.epsilon, 3)}, delta {promise.delta:.0e}".replace("e-0", "e-")
