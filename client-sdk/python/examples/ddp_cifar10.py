"""DistributedDataParallel with error feedback: existing training code only needs the two lines below "What changes".

    python3 ddp_cifar10.py --data cifar10-jpeg.tar.xz --workers 2
    python3 ddp_cifar10.py --synthetic --workers 2 --epochs 2

Under torchrun, torchrun starts the workers: torchrun --nproc-per-node 2 ddp_cifar10.py --data ...
"""

import argparse
import os
import tempfile

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from cifar10 import Augmented, ResNet20, accuracy, read, synthetic
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler

from evenkeel.torch import ErrorFeedbackState, error_feedback_hook


def train(given: argparse.Namespace) -> None:
    rank, workers = dist.get_rank(), dist.get_world_size()
    train_set, test_set = synthetic(given.synthetic) if given.synthetic else read(given.data)
    sampler = DistributedSampler(train_set, seed=1)
    loader = DataLoader(
        train_set if given.synthetic else Augmented(train_set), given.batch // workers, sampler=sampler, drop_last=True
    )
    torch.manual_seed(1)
    model = DistributedDataParallel(ResNet20())

    # What changes: workers send 1% of gradient and error, and keep the rest for the next step.
    state = ErrorFeedbackState(model, compressor=given.compressor)
    model.register_comm_hook(state, error_feedback_hook)

    optimizer = torch.optim.SGD(model.parameters(), lr=given.lr, momentum=0.9)

    for epoch in range(given.epochs):
        sampler.set_epoch(epoch)
        model.train()
        total = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            total += float(loss)
        if rank == 0:
            model.eval()
            read_rightly = accuracy(model.module, test_set)
            sent = f"{state.bytes_sent / 1e6:.2f} MB sent a worker, 1/{state.bytes_dense / state.bytes_sent:.0f} of dense float32"
            print(f"epoch {epoch}: loss {total / len(loader):.3f}, accuracy {read_rightly:.3f}, {sent}", flush=True)


def worker(rank: int, folder: str, given: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=given.workers)
    train(given)
    dist.destroy_process_group()


def main() -> None:
    parser = argparse.ArgumentParser()
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", help="folder, or archive, with train/CLASS/NNNN.jpg and test/CLASS/NNNN.jpg")
    source.add_argument("--synthetic", type=int, nargs="?", const=400, help="number of random images to use instead, for a trial")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=128, help="images per step, over all workers")
    parser.add_argument("--compressor", default="top-k:0.01")
    parser.add_argument("--lr", type=float, default=0.05)
    given = parser.parse_args()
    if "RANK" in os.environ:
        dist.init_process_group("gloo")
        train(given)
        dist.destroy_process_group()
        return
    with tempfile.TemporaryDirectory() as folder:
        mp.spawn(worker, (folder, given), nprocs=given.workers)


if __name__ == "__main__":
    main()
