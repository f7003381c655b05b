"""Runs as HTML for notebooks. All texts of the coordinator are escaped."""

from __future__ import annotations

import html
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from .._svg import curves
from ..trial._format import byte_text

Fields = Mapping[str, Any]


def table(rows: Sequence[Sequence[object]], head: Sequence[object] = ()) -> str:
    """Returns a table of texts."""

    def line(cells: Sequence[object], tag: str) -> str:
        return f"<tr>{''.join(f'<{tag}>{html.escape(str(cell))}</{tag}>' for cell in cells)}</tr>"

    titles = f"<thead>{line(head, 'th')}</thead>" if head else ""
    return f"<table>{titles}<tbody>{''.join(line(row, 'td') for row in rows)}</tbody></table>"


def runs_table(runs: Sequence[Fields], shown: int = 50) -> str:
    """Returns the newest runs, one line each."""
    rows = [[run.get("name"), run.get("state"), _rounds(run), run.get("members", 0), _method(run)] for run in runs[:shown]]
    more = f"<p>and {len(runs) - shown} more</p>" if len(runs) > shown else ""
    return table(rows, ["run", "state", "round", "members", "method"]) + more


def run_table(run: Fields, series: Fields | None = None) -> str:
    """Returns a run with the curve of its loss.

    Args:
        series: the columns of ``GET /api/v1/runs/{run}/series``.
    """
    rows: list[Sequence[object]] = [
        ["run", run.get("name")],
        ["state", run.get("state")],
        ["round", _rounds(run)],
        ["members", run.get("members", 0)],
        ["method", _method(run)],
    ]
    drawn = ""
    if series and series.get("round"):
        losses = [loss for loss in series["loss"] if loss is not None]
        up, dense = series["uplinkBytes"][-1], series["denseUplinkBytes"][-1]
        rows += [["loss", f"{losses[-1]:.4g}"]] if losses else []
        rows.append(["sent up", _sent(up, dense)])
        drawn = curves({"loss": list(zip(series["round"], series["loss"]))}, "loss by round", log=True)
    if run.get("message"):
        rows.append(["message", run["message"]])
    return table(rows) + drawn


def _sent(up: float, dense: float) -> str:
    if up > dense:
        return f"{byte_text(up)}, more than uncompressed messages would take ({byte_text(dense)})"
    return f"{byte_text(up)} of {byte_text(dense)} uncompressed"


def _rounds(run: Fields) -> str:
    return f"{run.get('round') or 0} of {run.get('rounds') or 0}"


def _method(run: Fields) -> str:
    parts = [run.get("algorithm"), run.get("compressor"), run.get("gamma")]
    return ", ".join(str(part) for part in parts if part)


def in_notebook() -> bool:
    """Returns whether this is a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return hasattr(shell, "kernel")
