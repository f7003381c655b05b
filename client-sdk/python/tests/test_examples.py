"""The examples, started from the command line."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from . import coordinator

EXAMPLES = coordinator.ROOT / "client-sdk" / "python" / "examples"


def test_the_digits_device_learns_to_recognise_digits(server, tmp_path):
    file = next(path for path in coordinator.ROOT.rglob("digits.csv.gz") if "target" not in path.parts)
    tensors = [{"name": "weight", "shape": [10, 64]}, {"name": "bias", "shape": [10]}]
    run = server.run(
        "digits-example",
        tensors=tensors,
        compressor="top-k:0.1+log:6",
        gamma="constant:0.3",
        rounds=30,
        participants={"min": 2},
    )
    environment = {**coordinator.environment(), "EVENKEEL_ENROLMENT_TOKEN": server.enrolment_token()}

    def device(i):
        command = [sys.executable, EXAMPLES / "digits_device.py", server.url, run, file, str(i), "2", tmp_path / str(i)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=True).stdout

    with ThreadPoolExecutor(2) as pool:
        devices = [pool.submit(device, i) for i in range(2)]
        server.start_when_joined(run, 2, devices)
        for i in range(2):
            first, second = devices[i].result().splitlines()
            assert first == "finished after 30 rounds, 30 messages accepted"
            assert float(second.removeprefix("accuracy ")) > 0.8
