"""Common options of the commands of ``python -m evenkeel`` that use a coordinator."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from .errors import ArgumentError, EvenkeelError, FunctionError


def add_coordinator_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the coordinator's address."""
    url = os.environ.get("EVENKEEL_URL", "http://localhost:8080")
    parser.add_argument("--coordinator", default=url, metavar="URL", help="default: $EVENKEEL_URL, or http://localhost:8080")
    parser.add_argument("--ca-file", metavar="FILE", help="a PEM file of the authorities to trust")


def add_device_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the coordinator, the run and the device's state."""
    parser.add_argument("--run", required=True, metavar="RUN", help="the run to take part in")
    parser.add_argument("--state", required=True, metavar="FOLDER", help="the folder of the device's state, for this device only")
    add_coordinator_options(parser)
    parser.add_argument("--weight", type=float, default=1.0, help="the device's weight in the fleet's mean (default: 1)")
    parser.add_argument("--name", help="the name that operators see")


def device_settings(given: argparse.Namespace) -> dict[str, Any]:
    """Returns the arguments of ``Client`` from the options, except for the address, the run and the state."""
    return {"weight": given.weight, "name": given.name, "progress": lambda line: print(line, file=sys.stderr, flush=True)}


def reporting_errors(command: Callable[[argparse.Namespace], None]) -> Callable[[argparse.Namespace], int]:
    """Wraps a command: prints the errors that a user can correct, and returns exit code 2 for wrong arguments and 1 for others.
    If the user's own program failed, also prints its traceback."""

    def run(given: argparse.Namespace) -> int:
        try:
            command(given)
        except EvenkeelError as e:
            if isinstance(e, FunctionError) and e.__cause__ is not None:
                traceback.print_exception(e.__cause__)
            print(f"evenkeel: {e}", file=sys.stderr)
            return 2 if isinstance(e, ArgumentError) else 1
        except (ValueError, TypeError, ImportError, OSError) as e:
            print(f"evenkeel: {e}", file=sys.stderr)
            return 2
        return 0

    return run
