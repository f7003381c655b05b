"""Fixtures: a real coordinator, started with the code of the Python SDK's tests, and the Linux device as a program."""

import os
import pathlib
import subprocess
import sys

import pytest

C = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(C.parent / "python"), str(C.parent / "python" / "src")]

from tests.conftest import server  # noqa: E402, F401

WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]


@pytest.fixture(scope="session")
def device(tmp_path_factory):
    """The program of examples/linux, built with sanitizers: a memory error ends it with a failure."""
    program = tmp_path_factory.mktemp("device") / "device"
    sources = [C / "evenkeel.c", *sorted((C / "examples" / "linux").glob("*.c"))]
    options = ["-O1", "-g", "-ffp-contract=off", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    subprocess.run(["gcc", *WARNINGS, *options, "-I", C, *sources, "-o", program, "-lcurl", "-lm"], check=True)
    return program


@pytest.fixture(scope="session")
def crashing(tmp_path_factory):
    """Returns a function that runs a device, built without sanitizers, and kills it at a given point."""
    folder = tmp_path_factory.mktemp("crashing")
    sources = [C / "evenkeel.c", *sorted((C / "examples" / "linux").glob("*.c"))]
    subprocess.run(
        ["gcc", *WARNINGS, "-O1", "-ffp-contract=off", "-I", C, *sources, "-o", folder / "device", "-lcurl", "-lm"], check=True
    )
    shim = folder / "crash.so"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-O1", pathlib.Path(__file__).with_name("crash.c"), "-o", shim, "-ldl"], check=True
    )

    def live(point, *arguments, token):
        preload = {"LD_PRELOAD": str(shim), "EVENKEEL_CRASH_AT": str(point)} if point else {}
        environment = {**os.environ, "EVENKEEL_ENROLMENT_TOKEN": token, **preload}
        return subprocess.run([folder / "device", *arguments], env=environment, capture_output=True, text=True, timeout=300)

    return live
