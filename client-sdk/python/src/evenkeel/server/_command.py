"""The command ``evenkeel`` of the package evenkeel-server: like ``./evenkeel`` in a clone, with installed jars."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import ServerError
from ._archive import QUICK, with_archive
from ._jars import Jars, coordinator_jar, find_jars, given_command
from ._java import Java, find_java

_TESTKIT = ("chaos", "load", "check-ins", "aggregation")


def main() -> int:
    """Replaces this process with a program; where that is impossible, runs it and returns its exit code."""
    try:
        command = command_line(sys.argv[1:])
    except ServerError as e:
        print(f"evenkeel: {e}", file=sys.stderr)
        return 1
    if os.name == "nt":
        return subprocess.run(command).returncode
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(command[0], command)


def command_line(arguments: Sequence[str]) -> list[str]:
    """Returns the command of a JVM for the arguments of ``evenkeel``.

    Raises:
        ServerError: if there is no Java or no jar, or the command exists only in a clone.
    """
    first = arguments[0] if arguments else ""
    if first in _TESTKIT:
        raise ServerError(
            f"{first} tests a coordinator and is not in this package: use ./evenkeel {first} in a clone of Evenkeel"
        )
    java, jars = find_java(), find_jars()
    if first == "serve" and not {"--help", "-h"} & set(arguments):
        return [*_coordinator(java, jars.coordinator), *arguments[1:]]
    return [str(java.program), *_options(first, java, jars), "-jar", str(jars.command_line), *arguments]


def coordinator_command(*options: str) -> list[str]:
    """Returns the command that starts a coordinator, from EVENKEEL_COORDINATOR or an installed jar.

    Args:
        options: the options of the JVM, unless EVENKEEL_COORDINATOR is a whole command.

    Raises:
        ServerError: if there is no Java or no jar.
    """
    given = given_command()
    if given is not None:
        return given
    jar = coordinator_jar()
    return _coordinator(find_java(), jar, *options)


def _coordinator(java: Java, jar: Path, *options: str) -> list[str]:
    """Returns a coordinator's command.

    A small initial heap keeps an idle coordinator small. EVENKEEL_JAVA_OPTS can override all options.
    """
    # This training run exits before it listens.
    training = [*QUICK, "-Dspring.context.exit=onRefresh", "-jar", str(jar), "--server.port=0", "--evenkeel.data=."]
    archive = with_archive(java, jar, "classes.jsa", training)
    return [str(java.program), *archive, "-Xms32m", *options, *_java_options(), "-jar", str(jar)]


def _options(first: str, java: Java, jars: Jars) -> list[str]:
    options = [f"-Devenkeel.coordinator={jars.coordinator}", "-Devenkeel.command=evenkeel", *_java_options()]
    if first == "pilot":
        return options
    jar = jars.command_line
    training = [*QUICK, "-cp", str(jar), "io.evenkeel.cli.ClassCacheTraining"]
    return [*with_archive(java, jar, "evenkeel-cli.jsa", training), *QUICK, *options]


def _java_options() -> list[str]:
    return shlex.split(os.environ.get("EVENKEEL_JAVA_OPTS", ""))
