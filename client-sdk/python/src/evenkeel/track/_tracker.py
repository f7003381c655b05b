"""The common interface of trackers for all systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable


@runtime_checkable
class Tracker(Protocol):
    """Writes one run's figures, one step after another. After a crash, another tracker of the same run continues."""

    @property
    def next_step(self) -> int:
        """The first step that has not been written yet."""

    def write(self, step: int, at: float, figures: Mapping[str, float]) -> None:
        """Writes the figures of a step, all or none of them.

        Args:
            step: ``next_step`` or a later one.
            at: the time of the step, in seconds since 1970.
            figures: finite numbers by name.
        """

    def finish(self, state: str) -> None:
        """Ends the run: it is ``finished``, ``cancelled`` or ``failed``."""

    def close(self) -> None:
        """Releases resources; the run may continue."""
