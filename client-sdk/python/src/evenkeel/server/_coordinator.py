"""A coordinator in a separate process, for notebooks, tests and trials."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Mapping
from pathlib import Path

from ..client._printable import printable
from ..errors import ArgumentError, EvenkeelError, ServerError
from ..operator import Operator
from . import _keeper
from ._archive import QUICK
from ._command import coordinator_command

_MAX_STOP = 30.0
_SHOWN_LINES = 20


class Coordinator(Operator):
    """A coordinator in a separate process on this machine, and an operator's client of it. Also a context manager.

    ::

        with evenkeel.Coordinator() as c:
            c.runs.create("points", dimension=3, algorithm="ef21-norm", gamma="constant:0.1", rounds=50)
            print(c.url)

    It needs ``pip install 'evenkeel[server]'``, or a built clone of Evenkeel, and listens on localhost only. It ends with
    ``close``, with the object, and with this process, even if the process is killed.

    Args:
        folder: the folder of its database and its log, coordinator.log; created if it does not exist. By default a temporary one,
            which is deleted at the end.
        port: the port to listen on; by default any free one.
        settings: more settings by their names in docs/settings.md, such as ``{"evenkeel.limits.requests-per-second": 10}``.
        ready_timeout: seconds until it must be ready.

    Attributes:
        token: the operator's token, for signing in at ``url`` in a browser.

    Raises:
        ServerError: if there is no coordinator or no Java, or it does not become ready; the message contains the end of
            its log.
        ArgumentError: if an argument is invalid; the message names it.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        port: int = 0,
        settings: Mapping[str, object] | None = None,
        ready_timeout: float = 180.0,
    ) -> None:
        if not 0 <= port <= 65535:
            raise ArgumentError(f"port is {port}, expected 0 to 65535")
        command = coordinator_command(*QUICK)
        self.token = "evk_op_" + secrets.token_urlsafe(32)
        port = port or _free_port()
        super().__init__(f"http://127.0.0.1:{port}", self.token)
        temporary = "" if folder is not None else tempfile.mkdtemp(prefix="evenkeel-")
        self.folder = Path(folder or temporary).absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        command += [
            f"--server.port={port}",
            "--server.address=127.0.0.1",
            "--server.shutdown=immediate",
            f"--evenkeel.data={self.folder}",
            *(f"--{name}={value}" for name, value in (settings or {}).items()),
        ]
        with open(self.folder / "coordinator.log", "ab") as log:
            self._keeper = subprocess.Popen(
                [sys.executable, "-I", _keeper.__file__, str(os.getpid()), temporary, *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, "EVENKEEL_OPERATOR_TOKEN": self.token},
                # Ctrl-C and the end of a kernel reach a whole process group; the keeper must survive them.
                start_new_session=True,
            )
        # Ends the coordinator also when the object is garbage-collected, and at the end of the program.
        self._end = weakref.finalize(self, _end, self._keeper, os.getpid())
        try:
            self._await_ready(ready_timeout)
        except BaseException:
            self.close()
            raise

    def _await_ready(self, timeout: float) -> None:
        until = time.monotonic() + timeout
        while True:
            with contextlib.suppress(EvenkeelError):
                self._api.get("runs?limit=1")
                return
            if self._keeper.poll() is not None:
                raise ServerError(
                    f"the coordinator ended with code {self._keeper.returncode} before it was ready:\n{self._log_end()}"
                )
            if time.monotonic() > until:
                raise ServerError(f"the coordinator was not ready after {timeout:g} s; the end of its log:\n{self._log_end()}")
            time.sleep(0.05)

    def _log_end(self) -> str:
        try:
            lines = (self.folder / "coordinator.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            # The keeper has deleted the temporary folder.
            return "its log is deleted: give a folder, which keeps it"
        return "\n".join(printable(line) for line in lines[-_SHOWN_LINES:])

    def close(self) -> None:
        """Ends the coordinator, and deletes a temporary folder. A second call does nothing."""
        super().close()
        self._end()


def _end(keeper: subprocess.Popen[bytes], owner: int) -> None:
    if os.getpid() != owner:
        # This process is a fork of the owner.
        return
    assert keeper.stdin is not None
    with contextlib.suppress(OSError):
        keeper.stdin.close()
    try:
        keeper.wait(_MAX_STOP)
    except subprocess.TimeoutExpired:
        keeper.kill()
        keeper.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
