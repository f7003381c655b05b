"""Runs a coordinator for another process, and ends it when that process has ended for any reason.

The program starts the command in its arguments and reads its standard input, a pipe whose other end the owner holds. When the
pipe closes or the parent changes, the owner has ended. Uses only the standard library and is started as a file, so that it starts
at once and stays small.

    _keeper.py OWNER FOLDER COMMAND...

OWNER is the owner's process id, and FOLDER a folder to delete at the end; empty for none.
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

_LOOK_EVERY = 1.0
_MAX_STOP = 20.0


def main(arguments: Sequence[str]) -> int:
    """Runs the command until it or the owner ends; returns its exit code."""
    owner, folder, command = int(arguments[0]), arguments[1], arguments[2:]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, preexec_fn=_end_with_keeper if sys.platform == "linux" else None
    )
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    threading.Thread(target=_end_after, args=(owner, process), daemon=True).start()
    code = process.wait()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    return code if code >= 0 else 128 - code


def _end_with_keeper() -> None:
    """Ends the process when the keeper is killed: prctl(PR_SET_PDEATHSIG, SIGTERM)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _end_after(owner: int, process: subprocess.Popen[bytes]) -> None:
    """Waits until the owner ends, and ends the process."""
    while not _has_ended(owner):
        pass
    process.terminate()
    try:
        process.wait(_MAX_STOP)
    except subprocess.TimeoutExpired:
        process.kill()


def _has_ended(owner: int) -> bool:
    """Waits a moment for the end of the pipe. A child of the owner may keep the pipe open after the owner has ended, so the
    parent is checked too."""
    if os.name == "nt":
        # On this platform select supports only sockets.
        return not os.read(0, 1)
    readable, _, _ = select.select([0], [], [], _LOOK_EVERY)
    return (bool(readable) and not os.read(0, 1)) or os.getppid() != owner


if __name__ == "__main__":
    # Does not wait for the thread, which may be blocked in a read.
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
