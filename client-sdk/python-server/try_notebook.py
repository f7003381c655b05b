"""Executes a notebook, and checks that a kernel's restart ends its coordinator. Needs nbclient and ipykernel: try_notebook.py FILE."""

import os
import sys
import time

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

CELL_SECONDS = 900


def execute(file):
    """Executes a notebook's cells, and checks their outputs."""
    notebook = nbformat.read(file, 4)
    NotebookClient(notebook, timeout=CELL_SECONDS, kernel_name="python3").execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pages = [output["data"]["text/html"] for output in shown if "text/html" in output.get("data", {})]
    assert any("<td>points</td><td>created</td>" in page for page in pages), "no table of runs"
    assert any("<svg" in page and "<td>finished</td>" in page for page in pages), "no curve of the run that ended"
    assert any("uplink_bytes" in page for page in pages), "no history"
    assert any("image/png" in output.get("data", {}) for output in shown), "no plot"
    print("the notebook ran, with", len(pages), "tables")


def restart():
    """Restarts a kernel that has a coordinator, and waits until the coordinator has ended."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        said = []
        client.execute_interactive(
            "import evenkeel\nc = evenkeel.Coordinator()\nprint('keeper', c._keeper.pid)",
            timeout=CELL_SECONDS,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
        keeper = int("".join(said).rpartition("keeper ")[2])
        manager.restart_kernel(now=True)
        until = time.monotonic() + 120
        while is_alive(keeper):
            assert time.monotonic() < until, "the coordinator outlived its kernel"
            time.sleep(0.2)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print("a kernel's restart ended its coordinator")


def is_alive(process):
    """Returns whether a process with this id exists. The keeper ends after the coordinator."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


execute(sys.argv[1])
restart()
