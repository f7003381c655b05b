"""Measures the time from the start of a device's JVM until a coordinator on the same machine has accepted its first message.

    benchmarks/run first_message

The device is the example of client-sdk/java/README.md with an empty state folder: it enrols, joins, waits for work, gets the model,
compresses its gradient with top-k:0.01, saves the message and sends it. A relay in between records when the message arrives and
when it is answered. Needs a JDK 17 in JAVA_HOME or on the path, and also uses one in JAVA25_HOME.
"""
import contextlib
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIB = ROOT / "benchmarks" / "target" / "lib"
DIMENSION, PORT, STARTS = 269_722, 18081, 7


def jdk(home):
    return lambda tool: str(pathlib.Path(home) / "bin" / tool) if home else tool


def call(method, path, token, body=None):
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}/api/v1/{path}", method=method, data=json.dumps(body or {}).encode(),
                                     headers={"Authorization": "Bearer " + token, "Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


class Relay:
    """Forwards bytes between a device and the coordinator, and records when a message arrived and when it was answered."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.came = self.answered = None
        self.done = threading.Event()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near = self.server.accept()[0]
            far = socket.create_connection(("127.0.0.1", PORT))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.up, args=(near, far), daemon=True).start()
            threading.Thread(target=self.down, args=(far, near), daemon=True).start()

    # A killed device leaves its connections open.

    def up(self, near, far):
        with contextlib.suppress(OSError):
            while data := near.recv(65536):
                if self.came is None and re.match(rb"PUT \S*/messages/me[? ]", data):
                    self.came = time.perf_counter()
                far.sendall(data)

    def down(self, far, near):
        with contextlib.suppress(OSError):
            while data := far.recv(65536):
                near.sendall(data)
                if self.came and not self.answered and data.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
                    self.answered = time.perf_counter()
                    self.done.set()


def begun(run, operator):
    try:
        call("POST", f"runs/{run}/start", operator)
        return True
    except urllib.error.HTTPError as refused:
        if refused.code != 409:
            raise
        return False


def start(java, classes, run, operator, token):
    """Returns the milliseconds until the message of a run's only device arrived, and until it was answered."""
    call("POST", "runs", operator, {"name": run, "dimension": DIMENSION, "algorithm": "ef21-norm", "compressor": "top-k:0.01",
                                    "gamma": "constant:1", "rounds": 1, "participants": {"min": 1}})
    relay = Relay()
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        device = subprocess.Popen([java("java"), "-cp", f"{classes}:{LIB}/*", "io.evenkeel.example.ExampleDevice",
                                   f"http://127.0.0.1:{relay.port}", run], cwd=folder, env={**os.environ, "EVENKEEL_ENROLMENT_TOKEN": token},
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            # A device that joins an open round waits for the next one, so the run starts after the device has joined.
            while not begun(run, operator):
                time.sleep(0.005)
            if not relay.done.wait(60):
                raise SystemExit("no message within a minute")
        finally:
            device.kill()
            device.wait()
    return 1000 * (relay.came - begin), 1000 * (relay.answered - begin)


def main():
    jdks = {"17": jdk(os.environ.get("JAVA_HOME"))}
    if "JAVA25_HOME" in os.environ:
        jdks["25"] = jdk(os.environ["JAVA25_HOME"])
    with tempfile.TemporaryDirectory() as folder:
        source = ROOT / "client-sdk/example/src/main/java/io/evenkeel/example/ExampleDevice.java"
        subprocess.run([jdks["17"]("javac"), "-cp", f"{LIB}/*", "-d", folder, source], check=True)
        coordinator = subprocess.Popen([jdks["17"]("java"), "-jar", ROOT / "target/coordinator/evenkeel-coordinator.jar", f"--server.port={PORT}"],
                                       env={**os.environ, "EVENKEEL_DATA": folder + "/data"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            operator = next(found.group() for line in coordinator.stdout if (found := re.search(r"evk_op_[\w-]+", line)))
            threading.Thread(target=coordinator.stdout.read, daemon=True).start()
            while True:
                try:
                    token = call("POST", "enrolment-tokens", operator, {"uses": 1000, "expiresIn": "1h"})["token"]
                    break
                except urllib.error.HTTPError:
                    raise
                except OSError:
                    time.sleep(0.2)
            print("| JDK | until the message arrives | until it is accepted |\n|---|---|---|")
            for name, java in jdks.items():
                times = [start(java, folder, f"first-{name}-{i}", operator, token) for i in range(STARTS + 1)][1:]
                came, answered = (statistics.median(column) for column in zip(*times))
                print(f"| {name} | {came:.0f} ms | {answered:.0f} ms |", flush=True)
        finally:
            coordinator.terminate()
            coordinator.wait()


main()
