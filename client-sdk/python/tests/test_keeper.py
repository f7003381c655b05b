"""The keeper, with other programs in place of a coordinator."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evenkeel.server import _keeper

from .coordinator import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")

KEPT = "import time, os; print(os.getpid(), flush=True); time.sleep(1000)"

# Starts a keeper, and a child that holds the pipe; prints the keeper's id.
FORKING = """
import os, subprocess, sys, time
keeper = subprocess.Popen([sys.executable, sys.argv[1], str(os.getpid()), "", sys.executable, "-c", sys.argv[2]], stdin=subprocess.PIPE)
if os.fork() == 0:
    print(os.getpid(), flush=True)
time.sleep(1000)
"""


def keep(folder="", program=KEPT):
    command = [sys.executable, "-I", _keeper.__file__, str(os.getpid()), str(folder), sys.executable, "-c", program]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def is_gone(process):
    stat = Path(f"/proc/{process}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def await_end(process):
    wait_until(lambda: is_gone(process), 60, lambda: f"process {process} is still there")


def test_the_end_of_the_pipe_ends_the_program_and_deletes_the_folder(tmp_path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    (folder / "database").touch()
    keeper = keep(folder)
    kept = int(keeper.stdout.readline())
    keeper.stdin.close()
    assert keeper.wait(60) == 128 + signal.SIGTERM
    assert is_gone(kept) and not folder.exists()


def test_the_program_s_exit_code_is_the_keeper_s():
    keeper = keep(program="raise SystemExit(7)")
    assert keeper.wait(60) == 7


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL])
def test_the_program_ends_with_its_keeper(sent):
    keeper = keep()
    kept = int(keeper.stdout.readline())
    keeper.send_signal(sent)
    keeper.wait(60)
    await_end(kept)


def test_a_child_of_the_owner_that_holds_the_pipe_keeps_nothing_alive():
    owner = subprocess.Popen(
        [sys.executable, "-c", FORKING, _keeper.__file__, KEPT], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    processes = {int(owner.stdout.readline()), int(owner.stdout.readline())}
    (fork,) = {process for process in processes if b"_keeper.py" in Path(f"/proc/{process}/cmdline").read_bytes()}
    (kept,) = processes - {fork}
    try:
        owner.kill()
        owner.wait(60)
        await_end(kept)
        assert not is_gone(fork)
    finally:
        os.kill(fork, signal.SIGKILL)
