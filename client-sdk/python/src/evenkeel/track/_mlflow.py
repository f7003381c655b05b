"""Writes to an MLflow tracking server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

_NEXT_STEP = "evenkeel.next-step"
_SOURCE = "evenkeel.source"
_STATUS = {"finished": "FINISHED", "cancelled": "KILLED", "failed": "FAILED"}


class MlflowTracker:
    """Writes to a run of an MLflow server, which is identified by its tag ``evenkeel.source``.

    Metrics and the tag with the next step go in one request. Repeating the request changes nothing: MLflow keeps one
    value for each metric, step and time.

    Args:
        uri: the tracking server, such as ``http://localhost:5000``; None for MLflow's own settings (``MLFLOW_TRACKING_URI``).
        name: the MLflow run's name.
        experiment: the MLflow experiment, created if it does not exist.
        source: identifies this run in the experiment; by default the name.
        params: parameters of the run.

    Raises:
        ImportError: if mlflow is not installed.
        ConnectionError: if the server cannot be reached; ``write`` and ``finish`` raise it too.
        ValueError: if it refuses a request; ``write`` and ``finish`` raise it too.
    """

    def __init__(
        self,
        uri: str | None,
        name: str,
        *,
        experiment: str = "evenkeel",
        source: str | None = None,
        params: Mapping[str, object] | None = None,
    ) -> None:
        try:
            from mlflow import entities
            from mlflow.tracking import MlflowClient
        except ImportError as e:
            raise ImportError("mlflow is not installed: pip install 'evenkeel[mlflow]'") from e
        self._entities = entities
        self._client = MlflowClient(tracking_uri=uri)
        with _requests():
            run = self._run(name, experiment, source or name)
            self._id: str = run.info.run_id
            self._next_step = int(run.data.tags.get(_NEXT_STEP, -1))
            if self._next_step < 0:
                given = [entities.Param(key, str(value)) for key, value in (params or {}).items()]
                self._client.log_batch(self._id, params=given, tags=[entities.RunTag(_NEXT_STEP, "0")])
                self._next_step = 0

    def _run(self, name: str, experiment: str, source: str) -> Any:
        found = self._client.get_experiment_by_name(experiment)
        number = found.experiment_id if found is not None else self._client.create_experiment(experiment)
        quoted = source.replace("'", "")
        runs = self._client.search_runs([number], f"tags.`{_SOURCE}` = '{quoted}'", max_results=1)
        return runs[0] if runs else self._client.create_run(number, run_name=name, tags={_SOURCE: quoted})

    @property
    def next_step(self) -> int:
        """The first step that has not been written yet."""
        return self._next_step

    def write(self, step: int, at: float, figures: Mapping[str, float]) -> None:
        """Writes the figures of a step as metrics."""
        millis = round(at * 1000)
        metrics = [self._entities.Metric(key, value, millis, step) for key, value in figures.items()]
        with _requests():
            self._client.log_batch(self._id, metrics=metrics, tags=[self._entities.RunTag(_NEXT_STEP, str(step + 1))])
        self._next_step = step + 1

    def finish(self, state: str) -> None:
        """Sets the status and the end of the MLflow run, if it has none yet."""
        with _requests():
            if self._client.get_run(self._id).info.status == "RUNNING":
                self._client.set_terminated(self._id, _STATUS.get(state, "FINISHED"))

    def close(self) -> None:
        """Does nothing: requests are sent immediately."""


@contextmanager
def _requests() -> Iterator[None]:
    """Raises ValueError if the server rejects a request, and ConnectionError if it cannot be reached."""
    from mlflow.exceptions import MlflowException, RestException

    try:
        yield
    except MlflowException as e:
        if isinstance(e, RestException) and e.get_http_status_code() < 500:
            raise ValueError(f"MLflow refuses a request: {e}") from e
        raise ConnectionError(f"MLflow: {e}") from e
