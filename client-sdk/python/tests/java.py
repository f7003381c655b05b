"""The Java SDK as a process with one response a line: io.evenkeel.core.CrossCheck of client-sdk/core's tests."""

from __future__ import annotations

import base64
import os
import pathlib
import subprocess

import numpy as np

CORE = pathlib.Path(__file__).parents[2] / "core" / "target"
CLASSPATH = os.environ.get("EVENKEEL_CROSSCHECK_CLASSPATH", f"{CORE / 'classes'}{os.pathsep}{CORE / 'test-classes'}")


def built() -> bool:
    """Returns whether the Java classes exist; a given classpath counts as existing, so that CI skips nothing."""
    main = pathlib.Path("io", "evenkeel", "core", "CrossCheck.class")
    given = "EVENKEEL_CROSSCHECK_CLASSPATH" in os.environ
    return given or any((pathlib.Path(folder) / main).exists() for folder in CLASSPATH.split(os.pathsep))


class Java:
    """A running CrossCheck."""

    def __init__(self) -> None:
        command = ["java", "-XX:TieredStopAtLevel=1", "-cp", CLASSPATH, "io.evenkeel.core.CrossCheck"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, *words: object) -> list[str]:
        """Sends a command and returns the words of the response."""
        self._process.stdin.write((" ".join(map(str, words)) + "\n").encode("ascii"))
        self._process.stdin.flush()
        return self._process.stdout.readline().decode("ascii").split()

    def close(self) -> None:
        """Ends the process."""
        self._process.stdin.close()
        self._process.wait()


def text(values) -> str:
    """Returns float64 values as CrossCheck reads them."""
    return base64.b64encode(np.asarray(values, dtype="<f8").tobytes()).decode()


def values(word: str):
    """Returns the float64 values of an answer."""
    return np.frombuffer(base64.b64decode(word), dtype="<f8")


def data(word: str) -> bytes:
    """Returns the bytes of an answer."""
    return base64.b64decode(word)
