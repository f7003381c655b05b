"""What a tracker does, whichever system it writes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable


@runtime_checkable
class Tracker(Protocol):
    """Writes one run's figures, a step after the other. After a crash, another tracker of the same run continues."""

    @property
    def next_step(self) -> int:
        """The first step that is not written yet."""

    def write(self, step: int, at: float, figures: Mapping[str, float]) -> None:
        """Writes the figures of a step, all or none of them.

        Args:
            step: ``next_step`` or a later one.
            at: when it happened, in seconds since 1970.
            figures: finite numbers by name.
        """

    def finish(self, state: str) -> None:
        """Ends the run: it is ``finished``, ``cancelled`` or ``failed``."""

    def close(self) -> None:
        """Releases what is held; the run may go on."""
