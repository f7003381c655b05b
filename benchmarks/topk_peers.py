"""Top-K beside numpy.argpartition and torch.topk, each with one thread, and beside one pass that computes the norm.

    apt-get install python3-numpy python3-torch
    ./mvnw -q -Pbenchmark -pl benchmarks -am -DskipTests package
    python3 benchmarks/topk_peers.py [d ...]

Each is given d normal float64 values and finds the d/100 of largest magnitude. Ours also rounds them to float32, in index order.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy
import torch

torch.set_num_threads(1)
JAR = pathlib.Path(__file__).parent / "target" / "evenkeel-benchmarks.jar"


def ours(dimensions):
    """{(benchmark, d): milliseconds}"""
    with tempfile.NamedTemporaryFile(suffix=".json") as results:
        command = ["java", "-Xmx2g", "-jar", str(JAR), "DeviceBenchmark.(norm|topK)$", "-f", "1", "-wi", "3", "-i", "5",
                   "-p", "values=normal", "-p", "coding=float32", "-p", "dimension=" + ",".join(map(str, dimensions)),
                   "-rf", "json", "-rff", results.name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return {(r["benchmark"].rpartition(".")[2], int(r["params"]["dimension"])): r["primaryMetric"]["score"] / 1000
                for r in json.load(results)}


def best(work, times=7):
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return 1000 * min(seconds)


dimensions = [int(d) for d in sys.argv[1:]] or [269_722, 11_173_962]
mine = ours(dimensions)
print("| d | norm | Top-K | Top-K / norm | numpy.argpartition | times | torch.topk | times |")
print("|---|---|---|---|---|---|---|---|")
for d in dimensions:
    values = numpy.random.default_rng(1).standard_normal(d)
    tensor = torch.from_numpy(values)
    k = d // 100
    by_numpy = best(lambda: numpy.argpartition(numpy.abs(values), d - k)[d - k:])
    by_torch = best(lambda: torch.topk(tensor.abs(), k, sorted=False))
    norm, top = mine["norm", d], mine["topK", d]
    print(f"| {d:,} | {norm:.2f} ms | {top:.2f} ms | {top / norm:.2f} | {by_numpy:.2f} ms | {by_numpy / top:.1f} "
          f"| {by_torch:.2f} ms | {by_torch / top:.1f} |")
