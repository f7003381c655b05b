"""``python -m evenkeel flare``: runs a script that uses FLARE's client API as a device."""

from __future__ import annotations

import argparse
import os
import runpy
import sys
from pathlib import Path
from typing import Any

from .._options import add_device_options, device_settings, reporting_errors
from ..client import Client
from ..errors import EvenkeelError, FunctionError
from ..loops import ModelExchange

_DESCRIPTION = """Takes part in a run with a script that uses NVIDIA FLARE's client API (flare.init, receive, send), until the run or the
script ends. Needs nvflare. EVENKEEL_ENROLMENT_TOKEN is the token to enrol with. Options come before the script, its arguments after it."""
_EXAMPLE = """Example:
  python -m evenkeel flare --run hello --state site-1 client.py --update_type diff"""


def add_command(commands: Any) -> None:
    """Adds ``flare`` to a parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "flare",
        help="run a script that uses FLARE's client API as a device",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_device_options(parser)
    kinds = parser.add_argument("--params", choices=["numpy", "pytorch"], default="numpy")
    kinds.help = "the type of an FLModel's parameters (default: numpy)"
    parser.add_argument("script", type=Path, metavar="SCRIPT", help="the script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGUMENT", help="its arguments")
    parser.set_defaults(command=reporting_errors(_run))


def _run(given: argparse.Namespace) -> None:
    from ._api import ExchangeAPI

    if not given.script.is_file():
        raise ValueError(f"there is no file {given.script}")
    exchange = ModelExchange()
    api = ExchangeAPI(exchange, given.run, given.name or "evenkeel", given.params == "pytorch")
    api.install()
    with Client(
        given.coordinator,
        run=given.run,
        state_dir=given.state,
        enrolment_token=os.environ.get("EVENKEEL_ENROLMENT_TOKEN"),
        ca_file=given.ca_file,
        evaluate=exchange.evaluate,
        listener=api,
        **device_settings(given),
    ) as client:
        exchange.start(lambda: client.train(exchange.gradient))
        try:
            _run_script(given.script, given.arguments)
        finally:
            exchange.close(client.stop)


def _run_script(script: Path, arguments: list[str]) -> None:
    sys.argv = [str(script), *arguments]
    sys.path.insert(0, str(script.parent.resolve()))
    try:
        runpy.run_path(str(script), run_name="__main__")
    except EvenkeelError:
        raise
    except Exception as e:
        raise FunctionError(f"the script failed: {type(e).__name__}: {e}") from e
