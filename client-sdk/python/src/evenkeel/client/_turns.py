"""Turns of the threads that use a client."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from ..errors import ClientStateError, OutOfMemoryError
from ._stop import Stopped, StopSignal

_R = TypeVar("_R")

_TRAINING = "training"
_FOLLOWING = "following"
_STOPPED = "the client is stopped: create a new one, which continues from the saved state"


class ClientTurns:
    """Allows one thread to train while another refreshes followed models, and releases the client's resources after ``close`` as soon as no
    thread uses them. Thread-safe.

    Args:
        stop: stops the threads; the first call that is affected returns as stopped, and later ones are refused.
        release: releases the resources.
    """

    def __init__(self, stop: StopSignal, release: Callable[[], None]) -> None:
        self._stop = stop
        self._release = release
        self._stopped = False
        self._changed = threading.Condition()
        self._users: dict[str, int] = {}
        self._closing = False
        self._closed = False

    def training(self, work: Callable[[], _R]) -> _R:
        """Runs an operation other than refreshing a followed model.

        Raises:
            ClientStateError: if another thread runs one, or the client is stopped or closed.
        """
        return self._run(_TRAINING, work)

    def following(self, work: Callable[[], _R]) -> _R:
        """Refreshes a followed model, after refreshes in progress in other threads.

        Raises:
            ClientStateError: if this thread is already refreshing one, or the client is stopped or closed.
        """
        return self._run(_FOLLOWING, work)

    def _run(self, use: str, work: Callable[[], _R]) -> _R:
        self._begin(use)
        try:
            return work()
        except Stopped:
            raise ClientStateError(_STOPPED) from None
        except OutOfMemoryError:
            raise
        except MemoryError as e:
            raise OutOfMemoryError(
                "out of memory; the saved state is intact: free memory and try again, or take part in runs of smaller "
                "models, with max_dimension=..."
            ) from e
        finally:
            self._end(use)

    def _begin(self, use: str) -> None:
        me = threading.get_ident()
        with self._changed:
            if use == _FOLLOWING:
                self._changed.wait_for(lambda: self._users.get(use, me) == me)
            if use in self._users:
                raise ClientStateError(
                    "the client is in use: it runs one operation at a time, besides refreshing followed models"
                )
            if self._closing:
                raise ClientStateError("the client is closed: create a new one, which continues from the saved state")
            if self._stopped:
                raise ClientStateError(_STOPPED)
            self._users[use] = me

    def _end(self, use: str) -> None:
        with self._changed:
            del self._users[use]
            self._stopped = self._stopped or self._stop.is_given
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
