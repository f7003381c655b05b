"""The examples that need PyTorch, each in a short form."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from .. import coordinator

EXAMPLES = coordinator.ROOT / "client-sdk" / "python" / "examples"


def run(*arguments: object, **environment: str) -> str:
    """Runs Python and returns what it printed."""
    variables = {**coordinator.environment(), "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo", **environment}
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=400, cwd=EXAMPLES)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


@pytest.mark.parametrize(
    ("example", "factory"), [("digits_torch", "model"), pytest.param("flower_client", "FlowerClient", marks=pytest.mark.full)]
)
def test_devices_learn_to_recognise_digits(server: Any, tmp_path: Path, example: str, factory: str) -> None:
    file = next(path for path in coordinator.ROOT.rglob("digits.csv.gz") if "target" not in path.parts)
    name = example.replace("_", "-")
    method = ["--algorithm", "ef21-norm", "--gamma", "constant:0.3"]
    settings = ["--name", name, "--rounds", 15, *method, "--devices", 2, "--out", tmp_path]
    run("-m", "evenkeel", "run", f"{example}.py:{factory}", "--compressor", "top-k:0.1+log:6", *settings)
    server.operate("POST", "runs", json.loads((tmp_path / f"{name}.json").read_text()))
    model = (tmp_path / f"{name}.safetensors").read_bytes()
    server.download(f"runs/{name}/model", "PUT", model, "application/x-safetensors")
    token = server.enrolment_token()
    with ThreadPoolExecutor(2) as pool:
        arguments = [[f"{example}.py", server.url, name, file, i, 2, tmp_path / str(i)] for i in range(2)]
        devices = [pool.submit(run, *each, EVENKEEL_ENROLMENT_TOKEN=token) for each in arguments]
        server.start_when_joined(name, 2, devices)
        assert all("15" in device.result() for device in devices)
    # The metrics are those of the model before the last step.
    assert server.operate("GET", f"runs/{name}/rounds/14")["metrics"]["accuracy"] > 0.7


def test_sites_send_fewer_bytes_than_fedavg() -> None:
    if coordinator.command() is None:
        pytest.skip("no coordinator is built")
    file = next(path for path in coordinator.ROOT.rglob("digits.csv.gz") if "target" not in path.parts)
    printed = run("sites.py", file, "--sites", 3, "--rounds", 4)
    dense, compressed = re.findall(r"accuracy (0\.\d+), +(\d+\.\d+) MB", printed)
    assert float(dense[0]) > 0.8 and float(compressed[0]) > 0.6
    assert float(compressed[1]) < float(dense[1]) / 5, "the initial models included"


def test_workers_train_with_the_hook() -> None:
    printed = run("ddp_cifar10.py", "--synthetic", 40, "--workers", 2, "--epochs", 2, "--batch", 10)
    assert re.search(r"epoch 1: loss \d\.\d+, accuracy 0\.\d+, 0\.(09|10|11) MB sent a worker, 1/[89]\d of dense", printed)


@pytest.mark.full
def test_torchrun_starts_the_workers_of_two_machines() -> None:
    port = coordinator.free_port()

    def machine(rank: int) -> str:
        nodes = ["--nnodes", 2, "--node-rank", rank, "--nproc-per-node", 1, "--master-addr", "127.0.0.1", "--master-port", port]
        options = ["--synthetic", 40, "--epochs", 1, "--batch", 10]
        return run("-m", "torch.distributed.run", *nodes, "ddp_cifar10.py", *options)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(machine, range(2))
    assert re.search(r"epoch 0: loss \d\.\d+, accuracy 0\.\d+, 0\.0\d MB sent a worker, 1/[89]\d of dense", first)
    assert second == ""


def test_a_trial_of_resnet_20_runs_three_rounds(tmp_path: Path) -> None:
    options = ["--batch", 4, "--measured", 2, "--rounds", 3, "--record-every", 1, "--out", tmp_path / "results", "--augment"]
    arms = ["--arm", "ef21,gamma=0.5,name=mine", "--arm", "ef21-norm,gamma=5,compressor=top-k:0.01,name=theirs"]
    assert "uncompressed" in run("trial_cifar10.py", "--synthetic", 30, *options, *arms)
    lines = (tmp_path / "results" / "progress.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == 4 * ["mine"] + 4 * ["theirs"] + 4 * ["uncompressed"]


def test_the_notebook_s_cells_run(tmp_path: Path) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("matplotlib")
    cells = json.loads((EXAMPLES / "trial.ipynb").read_text())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] for cell in cells if cell["cell_type"] == "code" and "results" in "".join(cell["source"]))
    script = tmp_path / "cells.py"
    script.write_text("\n".join(code).replace("rounds=200", "rounds=5"))
    run(script, MPLBACKEND="agg", HOME=os.environ.get("HOME", str(tmp_path)))
