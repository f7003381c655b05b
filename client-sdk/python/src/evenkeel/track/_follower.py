"""Follows the closed rounds of a coordinator's runs, and writes them to trackers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from urllib3.exceptions import HTTPError

from ..client._refusals import require_success
from ..client._transport import Request, Transport
from ..errors import CoordinatorError, RunNotFoundError
from ._tracker import Tracker

log = logging.getLogger("evenkeel")

_MAX_BYTES = 64 << 20
_PAGE = 1000
_OVER = ("finished", "cancelled", "failed")
_FIGURES = {
    "loss": "loss",
    "participants": "participants",
    "members": "members",
    "uplinkBytes": "uplink_bytes",
    "downlinkBytes": "downlink_bytes",
    "directionNorm": "direction_norm",
    "gamma": "gamma",
    "smoothness": "smoothness",
    "epsilon": "epsilon",
    "durationSeconds": "duration_seconds",
    "extended": "extended",
}
"""The figures of a round's record, and their names in a tracker."""

Run = Mapping[str, Any]


class RunRecords:
    """Reads runs and the records of their rounds.

    Args:
        transport: the transport to the coordinator.
        token: an operator's or a viewer's token.
    """

    def __init__(self, transport: Transport, token: str) -> None:
        self._transport = transport
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def run(self, name: str) -> Run:
        """Returns a run.

        Raises:
            CoordinatorError: if there is no such run, or the token is not valid.
        """
        run: Run = self._get(f"runs/{name}")
        return run

    def runs(self) -> Iterator[Run]:
        """Yields all runs."""
        after = ""
        while page := self._get(f"runs?limit={_PAGE}{after}"):
            yield from page
            after = f"&after={page[-1]['name']}"

    def rounds(self, name: str, first: int) -> list[Mapping[str, Any]]:
        """Returns the records of at most 1000 closed rounds, from a round on."""
        records: list[Mapping[str, Any]] = self._get(f"runs/{name}/rounds?from={first}&limit={_PAGE}")
        return records

    def _get(self, path: str) -> Any:
        request = Request("GET", f"/api/v1/{path}", _MAX_BYTES, self._headers)
        response = self._transport.exchange(request)
        require_success(request, response)
        return json.loads(response.body)


class RunFollower:
    """Writes the closed rounds of runs to trackers. Each tracker knows its next step, so a restarted follower continues.

    Args:
        records: reads the coordinator's runs and records.
        names: the runs to follow; all runs if empty.
        trackers: creates the trackers of a run.
    """

    def __init__(self, records: RunRecords, names: Sequence[str], trackers: Callable[[Run], list[Tracker]]) -> None:
        self._records = records
        self._names = names
        self._make = trackers
        self._open: dict[tuple[str, str], list[Tracker]] = {}
        self._over: set[tuple[str, str]] = set()

    def follow(self, pause: Callable[[], object]) -> None:
        """Writes rounds until the given runs are over; without given runs, until it is interrupted. While the coordinator or a
        tracker is unreachable, it logs this and retries.

        Args:
            pause: called between two polls of the coordinator.

        Raises:
            CoordinatorError: if the coordinator rejects a request, unless it is only busy, or a run that was not named
                has just been deleted.
        """
        try:
            while not self._caught_up():
                pause()
        finally:
            for tracker in [tracker for trackers in self._open.values() for tracker in trackers]:
                tracker.close()

    def _caught_up(self) -> bool:
        """Writes all rounds that are closed now; returns whether the given runs are over."""
        try:
            runs = [self._records.run(name) for name in self._names] if self._names else self._records.runs()
            over = [self._is_over(run) for run in runs]
            return all(over) and bool(self._names)
        except (HTTPError, OSError) as e:
            log.warning("trying again: %s", e)
        except CoordinatorError as e:
            deleted = not self._names and isinstance(e, RunNotFoundError)
            if e.problem.status < 500 and e.problem.status != 429 and not deleted:
                raise
            log.warning("trying again: %s", e)
        return False

    def _is_over(self, run: Run) -> bool:
        """Writes the rounds of a run that are closed now; returns whether it is over."""
        key = run["name"], run["createdAt"]
        if key in self._over:
            return True
        if key not in self._open:
            self._open[key] = self._make(run)
        for tracker in self._open[key]:
            self._write(run["name"], tracker)
        if run["state"] not in _OVER:
            return False
        for tracker in self._open[key]:
            tracker.finish(run["state"])
            tracker.close()
        del self._open[key]
        self._over.add(key)
        return True

    def _write(self, run: str, tracker: Tracker) -> None:
        while records := self._records.rounds(run, tracker.next_step):
            for record in records:
                tracker.write(record["round"], seconds_of(record["closedAt"]), figures_of(record))


def seconds_of(instant: str) -> float:
    """Returns the seconds since 1970 of a time such as 2026-01-01T00:00:01.5Z, with any number of digits."""
    whole, _, fraction = instant.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}+00:00").timestamp() + float(f"0.{fraction or 0}")


def figures_of(record: Mapping[str, Any]) -> dict[str, float]:
    """Returns the figures of a round's record by their names in trackers."""
    figures = {name: float(record[key]) for key, name in _FIGURES.items() if record.get(key) is not None}
    return figures | {f"metrics/{name}": float(value) for name, value in record.get("metrics", {}).items()}
