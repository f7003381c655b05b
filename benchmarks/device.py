"""Measures the cost of a device's round without its gradient, as a ratio to one pass that computes the gradient's norm.

    apt-get install python3-numpy python3-torch
    benchmarks/run device

Three tables: Top-K compared with numpy.argpartition and torch.topk, each with one thread; a device's whole step; and frames only.
Evenkeel is measured by JMH, in several JVM runs with the peers in between, so that load on the machine affects all alike. Each figure
is the median over the iterations of all runs, or over the same number of calls of a peer.
"""
import collections
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy
import torch

torch.set_num_threads(1)
JAR = pathlib.Path(__file__).parent / "target" / "evenkeel-benchmarks.jar"
JAVA = pathlib.Path(os.environ["JAVA_HOME"]) / "bin" / "java" if "JAVA_HOME" in os.environ else "java"
DIMENSIONS = [269_722, 11_173_962]
ROUNDS = 3
CALLS = 7


def jmh(pattern, **params):
    """Returns [((benchmark, its parameters in the order of their names), milliseconds of each iteration, bytes of garbage)]."""
    with tempfile.NamedTemporaryFile(suffix=".json") as results:
        command = [JAVA, "-Xmx2g", "-jar", JAR, pattern, "-f", "1", "-wi", "5", "-w", "200ms", "-i", "5", "-r", "200ms",
                   "-prof", "gc", "-tu", "ms", "-rf", "json", "-rff", results.name]
        for name, values in params.items():
            command += ["-p", name + "=" + ",".join(map(str, values))]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return [((r["benchmark"].rpartition(".")[2], *(value for _, value in sorted(r["params"].items()))),
                 [t for fork in r["primaryMetric"]["rawData"] for t in fork],
                 next(m["score"] for n, m in r["secondaryMetrics"].items() if n.endswith("gc.alloc.rate.norm")))
                for r in json.load(results)]


def timed(work):
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def table(*rows):
    print()
    for i, row in enumerate(rows):
        print("| " + " | ".join(row) + " |")
        if i == 0:
            print("|" + "---|" * len(row))


times = collections.defaultdict(list)
garbage = {}
for _ in range(ROUNDS):
    for d in DIMENSIONS:
        for key, milliseconds, allocated in (
                jmh("DeviceBenchmark", dimension=[d], values=["normal", "ties"], coding=["float32"])
                + jmh("DeviceBenchmark.stage", dimension=[d], values=["normal"], coding=["log:5"])):
            times[key] += milliseconds
            garbage[key] = allocated
        values = numpy.random.default_rng(1).standard_normal(d)
        tensor = torch.from_numpy(values)
        k = d // 100
        for _ in range(CALLS):
            times["numpy", d].append(timed(lambda: numpy.argpartition(numpy.abs(values), d - k)[d - k:]))
            times["torch", d].append(timed(lambda: torch.topk(tensor.abs(), k, sorted=False)))
    for key, milliseconds, _ in jmh("FrameBenchmark", coding=["float32", "log:5"]):
        times[key] += milliseconds
median = {key: statistics.median(all) for key, all in times.items()}

model = next(line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
version = subprocess.run([JAVA, "-version"], stderr=subprocess.PIPE, text=True).stderr.splitlines()[0]
print(f"{model}, {os.cpu_count()} cores, {version}, numpy {numpy.__version__}, torch {torch.__version__}, {time.strftime('%Y-%m-%d')},"
      f" load average {os.getloadavg()[0]:.1f}.")

rows = [["d", "norm", "Top-K", "Top-K / norm", "numpy.argpartition", "times", "torch.topk", "times"]]
for d in DIMENSIONS:
    norm, top = (median[name, "float32", str(d), "normal"] for name in ("norm", "topK"))
    numpy_, torch_ = median["numpy", d], median["torch", d]
    rows.append([f"{d:,}", f"{norm:.3f} ms", f"{top:.3f} ms", f"{top / norm:.2f}", f"{numpy_:.2f} ms", f"{numpy_ / top:.1f}",
                 f"{torch_:.2f} ms", f"{torch_ / top:.1f}"])
table(*rows)

rows = [["d", "values", "written as", "norm", "Top-K", "of a difference", "step", "step / norm", "garbage", "2 d bytes"]]
for d in DIMENSIONS:
    for values, coding in (("normal", "float32"), ("normal", "log:5"), ("ties", "float32")):
        norm, top, difference = (median[name, "float32", str(d), values] for name in ("norm", "topK", "topKOfDifference"))
        step = median["stage", coding, str(d), values]
        left = garbage["stage", coding, str(d), values]
        rows.append([f"{d:,}", values, coding, f"{norm:.3f} ms", f"{top:.3f} ms", f"{difference:.3f} ms", f"{step:.3f} ms",
                     f"{step / norm:.2f}", f"{left / 1e6:.2f} MB", f"{2 * d / 1e6:.2f} MB"])
table(*rows)

rows = [["a value of 20,000, index included", "support", "encode", "decode"]]
for coding, support in sorted({key[1:] for key in times if key[0] == "encode"}):
    rows.append([coding, support] + [f"{1e6 * median[name, coding, support]:.1f} ns" for name in ("encode", "decode")])
table(*rows)
