"""Measures results per second and the server's processor time per result with light clients: throughput.py --out FOLDER
[--quick].

A result is the work of one client that the server has received: 2,697 float32 values, the output of Evenkeel's compressor for a
model of 269,722 values. Evenkeel's clients are those of its own load test, which send this as a message; Flower's are
flower_light.py. FLARE has one process for each client and job, so it is measured with 10 clients, whose rounds have
the same values. With 10 clients the pauses between their requests determine the rate of every system, so it is omitted there.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import time

from flare_system import Flare
from flower_system import Flower
from system import ROOT, Settings

VALUES = 2697


def evenkeel(folder, _, count, seconds):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    coordinator = os.environ.get("PEERS_COORDINATOR") or ROOT / "target/coordinator/evenkeel-coordinator.jar"
    testkit = os.environ.get("PEERS_TESTKIT") or ROOT / "testkit/target/evenkeel-testkit.jar"
    command = ["java", "-XX:+UseSerialGC", f"-Devenkeel.coordinator={coordinator}", "-jar", testkit, "load", "--devices", count]
    command += ["--warm-up", 2 * seconds, "--duration", seconds, "--append", folder / "load.md"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120 + 20 * seconds)
    if done.returncode:
        raise RuntimeError(f"evenkeel load: {(done.stdout + done.stderr)[-400:]}")
    cells = [cell.strip() for cell in (folder / "load.md").read_text().splitlines()[-1].split("|")]
    names = [cell.strip() for cell in (folder / "load.md").read_text().splitlines()[0].split("|")]
    row = dict(zip(names, cells))
    return float(row["accepted/s"].replace(",", "")), float(row["server CPU a message"].split()[0])


def flower(folder, prepared, count, seconds):
    system = Flower(folder, prepared, Settings(clients=count))
    try:
        system.start_open_server()
        replies, measured, cpu = system.flood(count, VALUES, seconds)
        return replies / measured, 1000 * cpu / replies
    finally:
        system.close()


def flare(folder, prepared, count, seconds):
    rounds = 4 * seconds
    system = Flare(
        folder, prepared, Settings(clients=count, rounds=rounds, quorum=count, padding=VALUES - 650 - 2 * count, work=0)
    )
    try:
        system.start_server()
        for number in range(count):
            system.start_client(number)
        system.submit()
        while system.round() < 3 and system.state() == "running":
            time.sleep(0.1)
        first, begin, cpu = system.round(), time.monotonic(), system.processes.cpu("server")
        while system.state() == "running" and time.monotonic() - begin < seconds:
            time.sleep(0.1)
        results = count * (system.round() - first)
        return results / (time.monotonic() - begin), 1000 * (system.processes.cpu("server") - cpu) / results
    finally:
        system.close()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="no 1,000 clients")
    options.add_argument("--only", default="evenkeel,flower,flare")
    options.add_argument("--out", type=lambda name: pathlib.Path(name).resolve(), required=True)
    given = options.parse_args()
    seconds = 15
    given.out.mkdir(parents=True, exist_ok=True)
    for count in (10, 100) if given.quick else (10, 100, 1000):
        for measure in (evenkeel, flower, flare):
            if measure.__name__ not in given.only or (measure is flare and count > 10):
                continue
            result = {"system": measure.__name__, "clients": count, "load": os.getloadavg()[0]}
            try:
                rate, cpu = measure(given.out / f"throughput-{measure.__name__}-{count}", given.out / "prepared", count, seconds)
                result |= {"server_cpu_ms": round(cpu, 3)}
                if count > 10:
                    result["results_a_second"] = round(rate, 1)
            except Exception as e:
                result["error"] = f"{type(e).__name__}: {e}"[:500]
            print(json.dumps(result), flush=True)
            with open(given.out / "throughput.jsonl", "a") as lines:
                lines.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
