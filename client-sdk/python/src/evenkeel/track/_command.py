"""``python -m evenkeel track``: follows runs, and writes their rounds to MLflow or TensorBoard."""

from __future__ import annotations

import argparse
import importlib.util
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Any

from .._options import add_coordinator_options, reporting_errors
from ..client._arguments import require_valid, tls_context
from ..client._transport import Transport
from ._follower import Run, RunFollower, RunRecords
from ._mlflow import MlflowTracker
from ._tensorboard import TensorBoardTracker
from ._tracker import Tracker

_DESCRIPTION = """Writes the closed rounds of runs to an MLflow server, to TensorBoard's event files, or to both. It polls the coordinator
every few seconds, waits while one of them is unreachable, and ends when the given runs are over. When restarted, it continues;
nothing is written twice. EVENKEEL_TOKEN is an operator's or a viewer's token."""
_EXAMPLE = """Examples:
  python -m evenkeel track digits --mlflow http://localhost:5000
  python -m evenkeel track --tensorboard logs"""
_PARAMS = ("algorithm", "compressor", "gamma", "eta", "step", "rounds", "seed", "sampling", "staleness", "robust", "description")


def add_command(commands: Any) -> None:
    """Adds ``track`` to a parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "track",
        help="write the rounds of runs to MLflow or TensorBoard",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("runs", nargs="*", metavar="RUN", help="the runs; by default all, including later ones")
    add_coordinator_options(parser)
    parser.add_argument("--mlflow", metavar="URI", help="an MLflow tracking server, such as http://localhost:5000")
    parser.add_argument("--experiment", default="evenkeel", help="the MLflow experiment (default: evenkeel)")
    parser.add_argument(
        "--tensorboard", metavar="FOLDER", type=Path, help="the folder of event files; each run has a folder in it"
    )
    parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS", help="time between two readings (default: 5)")
    parser.set_defaults(command=reporting_errors(_run))


def _run(given: argparse.Namespace) -> None:
    token = os.environ.get("EVENKEEL_TOKEN") or os.environ.get("EVENKEEL_OPERATOR_TOKEN")
    if not token:
        raise ValueError("there is no token: set EVENKEEL_TOKEN to an operator's or a viewer's")
    if given.mlflow is None and given.tensorboard is None:
        raise ValueError("there is nowhere to write: give --mlflow URI, --tensorboard FOLDER, or both")
    require_valid(given.coordinator, None, 1.0, every=given.every)
    for package, wanted in (("mlflow", given.mlflow), ("tensorboard", given.tensorboard)):
        if wanted is not None and importlib.util.find_spec(package) is None:
            raise ImportError(f"{package} is not installed: pip install 'evenkeel[{package}]'")
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="evenkeel: %(message)s")

    def trackers(run: Run) -> list[Tracker]:
        source = f"{run['name']} of {run['createdAt']}"
        made: list[Tracker] = []
        if given.mlflow is not None:
            params = {name: run[name] for name in _PARAMS if run.get(name) is not None}
            made.append(MlflowTracker(given.mlflow, run["name"], experiment=given.experiment, source=source, params=params))
        if given.tensorboard is not None:
            made.append(_event_files(given.tensorboard, run, source))
        return made

    transport = Transport(given.coordinator, 10.0, 30.0, tls_context(None, given.ca_file, None))
    never = threading.Event()
    try:
        RunFollower(RunRecords(transport, token), given.runs, trackers).follow(lambda: never.wait(given.every))
    except KeyboardInterrupt:
        pass
    finally:
        transport.close()


def _event_files(folder: Path, run: Run, source: str) -> Tracker:
    """Returns a tracker in the run's folder; if an earlier run with the same name uses it, in a folder that also has the run's
    date."""
    try:
        return TensorBoardTracker(folder / run["name"], source=source)
    except ValueError:
        return TensorBoardTracker(folder / f"{run['name']}-{run['createdAt'].replace(':', '')}", source=source)
