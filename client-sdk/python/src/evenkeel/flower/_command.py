"""``python -m evenkeel flower``: runs the ClientApp of a Flower app's folder."""

from __future__ import annotations

import argparse
import importlib
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._options import add_device_options, device_settings, reporting_errors
from ._start import start_client

_DESCRIPTION = """Takes part in a run with the ClientApp that pyproject.toml names in tool.flwr.app.components, until the run ends.
Needs flwr. The ServerApp is not used: the coordinator controls the run. EVENKEEL_ENROLMENT_TOKEN is the token to enrol with."""
_EXAMPLE = """Example:
  python -m evenkeel flower quickstart-pytorch --run cifar --state device-0 \\
    --node-config 'partition-id=0 num-partitions=4' --train-config 'lr=0.1'"""


def add_command(commands: Any) -> None:
    """Adds ``flower`` to a parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "flower",
        help="run a Flower app's ClientApp as a device",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("app", type=Path, metavar="FOLDER", help="the app's folder, with its pyproject.toml")
    add_device_options(parser)
    for name, text in {
        "--node-config": "the device's configuration, as in flower-supernode",
        "--run-config": "entries that replace those of tool.flwr.app.config, as in flwr run",
        "--train-config": "entries of each train message's config, which a ServerApp would send",
        "--evaluate-config": "the same for evaluate",
    }.items():
        parser.add_argument(name, default="", metavar="'KEY=VALUE ...'", help=text)
    parser.set_defaults(command=reporting_errors(_run))


def _run(given: argparse.Namespace) -> None:
    app, config = _app(given.app)
    train, evaluate = _pairs("--train-config", given.train_config), _pairs("--evaluate-config", given.evaluate_config)
    start_client(
        server_address=given.coordinator,
        client_app=app,
        run=given.run,
        state_dir=given.state,
        root_certificates=given.ca_file,
        node_config=_pairs("--node-config", given.node_config),
        run_config={**config, **_pairs("--run-config", given.run_config)},
        on_fit_config_fn=lambda number: train,
        on_evaluate_config_fn=lambda number: evaluate,
        **device_settings(given),
    )


def _app(folder: Path) -> tuple[Any, dict[str, Any]]:
    """Returns the ClientApp of a folder, and its run config."""
    settings: Any = _toml((folder / "pyproject.toml").read_text(encoding="utf-8"))
    for key in ("tool", "flwr", "app"):
        settings = settings.get(key, {})
    module, _, name = settings.get("components", {}).get("clientapp", "").partition(":")
    if not module or not name:
        raise ValueError(
            f"{folder / 'pyproject.toml'} names no ClientApp: expected tool.flwr.app.components with "
            'clientapp = "package.client_app:app"'
        )
    sys.path.insert(0, str(folder.resolve()))
    return getattr(importlib.import_module(module), name), _flat(settings.get("config", {}))


def _toml(text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:  # flwr depends on tomli for Python 3.10.
        import tomli as tomllib
    read: dict[str, Any] = tomllib.loads(text)
    return read


def _flat(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Returns a config with the keys of its tables joined by dots, like Flower."""
    flat: dict[str, Any] = {}
    for key, value in config.items():
        flat.update(_flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {prefix + key: value})
    return flat


def _pairs(option: str, text: str) -> dict[str, Any]:
    """Returns the entries of KEY=VALUE texts, whose values are TOML as in Flower's options."""
    found: dict[str, Any] = {}
    for pair in shlex.split(text, posix=False):
        key, equals, value = pair.partition("=")
        try:
            found[key] = _toml(f"value = {value}")["value"]
        except ValueError:
            equals = ""
        if not key or not equals:
            raise ValueError(f"{option} has '{pair}', expected KEY=VALUE with a number, true, false or \"text\" as the value")
    return found
