"""A real coordinator for the tests: started from a built jar, with a fresh database, called as its operator."""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import Future

import evenkeel

ROOT = pathlib.Path(__file__).parents[3]
TOKEN = "evk_op_" + "t" * 43


def command() -> list[str] | None:
    """Returns the command that starts a coordinator: EVENKEEL_COORDINATOR, a command or a jar, or a jar that was built here; None without."""
    given = os.environ.get("EVENKEEL_COORDINATOR", "")
    if given and not given.endswith(".jar"):
        return shlex.split(given)
    jar = pathlib.Path(given) if given else ROOT / "target" / "coordinator" / "evenkeel-coordinator.jar"
    # Options for a quick start; the class archive exists once the Java tests have started a coordinator.
    options = ["-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=128m", "-XX:+UseSerialGC"]
    options.append(f"-XX:SharedArchiveFile={jar.with_name('classes.jsa')}")
    return ["java", *options, "-jar", str(jar)] if jar.exists() else None


def environment() -> dict[str, str]:
    """Returns the environment for a Python process that imports this package."""
    return {**os.environ, "PYTHONPATH": str(pathlib.Path(evenkeel.__file__).parents[1])}


def free_port() -> int:
    """Returns an unused port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_until(condition: Callable[[], object], seconds: float, explanation: Callable[[], str] = lambda: "") -> None:
    """Waits until a condition holds; fails with the explanation after the given number of seconds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, explanation() or f"{condition} did not hold in {seconds} s"
        time.sleep(0.1)


class Coordinator:
    """A coordinator in a separate process.

    Args:
        folder: the folder of its log, and of its database unless another is given.
        database: the JDBC URL of another database.
    """

    def __init__(self, folder: pathlib.Path, database: str | None = None) -> None:
        self._folder = folder
        # Its own URL writes each commit before the response: a kill must not undo what was accepted.
        self._database = [] if database is None else [f"--spring.datasource.url={database}"]
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Starts it with its database, and waits until it is ready."""
        options = [f"--server.port={self.port}", *self._database]
        with open(self._folder / "coordinator.log", "ab") as log:
            self._process = subprocess.Popen(
                [*command(), *options],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                env={**os.environ, "EVENKEEL_OPERATOR_TOKEN": TOKEN},
            )
        until = time.monotonic() + 400
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise AssertionError("the coordinator did not start:\n" + (self._folder / "coordinator.log").read_text()[-4000:])
            time.sleep(0.2)

    def _is_ready(self) -> bool:
        try:
            self.operate("GET", "runs")
            return True
        except OSError:
            return False

    def kill(self) -> None:
        """Kills it like kill -9."""
        self._process.kill()
        self._process.wait()

    def operate(self, method: str, path: str, body: object = None) -> dict:
        """Sends a request as the operator and returns the response."""
        return json.loads(self.download(path, method, body) or b"{}")

    def download(self, path: str, method: str = "GET", body: object = None, content: str = "application/json") -> bytes:
        """Sends a request as the operator and returns the response's bytes; a body that is not bytes is sent as JSON."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": content}
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as e:
            raise AssertionError(f"{method} {path}: {e.code} {e.read().decode()}") from e

    def enrolment_token(self, uses: int = 100) -> str:
        """Returns a token to enrol with."""
        return self.operate("POST", "enrolment-tokens", {"uses": uses, "expiresIn": "1h"})["token"]

    def start_when_joined(self, run: str, members: int, devices: Sequence[Future]) -> None:
        """Starts a run after that many devices have joined; fails if a device fails before."""
        until = time.monotonic() + 120
        while self.operate("GET", f"runs/{run}")["members"] < members:
            for device in devices:
                assert not device.done() or device.result() is None, "a device ended before the run began"
            assert time.monotonic() < until, f"fewer than {members} devices joined run {run}"
            time.sleep(0.1)
        self.operate("POST", f"runs/{run}/start")

    def wait_for_round(self, run: str, round: int) -> None:
        """Waits until a run is at a round or beyond."""
        wait_until(
            lambda: self.operate("GET", f"runs/{run}")["round"] >= round, 300, lambda: f"run {run} did not reach round {round}"
        )

    def wait_for_ordinal(self, run: str, ordinal: int) -> None:
        """Waits until a device has joined a run as the member with that ordinal."""
        wait_until(
            lambda: any(member["ordinal"] == ordinal for member in self.operate("GET", f"runs/{run}/members")),
            300,
            lambda: f"run {run} has no member {ordinal}",
        )

    def run(self, name: str, **definition: object) -> str:
        """Creates a run; its gamma, compressor, rounds and quorum have defaults."""
        defaults = {
            "algorithm": "ef21-norm",
            "compressor": "top-k:0.2",
            "gamma": "constant:0.1",
            "rounds": 5,
            "participants": {"min": 1},
        }
        self.operate("POST", "runs", {"name": name, **defaults, **definition})
        return name
