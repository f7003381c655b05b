#!/usr/bin/env python3
"""Compares the coordinator with raw inserts by pgbench: databases, object stores, replicas and fleets, in one run.

    DATABASE_URL='jdbc:postgresql://localhost/empty?user=me' benchmarks/storage.py target/coordinator/evenkeel-coordinator.jar

Needs an otherwise idle machine, psql, pgbench, and a PostgreSQL on it with a database that the script may empty; its user must be
allowed to create schemas. S3 is Adobe's S3Mock from ~/.m2, which is not representative of real S3: set S3_ENDPOINT for another
server. A row takes about a minute, all rows a quarter of an hour. Rows that are already in the results are not measured again, so
the script can be interrupted; --again measures all. Prints a Markdown table."""

import argparse
import contextlib
import glob
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
TESTKIT = ["java", "-XX:+UseSerialGC", "-jar", str(ROOT / "testkit" / "target" / "evenkeel-testkit.jar")]
PAYLOAD, PGBENCH_CLIENTS, DIMENSION = 13_582, 64, 269_722
TICKS = os.sysconf("SC_CLK_TCK")

# Database, object store, replicas, devices, compressor. The rows with more values show the cost of a value.
ROWS = [
    ("h2", "folder", 1, 100, "top-k:0.01"),
    ("h2", "folder", 1, 1000, "top-k:0.01"),
    ("h2", "folder", 1, 5000, "top-k:0.01"),
    ("h2", "folder", 1, 100, "top-k:0.1"),
    ("postgresql", "database", 1, 100, "top-k:0.01"),
    ("postgresql", "database", 1, 1000, "top-k:0.01"),
    ("postgresql", "database", 2, 1000, "top-k:0.01"),
    ("postgresql", "folder", 1, 100, "top-k:0.01"),
    ("postgresql", "folder", 1, 1000, "top-k:0.01"),
    ("postgresql", "folder", 1, 5000, "top-k:0.01"),
    ("postgresql", "folder", 1, 100, "top-k:0.1"),
    ("postgresql", "folder", 2, 1000, "top-k:0.01"),
    ("postgresql", "s3", 1, 1000, "top-k:0.01"),
]


class Postgres:
    """The PostgreSQL of DATABASE_URL, on this machine."""

    def __init__(self, url):
        self.url = url
        self.name = url.removeprefix("jdbc:")

    def query(self, *statements):
        commands = [part for statement in statements for part in ("--command", statement)]
        done = subprocess.run(
            ["psql", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1", "--dbname", self.name, *commands],
            check=True, capture_output=True, text=True, env={**os.environ, "PGOPTIONS": "--client-min-messages=warning"},
        )  # fmt: skip
        return done.stdout.strip()

    def empty(self):
        self.query("DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "CHECKPOINT")

    def wal(self):
        return int(self.query("SELECT pg_current_wal_lsn() - '0/0'"))

    def cpu(self):
        """Returns the processor time of all its processes so far, including ended ones, in seconds; needs the rights of pg_monitor."""
        checkpointer = int(self.query("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"))
        found = processes()
        postmaster = found[found[checkpointer]["parent"]]
        living = sum(one["own"] for one in found.values() if one["parent"] == found[checkpointer]["parent"])
        return (living + postmaster["own"] + postmaster["children"]) / TICKS


def processes():
    """Returns the processes of this machine: name, parent, and ticks of processor time, of themselves and of ended children."""
    found = {}
    for stat in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError):
            text = pathlib.Path(stat).read_text()
            fields = text[text.rindex(")") + 2 :].split()
            own, children = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
            name = text[text.index("(") + 1 : text.rindex(")")]
            found[int(text.split()[0])] = {"name": name, "parent": int(fields[1]), "own": own, "children": children}
    return found


def pgbench(postgres, seconds):
    """Returns the raw inserts of a message's bytes per second, one transaction each, and the WAL of one."""
    payload = "\\x" + os.urandom(PAYLOAD).hex()
    postgres.query("CREATE TABLE evenkeel_yardstick (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data BYTEA NOT NULL)")
    before, cpu = postgres.wal(), postgres.cpu()
    done = subprocess.run(
        ["pgbench", "--no-vacuum", "--protocol=prepared", f"--client={PGBENCH_CLIENTS}", "--jobs=2", f"--time={seconds}",
         f"--file={ROOT / 'benchmarks' / 'insert.sql'}", f"--define=payload={payload}", postgres.name],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    inserted = int(postgres.query("SELECT count(*) FROM evenkeel_yardstick"))
    rate = float(re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)[1])
    wal, cpu = (postgres.wal() - before) / inserted, 1000 * (postgres.cpu() - cpu) / inserted
    postgres.query("DROP TABLE evenkeel_yardstick")
    return {"rate": rate, "wal": wal, "database_cpu": cpu}


@contextlib.contextmanager
def s3():
    """Yields the address of an S3 server that needs no credentials."""
    if "S3_ENDPOINT" in os.environ:
        yield os.environ["S3_ENDPOINT"]
        return
    jars = sorted(pathlib.Path.home().glob(".m2/repository/com/adobe/testing/s3mock/*/s3mock-*-exec.jar"))
    if not jars:
        raise SystemExit("there is no S3Mock in ~/.m2: build the tests once, or name a server in S3_ENDPOINT")
    mock = subprocess.Popen(
        ["java", "-Xmx512m", "-jar", jars[-1], "--server.port=0", "--http.port=0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        for line in mock.stdout:
            started = re.search(r"Tomcat started on ports.* (\d+) \(http\)", line)
            if started:
                break
        else:
            raise SystemExit("S3Mock did not start")
        # Its output is not read from here on.
        subprocess.Popen(["cat"], stdin=mock.stdout, stdout=subprocess.DEVNULL)
        yield f"http://localhost:{started[1]}"
    finally:
        mock.terminate()
        mock.wait()


def store_settings(store, folder, endpoint):
    if store == "s3":
        bucket = f"evenkeel-{os.getpid()}"
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{bucket}", method="PUT")).close()
        return [f"evenkeel.storage.bucket={bucket}", f"evenkeel.storage.endpoint={endpoint}"]
    if store == "folder":
        return [f"evenkeel.storage.folder={folder / 'objects'}"]
    return ["evenkeel.storage.kind=database"]


def load(jar, postgres, row, seconds, warm_up, endpoint):
    """Runs one load test and returns its figures by the names of the load test's table."""
    database, store, replicas, devices, compressor = row
    with tempfile.TemporaryDirectory(prefix="evenkeel-storage") as name:
        folder = pathlib.Path(name)
        table = folder / "table.md"
        options = [f"--devices={devices}", f"--compressor={compressor}", f"--replicas={replicas}", f"--dimension={DIMENSION}",
                   f"--warm-up={warm_up}", f"--duration={seconds}", f"--append={table}"]  # fmt: skip
        options += [f"--setting={setting}" for setting in store_settings(store, folder, endpoint)]
        if database == "postgresql":
            postgres.empty()
            options.append(f"--database-url={postgres.url}")
        before = postgres.cpu()
        command = shlex.split(os.environ.get("TESTKIT_COMMAND", "")) or TESTKIT
        command = [command[0], f"-Devenkeel.coordinator={jar}", *command[1:]]
        subprocess.run(
            [*command, "load", *options], check=True, stdout=sys.stderr,
            env={**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"},
        )  # fmt: skip
        lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.read_text().splitlines()]
        figures = dict(zip(lines[0], lines[2]))
        # For the whole test, since its messages are also counted for the whole test.
        messages = int(figures["receipts = records"].removeprefix("yes, ").replace(",", ""))
        figures["database cpu"] = 1000 * (postgres.cpu() - before) / messages if database == "postgresql" else None
    return figures


def table(raw, results):
    """Returns the lines of the Markdown table."""
    lines = [
        "| database | store | replicas | devices | K | messages/s | to pgbench | WAL a message | p99 | round closed, p50 | coordinator CPU a"
        " message | PostgreSQL CPU a message |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
        f"| `pgbench`, raw inserts of {PAYLOAD:,} bytes | | | {PGBENCH_CLIENTS} clients | | {raw['rate']:,.0f} | 1.00 |"
        f" {raw['wal']:,.0f} bytes | | | | {raw['database_cpu']:.3f} ms |",
    ]
    for row in ROWS:
        figures = results.get(key(row))
        if figures is None:
            continue
        rate = float(figures["accepted/s"].replace(",", ""))
        ratio = f"{rate / raw['rate']:.2f}" if row[0] == "postgresql" else ""
        cpu = figures["database cpu"]
        cells = [
            {"h2": "H2", "postgresql": "PostgreSQL"}[row[0]], {"s3": "S3 (mock)"}.get(row[1], row[1]), row[2], f"{row[3]:,}",
            figures["K"], figures["accepted/s"], ratio, figures["WAL a message"] if row[0] == "postgresql" else "", figures["p99"],
            figures["round closed, p50"], figures["server CPU a message"], "" if cpu is None else f"{cpu:.3f} ms",
        ]  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def key(row):
    return " ".join(map(str, row))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jar", type=pathlib.Path, help="the coordinator's extracted jar")
    parser.add_argument("--seconds", type=int, default=15, help="duration of each measurement (default: 15)")
    parser.add_argument("--warm-up", type=int, default=15, help="seconds before each measurement (default: 15)")
    parser.add_argument("--rows", default="", help="only rows with this text, such as 'postgresql folder 1 1000'")
    parser.add_argument("--again", action="store_true", help="forget earlier results")
    options = parser.parse_args()
    jar = options.jar.resolve(strict=True)
    postgres = Postgres(os.environ["DATABASE_URL"])
    RESULTS.mkdir(exist_ok=True)
    version = hashlib.sha256(jar.read_bytes()).hexdigest()[:12]
    kept = RESULTS / f"storage-{version}.json"
    results = json.loads(kept.read_text()) if kept.exists() and not options.again else {}
    if "pgbench" not in results:
        postgres.empty()
        results["pgbench"] = pgbench(postgres, options.seconds)
    for row in ROWS:
        if key(row) in results or options.rows not in key(row):
            continue
        print(f"\n=== {key(row)}", file=sys.stderr, flush=True)
        with s3() if row[1] == "s3" else contextlib.nullcontext("") as endpoint:
            results[key(row)] = load(jar, postgres, row, options.seconds, options.warm_up, endpoint)
        kept.write_text(json.dumps(results, indent=1))
    lines = table(results["pgbench"], results)
    (RESULTS / "storage.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
