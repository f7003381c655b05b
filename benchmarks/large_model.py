"""Trains a large model with random gradients and a coordinator with default settings, and prints times, memory and bytes.

    python3 benchmarks/large_model.py 30000000
    python3 benchmarks/large_model.py 30000000 --algorithm gd --compressor identity
    python3 benchmarks/large_model.py 100000000 --devices 1

After the first round the coordinator is restarted. Devices are processes that use only numpy.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import numpy as np

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "client-sdk" / "python" / "src"))

from evenkeel import Client, Gradient

PORT = 18_432
URL = f"http://127.0.0.1:{PORT}"
OPERATOR = "evk_op_" + "A" * 43


def peak(pid):
    """Returns a process's peak memory in MiB, which Linux reports while the process lives."""
    return int(re.search(r"VmHWM:\s*(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) >> 10


def device(folder):
    random = np.random.default_rng(os.getpid())
    with Client(URL, run="large", enrolment_token=os.environ["TOKEN"], state_dir=folder) as client:
        client.train(lambda model: Gradient(random.standard_normal(model.values.size, dtype=np.float32), samples=1, loss=1.0))
    print(f"| memory of a device | {peak(os.getpid())} MiB |", flush=True)


def call(method, path, body=None):
    headers = {"Authorization": "Bearer " + OPERATOR, "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(URL + path, content, headers, method=method)) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as e:
        sys.exit(e.read().decode())


def started(command, folder):
    with open(folder / "log", "a") as log:
        process = subprocess.Popen(
            [*command.split(), f"--server.port={PORT}", f"--evenkeel.data={folder / 'data'}"],
            stdout=log,
            stderr=log,
            env={**os.environ, "EVENKEEL_OPERATOR_TOKEN": OPERATOR},
        )
    begun = time.monotonic()
    while process.poll() is None:
        try:
            urllib.request.urlopen(URL + "/actuator/health/readiness").close()
            print(f"| start of the coordinator | {time.monotonic() - begun:.1f} s |", flush=True)
            return process
        except OSError:  # The answer may be that the coordinator is not ready.
            time.sleep(0.1)
    sys.exit((folder / "log").read_text())


def train(options, folder):
    coordinator = started(options.command, folder)
    devices = []
    try:
        size = options.dimension // 10
        tensors = [{"name": f"t{i}", "shape": [size]} for i in range(10)]
        call("POST", "/api/v1/runs", {
            "name": "large", "tensors": tensors, "algorithm": options.algorithm, "compressor": options.compressor,
            "rounds": options.rounds, "gamma": "constant:0.1", "participants": {"min": options.devices}})
        token = call("POST", "/api/v1/enrolment-tokens", {"uses": options.devices})["token"]
        environment = {**os.environ, "TOKEN": token}
        for i in range(options.devices):
            devices.append(subprocess.Popen([sys.executable, __file__, "0", "--device", str(folder / f"{i}")], env=environment))
        while call("GET", "/api/v1/runs/large")["members"] < options.devices:
            assert all(one.poll() is None for one in devices), "a device has ended before the start"
            time.sleep(0.1)
        call("POST", "/api/v1/runs/large/start")
        for round in range(options.rounds):
            while True:
                complete = all(one.poll() is None for one in devices)
                view = call("GET", "/api/v1/runs/large")
                if view["round"] > round:
                    break
                assert complete and view["state"] == "running", view
                time.sleep(0.1)
            record = call("GET", f"/api/v1/runs/large/rounds/{round}")
            print(f"| round {round} | {record['durationSeconds']:.1f} s, {record['uplinkBytes'] / 1e6:.2f} MB up,"
                  f" {record['downlinkBytes'] / 1e6:.1f} MB down |")
            print(f"| memory of the coordinator so far | {peak(coordinator.pid)} MiB |", flush=True)
            if round == 0:
                coordinator.terminate()
                coordinator.wait()
                coordinator = started(options.command, folder)
        for one in devices:
            one.wait()
    finally:
        for process in (*devices, coordinator):
            process.terminate()
            process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dimension", type=int)
    parser.add_argument("--algorithm", default="ef14-decay")
    parser.add_argument("--compressor", default="layer-top-k:0.02+log:4")
    parser.add_argument("--devices", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--command", default=f"{ROOT / 'evenkeel'} serve")
    parser.add_argument("--device", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.device:
        device(given.device)
    else:
        with tempfile.TemporaryDirectory(prefix="evenkeel-large-") as temporary:
            train(given, pathlib.Path(temporary))
