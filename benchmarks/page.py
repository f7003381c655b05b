#!/usr/bin/env python3
"""Writes the results of benchmarks/run to docs/BENCHMARKS.md: each table between the two comments with its name, the machine and
the date, and a plot of the time for closing a round. Tables that were not measured remain unchanged. Needs python3-matplotlib."""

import datetime
import os
import pathlib
import platform
import re
import subprocess

import matplotlib
import numpy

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "closing"
matplotlib.rcParams["svg.fonttype"] = "none"
import matplotlib.pyplot as plot
from matplotlib import ticker

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "BENCHMARKS.md"
PLOT = ROOT / "docs" / "images" / "closing.svg"
BASE = {"devices": 100, "d": 1_000_000, "K": 10_000}
SYMBOLS = {"devices": "n", "d": "d", "K": "K"}
# Columns of results that the page omits, by table.
LOAD = {"max", "refused/s", "generator CPU a message", "receipts = records"}
LEFT_OUT = {
    "acceptance": LOAD | {"d", "K", "repeated/s", "live heap"},
    "storage": {"K", "p99", "round closed, p50", "coordinator CPU a message"},
    "overload": LOAD | {"devices", "d", "K", "round closed, p50", "live heap", "server RSS"},
    "closing": LOAD | {"accepted/s", "p50", "p99", "repeated/s", "server CPU a message", "server RSS"},
    "heap": LOAD | {"d", "K", "p50", "repeated/s", "server CPU a message"},
}
# The rows of the page, by table: the required prefix of a row's cell.
ROWS = {"storage": ("devices", ("devices", "---", "64 clients", "1,000"))}


def put(page, name, text):
    """Replaces the text between the comments with a name."""
    block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not block.search(page):
        raise SystemExit(f"{PAGE} has no place for '{name}': give it <!-- {name} --> and <!-- end -->")
    return block.sub(lambda found: found[1] + text.strip() + "\n" + found[2], page)


def shortened(name, table):
    """Returns a table with the columns and rows of the page."""
    lines = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in table.strip().splitlines()]
    column, wanted = ROWS.get(name, (lines[0][0], ("",)))
    lines = [cells for cells in lines if cells[lines[0].index(column)].startswith(wanted)]
    kept = [i for i, column in enumerate(lines[0]) if column not in LEFT_OUT.get(name, ())]
    return "".join("| " + " | ".join(cells[i] for i in kept) + " |\n" for cells in lines)


def machine():
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text())[1])
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr.splitlines()[0]
    return (
        f"{os.cpu_count()} cores of {cpu[1] if cpu else platform.processor()}, {memory / 1e6:.0f} GB, {java}, "
        f"{datetime.date.today().isoformat()}."
    )


def number(cell):
    value, unit = re.match(r"([\d.,]+)\s*(ms|s|)", cell.strip()).groups()
    return float(value.replace(",", "")) / (1000 if unit == "ms" else 1)


def rows(table):
    lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines() if line.startswith("|")]
    return [dict(zip(lines[0], line)) for line in lines[2:]]


def fit(points):
    """Returns the exponent e of milliseconds = c * value^e, by least squares of the logarithms."""
    return numpy.polyfit(*(numpy.log(column) for column in zip(*points)), 1)[0]


def closing_plot(table):
    cases = [
        {"devices": number(row["devices"]), "d": number(row["d"]), "K": number(row["K"]), "ms": 1000 * number(row["round closed, p50"])}
        for row in rows(table)
    ]
    figure, axes = plot.subplots(1, 3, figsize=(9, 2.8), sharey=True)
    for axis, name in zip(axes, SYMBOLS):
        others = [other for other in BASE if other != name]
        points = sorted((case[name], case["ms"]) for case in cases if all(case[other] == BASE[other] for other in others))
        axis.loglog(*zip(*points), "o-", color="#2f6f9f")
        held = ", ".join(f"{SYMBOLS[other]} = {BASE[other]:,}" for other in others)
        axis.set_title(f"exponent of {SYMBOLS[name]}: {fit(points):.2f}\n({held})", fontsize=9)
        axis.set_xlabel(SYMBOLS[name])
        axis.grid(True, which="major", alpha=0.3)
    axes[0].set_ylabel("a round closed, ms")
    ticks = [10, 20, 50, 100, 200, 500]
    axes[0].set_yticks(ticks, labels=[str(tick) for tick in ticks])
    axes[0].yaxis.set_minor_formatter(ticker.NullFormatter())
    figure.tight_layout()
    figure.savefig(PLOT, metadata={"Date": None})


def main():
    page = PAGE.read_text()
    measured = sorted(path for path in RESULTS.glob("*.md") if f"<!-- {path.stem} -->" in page)
    for path in measured:
        page = put(page, path.stem, shortened(path.stem, path.read_text()))
    if (RESULTS / "closing.md").exists():
        closing_plot((RESULTS / "closing.md").read_text())
    page = put(page, "machine", machine())
    PAGE.write_text(page)
    print(f"{PAGE}: " + ", ".join(path.stem for path in measured))


main()
