#!/usr/bin/env python3
"""Measures how long a round takes in a run with many members of which few send.

    DATABASE_URL=jdbc:postgresql://localhost/filled?user=me benchmarks/large_run.py 1000000 12

Needs python3-numpy, a PostgreSQL database with a million devices that benchmarks/lists.py has filled, psql, and the built jar as that
script does. Creates a run, inserts the devices as its members by SQL, lets 20 devices of the Python SDK join and send, and prints what
the coordinator's log says of each round: the sum of its messages with the counts and weights of the members, and the last transaction.
"""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from lists import ROOT, Coordinator

sys.path.insert(0, str(ROOT / "client-sdk" / "python" / "src"))
import numpy as np

import evenkeel
from evenkeel.client import MemoryStore

SENDERS, DIMENSION = 20, 1000
CLOSED = re.compile(r"Closed with \d+ of \d+ asked in (\d+) ms: sum (\d+) ms, step \d+ ms, store (\d+) ms")


def insert_members(url, run, members):
    key = f"(SELECT id FROM run WHERE name = '{run}')"
    statements = [
        "INSERT INTO member (run_id, client_id, ordinal, weight, active_from, joined_at)"
        f" SELECT {key}, 'd' || lpad(CAST(x AS VARCHAR), 11, '0'), x - 1, 1, 0, CURRENT_TIMESTAMP FROM generate_series(1, {members}) s(x)",
        f"INSERT INTO member_chain (member_id, sequence, head, last_round) SELECT id, 0, 0, -1 FROM member WHERE run_id = {key}",
        "VACUUM ANALYZE member",
        "VACUUM ANALYZE member_chain",
    ]
    for statement in statements:
        subprocess.run(["psql", "--quiet", "--command", statement, url.removeprefix("jdbc:")], check=True)


def train(coordinator, run, token, number):
    random = np.random.default_rng(number)
    with evenkeel.Client(
        f"http://127.0.0.1:{coordinator.port}", run=run, state_dir=MemoryStore(), enrolment_token=token
    ) as device:
        device.train(lambda *_: random.standard_normal(DIMENSION))


def members_of(coordinator, run):
    return json.loads(coordinator.request("GET", f"/runs/{run}"))["members"]


def measure(coordinator, url, members, rounds):
    run = f"closing-{int(time.time())}"
    coordinator.request("POST", "/runs", {
        "name": run, "dimension": DIMENSION, "algorithm": "ef21-norm", "rounds": rounds, "gamma": "constant:0.01",
        "participants": {"min": SENDERS, "max": SENDERS}, "time": {"min": "0s", "max": "600s"}})  # fmt: skip
    insert_members(url, run, members)
    token = json.loads(coordinator.request("POST", "/enrolment-tokens", {"uses": SENDERS}))["token"]
    devices = [threading.Thread(target=train, args=(coordinator, run, token, i)) for i in range(SENDERS)]
    for device in devices:
        device.start()
    while members_of(coordinator, run) < members + SENDERS:
        time.sleep(0.2)
    begin = time.monotonic()
    coordinator.request("POST", f"/runs/{run}/start")
    for device in devices:
        device.join()
    return (time.monotonic() - begin) / rounds


def main():
    members, rounds = int(sys.argv[1]), int(sys.argv[2])
    url = os.environ["DATABASE_URL"]
    os.environ["LOGGING_LEVEL_IO_EVENKEEL_COORDINATOR_ROUND"] = "DEBUG"
    with tempfile.TemporaryDirectory(prefix="evenkeel-closing") as name:
        folder = pathlib.Path(name)
        coordinator = Coordinator(folder, url)
        try:
            each = measure(coordinator, url, members, rounds)
        finally:
            coordinator.stop()
        closed = [tuple(map(int, figures)) for figures in CLOSED.findall((folder / "log").read_text())]
    total, sums, stores = (statistics.median(column) for column in zip(*closed))
    print(f"{len(closed)} rounds of {members + SENDERS:,} members, {each:.2f} s each; medians: closing {total:.0f} ms, of which the sum"
          f" {sums:.0f} ms and the last transaction {stores:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
