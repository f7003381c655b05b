#!/usr/bin/env python3
"""Measures the start of the coordinator: elapsed and processor time until it is ready, and its resident memory.

    benchmarks/start.py [--times 5] [--train] 'NAME=COMMAND' ...
    benchmarks/start.py --train 'JDK 17, `./evenkeel serve`=./evenkeel serve' 'JDK 17, the one jar=java -jar target/evenkeel-coordinator.jar'

Starts the commands in turn, so that load on the machine affects all alike, each time on a new H2 database. Prints a table of
medians, and the ratios of the elapsed and the processor time to those of the first command. With --train, a run of 10,000
parameters with 10 devices closes 3 rounds after each start, and the last column has the resident memory 30 seconds later. Needs
Linux and Python 3.9.
"""

import argparse
import os
import statistics
import tempfile
import time

from memory import Coordinator, Device, await_round

TICKS = os.sysconf("SC_CLK_TCK")


def processor_time(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid):
    """Returns megabytes."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1000


def train(coordinator):
    coordinator.api("POST", "/runs", {"name": "digits", "dimension": 10_000, "algorithm": "ef21-norm", "compressor": "top-k:0.01",
                                      "rounds": 1000, "participants": {"min": 10}, "time": {"max": "1h"}})
    token = coordinator.api("POST", "/enrolment-tokens", {"uses": 10})["token"]
    devices = [Device(coordinator, token, "digits", 10_000) for _ in range(10)]
    for device in devices:
        coordinator.api("PUT", "/runs/digits/members/me", {}, token=device.secret)
    coordinator.api("POST", "/runs/digits/start")
    for k in range(3):
        for device in devices:
            device.send(k)
        await_round(coordinator, "digits", k + 1)
    time.sleep(30)


def measure(command, trains):
    """Returns seconds, processor seconds, and the megabytes at the start and after the run."""
    with tempfile.TemporaryDirectory(prefix="evenkeel-start-") as folder:
        begin = time.monotonic()
        coordinator = Coordinator(command, None, folder, [])
        try:
            pid = coordinator.process.pid
            figures = [time.monotonic() - begin, processor_time(pid), resident(pid)]
            if trains:
                train(coordinator)
                figures.append(resident(pid))
            return figures
        finally:
            coordinator.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("commands", nargs="+", metavar="NAME=COMMAND")
    options = parser.parse_args()
    commands = [text.split("=", 1) for text in options.commands]
    figures = {name: [] for name, _ in commands}
    for _ in range(options.times):
        for name, command in commands:
            figures[name].append(measure(command, options.train))
    print("| | ready after | ratio | processor time | ratio | resident |" + (" with a run |" if options.train else ""))
    print("|---|---|---|---|---|---|" + ("---|" if options.train else ""))
    first = None
    for name, rows in figures.items():
        ready, processor, *memory = (statistics.median(column) for column in zip(*rows))
        first = first or (ready, processor)
        print(f"| {name} | {ready:.2f} s | {ready / first[0]:.2f} | {processor:.2f} s | {processor / first[1]:.2f} |"
              + "".join(f" {megabytes:.0f} MB |" for megabytes in memory), flush=True)


if __name__ == "__main__":
    main()
