"""Finds the jars of the coordinator and of the command line."""

from __future__ import annotations

import importlib.util
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from ..errors import ServerError
from ._java import INSTALL

VARIABLE = "EVENKEEL_COORDINATOR"
_CLONE = Path(__file__).parents[5]


@dataclass(frozen=True)
class Jars:
    """The two programs, whose libraries are in a folder ``lib`` beside each."""

    coordinator: Path
    command_line: Path


def given_command() -> list[str] | None:
    """Returns the command in EVENKEEL_COORDINATOR that starts a coordinator; None if it is unset or names a jar."""
    given = os.environ.get(VARIABLE)
    return shlex.split(given) if given and not given.endswith(".jar") else None


def coordinator_jar() -> Path:
    """Returns the coordinator's jar: from EVENKEEL_COORDINATOR, this clone, or the package evenkeel-server.

    Raises:
        ServerError: if there is none.
    """
    given = os.environ.get(VARIABLE)
    if given:
        jar = Path(given).absolute()
        if not jar.is_file():
            raise ServerError(f"{VARIABLE} names {given}, which does not exist: name the jar, or unset the variable")
        return jar
    return find_jars().coordinator


def find_jars() -> Jars:
    """Returns the jars of this clone, or else of the package evenkeel-server.

    Raises:
        ServerError: if there are none.
    """
    coordinator = "evenkeel-coordinator.jar"
    built = Jars(_CLONE / "target" / "coordinator" / coordinator, _CLONE / "cli" / "target" / "evenkeel-cli.jar")
    if built.coordinator.is_file():
        return built
    spec = importlib.util.find_spec("evenkeel_server")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "jars"
        if (folder / coordinator).is_file():
            return Jars(folder / coordinator, folder / "evenkeel-cli.jar")
    clone = f", or build one in this clone with {_CLONE / 'evenkeel'} --version" if (_CLONE / "evenkeel").is_file() else ""
    raise ServerError(f"no coordinator is installed: {INSTALL}{clone}")
