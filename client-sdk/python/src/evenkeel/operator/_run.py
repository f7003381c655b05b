"""A run from an operator's point of view."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy.typing as npt

from ..client._followed import tensors
from ..errors import CoordinatorError, DeadlineError, TooFewMembersError, UnreachableError
from ._api import OperatorApi
from ._html import run_table
from ._progress import WaitingView
from ._status import RunStatus, history_frame, plot_history

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

_PAGE = 1000
_PAUSE = 0.25
_AWAY = 60.0
"""The maximum number of seconds that a coordinator may be unreachable while a program waits for a run."""

_MAX_MODEL = 1 << 40


class Run:
    """A run of a coordinator; it need not exist yet. Notebooks show its status and the curve of its loss.

    Attributes:
        name: the run's name.
    """

    def __init__(
        self,
        api: OperatorApi,
        name: str,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self._api = api
        self._clock = clock
        self._pause = pause

    def status(self) -> RunStatus:
        """Returns the coordinator's status of the run.

        Raises:
            RunNotFoundError: if there is no such run.
        """
        return RunStatus.of(self._api.get(f"runs/{self.name}"))

    def start(self, wait: float = 0.0) -> Run:
        """Starts the run: round 0 opens.

        Args:
            wait: the maximum number of seconds to wait until enough devices have joined.

        Raises:
            TooFewMembersError: if too few have joined by then.
        """
        until = self._clock() + wait
        while True:
            try:
                self._api.post(f"runs/{self.name}/start")
                return self
            except TooFewMembersError:
                if self._clock() >= until:
                    raise
            self._pause(_PAUSE)

    def pause(self) -> Run:
        """Pauses the run: no message is accepted until ``resume``."""
        self._api.post(f"runs/{self.name}/pause")
        return self

    def resume(self) -> Run:
        """Continues a paused run."""
        self._api.post(f"runs/{self.name}/resume")
        return self

    def stop(self) -> Run:
        """Ends the run permanently (the API's cancel); its models and records are kept."""
        self._api.post(f"runs/{self.name}/cancel")
        return self

    def delete(self) -> None:
        """Permanently deletes a run that is not in progress, with its models and records."""
        self._api.delete(f"runs/{self.name}")

    def rounds(self, first: int = 0) -> list[Mapping[str, Any]]:
        """Returns the records of closed rounds, from a round on, in the form of ``GET /api/v1/runs/{run}/rounds``."""
        records: list[Mapping[str, Any]] = []
        while page := self._api.get(f"runs/{self.name}/rounds?from={first}&limit={_PAGE}"):
            records += page
            first = page[-1]["round"] + 1
        return records

    def history(self) -> pandas.DataFrame:
        """Returns the closed rounds as a table with one row per round: loss, participants, bytes, and the reported metrics.

        Raises:
            MissingPackageError: without pandas.
        """
        return history_frame(self.rounds())

    def plot(self, y: str = "loss", x: str = "round", *, log: bool = True) -> Figure:
        """Draws a column of the history over another one.

        Args:
            x: bytes and durations are added up over the rounds.
            log: whether the y axis is logarithmic, if all values are above 0.

        Raises:
            MissingPackageError: without pandas or matplotlib.
            ValueError: if a column does not exist.
        """
        return plot_history(self.history(), self.name, y, x, log)

    def wait(self, timeout: float | None = None, *, progress: bool = True) -> RunStatus:
        """Waits until the run is over or paused, and returns its status. A notebook shows a live curve, a terminal a tqdm
        progress bar.

        Args:
            timeout: the maximum wait in seconds; None for no limit.
            progress: whether to show the progress.

        Raises:
            DeadlineError: if the run has not ended in time; it continues.
            UnreachableError: if the coordinator is unreachable for a minute.
        """
        start = reached = self._clock()
        with WaitingView(lambda status: run_table(status.fields, self._series()), progress) as view:
            while True:
                try:
                    status = self.status()
                    view.show(status)
                    reached = self._clock()
                    if status.is_over or status.state == "paused":
                        return status
                    found = f"is {status.state}, at round {status.round} of {status.rounds} with {status.members} members"
                except (UnreachableError, CoordinatorError) as e:
                    passing = isinstance(e, UnreachableError) or e.problem.status in (429, 503)
                    if not passing or self._clock() - reached >= _AWAY:
                        raise
                    found = "is unknown: the coordinator is unreachable"
                if timeout is not None and self._clock() - start >= timeout:
                    raise DeadlineError(f"run {self.name} {found} after {timeout:g} s: wait longer, or stop() it")
                self._pause(_PAUSE)

    def model(self, round: int | str = "latest", *, double_precision: bool = False) -> dict[str, npt.NDArray[Any]]:
        """Returns a model's arrays by tensor name.

        Args:
            round: a number, ``latest``, or ``best`` for the one with the lowest losses.
            double_precision: float64 rather than float32 values.

        Raises:
            ModelNotKeptError: if the round's model was deleted.
        """
        dtype = "float64" if double_precision else "float32"
        path = f"runs/{self.name}/rounds/{round}/model?format=safetensors&dtype={dtype}"
        return tensors(self._api.download(path, _MAX_MODEL))

    def members(self) -> list[Mapping[str, Any]]:
        """Returns the devices that take part, in the form of ``GET /api/v1/runs/{run}/members``."""
        return [*self._api.entries(f"runs/{self.name}/members", "ordinal")]

    def _series(self) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self._api.get(f"runs/{self.name}/series?points=300"))

    def __repr__(self) -> str:
        return f"Run({self.name!r})"

    def _repr_html_(self) -> str:
        return run_table(self.status().fields, self._series())
