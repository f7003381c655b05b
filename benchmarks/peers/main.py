"""Runs the cases with each system in turn, and writes one JSON line for each and a table. Called by benchmarks/peers/run."""

import argparse
import json
import os
import pathlib
import random
import signal
import sys
import time
import traceback

from evenkeel_system import Evenkeel
from faults import cases, settings_of
from flare_system import Flare
from flower_system import Flower, FlowerProcesses
from oracle import judge
from table import table

SYSTEMS = {"evenkeel": Evenkeel, "flower": Flower, "flower-process": FlowerProcesses, "flare": Flare}
MAX_ACTIONS = 30


def measure(kind, case, folder, prepared, seed, pace):
    """Runs one case with one system; always kills its processes at the end.

    Args:
        pace: this system's seconds for a round without a fault and without the clients' work; None if unknown.
    """
    settings = settings_of(case, pace)
    name = f"{kind}-{case.name.replace(' ', '-').replace(',', '')}-{seed}"
    system = SYSTEMS[kind](folder / name, prepared, settings)
    result = {"system": system.name, "case": case.name, "clients": settings.clients, "seed": seed, "load": os.getloadavg()[0]}
    result |= {"patience": settings.patience, "work": settings.work}
    try:
        train(system, case, random.Random(f"{seed} {case.name}"), result)
    except Exception as e:
        traceback.print_exc()
        result["error"] = f"{type(e).__name__}: {e}"[:500]
    finally:
        result |= judge(system.log("rounds"), system.log("trained"), settings)
        result |= {
            "faults": system.faults,
            "actions": system.actions,
            "clients_ended": system.ended,
            "server_cpu": round(system.processes.cpu("server"), 1),
            "server_memory": system.processes.memory("server"),
            "bytes_up": sum(link.up for link in system.proxy.links),
            "bytes_down": sum(link.down for link in system.proxy.links),
        }
        system.close()
    return result


def pace_of(results, system, clients):
    """Returns the seconds of a round beyond the clients' work in the newest case without a fault; None if there was none."""
    fitting = ("no fault", system, clients, "finished")
    clean = [r for r in results if (r["case"], r["system"], r["clients"], r.get("state")) == fitting and "work" in r]
    return max(0, clean[-1]["seconds"] / clean[-1]["rounds"] - clean[-1]["work"]) if clean else None


def train(system, case, seeded, result):
    if case.disk:
        system.limit_disk(case.disk)
    system.start_server()
    for number in range(system.settings.clients):
        system.start_client(number)
    if case.name == "slow and lossy links":
        next(case.fault(system, seeded, case.intensity))
    system.submit()
    begin = time.monotonic()
    fault = iter(case.fault(system, seeded, case.intensity))
    while time.monotonic() - begin < case.limit:
        state = system.state()
        if state == "finished":
            break
        if state == "stopped":
            if len(system.actions) >= MAX_ACTIONS:
                break
            system.resume()
        system.supervise()
        next(fault, None)
        time.sleep(0.2)
    result["state"] = system.state()
    result["seconds"] = round(time.monotonic() - begin, 1)
    system.collect()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="4 clients, 3 kills of the server")
    options.add_argument("--systems", default=",".join(SYSTEMS))
    options.add_argument("--cases", help="parts of the cases' names, separated by commas; by default all")
    options.add_argument(
        "--out", type=lambda name: pathlib.Path(name).resolve(), required=True, help="the folder for results and logs"
    )
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--repeat", type=int, default=1, help="repetitions, each with the next seed; the table shows the spread")
    given = options.parse_args()
    # Exits through the code that kills the started processes.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    given.out.mkdir(parents=True, exist_ok=True)
    results = given.out / "results.jsonl"
    wanted = given.cases.split(",") if given.cases else [""]
    chosen = [case for case in cases(given.quick) if any(part in case.name for part in wanted)]
    for seed in range(given.seed, given.seed + given.repeat):
        for case in chosen:
            for kind in (kind for kind in given.systems.split(",") if kind in case.systems):
                pace = pace_of(read(results), SYSTEMS[kind].name, settings_of(case).clients)
                result = measure(kind, case, given.out, given.out / "prepared", seed, pace)
                print(json.dumps(result), file=sys.stderr, flush=True)
                with open(results, "a") as lines:
                    lines.write(json.dumps(result) + "\n")
    (given.out / "results.md").write_text(table(read(results)))
    print(table(read(results)))


def read(results):
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


if __name__ == "__main__":
    main()
