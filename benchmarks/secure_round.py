"""Measures requests, bytes and time of rounds with secure aggregation over HTTP, with Python devices in threads of one process.

    python3 benchmarks/secure_round.py --devices 100 --values 10000 --rounds 3
    python3 benchmarks/secure_round.py --devices 1000 --rounds 1 --light
    python3 benchmarks/secure_round.py --database 'jdbc:postgresql://localhost/empty?user=me'

Devices share the processors with the coordinator. Light devices mostly send: they check no keys, use only their own masks, and
share their seeds unencrypted. The coordinator's work for them is the same. Needs python3-numpy, python3-urllib3,
python3-cryptography, and a built coordinator or EVENKEEL_COORDINATOR.
"""

import argparse
import base64
import os
import pathlib
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

PACKAGE = pathlib.Path(__file__).parents[1] / "client-sdk" / "python"
sys.path[:0] = [str(PACKAGE / "src"), str(PACKAGE)]

from tests import coordinator

from evenkeel import Client, Gradient, secagg
from evenkeel.client import MemoryStore
from evenkeel.client._secure_uplink import SecureUplink
from evenkeel.secagg import _crypto

parser = argparse.ArgumentParser()
parser.add_argument("--devices", type=int, default=100)
parser.add_argument("--values", type=int, default=10_000)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--light", action="store_true", help="devices that mostly send")
parser.add_argument("--database", help="the JDBC URL of an empty database; H2 if not given")
given = parser.parse_args()
owner = secagg.OwnerKey.generate()


def processor_seconds(pid):
    ticks = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def light_steps(self, pending, attempt):
    """Takes the steps of an attempt without drop-outs."""
    calls, ordinal = self._calls(pending, attempt), self._reconciliation.member.ordinal
    context = secagg.CohortContext(self._plan.run, pending.round, attempt, pending.basis)
    device = secagg.SecAggDevice(context, ordinal)
    calls.send("keys", secagg.encode_keys(self._identity.sign(device.advertisement(), context)))
    members = np.frombuffer(calls.receive("keys")[9:-4], "<u4").reshape(-1, 81)[:, 0].tolist()
    calls.send("shares", secagg.encode_shares({one: device._seed + bytes(48) for one in members if one != ordinal}))
    received = secagg.decode_shares(calls.receive("shares"))
    words = self._words(pending)
    _crypto.add_mask(_crypto.derive(device._seed, context.purpose("own mask")), 1, words.view(np.uint32))
    calls.send("masked", secagg.MaskedVector(pending.sequence, pending.previous, pending.digest, words).encode())
    included = secagg.decode_included(calls.receive("included"))
    self._revealed.advance(pending.round)
    seeds = {one: data[:32] for one, data in received.items() if one in included}
    calls.send("reveals", secagg.encode_reveal(secagg.Reveal(ordinal, seeds, {})))


if given.light:
    SecureUplink._steps = light_steps


def members(run):
    """Returns the number of joined devices; -1 if the coordinator is too busy to answer."""
    try:
        return server.operate("GET", f"runs/{run}")["members"]
    except (OSError, AssertionError):
        return -1


def report(device):
    """Reports at once why a device failed, since the others wait for it."""
    if device.exception():
        print("a device failed:", device.exception(), file=sys.stderr)


def train(i, url, run, token):
    """Trains a device; returns the requests, and the bytes of their bodies, after it has joined."""
    counts = [0, 0, 0]
    with Client(url, run=run, state_dir=MemoryStore(), enrolment_token=token, identity=owner.provision(), retry_for=3600,
                request_timeout=600, sparse_updates=False) as client:  # fmt: skip
        exchange = client._transport.exchange

        def counted(request):
            response = exchange(request)
            # Long polls that end without work, before the start and between rounds, are not counted.
            if "/rounds/" in request.path or ("/task" in request.path and response.status == 200):
                counts[0] += 1
                counts[1] += len(request.body or b"")
                counts[2] += len(response.body)
            return response

        client._transport.exchange = counted
        outcome = client.train(lambda model: Gradient(np.full(given.values, (i - model.round) / 1000), loss=1.0))
    return counts, outcome


with tempfile.TemporaryDirectory() as folder:
    server = coordinator.Coordinator(pathlib.Path(folder), given.database)
    try:
        run = server.run("secure-round", dimension=given.values, compressor="identity", rounds=given.rounds,
                         participants={"min": given.devices * 9 // 10, "max": given.devices}, time={"min": "PT0S", "max": "PT30M"},
                         secureAggregation={"owners": [base64.b64encode(owner.public).decode()], "phaseTime": "PT30M"})  # fmt: skip
        token = server.enrolment_token(given.devices)
        with ThreadPoolExecutor(given.devices) as pool:
            devices = [pool.submit(train, i, server.url, run, token) for i in range(given.devices)]
            for device in devices:
                device.add_done_callback(report)
            while members(run) < given.devices:
                time.sleep(1)
            server.operate("POST", f"runs/{run}/start")
            start, before = time.monotonic(), processor_seconds(server._process.pid)
            found = [device.result() for device in devices]
            wall, cpu = time.monotonic() - start, processor_seconds(server._process.pid) - before
        counts = np.array([each[0] for each in found]) / given.rounds
        accepted = sum(each[1].accepted for each in found)
        print(f"{given.devices} devices, {given.values:,} values, {given.rounds} rounds, {accepted} messages accepted")
        print(f"a device and round: {counts[:, 0].mean():.1f} requests, {counts[:, 1].mean():,.0f} bytes up, {counts[:, 2].mean():,.0f} down")
        print(f"a round: {wall / given.rounds:.1f} s, {cpu / given.rounds:.2f} s of the coordinator's processor time")
    finally:
        server.kill()
