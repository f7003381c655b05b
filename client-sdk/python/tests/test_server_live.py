"""A coordinator of ``evenkeel.Coordinator``, started from a built jar."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import evenkeel
from evenkeel.errors import RunNotFoundError, ServerError, UnauthenticatedError

from . import coordinator

pytestmark = pytest.mark.skipif(coordinator.command() is None, reason="no coordinator is built")


@pytest.fixture(scope="module")
def started():
    with evenkeel.Coordinator() as c:
        yield c
    assert not c.folder.exists()
    assert c._keeper.returncode is not None


TARGET = np.array([3.0, 1.0, 0.0])


def gradient(model):
    difference = model.values - TARGET
    return evenkeel.Gradient(difference, samples=1, loss=0.5 * float(difference @ difference), metrics={"far": 1.0})


def test_a_run_from_its_creation_to_its_end(started):
    plan = {"algorithm": "ef21-norm", "gamma": "constant:0.5", "compressor": "top-k:0.4"}
    run = started.runs.create("points", {"w": np.zeros(3)}, rounds=8, devices=2, **plan)
    assert [status.name for status in started.runs] == ["points"]
    clients = [started.client("points", name=f"device-{i}") for i in range(2)]
    with ThreadPoolExecutor(2) as pool:
        outcomes = [pool.submit(client.train, gradient) for client in clients]
        run.start(wait=120)
        status = run.wait(timeout=300, progress=False)
        assert [outcome.result(60).round for outcome in outcomes] == [8, 8]
    assert (status.state, status.round, status.members) == ("finished", 8, 2)
    records = run.rounds()
    assert [record["round"] for record in records] == list(range(8))
    assert records[-1]["loss"] < records[0]["loss"]
    assert list(run.model()) == ["w"] and run.model(double_precision=True)["w"].dtype == np.float64
    assert np.allclose(run.model(0)["w"], 0)
    assert len(run.members()) == 2
    shown = run._repr_html_() + started._repr_html_()
    assert "8 of 8" in shown and "<svg" in shown
    pandas = pytest.importorskip("pandas")
    frame = run.history()
    assert isinstance(frame, pandas.DataFrame) and frame.loc[7, "metrics/far"] == 1.0


def test_a_run_is_controlled_and_deleted(started):
    run = started.runs.create("steered", dimension=3, algorithm="ef21-norm", gamma="constant:0.1", rounds=5)
    with started.client("steered") as client:
        waiting = threading.Thread(target=client.train, args=(gradient,))
        waiting.start()
        # Rounds close only with messages, so the run can be controlled at any of its rounds.
        run.start(wait=120)
        client.stop()
        waiting.join()
    if not run.status().is_over:
        assert run.pause().status().state == "paused"
        assert run.resume().status().state == "running"
        assert run.stop().wait(60, progress=False).state == "cancelled"
    run.delete()
    with pytest.raises(RunNotFoundError):
        run.status()


def test_another_token_is_refused(started):
    with evenkeel.Operator(started.url, "evk_op_" + "x" * 43) as other, pytest.raises(UnauthenticatedError):
        other.runs.list()


def test_a_coordinator_that_cannot_start_says_why(tmp_path):
    with pytest.raises(ServerError, match="before it was ready(.|\n)*evenkeel.operator-name"):
        evenkeel.Coordinator(tmp_path, settings={"evenkeel.operator-name": "x"})


OWNER = """
import sys, evenkeel
c = evenkeel.Coordinator(sys.argv[1])
print(c._keeper.pid, c.url, flush=True)
sys.stdin.read()
"""


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_a_killed_program_leaves_no_process(tmp_path):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=coordinator.environment(),
        text=True,
    )
    try:
        keeper = int(owner.stdout.readline().split()[0])
        children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
        assert len(children) == 1
        # A kernel's restart reaches a whole group of processes.
        assert os.getpgid(keeper) != os.getpgid(owner.pid)
    finally:
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    for process in (int(children[0]), keeper):
        coordinator.wait_until(lambda: not is_alive(process), 120, lambda: f"process {process} is still there")
