"""Measures the cost of a Python device's round without its gradient, as a ratio to numpy.argpartition, and its memory.

    apt-get install python3-numpy python3-urllib3 python3-torch
    /usr/bin/python3 benchmarks/python_device.py

One thread. The candidates take turns, so that load on the machine affects all alike; each figure is the median of the same number
of calls. numpy.argpartition and torch.topk find the K largest of |x| for an existing float32 x; Evenkeel finds those of x - g with
the float64 state g, ties to the lower index. The step goes from the float32 gradient to the message's bytes. benchmarks/device.py
has Java's figures for the same peers.
"""
import os
import pathlib
import statistics
import sys
import time
import tracemalloc

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "client-sdk" / "python" / "src"))

import numpy as np

from evenkeel import compress, feedback, wire
from evenkeel.compress import _topk

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None

CALLS = 9


def medians(works):
    times = {name: [] for name in works}
    for _ in range(CALLS):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(each) for name, each in times.items()}


def memory(work):
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def step(method, text, d, gradient, state):
    memory_of = feedback.restore(method, d, state)
    compressor = compress.parse(text).bind(d)
    return lambda: wire.Message(1, 0, wire.Report(1), memory_of.stage(gradient, compressor, eta=0.1).delta).encode()


print("| d | work | ms | to numpy.argpartition | memory besides the state, in float32 copies of d |")
print("|---|---|---|---|---|")
for d in (269_722, 11_173_962):
    k = round(0.01 * d)
    random = np.random.default_rng(1)
    x = random.standard_normal(d, dtype=np.float32)
    g, m = 0.5 * random.standard_normal(d), random.standard_normal(d)
    frame = wire.encode_frame(compress.parse("top-k:0.01").bind(d).compress(x, g))
    works = {
        "numpy.argpartition of abs(x)": lambda: np.argpartition(np.abs(x), d - k),
        "selection of x": lambda: _topk.largest(x, None, 0, d, k),
        "selection of x - g": lambda: _topk.largest(x, g, 0, d, k),
        "step, ef21, top-k:0.01": step("ef21", "top-k:0.01", d, x, [g]),
        "step, ef21, top-k:0.01+log:5": step("ef21", "top-k:0.01+log:5", d, x, [g]),
        "step, ef21-momentum, top-k:0.01": step("ef21-momentum", "top-k:0.01", d, x, [g, m]),
        "a frame, decoded": lambda: wire.decode_frame(frame, wire.Limits(d)),
    }
    if torch is not None:
        tensor = torch.from_numpy(x)
        works["torch.topk of abs(x)"] = lambda: torch.topk(tensor.abs(), k)
    found = medians(works)
    base = found["numpy.argpartition of abs(x)"]
    for name, took in found.items():
        copies = memory(works[name]) / (4 * d)
        print(f"| {d:,} | {name} | {took:.1f} | {took / base:.2f} | {copies:.2f} |", flush=True)
