"""A device that learns to read handwritten digits with a PyTorch module.

    python3 -m evenkeel run digits_torch.py:model --name digits --rounds 40 --algorithm ef14 --gamma constant:1 --compressor top-k:0.1
    python3 digits_torch.py http://localhost:8080 digits digits.csv.gz 0 4 device-0

The first line creates the run's definition and initial model from the same module. The second one's arguments are the
coordinator's address, the run, the UCI digits (64 pixels of 0 to 16 and the digit on each line), this device's number, the number of
devices, and the folder for its state. EVENKEEL_ENROLMENT_TOKEN is the token to enrol with.
"""

import gzip
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from evenkeel import Client
from evenkeel.torch import TorchDevice

HELD_OUT = 360


def model() -> nn.Module:
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))


def samples(file: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Reads pixels, scaled to 0 to 1, of shape (n, 64), and digits, of shape (n,)."""
    with gzip.open(file, "rt") as lines:
        table = np.loadtxt(lines, delimiter=",", dtype=np.float32)
    return torch.from_numpy(table[:, :64] / 16), torch.from_numpy(table[:, 64]).long()


def main(url: str, run: str, file: str, number: str, devices: str, folder: str) -> None:
    torch.manual_seed(int(number))
    pixels, digits = samples(file)
    mine = slice(int(number), len(digits) - HELD_OUT, int(devices))
    loader = DataLoader(TensorDataset(pixels[mine], digits[mine]), batch_size=32, shuffle=True)

    device = TorchDevice(
        model(), nn.functional.cross_entropy, loader, local_steps=5, optimizer=lambda p: torch.optim.SGD(p, lr=0.5)
    )

    def accuracy(module: nn.Module) -> dict[str, float]:
        read = module(pixels[-HELD_OUT:]).argmax(1)
        return {"accuracy": float((read == digits[-HELD_OUT:]).float().mean())}

    evaluate = device.evaluator(accuracy)
    token = os.environ.get("EVENKEEL_ENROLMENT_TOKEN")
    with Client(url, run=run, enrolment_token=token, state_dir=folder, evaluate=evaluate) as client:
        outcome = client.train(device)
        print(f"{outcome.end.value} after {outcome.round} rounds, {outcome.accepted} messages accepted")
        print(f"accuracy {evaluate(client.model(outcome.round))['accuracy']:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
