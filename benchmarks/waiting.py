#!/usr/bin/env python3
"""Measures what a device that waits for work costs a coordinator: bytes of heap, of buffers outside it, and resident memory.

    benchmarks/waiting.py [--devices 19500] [--heap 1g] [--histogram] 'NAME=COMMAND' ...
    benchmarks/waiting.py 'now=java -jar target/coordinator/evenkeel-coordinator.jar'

Starts each command in turn on a new H2 database. As many devices as --devices join a run and wait for it with long polls, each on
its own connection. While they wait, a device of a second run sends messages, one for each round. Then the first run starts, and
every waiting device has to get its task. Prints a row for each command; the bytes of a device are the growth since all devices had
joined, after a full collection. --histogram also prints the classes that grew most. Needs Linux, Python 3.9, a JDK (jcmd), and a
file descriptor for each device here and in the coordinator (ulimit -n).
"""

import argparse
import concurrent.futures
import http.client
import json
import re
import select
import socket
import statistics
import subprocess
import tempfile
import threading
import time

from memory import Coordinator, Device, await_round
from start import resident

CLIENTS = 8
MESSAGES = 50
WAIT = 60
PATIENCE = 120


class Poll:
    """A device's long poll on its own connection."""

    def __init__(self, coordinator, secret):
        self.port = coordinator.port
        self.request = (f"GET /api/v1/runs/waits/task?wait={WAIT}s HTTP/1.1\r\nHost: localhost:{self.port}\r\n"
                        f"Authorization: Bearer {secret}\r\nAccept: application/json\r\nUser-Agent: evenkeel\r\n\r\n").encode()
        self.connection = socket.create_connection(("127.0.0.1", self.port))
        self.received = b""

    def ask(self):
        self.received = b""
        self.connection.sendall(self.request)

    def read(self):
        """Returns the status and the pause in seconds if the response is complete, else None."""
        piece = self.connection.recv(4096)
        if not piece:
            return 0, 0
        self.received += piece
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if not end or length and len(body) < int(length[1]):
            return None
        pause = re.search(rb"(?i)\r\nretry-after: (\d+)", head)
        return int(head.split()[1]), int(pause[1]) if pause else 0


class Fleet:
    """Devices that wait. A wait that ends without work starts again after its pause, as in the SDKs."""

    def __init__(self, coordinator, secrets):
        self.poller = select.epoll()
        self.polls, self.due, self.statuses = {}, [], {}
        for secret in secrets:
            poll = Poll(coordinator, secret)
            self.polls[poll.connection.fileno()] = poll
            self.poller.register(poll.connection.fileno(), select.EPOLLIN)
            poll.ask()
            self.turn(0)

    def turn(self, timeout):
        for file, _ in self.poller.poll(timeout):
            answer = self.polls[file].read()
            if answer is None:
                continue
            status, pause = answer
            self.statuses[status] = self.statuses.get(status, 0) + 1
            if status == 204:
                self.due.append((time.monotonic() + pause, self.polls[file]))
            else:
                self.poller.unregister(file)
        now = time.monotonic()
        for entry in [entry for entry in self.due if entry[0] <= now]:
            self.due.remove(entry)
            entry[1].ask()

    def until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition() and time.monotonic() < end:
            self.turn(0.1)

    def close(self):
        for poll in self.polls.values():
            poll.connection.close()


def enrol(coordinator, devices):
    """Returns the secrets of devices that have joined the run."""
    token = coordinator.api("POST", "/enrolment-tokens", {"uses": devices})["token"]
    local = threading.local()

    def call(method, path, body, secret=None):
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", coordinator.port, timeout=60)
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["Authorization"] = "Bearer " + secret
        local.connection.request(method, "/api/v1" + path, json.dumps(body), headers)
        answer = local.connection.getresponse()
        content = json.loads(answer.read())
        assert answer.status == 201, content
        return content

    def join(_):
        secret = call("POST", "/enrolments", {"token": token})["secret"]
        call("PUT", "/runs/waits/members/me", {}, secret)
        return secret

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as threads:
        return list(threads.map(join, range(devices)))


def metric(coordinator, name):
    text = coordinator.call("GET", "/actuator/prometheus")[1]
    return float(re.search(rf"^{re.escape(name)} (\S+)", text, re.MULTILINE)[1])


def waiting(coordinator):
    return metric(coordinator, "evenkeel_waiting_devices")


def memory(coordinator):
    """Returns the live bytes of each class, and those of the heap, of buffers outside it, and of the resident memory."""
    text = subprocess.run(["jcmd", str(coordinator.process.pid), "GC.class_histogram"], capture_output=True, text=True,
                          check=True).stdout
    classes = {name: int(size) for size, name in re.findall(r"^ *\d+: +\d+ +(\d+) +(\S+)", text, re.MULTILINE)}
    direct = metric(coordinator, 'jvm_buffer_memory_used_bytes{id="direct"}')
    return classes, [sum(classes.values()), direct, resident(coordinator.process.pid) * 1e6]


def measure(command, options):
    with tempfile.TemporaryDirectory(prefix="evenkeel-waiting-") as folder:
        coordinator = Coordinator(command, options.heap, folder, [
            f"--evenkeel.rounds.waiting-devices={options.devices}", f"--server.tomcat.max-connections={options.devices + 1000}",
            "--evenkeel.connections.per-address=0", "--evenkeel.limits.enrolments-per-minute=1000000",
            "--evenkeel.limits.concurrent-anonymous=1000"])
        try:
            return waits(coordinator, options)
        finally:
            coordinator.stop()


def waits(coordinator, options):
    for run in ("waits", "works"):
        coordinator.api("POST", "/runs", {"name": run, "dimension": 10_000, "algorithm": "ef21-norm", "compressor": "top-k:0.01",
                                          "rounds": 1000, "participants": {"min": 1}, "time": {"max": "1h"}})
    secrets = enrol(coordinator, options.devices)
    worker = Device(coordinator, coordinator.api("POST", "/enrolment-tokens", {"uses": 1})["token"], "works", 10_000)
    coordinator.api("PUT", "/runs/works/members/me", {}, token=worker.secret)
    coordinator.api("POST", "/runs/works/start")
    alone = messages(coordinator, worker, 0)
    classes, before = memory(coordinator)
    fleet = Fleet(coordinator, secrets)
    try:
        fleet.until(lambda: waiting(coordinator) + fleet.statuses.get(503, 0) == options.devices)
        count = waiting(coordinator)
        grown, after = memory(coordinator)
        beside = messages(coordinator, worker, MESSAGES)
        refused = fleet.statuses.get(503, 0)
        begin = time.monotonic()
        coordinator.api("POST", "/runs/waits/start")
        fleet.until(lambda: fleet.statuses.get(200, 0) + refused == options.devices)
        took = time.monotonic() - begin
        lost = options.devices - refused - fleet.statuses.get(200, 0)
    finally:
        fleet.close()
    if options.histogram:
        growth = {name: grown[name] - classes.get(name, 0) for name in grown}
        for name in sorted(growth, key=growth.get, reverse=True)[:25]:
            print(f"    {growth[name] / count:10,.0f} bytes each  {name}", flush=True)
    return [f"{count:,.0f}", f"{refused:,}",
            *(f"{(more - less) / count / 1000:.1f} kB" for less, more in zip(before, after)), f"{after[2] / 1e6:,.0f} MB",
            f"{alone:.1f} ms", f"{beside:.1f} ms", f"{took:.1f} s", f"{lost:,}"]


def messages(coordinator, device, first):
    """Sends messages, one for each round, and returns the median time until a receipt in milliseconds."""
    took = []
    for k in range(first, first + MESSAGES):
        begin = time.monotonic()
        device.send(k)
        took.append(1000 * (time.monotonic() - begin))
        await_round(coordinator, "works", k + 1)
    return statistics.median(took)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--devices", type=int, default=19_500)
    parser.add_argument("--heap", default="1g")
    parser.add_argument("--histogram", action="store_true")
    parser.add_argument("commands", nargs="+", metavar="NAME=COMMAND")
    options = parser.parse_args()
    print("| | wait | refused | heap each | buffers each | resident each | resident | a message before | beside | all answered | lost |")
    print("|---|" + "---|" * 10, flush=True)
    for name, command in (text.split("=", 1) for text in options.commands):
        print(f"| {name} |", " | ".join(measure(command, options)), "|", flush=True)


if __name__ == "__main__":
    main()
