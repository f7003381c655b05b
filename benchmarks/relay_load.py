"""Measures a coordinator's load with a flat fleet, and with the same fleet behind relays: python3 benchmarks/relay_load.py

All coordinators run on this machine. Light devices fetch each round's update or model, and send a random message. Prints, per round,
processor time of the upper coordinator, and the bytes of the bodies that it receives and serves. Needs numpy.
"""

import argparse
import functools
import http.client
import json
import os
import pathlib
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "client-sdk" / "python" / "src"))

import numpy as np

from evenkeel.compress import parse
from evenkeel.vector import TensorLayout
from evenkeel.wire import Message, Report, digest

RUN, FRAMES, PATIENCE = "load", 16, 600
MESSAGE = "application/vnd.evenkeel.message"


class Coordinator:
    """A coordinator in a separate process, on H2 in a folder."""

    def __init__(self, jar: pathlib.Path, folder: pathlib.Path, *settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.operator = "evk_op_" + secrets.token_urlsafe(32)
        folder.mkdir()
        arguments = [f"--server.port={self.port}", f"--evenkeel.data={folder}", "--evenkeel.limits.enrolments-per-minute=1000000"]
        self._log = open(folder / "log", "w")
        # The archive speeds up the start if a build has created one.
        java = ["java", "-Xmx512m", "-XX:+UseSerialGC", f"-XX:SharedArchiveFile={jar.with_name('classes.jsa')}"]
        self._process = subprocess.Popen(
            [*java, "-jar", str(jar), *arguments, *settings],
            env={**os.environ, "EVENKEEL_OPERATOR_TOKEN": self.operator},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def await_up(self) -> None:
        wait(lambda: self.call("GET", "/runs")[0] == 200)

    def call(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        try:
            link = Link(self.port, self.operator)
            return link.json(method, path, body)
        except OSError:
            return 0, {}

    def cpu(self) -> float:
        """Returns the seconds of processor time so far."""
        fields = pathlib.Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def token(self, uses: int) -> str:
        return str(self.call("POST", "/enrolment-tokens", {"uses": uses})[1]["token"])

    def round(self) -> int:
        return int(self.call("GET", f"/runs/{RUN}")[1].get("round", -1))

    def state(self) -> str:
        return str(self.call("GET", f"/runs/{RUN}")[1].get("state"))

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()


class Link:
    """A connection with credentials."""

    def __init__(self, port: int, secret: str | None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.secret = secret

    def raw(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> tuple[int, bytes]:
        headers = {} if self.secret is None else {"Authorization": f"Bearer {self.secret}"}
        if body:
            headers["Content-Type"] = kind
        self._connection.request(method, "/api/v1" + path, body or None, headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def json(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        status, text = self.raw(method, path, b"" if body is None else json.dumps(body).encode(), kind)
        return status, json.loads(text) if text[:1] == b"{" else {}


class Site:
    """The light devices of one coordinator, on one connection."""

    def __init__(self, coordinator: Coordinator, devices: int, frames: list, updates: bool) -> None:
        self._frames, self._updates = frames, updates
        self._link = Link(coordinator.port, None)
        self._devices = []
        token = coordinator.token(devices)
        for _ in range(devices):
            self._link.secret = None
            status, device = self._link.json("POST", "/enrolments", {"token": token})
            assert status == 201, device
            self._link.secret = device["secret"]
            status, member = self._link.json("PUT", f"/runs/{RUN}/members/me", {"weight": 1})
            assert status in (200, 201), member
            self._devices.append([device["secret"], 0])

    def answer(self, round: int) -> None:
        """Waits until a round opens, and answers it."""
        path = f"/runs/{RUN}/rounds/{round}"
        self._link.secret = self._devices[0][0]
        while self._link.json("GET", f"/runs/{RUN}/task?after={round - 1}&wait=30s")[1].get("round", -1) < round:
            time.sleep(0.05)
        for number, device in enumerate(self._devices):
            self._link.secret, previous = device
            form = f"update?since={round - 1}" if self._updates and round else "model"
            status, model = self._link.raw("GET", f"{path}/{form}")
            assert status == 200, model
            message = Message(round + 1, previous, Report(1), self._frames[(number + round) % FRAMES]).encode()
            status, receipt = self._link.raw("PUT", f"{path}/messages/me", message, MESSAGE)
            assert status == 201, receipt
            device[1] = digest(message)


def wait(condition) -> None:
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > PATIENCE:
            sys.exit("the coordinators make no progress: look into their logs")
        time.sleep(0.2)


def at_once(calls: list) -> None:
    failures: list[BaseException] = []

    def guarded(call) -> None:
        try:
            call()
        except BaseException as e:
            failures.append(e)

    threads = [threading.Thread(target=guarded, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def measure(options: argparse.Namespace, folder: pathlib.Path, relays: int) -> str:
    """Trains a fleet, which is flat without relays; returns its row."""
    layout = TensorLayout.flat(options.dimension)
    compressor, random = parse(options.compressor).bind(layout), np.random.default_rng(1)
    frames = [compressor.compress(random.normal(size=options.dimension)) for _ in range(FRAMES)]
    above = Coordinator(options.coordinator, folder / "above")
    coordinators = [above]
    try:
        above.await_up()
        rounds = options.warm_up + options.rounds
        definition = {"name": RUN, "dimension": options.dimension, "algorithm": "ef21-norm", "compressor": options.compressor}
        members = relays or options.devices
        definition |= {"rounds": rounds, "gamma": "constant:0.01", "participants": {"min": members}, "time": {"max": "600s"}}
        status, answer = above.call("POST", "/runs", definition)
        assert status == 201, answer
        if relays:
            token = above.token(relays)
            for i in range(relays):
                settings = {"upstream": f"http://127.0.0.1:{above.port}", "run": RUN, "enrolment-token": token}
                arguments = [f"--evenkeel.relay.{name}={value}" for name, value in settings.items()]
                coordinators.append(Coordinator(options.coordinator, folder / f"site-{i}", *arguments))
            for site in coordinators[1:]:
                wait(lambda site=site: site.state() == "created")
                patch = {"participants": {"min": options.devices // relays}, "time": {"max": "600s"}}
                status, answer = site.call("PATCH", f"/runs/{RUN}", patch)
                assert status == 200, answer
        own = coordinators[1:] or [above] * options.links
        sites: list[Site] = []
        share = options.devices // len(own)
        at_once([lambda each=each: sites.append(Site(each, share, frames, not relays)) for each in own])
        status, answer = above.call("POST", f"/runs/{RUN}/start")
        assert status == 200, answer
        for round in range(rounds):
            if round == options.warm_up:
                cpu, start = above.cpu(), time.monotonic()
            at_once([functools.partial(site.answer, round) for site in sites])
            wait(lambda round=round: above.round() > round)
        cpu, seconds = above.cpu() - cpu, time.monotonic() - start
        records = [above.call("GET", f"/runs/{RUN}/rounds/{round}")[1] for round in range(options.warm_up, rounds)]
        up, down = (sum(record[name] for record in records) / len(records) for name in ("uplinkBytes", "downlinkBytes"))
        assert all(record["participants"] == members for record in records)
        behind = f"{options.devices // relays:,} devices behind each of {relays} relays" if relays else ""
        name, per = behind or f"{options.devices:,} devices, flat", options.rounds
        return f"| {name} | {cpu / per:.2f} s | {up / 1e6:.2f} MB | {down / 1e6:.2f} MB | {seconds / per:.1f} s |"
    finally:
        for coordinator in coordinators:
            coordinator.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coordinator", type=pathlib.Path, default=ROOT / "target" / "coordinator" / "evenkeel-coordinator.jar")
    parser.add_argument("--relays", type=int, default=10)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--dimension", type=int, default=100_000)
    parser.add_argument("--compressor", default="top-k:0.01")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--links", type=int, default=10, help="connections of the flat fleet")
    options = parser.parse_args()
    print("| fleet | processor time above, a round | bytes that arrive above | bytes that it serves | time of a round |")
    print("|---|---|---|---|---|")
    for relays in (0, options.relays):
        with tempfile.TemporaryDirectory() as folder:
            print(measure(options, pathlib.Path(folder), relays), flush=True)


if __name__ == "__main__":
    main()
