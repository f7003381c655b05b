"""Turns of the threads that use a client."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from ._stop import Stopped

_R = TypeVar("_R")

_TRAINING = "training"
_FOLLOWING = "following"


class ClientTurns:
    """Allows one thread to train while another refreshes followed models, and releases the client's resources after ``close`` as soon as no
    thread uses them. Thread-safe.

    Args:
        release: releases the resources.
    """

    def __init__(self, release: Callable[[], None]) -> None:
        self._release = release
        self._changed = threading.Condition()
        self._users: dict[str, int] = {}
        self._closing = False
        self._closed = False

    def training(self, work: Callable[[], _R]) -> _R:
        """Trains, or does anything else but refresh a followed model.

        Raises:
            RuntimeError: if another thread does, or the client is stopped or closed.
        """
        return self._run(_TRAINING, work)

    def following(self, work: Callable[[], _R]) -> _R:
        """Refreshes a followed model, after those that other threads refresh at this moment.

        Raises:
            RuntimeError: if this thread refreshes one already, or the client is stopped or closed.
        """
        return self._run(_FOLLOWING, work)

    def _run(self, use: str, work: Callable[[], _R]) -> _R:
        self._begin(use)
        try:
            return work()
        except Stopped:
            raise RuntimeError("the client is stopped: make another") from None
        finally:
            self._end(use)

    def _begin(self, use: str) -> None:
        me = threading.get_ident()
        with self._changed:
            if use == _FOLLOWING:
                self._changed.wait_for(lambda: self._users.get(use, me) == me)
            if use in self._users:
                raise RuntimeError(
                    "the client is in use: it does one thing at a time, and beside it only refreshes followed models"
                )
            if self._closing:
                raise RuntimeError("the client is closed: make another")
            self._users[use] = me

    def _end(self, use: str) -> None:
        with self._changed:
            del self._users[use]
            self._release_if_unused()
            self._changed.notify_all()

    def _release_if_unused(self) -> None:
        if self._closing and not self._closed and not self._users:
            self._closed = True
            self._release()

    def close(self) -> None:
        """Refuses further work, and waits until the resources are released, unless this thread uses the client."""
        me = threading.get_ident()
        with self._changed:
            self._closing = True
            self._release_if_unused()
            self._changed.wait_for(lambda: self._closed or me in self._users.values())
