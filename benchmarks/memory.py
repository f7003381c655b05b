#!/usr/bin/env python3
"""Checks that no run crashes a coordinator by exhausting its memory, for heaps and dimensions of any size.

    benchmarks/memory.py [--heaps 302m,512m,1g,2g,4g] [--dimensions 1000000,10000000,100000000,largest]
        [--command './evenkeel serve']
    benchmarks/memory.py --train 100000000 --heaps 8400m [--database URL] [--into URL]

Starts a coordinator on an H2 file for each heap, with -XX:+ExitOnOutOfMemoryError. For each dimension, it creates a run and
executes all operations whose memory is proportional to d: upload, start, messages, downloads in all forms at once with an export
and an audit, a leave, a restart. Each run is either refused when it is created, or completes all operations. Prints a table. With
--train, one run of that many parameters executes a user's operations once: upload, 20 devices with top-k:0.001 for 4 rounds, a
download that is interrupted and resumed, an export, and an import by a second coordinator. Prints the duration of each, and the
peak memory. The databases are H2 files, or empty ones on PostgreSQL (jdbc:postgresql://...). Needs Linux, Python 3.9 and 10 GB of
disk.
"""

import argparse
import concurrent.futures
import glob
import http.client
import json
import os
import random
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time

OPERATOR = "evk_op_" + "0123456789" * 4 + "012"
PIECE = 1 << 20
RETENTION_EVERY = 2
EAGER = ["--evenkeel.rounds.checkpoint-every=1", f"--evenkeel.retention.every={RETENTION_EVERY}s",
         "--evenkeel.retention.compaction-messages=1", "--evenkeel.retention.compaction-bytes-per-parameter=0"]
DEVICES, ROUNDS, SHARE = 20, 4, 1000


class Coordinator:
    def __init__(self, command, heap, folder, settings=EAGER):
        self.command, self.heap, self.folder, self.more = command, heap, folder, settings
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = os.path.join(folder, "log")
        self.resident = 0
        self.start()

    def start(self):
        environment = dict(os.environ)
        if self.heap:
            options = f"-Xmx{self.heap} -XX:+ExitOnOutOfMemoryError -Xlog:gc:file={self.folder}/gc.%p:none"
            environment["EVENKEEL_JAVA_OPTS"] = environment["JAVA_TOOL_OPTIONS"] = options
        environment["EVENKEEL_OPERATOR_TOKEN"] = OPERATOR
        settings = [f"--server.port={self.port}", "--server.address=127.0.0.1", f"--evenkeel.data={self.folder}/data"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(shlex.split(self.command) + settings + self.more, stdout=log, stderr=log, env=environment,
                                            start_new_session=True)
        while not self.is_ready():
            self.check()
            time.sleep(0.02)

    def is_ready(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
                connection.sendall(b"GET /actuator/health/readiness HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return connection.recv(64).split()[1:2] == [b"200"]
        except OSError:
            return False

    def check(self):
        if self.process.poll() is not None:
            with open(self.log) as log:
                raise SystemExit(f"the coordinator with -Xmx{self.heap} ended with {self.process.returncode}:\n{log.read()}")

    def stop(self):
        """Stops the coordinator, and records its peak memory in kB, which Linux reports while the process lives."""
        with open(f"/proc/{self.process.pid}/status") as status:
            self.resident = max(self.resident, int(re.search(r"VmHWM:\s*(\d+)", status.read()).group(1)))
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()

    def call(self, method, path, body=None, token=OPERATOR, content_type="application/json", headers=None):
        """Returns the status, and the content of JSON or text; for other types, the number of bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = "Bearer " + token
        if isinstance(body, dict):
            body = json.dumps(body)
        if body is not None:
            headers["Content-Type"] = content_type
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        if "json" in (answer.getheader("Content-Type") or ""):
            return answer.status, json.loads(answer.read() or b"null")
        if "text/plain" in (answer.getheader("Content-Type") or ""):
            return answer.status, answer.read().decode()
        size = 0
        while piece := answer.read(PIECE):
            size += len(piece)
        return answer.status, size

    def api(self, method, path, body=None, token=OPERATOR, expected=(200, 201, 204), **more):
        status, content = self.call(method, "/api/v1" + path, body, token, **more)
        self.check()
        if status not in expected:
            raise AssertionError(f"{method} {path}: {status} {content}")
        return content


def pieces(size):
    chunk = b"\0\0\x80\x3e" * (PIECE // 4)
    while size > 0:
        yield chunk[:min(size, PIECE)]
        size -= PIECE


class Device:
    def __init__(self, coordinator, token, run, d):
        self.coordinator, self.run, self.d = coordinator, run, d
        self.secret = coordinator.api("POST", "/enrolments", {"token": token}, token=None)["secret"]
        self.sequence, self.head = 0, "0" * 16

    def send(self, round_number, share=100):
        count = self.d // share
        draw = random.Random(self.sequence)
        values = [draw.gauss(0, 1) for _ in range(count)]
        indices = sorted(draw.sample(range(self.d), count))
        self.sequence += 1
        message = {"sequence": self.sequence, "previous": self.head, "indices": indices, "values": values}
        receipt = self.coordinator.api("PUT", f"/runs/{self.run}/rounds/{round_number}/messages/me", message,
                                       token=self.secret)
        self.head = receipt.get("head") or receipt["digest"]


def create(coordinator, d):
    """Creates the run "d{d}"; returns None, or the problem if it does not fit."""
    status, content = coordinator.call("POST", "/api/v1/runs", {
        "name": f"d{d}", "dimension": d, "algorithm": "ef21-norm", "compressor": "top-k:0.01", "rounds": 4,
        "initialModel": "uploaded", "participants": {"min": 1}, "time": {"max": "1h"}})
    coordinator.check()
    if status == 201:
        return None
    assert status == 503 and content["type"].endswith(":insufficient-memory"), content
    return content


def largest(coordinator):
    """Returns the largest dimension that fits, from the free memory and the requirement of a run that does not fit."""
    d = 100_000_000
    refusal = create(coordinator, d)
    once = 1 << 20
    return d * (refusal["leftBytes"] - once) // (refusal["neededBytes"] - once) - 1


def everything(coordinator, d):
    """Runs all operations on a run of d parameters, and returns the result."""
    run = f"d{d}"
    refusal = create(coordinator, d)
    if refusal:
        return f"refused: {refusal['neededBytes'] >> 20} of {refusal['leftBytes'] >> 20} MiB"
    token = coordinator.api("POST", "/enrolment-tokens", {"uses": 2})["token"]
    a, b = (Device(coordinator, token, run, d) for _ in range(2))
    for device in (a, b):
        coordinator.api("PUT", f"/runs/{run}/members/me", {}, token=device.secret)
    coordinator.api("PUT", f"/runs/{run}/model", pieces(8 * d), content_type="application/octet-stream",
                    headers={"Content-Length": str(8 * d)})
    coordinator.api("POST", f"/runs/{run}/start")
    for k in range(2):
        a.send(k)
        b.send(k)
        await_round(coordinator, run, k + 1)
        at_once(coordinator, run, a, k + 1)
    coordinator.api("DELETE", f"/runs/{run}/members/me", token=b.secret)
    a.send(2)
    await_round(coordinator, run, 3)
    coordinator.stop()
    coordinator.start()
    assert coordinator.api("GET", f"/runs/{run}")["state"] == "running"
    at_once(coordinator, run, a, 3)
    a.send(3)
    await_round(coordinator, run, 4)
    at_once(coordinator, run, a, 4)
    await_release(coordinator)
    return "completed"


def await_round(coordinator, run, k):
    while (view := coordinator.api("GET", f"/runs/{run}"))["round"] < k:
        assert view["state"] == "running", view
        time.sleep(0.1)


def await_release(coordinator):
    """Waits until the work on the ended run is over, and the compaction has released its memory."""
    until = time.monotonic() + 120
    free = 0
    while free < 3 * RETENTION_EVERY:
        metrics = coordinator.call("GET", "/actuator/prometheus")[1]
        coordinator.check()
        taken = float(re.search(r"^evenkeel_models_memory_bytes\S* (\S+)", metrics, re.MULTILINE).group(1))
        free = 0 if taken else free + 0.1
        assert time.monotonic() < until, f"{taken} bytes of an ended run are still in use"
        time.sleep(0.1)


def at_once(coordinator, run, device, k):
    """Concurrent requests of other callers; only requests that need additional memory may be refused."""
    paths = [("GET", f"/runs/{run}/rounds/{k}/model?format={form}&dtype={dtype}", OPERATOR, (200,))
             for form in ("raw", "npy", "safetensors") for dtype in ("float32", "float64")]
    paths += [("GET", f"/runs/{run}/rounds/{k}/replica", device.secret, (200,)),
              ("GET", f"/runs/{run}/rounds/{k - 1}/replica", device.secret, (200, 503)),
              ("GET", f"/runs/{run}/members/me/state", device.secret, (200,)),
              ("GET", f"/runs/{run}/export", OPERATOR, (200, 503)),
              ("POST", f"/runs/{run}/audit", OPERATOR, (200, 503))]
    if k == 4:
        paths = [path[:3] + ((200, 503),) for path in paths]
    with concurrent.futures.ThreadPoolExecutor(len(paths)) as threads:
        for call in [threads.submit(coordinator.api, *path[:2], None, path[2], path[3]) for path in paths]:
            call.result()


class Stopwatch:
    """Prints the duration of each step."""

    def __init__(self):
        self.began = time.monotonic()

    def print(self, what):
        now = time.monotonic()
        print(f"| {what} | {now - self.began:.1f} s |", flush=True)
        self.began = time.monotonic()


def train(options, heap, d):
    """Trains one run of d parameters, and moves it to a second coordinator."""
    watch = Stopwatch()
    with tempfile.TemporaryDirectory(prefix="evenkeel-memory-") as folder:
        coordinator = Coordinator(options.command, heap, folder, database(options.database))
        try:
            devices = trained(coordinator, d, watch)
            resumed(coordinator, d, watch)
            file = os.path.join(folder, "export")
            size = download(coordinator, f"/api/v1/runs/d{d}/export", OPERATOR, file)
            watch.print(f"export of {size >> 20} MiB")
            last = coordinator.api("GET", f"/runs/d{d}/members/me", token=devices[0].secret)["lastReceipt"]
        finally:
            coordinator.stop()
        watch.began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="evenkeel-memory-") as other:
            target = Coordinator(options.command, heap, other, database(options.into))
            try:
                watch.print("start of the second coordinator")
                with open(file, "rb") as content:
                    target.api("POST", "/import", content, content_type="application/vnd.evenkeel.export",
                               headers={"Content-Length": str(size)})
                watch.print("import")
                assert target.api("GET", f"/runs/d{d}")["state"] == "finished"
                assert target.api("GET", f"/runs/d{d}/members/me", token=devices[0].secret)["lastReceipt"] == last
            finally:
                target.stop()
            print(f"peak: {coordinator.resident >> 10} MiB, import {target.resident >> 10} MiB resident; heap in use after a"
                  f" collection {peak(folder)} MiB, import {peak(other)} MiB")


def database(url):
    # Few devices wait, so their share of the memory is available for models.
    settings = ["--evenkeel.rounds.waiting-devices=1000"]
    return settings + ([f"--spring.datasource.url={url}"] if url else [])


def trained(coordinator, d, watch):
    run = f"d{d}"
    coordinator.api("POST", "/runs", {
        "name": run, "dimension": d, "algorithm": "ef21-norm", "compressor": f"top-k:{1 / SHARE}", "rounds": ROUNDS,
        "initialModel": "uploaded", "participants": {"min": DEVICES}, "time": {"max": "1h"}})
    token = coordinator.api("POST", "/enrolment-tokens", {"uses": DEVICES})["token"]
    devices = [Device(coordinator, token, run, d) for _ in range(DEVICES)]
    for device in devices:
        coordinator.api("PUT", f"/runs/{run}/members/me", {}, token=device.secret)
    watch.print("start, run and members")
    coordinator.api("PUT", f"/runs/{run}/model", pieces(4 * d), content_type="application/octet-stream",
                    headers={"Content-Length": str(4 * d)})
    watch.print(f"upload of {4 * d >> 20} MiB")
    coordinator.api("POST", f"/runs/{run}/start")
    watch.print("start of the run")
    for k in range(ROUNDS):
        for device in devices:
            device.send(k, SHARE)
        watch.print(f"{DEVICES} messages of round {k}, created and sent one by one")
        while coordinator.api("GET", f"/runs/{run}")["round"] <= k:
            time.sleep(0.05)
        watch.print(f"close of round {k}")
    return devices


def resumed(coordinator, d, watch):
    """Downloads the model in two parts, as after a broken connection."""
    path = f"/api/v1/runs/d{d}/rounds/{ROUNDS}/model?dtype=float32"
    head = coordinator.call("GET", path, headers={"Range": "bytes=0-0"})
    assert head == (206, 1), head
    watch.print("the model is prepared for downloads")
    half = 2 * d
    parts = [coordinator.call("GET", path, headers={"Range": f"bytes={part}"}) for part in (f"0-{half - 1}", f"{half}-")]
    assert parts == [(206, half), (206, half)], parts
    watch.print(f"download of {4 * d >> 20} MiB in two parts")


def download(coordinator, path, token, file):
    connection = http.client.HTTPConnection("127.0.0.1", coordinator.port, timeout=600)
    connection.request("GET", path, headers={"Authorization": "Bearer " + token})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    with open(file, "wb") as out:
        while piece := answer.read(PIECE):
            out.write(piece)
    return os.path.getsize(file)


def peak(folder):
    """Returns the maximum megabytes of the heap in use after a collection, over all restarts."""
    most = 0
    for path in glob.glob(os.path.join(folder, "gc.*")):
        with open(path) as log:
            most = max(most, *(int(used) for used in re.findall(r"->(\d+)M\(", log.read())), 0)
    return most


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heaps", default="302m,512m,1g,2g,4g")
    parser.add_argument("--dimensions", default="1000000,10000000,100000000,largest")
    parser.add_argument("--command", default=os.path.join(os.path.dirname(__file__), "..", "evenkeel") + " serve")
    parser.add_argument("--train", type=int, metavar="D")
    parser.add_argument("--database", metavar="URL")
    parser.add_argument("--into", metavar="URL")
    options = parser.parse_args()
    if options.train:
        for heap in options.heaps.split(","):
            train(options, heap, options.train)
        return
    dimensions = options.dimensions.split(",")
    print("| heap |", *(f"d = {d} |" for d in dimensions), "most heap in use after a collection | most resident memory |")
    print("| --- |" + " --- |" * (len(dimensions) + 2), flush=True)
    for heap in options.heaps.split(","):
        with tempfile.TemporaryDirectory(prefix="evenkeel-memory-") as folder:
            coordinator = Coordinator(options.command, heap, folder)
            print(f"| {heap} |", end="", flush=True)
            try:
                for text in dimensions:
                    d = largest(coordinator) if text == "largest" else int(text)
                    print(f" {d:,}: {everything(coordinator, d)} |", end="", flush=True)
            finally:
                if coordinator.process.poll() is None:
                    coordinator.stop()
            with open(coordinator.log) as log:
                text = log.read()
            if "java.lang.OutOfMemoryError" in text:
                sys.exit(f"an OutOfMemoryError with -Xmx{heap}:\n{text}")
            print(f" {peak(folder)} MiB | {coordinator.resident >> 10} MiB |", flush=True)


if __name__ == "__main__":
    main()
