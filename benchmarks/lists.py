#!/usr/bin/env python3
"""Measures the lists, counts and curves of a coordinator with many runs and devices, on H2 or PostgreSQL.

    benchmarks/lists.py h2 100000
    DATABASE_URL=jdbc:postgresql://localhost/empty?user=me benchmarks/lists.py postgresql 1000000

Starts a coordinator, creates 500 runs, fills the database by SQL while it is stopped (devices with attributes, all of them members of
two runs, and 100,000 closed rounds), and leaves it in the state of an active fleet: a twentieth of the devices were seen since the
last VACUUM. Starts the coordinator again, sends each request 15 times, and starts the two runs, whose first rounds draw 10,000
members. Needs the built jar (target/coordinator, or EVENKEEL_COORDINATOR), for H2 its jar in ~/.m2, and for PostgreSQL an empty
database and psql."""

import json
import os
import pathlib
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
JAR = ["java", "-jar", str(ROOT / "target" / "coordinator" / "evenkeel-coordinator.jar")]
TOKEN = "evk_op_" + "b" * 43
RUNS, ROUNDS, REPEATED, DRAWN = 500, 100_000, 15, 10_000
REGIONS, VERSIONS, MODELS, MEMORY = 5, 20, 10, 4
BROAD, NARROW = "region in (r1,r2),app-version>=3.2", "region=r1,app-version=3.7,memory>=2048,model in (m1,m2)"
PROFILES = REGIONS * VERSIONS * MODELS * MEMORY
# Runs that all devices join: one draws among the devices of a selector, the other from each region.
DRAWING = {"chosen": {"sample": BROAD}, "strata": {"stratifyBy": "region"}}


class Coordinator:
    """A coordinator in a separate process."""

    def __init__(self, folder, url):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = shlex.split(os.environ.get("EVENKEEL_COORDINATOR", "")) or JAR
        options = [f"--server.port={self.port}", f"--spring.datasource.url={url}", f"--evenkeel.operator-token={TOKEN}",
                   "--evenkeel.limits.requests-per-second=100000"]  # fmt: skip
        self._process = subprocess.Popen(
            [*command, *options], cwd=folder, stdout=open(folder / "log", "ab"), stderr=subprocess.STDOUT
        )
        until = time.monotonic() + 180
        while True:
            try:
                self.request("GET", "/runs?limit=1")
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise SystemExit("the coordinator did not start:\n" + (folder / "log").read_text()[-3000:]) from None
                time.sleep(0.3)

    def request(self, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode())  # fmt: skip
        request.add_header("Authorization", "Bearer " + TOKEN)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.read()

    def stop(self):
        self._process.terminate()
        self._process.wait()


def sort_key(version):
    """Returns the sort key of a version, like the class DottedVersion; for numbers above 0."""
    numbers = version.split(".")
    while numbers[-1].strip("0") == "":
        numbers.pop()
    return "".join(f"{len(number):02d}{number}" if number.strip("0") else "00" for number in numbers)


def statements(devices, postgresql):
    """The SQL that fills the database."""
    series = (lambda n: f"generate_series(1, {n}) AS s(x)") if postgresql else (lambda n: f"SYSTEM_RANGE(1, {n}) AS s(x)")
    number = "lpad(CAST(x AS VARCHAR), 11, '0')"
    yield "INSERT INTO enrolment_token (id, hash, uses, uses_left, created_at) VALUES ('seed', 'seed', 1, 0, CURRENT_TIMESTAMP)"
    profiles, values = [], []
    for i in range(PROFILES):
        attributes = {"region": f"r{i % REGIONS}", "app-version": f"3.{i // REGIONS % VERSIONS}",
                      "model": f"m{i // REGIONS // VERSIONS % MODELS}", "memory": str(512 << i // (PROFILES // MEMORY))}  # fmt: skip
        profiles.append(f"({i + 1}, 'seed{i}', '{json.dumps(attributes)}', '{{}}')")
        for key, value in attributes.items():
            version = f"'{sort_key(value)}'" if value[0].isdigit() else "NULL"
            values.append(f"({i + 1}, '{key}', '{value}', {version})")
    yield "INSERT INTO profile (id, digest, attributes, labels) VALUES " + ",".join(profiles)
    yield "INSERT INTO profile_value (profile_id, name, text, version) VALUES " + ",".join(values)
    yield ("INSERT INTO client (id, name, secret_hash, enrolled_by, enrolment_key, enrolled_at, last_seen_at, profile_id)"
           f" SELECT 'd' || {number}, 'meter-' || x, lpad(CAST(x AS VARCHAR), 64, '0'), 'seed', lpad(CAST(x AS VARCHAR), 64, '0'), CURRENT_TIMESTAMP - ({devices} - x) * INTERVAL '1' SECOND,"
           f" CURRENT_TIMESTAMP - MOD(x, 100) * INTERVAL '1' HOUR, MOD(MOD(x, {PROFILES}) * 7919, {PROFILES}) + 1 FROM {series(devices)}")  # fmt: skip
    for name in DRAWING:
        run = f"(SELECT id FROM run WHERE name = '{name}')"
        yield ("INSERT INTO member (run_id, client_id, ordinal, weight, active_from, joined_at)"
               f" SELECT {run}, 'd' || {number}, x - 1, 1, 0, CURRENT_TIMESTAMP FROM {series(devices)}")  # fmt: skip
        yield f"INSERT INTO member_chain (member_id, sequence, head, last_round) SELECT id, 0, 0, -1 FROM member WHERE run_id = {run}"
    yield ("INSERT INTO round_record (run_id, round_number, opened_at, closed_at, participants, sampled, members, uplink_bytes,"
           " downlink_bytes, dense_bytes, loss, direction_norm, gamma, metrics, extended, stationary)"
           " SELECT (SELECT id FROM run WHERE name = 'long'), x - 1, CURRENT_TIMESTAMP + x * INTERVAL '1' SECOND,"
           " CURRENT_TIMESTAMP + (x + 1) * INTERVAL '1' SECOND, 90, 100, 1000, 1000, 1000, 100000, 1.0 / x, 1, 0.1,"
           f" '{{\"accuracy\":0.5}}', 0, FALSE FROM {series(ROUNDS)}")  # fmt: skip
    yield "VACUUM ANALYZE" if postgresql else "ANALYZE"
    yield "UPDATE client SET last_seen_at = CURRENT_TIMESTAMP WHERE MOD(CAST(SUBSTRING(id FROM 2) AS BIGINT) * 7919, 20) = 0"
    if postgresql:
        yield "ANALYZE client"


def fill(url, folder, devices):
    postgresql = "postgresql" in url
    file = folder / "fill.sql"
    file.write_text(";\n".join(statements(devices, postgresql)) + ";\n")
    if postgresql:
        command = ["psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(file), url.removeprefix("jdbc:")]
    else:
        h2 = sorted(pathlib.Path.home().glob(".m2/repository/com/h2database/h2/*/h2-*.jar"))[-1]
        command = [
            "java",
            "-Xmx1g",
            "-cp",
            str(h2),
            "org.h2.tools.RunScript",
            "-url",
            url,
            "-user",
            "evenkeel",
            "-script",
            str(file),
        ]
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"filled in {time.monotonic() - begin:.0f} s", file=sys.stderr)


def paths(devices):
    """A measurement: a name and a request."""

    def selected(selector, path="/clients?"):
        return path + "selector=" + urllib.parse.quote(selector)

    middle = f"d{devices // 2:011d}"
    return [
        ("500 runs, the first 100 with their definitions", "/runs"),
        ("the runs that all devices have joined", "/runs?search=s&limit=100"),
        ("500 runs, the console's first 50", "/run-overview"),
        ("devices, first page of 100", "/clients"),
        ("devices, a page in the middle", f"/clients?after={middle}"),
        ("devices, search for a rare part of a name", f"/clients?search=meter-{devices // 2}"),
        ("devices, not seen for 3 days", "/clients?unseenFor=72h"),
        (f"devices, list by {BROAD} (two fifths)", selected(BROAD)),
        (f"devices, list by {NARROW} (few)", selected(NARROW)),
        ("devices, count all", "/clients/count"),
        ("devices, count two fifths by the first selector", selected(BROAD, "/clients/count?")),
        ("devices, count few by the second selector", selected(NARROW, "/clients/count?")),
        ("members, first page of 100", "/runs/chosen/members"),
        ("members, a page in the middle", f"/runs/chosen/members?after={devices // 2}"),
        ("members, list by the second selector", selected(NARROW, "/runs/chosen/members?")),
        ("members, search for a rare part of a name", f"/runs/chosen/members?search=meter-{devices // 2}"),
        (f"curves of {ROUNDS:,} rounds, 600 points", "/runs/long/series?points=600"),
    ]


def measure(coordinator, devices):
    print("| request | first | median | slowest of the others |\n|---|---|---|---|")
    for name, path in paths(devices):
        times = []
        for _ in range(REPEATED):
            begin = time.monotonic()
            coordinator.request("GET", path)
            times.append(1000 * (time.monotonic() - begin))
        print(f"| {name} | {times[0]:.0f} ms | {statistics.median(times):.0f} ms | {max(times[1:]):.0f} ms |", flush=True)


def measure_draws(coordinator):
    for run, devices in DRAWING.items():
        begin = time.monotonic()
        coordinator.request("POST", f"/runs/{run}/start")
        took = 1000 * (time.monotonic() - begin)
        draw = json.loads(coordinator.request("GET", f"/runs/{run}/rounds/0/draw"))
        print(f"| start of a run whose first round draws {len(draw['asked']):,} of {draw['eligible']:,} members with {json.dumps(devices)} |"
              f" {took:.0f} ms | | |", flush=True)  # fmt: skip


def main():
    database, devices = sys.argv[1], int(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="evenkeel-lists") as name:
        folder = pathlib.Path(name)
        url = f"jdbc:h2:file:{folder / 'evenkeel'}" if database == "h2" else os.environ["DATABASE_URL"]
        coordinator = Coordinator(folder, url)
        for i in range(RUNS):
            run = {0: "chosen", 1: "strata", 2: "long"}.get(i, f"run-{i:03d}")
            definition = {"name": run, "dimension": 1000, "algorithm": "ef21-norm", "rounds": 1_000_000}
            if run in DRAWING:
                eligible = devices if run == "strata" else devices * 9 // 25
                definition |= {"devices": DRAWING[run], "sampling": min(1, DRAWN / eligible)}
            coordinator.request("POST", "/runs", definition)
        coordinator.stop()
        fill(url, folder, devices)
        coordinator = Coordinator(folder, url)
        try:
            measure(coordinator, devices)
            measure_draws(coordinator)
        finally:
            coordinator.stop()


if __name__ == "__main__":
    main()
