"""Retries a request until it succeeds or a retry cannot help, within one deadline for all attempts.

The pause doubles, and is multiplied by a random factor of 0.5 to 1, so that devices that failed together do not all return
together. A ``Retry-After`` is the minimum pause, up to a quarter of the deadline: an absurd one must not end a training. Up to
20% is added to it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from urllib3.exceptions import HTTPError

from ..errors import DeadlineError, UnreachableError
from ._faults import cause_text, setting_at_fault
from ._stop import StopSignal
from ._transport import Request, Response, Transport

_PASSING = frozenset((408, 429, 500, 502, 503, 504))
_FIRST_PAUSE, _MAX_PAUSE = 0.5, 30.0
_HOUR, _DAY = 3600.0, 86_400.0
_PARTS = 4
"""The minimum number of attempts within a deadline, regardless of the pauses that the server asks for."""


class Retries:
    """Sends requests with retries.

    Args:
        deadline: seconds for all attempts of one request.
        retrying: called for failed attempts with the request, the cause and the pause in seconds.
        is_enrolled: returns whether the device has reached the coordinator before; if not, probable wrong settings are not
            retried.
        saved: describes which state of the device survives the process, as a part of a sentence.
    """

    def __init__(
        self,
        transport: Transport,
        deadline: float,
        stop: StopSignal,
        retrying: Callable[[str, str, float], None],
        is_enrolled: Callable[[], bool] = lambda: True,
        saved: Callable[[], str] = lambda: "the state is saved",
        draw: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._deadline = deadline
        self._stop = stop
        self._retrying = retrying
        self._is_enrolled = is_enrolled
        self._saved = saved
        self._draw = draw
        self._clock = clock

    def send(self, request: Request, deadline: float | None = None) -> Response:
        """Returns a successful response, or a refusal that a retry would not change.

        Args:
            deadline: seconds for all attempts, by default those of the constructor; 0 for a single attempt.

        Raises:
            DeadlineError: if the next attempt would come after the deadline.
        """
        start = self._clock()
        attempt = 0
        while True:
            self._stop.check()
            failure: Exception | None = None
            pause = min(_FIRST_PAUSE * 2 ** min(attempt, 16), _MAX_PAUSE) * (0.5 + 0.5 * self._draw())
            try:
                left = max(0.0, self._deadline - (self._clock() - start))
                response = self._transport.exchange(replace(request, longest=left))
                if response.status not in _PASSING:
                    return response
                cause = f"status {response.status}"
                asked = self.retry_after(response)
                pause = pause if asked is None else max(pause, self.jittered(min(asked, self._deadline / _PARTS)))
            except (OSError, HTTPError) as e:
                self._stop.check()
                cause, failure = cause_text(e), e
                check = setting_at_fault(e)
                if check and not self._is_enrolled():
                    raise UnreachableError(f"{request} failed: {cause}: {check}") from e
            spent = self._clock() - start
            if spent + pause > (self._deadline if deadline is None else deadline):
                raise DeadlineError(
                    f"{request} failed {attempt + 1} times in {spent:.0f} s, the last time with: {cause}; {self._saved()}: "
                    "train again when the coordinator can be reached"
                ) from failure
            self._retrying(str(request), cause, pause)
            self._stop.sleep(pause)
            attempt += 1
            request = request.repetition or request

    def pause(self, seconds: float) -> None:
        """Waits, with up to 20% added; raises Stopped if the client is stopped."""
        self._stop.sleep(self.jittered(seconds))

    def jittered(self, seconds: float) -> float:
        """Returns the pause that a server requests, with up to 20% added so that devices do not all return together."""
        return seconds * (1 + 0.2 * self._draw())

    def pause_before_next(self, asked: float) -> float:
        """Limits the server's requested pause before the next request for work to one hour."""
        return self.jittered(min(max(0.0, asked), _HOUR))

    @staticmethod
    def retry_after(response: Response) -> float | None:
        """Returns the value of ``Retry-After`` in seconds, a day at most; the header has seconds or a date."""
        text = response.headers.get("Retry-After", "")
        if text.isascii() and text.isdigit():
            return _DAY if len(text) > 9 else min(float(text), _DAY)
        try:
            until = parsedate_to_datetime(text)
        except (TypeError, ValueError, OverflowError):
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=timezone.utc)
        return min(max(0.0, (until - datetime.now(timezone.utc)).total_seconds()), _DAY)
