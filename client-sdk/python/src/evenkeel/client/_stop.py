"""Tells a device to stop."""

from __future__ import annotations

import threading


class Stopped(Exception):
    """The device was told to stop. Never leaves the client."""


class StopSignal:
    """A signal that stays given once it is given. Thread-safe."""

    def __init__(self) -> None:
        self._given = threading.Event()

    def give(self) -> None:
        """Gives the signal and wakes who sleeps on it."""
        self._given.set()

    def check(self) -> None:
        """Raises Stopped if the signal was given."""
        if self._given.is_set():
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Waits; raises Stopped as soon as the signal is given."""
        self._given.wait(seconds)
        self.check()
