"""The coordinator's status of a run, and its closed rounds as a table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import ArgumentError, MissingPackageError
from ._html import in_notebook, run_table

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

_OVER = ("finished", "cancelled", "failed")
_LABELS = {"uplink_bytes": "bytes sent up in all rounds so far", "duration_seconds": "seconds"}


@dataclass(frozen=True)
class RunStatus:
    """The coordinator's description of a run.

    Attributes:
        name: the run's name.
        state: created, running, paused, finished, cancelled or failed.
        round: the open round, and the number of the newest model.
        rounds: the total number of rounds.
        members: the number of devices that take part.
        message: a message for the operator; may be empty.
        fields: the whole response of ``GET /api/v1/runs/{run}``.
    """

    name: str
    state: str
    round: int
    rounds: int
    members: int
    message: str
    fields: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> RunStatus:
        """Returns the status of a run's JSON object."""
        round, rounds, members = (int(fields.get(name) or 0) for name in ("round", "rounds", "members"))
        return cls(
            str(fields.get("name")), str(fields.get("state")), round, rounds, members, str(fields.get("message") or ""), fields
        )

    @property
    def is_over(self) -> bool:
        """Whether the run has ended permanently."""
        return self.state in _OVER

    def _repr_html_(self) -> str:
        return run_table(self.fields)


def history_frame(records: Sequence[Mapping[str, Any]]) -> pandas.DataFrame:
    """Returns records of rounds as a table with one row per round; metrics are columns such as ``metrics/accuracy``.

    Raises:
        MissingPackageError: without pandas.
    """
    try:
        import pandas
    except ImportError:
        raise MissingPackageError("history() needs pandas: pip install 'evenkeel[notebook]', or use rounds()") from None
    rows = []
    for record in records:
        row = {_snake(name): value for name, value in record.items() if name != "metrics"}
        row.update({f"metrics/{name}": value for name, value in (record.get("metrics") or {}).items()})
        rows.append(row)
    frame = pandas.DataFrame(rows if rows else {"round": [], "loss": []})
    for name in ("opened_at", "closed_at"):
        if name in frame:
            frame[name] = pandas.to_datetime(frame[name], utc=True, format="ISO8601")
    return frame.set_index("round")


def plot_history(frame: pandas.DataFrame, run: str, y: str, x: str, log: bool) -> Figure:
    """Draws a column of a run's history over another one, or over the rounds.

    Raises:
        MissingPackageError: without matplotlib.
        ArgumentError: if a column does not exist.
    """
    try:
        from matplotlib import pyplot
    except ImportError:
        raise MissingPackageError("plot() needs matplotlib: pip install 'evenkeel[notebook]'") from None
    shown = frame.reset_index()
    for argument, name in (("y", y), ("x", x)):
        if name not in shown:
            raise ArgumentError(f"{argument} is '{name}', expected one of {', '.join(shown)}")
    shown = shown.dropna(subset=[y])
    across = shown[x].cumsum() if x.endswith("_bytes") or x == "duration_seconds" else shown[x]
    figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
    axes.plot(across, shown[y], label=run)
    axes.set(xlabel=_LABELS.get(x, x.replace("_", " ")), ylabel=y.replace("_", " "), title=run)
    if log and (shown[y] > 0).all():
        axes.set_yscale("log")
    axes.grid(alpha=0.3)
    if in_notebook():
        # A cell shows its result, and also each open figure.
        pyplot.close(figure)
    return figure


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda found: "_" + found[0].lower(), name)
