"""A signal that stops a device."""

from __future__ import annotations

import threading


class Stopped(Exception):
    """Raised inside the client if it was stopped."""


class StopSignal:
    """A signal that stops a device. Cannot be withdrawn. Thread-safe."""

    def __init__(self) -> None:
        self._given = threading.Event()

    def give(self) -> None:
        """Gives the signal and wakes waiting threads."""
        self._given.set()

    @property
    def is_given(self) -> bool:
        """Whether the signal was given."""
        return self._given.is_set()

    def check(self) -> None:
        """Raises Stopped if the signal was given."""
        if self._given.is_set():
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Waits; raises Stopped as soon as the signal is given."""
        self._given.wait(seconds)
        self.check()
