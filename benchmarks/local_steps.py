"""Measures the memory of a device that takes local steps with AdamW, in float32 vectors of d values, and computes what its messages cost.

    python3 benchmarks/local_steps.py
    python3 benchmarks/local_steps.py --size 30m
    python3 benchmarks/local_steps.py --links

Each line of the memory is the peak of a separate process, minus the peak of one that creates AdamW for a single value. Batches
are small, so activations are negligible. The links' table encodes a message of a million normally distributed values, and assumes
that other sizes are proportional.
"""

import argparse
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "client-sdk" / "python" / part) for part in ("src", "examples/llm")]

import gpt
import numpy as np
import torch

from evenkeel import compress
from evenkeel.client import DeviceState, FolderStore, Model
from evenkeel.torch import TorchDevice, trainable
from evenkeel.wire import Message, Report

COMPRESSOR = "layer-top-k:0.02+log:4"
CASES = {
    "import": "nothing: PyTorch loads its compiler for the first optimizer",
    "adamw": "AdamW by itself: parameters, gradients and its two vectors",
    "device": "TorchDevice: the run's model, two rounds, the optimizer's state on disk between them",
    "message": f"the same with ef14-decay, {COMPRESSOR} and the message's bytes",
}


def optimizer(parameters):
    return torch.optim.AdamW(parameters, lr=1e-3)


def work(case, size):
    if case == "import":
        optimizer([torch.zeros(1, requires_grad=True)])
        return
    module = gpt.GPT(size)
    data = torch.randint(0, 256, (10_000,), dtype=torch.uint8)
    batches = gpt.Text(data, 16, 1, 3, 0)
    if case == "adamw":
        steps = optimizer(module.parameters())
        for inputs, targets in batches(0):
            steps.zero_grad()
            gpt.loss(module(inputs), targets).backward()
            steps.step()
        return
    device = TorchDevice(module, gpt.loss, batches, local_steps=3, optimizer=optimizer, keep_optimizer=True)
    values = np.empty(device.layout.dimension, np.float32)
    for i, (_, part) in enumerate(trainable(module).items()):
        values[device.layout.slice(i)] = part.reshape(-1)
    model = Model(0, device.layout, values)
    compressor = compress.parse(COMPRESSOR).bind(device.layout)
    with tempfile.TemporaryDirectory() as folder:
        store = FolderStore(folder)
        device.keep_in(store, "run")
        state = DeviceState(store, "run", "client", "ef14-decay", device.layout.dimension)
        for round in range(2):
            sent = device(Model(round, model.layout, model.values)).flat(model.layout)
            if case == "message":
                staged = state.compute(sent, compressor, round, eta=0.95, seed=0, model=model.values, second=None)
                state.stage(round, Report(1), staged)
                # As on a device, the gradient is released when the message is accepted.
                del sent, staged
                state.commit()
            else:
                del sent


def seconds(value):
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if value >= length:
            return f"{value / length:.2g} {unit}" if value < 10 * length else f"{value / length:.0f} {unit}"
    return f"{value:.2g} s" if value < 10 else f"{value:.0f} s"


def links():
    """Prints the transfer time of a message by d and link, compared with a dense one."""
    u = np.random.default_rng(1).standard_normal(1_000_000)
    sent = len(Message(1, 0, Report(1), compress.parse(COMPRESSOR).bind(u.size).compress(u)).encode()) / u.size
    rates = {"64 kbit/s": 64e3, "1 Mbit/s": 1e6, "20 Mbit/s": 2e7, "1 Gbit/s": 1e9}
    print(f"{COMPRESSOR}: {sent:.4f} bytes a value, 1/{4 / sent:.0f} of float32")
    print("| d | message | " + " | ".join(rates) + " |\n|---|---|" + "---|" * len(rates))
    for d, name in ((1e6, "1 million"), (1e7, "10 million"), (1e8, "100 million"), (1e9, "1 billion")):
        cells = [f"{seconds(8 * sent * d / rate)} ({seconds(32 * d / rate)})" for rate in rates.values()]
        print(f"| {name} | {sent * d / 1e6:.3g} MB ({4 * d / 1e6:.0f} MB) | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=gpt.SIZES, default="10m")
    parser.add_argument("--links", action="store_true", help="how long a message takes, dense ones in brackets")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.links:
        return links()
    if given.case:
        work(given.case, given.size)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
        return
    d = gpt.count(gpt.GPT(given.size))
    print(f"{d:,} values")
    base = 0
    for case, text in CASES.items():
        command = [sys.executable, __file__, "--size", given.size, "--case", case]
        peak = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        base = base or peak
        if case != "import":
            print(f"{(peak - base) / (4 * d):5.1f}  {text}")


if __name__ == "__main__":
    main()
