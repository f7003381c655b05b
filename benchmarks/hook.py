"""Compares error feedback through the DDP hook with dense DistributedDataParallel, with the same optimizer, data and seeds.

    python3 benchmarks/hook.py
    python3 benchmarks/hook.py --data shapes --seeds 1,2,3
    python3 benchmarks/hook.py --method ef14 --optimizer adam:0.003

A small convolutional network learns the UCI digits (1,437 to train on, 360 held out) or shapes, which are generated: noisy
16 x 16 images of ten random patterns, shifted by up to three pixels. Each epoch divides the samples among the workers again.
Each line shows the held-out accuracy of each seed, their mean, and the bytes that a worker receives in a step, as a multiple of the
4 d bytes of a float32 gradient. A dense all-reduce takes 2 (W - 1)/W of them; ``dense`` here gathers W - 1 whole gradients.

The workers take turns in one process, which computes the same as the hook (client-sdk/python/tests/torch/test_hook.py
compares the two). With --processes each is a process with DistributedDataParallel, gloo and the hook itself, many times slower on
few cores.
"""

import argparse
import gzip
import itertools
import os
import pathlib
import sys
import tempfile
from collections.abc import Callable, Iterator

ROOT = pathlib.Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "client-sdk" / "python" / "src"))

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from evenkeel import compress
from evenkeel.step import parse_schedule
from evenkeel.torch import ErrorFeedbackState, ParameterLayout, StepOptimizer, error_feedback_hook
from evenkeel.torch._adam import AdamDirection
from evenkeel.torch._block import OwnedBlock, split
from evenkeel.torch._hook import MIN_OWNERS
from evenkeel.torch._memory import add_to, memory_for
from evenkeel.vector import derive_seed
from evenkeel.wire import encode_frame

METHODS = {
    "dense": None,
    "ef14": {"feedback": "ef14"},
    # Compresses Adam's direction, for adam:LR; the optimizer is then plain SGD.
    "ef14-adam": {"feedback": "ef14", "adam": (0.9, 0.999, 1e-8)},
    "ef21": {"feedback": "ef21"},
    "ef21-momentum": {"feedback": "ef21-momentum", "eta": "constant:0.1"},
}
OPTIMIZERS = ["sgd:0.2", "momentum:0.03", "adam:0.003", "normalized:anytime:0.5:0.25"]
DIGITS = ROOT / "trial/src/main/resources/io/evenkeel/trial/data/digits.csv.gz"


def digits() -> list[torch.Tensor]:
    """Returns inputs and labels to train on, then those held out."""
    with gzip.open(DIGITS, "rt") as lines:
        table = np.loadtxt(lines, delimiter=",", dtype=np.float32)
    table = table[np.random.default_rng(28).permutation(len(table))]
    images, labels = torch.from_numpy(table[:, :64] / 16).view(-1, 1, 8, 8), torch.from_numpy(table[:, 64]).long()
    return [images[:-360], labels[:-360], images[-360:], labels[-360:]]


def shapes() -> list[torch.Tensor]:
    """Like ``digits``, with generated images."""
    draw = torch.Generator().manual_seed(28)
    patterns = (torch.rand(10, 1, 10, 10, generator=draw) > 0.5).float()
    labels = torch.randint(0, 10, (2400,), generator=draw)
    images = torch.randn(2400, 1, 16, 16, generator=draw) * 0.4
    for i, (down, right) in enumerate(torch.randint(0, 4, (2400, 2), generator=draw).tolist()):
        images[i, :, down : down + 10, right : right + 10] += patterns[labels[i]]
    return [images[:2000], labels[:2000], images[2000:], labels[2000:]]


def network(side: int) -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(16 * (side // 2) ** 2, 32), nn.ReLU(), nn.Linear(32, 10)),
    )


class Exchange:
    """Computes the mean of all workers' messages as the hook does, and counts the bytes that the first worker receives."""

    def __init__(self, compressor: compress.Compressor, feedback: str, workers: int, exchange: str | None) -> None:
        device = torch.device("cpu")
        in_blocks = workers >= MIN_OWNERS if exchange is None else exchange == "blocks"
        self.blocks = [OwnedBlock(compressor, feedback, rank, workers, device) for rank in range(workers)] if in_blocks else []
        self.retains_sum = memory_for(device, feedback, compressor).retains_sum
        self.total = torch.zeros(compressor.dimension, dtype=torch.float64)
        self.received = 0

    def mean(self, messages: list[compress.CompressedVector]) -> torch.Tensor:
        workers = len(messages)
        if not self.retains_sum:
            self.total.zero_()
        if not self.blocks:
            for message in messages:
                add_to(self.total, message, 1 / workers)
            self.received += sum(len(encode_frame(message)) for message in messages[1:])
            return self.total
        parts = [split(message, message.coding, workers)[0] for message in messages]
        self.received += sum(len(encode_frame(own[0])) for own in parts[1:])
        for rank, block in enumerate(self.blocks):
            found = block.stage([own[rank] for own in parts], [1 / workers] * workers)
            block.commit()
            add_to(self.total[rank::workers], found, 1.0)
            self.received += len(encode_frame(found)) if rank else 0
        return self.total


def optimizer_of(text: str, model: nn.Module, method: str) -> torch.optim.Optimizer:
    name, _, rest = text.partition(":")
    if method == "ef14-adam":
        return torch.optim.SGD(model.parameters(), lr=float(rest))
    if name == "normalized":
        return StepOptimizer(model.named_parameters(), rule="normalized", gamma=rest)
    if name == "adam":
        return torch.optim.Adam(model.parameters(), lr=float(rest))
    return torch.optim.SGD(model.parameters(), lr=float(rest), momentum={"sgd": 0.0, "momentum": 0.9}[name])


def batches(data: list[torch.Tensor], seed: int, given: argparse.Namespace) -> Iterator[list[torch.Tensor]]:
    """Yields the sample numbers of each step, one tensor per worker."""
    deal = torch.Generator().manual_seed(seed)
    each = len(data[0]) // given.workers
    for _ in range(given.epochs):
        order = torch.randperm(len(data[0]), generator=deal)
        yield from zip(*(order[rank :: given.workers][:each].split(given.batch) for rank in range(given.workers)))


def loss_of(model: nn.Module, data: list[torch.Tensor], chosen: torch.Tensor) -> torch.Tensor:
    return nn.functional.cross_entropy(model(data[0][chosen]), data[1][chosen])


def accuracy(model: nn.Module, data: list[torch.Tensor]) -> float:
    with torch.no_grad():
        return float((model(data[2]).argmax(1) == data[3]).float().mean())


def train(data: list[torch.Tensor], method: str, optimizer: str, seed: int, given: argparse.Namespace) -> tuple[float, float]:
    """Returns the accuracy on held-out data, and a worker's received bytes, in float32 gradients."""
    torch.manual_seed(seed)
    model = network(data[0].shape[-1])
    parameters = ParameterLayout(model.named_parameters())
    settings = METHODS[method] or {"feedback": "none"}
    compressor = compress.parse("identity" if method == "dense" else given.compressor).bind(parameters.layout)
    memories = [memory_for(parameters.device, settings["feedback"], compressor) for _ in range(given.workers)]
    eta = parse_schedule(settings.get("eta", "constant:1"))
    exchange = Exchange(compressor, settings["feedback"], given.workers, "gather" if method == "dense" else given.exchange)
    directions = [AdamDirection(parameters.dimension, settings["adam"], parameters.device) for _ in memories if "adam" in settings]
    stepping = optimizer_of(optimizer, model, method)
    steps = 0
    for step, chosen in enumerate(batches(data, seed, given)):
        messages = []
        for rank, memory in enumerate(memories):
            stepping.zero_grad()
            loss_of(model, data, chosen[rank]).backward()
            sends = parameters.gradient(torch.float32)
            if directions:
                sends = directions[rank].stage(sends, step)
                directions[rank].commit()
            staged = memory.stage(sends, eta.at(step, 0), derive_seed(derive_seed(0, rank), step))
            messages.append(memory.delta(staged))
            memory.commit(staged)
        mean = exchange.mean(messages)
        for i, parameter in enumerate(parameters.parameters):
            parameter.grad = mean[parameters.layout.slice(i)].view(parameter.shape).to(torch.float32)
        stepping.step()
        steps += 1
    return accuracy(model, data), exchange.received / (4 * parameters.dimension * steps)


def train_with_hook(
    data: list[torch.Tensor], method: str, optimizer: str, seed: int, given: argparse.Namespace
) -> tuple[float, float]:
    """Trains like ``train``, in each worker's process."""
    torch.manual_seed(seed)
    model = DistributedDataParallel(network(data[0].shape[-1]))
    settings = METHODS[method]
    state = None if settings is None else ErrorFeedbackState(model, compressor=given.compressor, **settings)
    if state is not None:
        model.register_comm_hook(state, error_feedback_hook)
    stepping = optimizer_of(optimizer, model, method)
    for chosen in batches(data, seed, given):
        stepping.zero_grad()
        loss_of(model, data, chosen[dist.get_rank()]).backward()
        stepping.step()
    return accuracy(model.module, data), float(given.workers - 1) if state is None else state.bytes_received / state.bytes_dense


def measure(given: argparse.Namespace, run: Callable[..., tuple[float, float]], prints: bool = True) -> None:
    data = {"digits": digits, "shapes": shapes}[given.data]()
    for optimizer, method in itertools.product(given.optimizer or OPTIMIZERS, given.method or METHODS):
        if method == "ef14-adam" and not optimizer.startswith("adam"):
            continue
        runs = [run(data, method, optimizer, seed, given) for seed in given.seeds]
        if prints:
            found = " ".join(f"{100 * right:5.1f}" for right, _ in runs)
            mean = 100 * sum(right for right, _ in runs) / len(runs)
            print(f"{optimizer:28} {method:20} {mean:5.1f}%  {found}   received: {runs[0][1]:.4f} gradients a step", flush=True)


def worker(rank: int, folder: str, given: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=given.workers)
    measure(given, train_with_hook, rank == 0)
    dist.destroy_process_group()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=["digits", "shapes"], default="digits")
    parser.add_argument("--method", action="append", choices=METHODS, help="repeatable; default all")
    parser.add_argument("--optimizer", action="append", help="sgd:LR, momentum:LR, adam:LR or normalized:SCHEDULE; repeatable")
    parser.add_argument("--compressor", default="top-k:0.01")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch", type=int, default=16, help="samples per worker and step")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")], default=[1, 2, 3])
    parser.add_argument("--exchange", choices=["gather", "blocks"], help=f"default as in the hook: blocks with {MIN_OWNERS} or more workers")
    parser.add_argument("--processes", action="store_true", help="runs the hook itself, in one process per worker")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if not given.processes:
        measure(given, train)
        return
    with tempfile.TemporaryDirectory() as folder:
        mp.spawn(worker, (folder, given), nprocs=given.workers)


if __name__ == "__main__":
    main()
