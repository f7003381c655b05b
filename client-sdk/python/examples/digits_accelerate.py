"""A device whose training loop uses Hugging Face Accelerate.

    python3 -m evenkeel run digits_torch.py:model --name digits --rounds 40 --algorithm ef14 --gamma constant:1 --compressor top-k:0.1
    python3 digits_accelerate.py http://localhost:8080 digits digits.csv.gz 0 4 device-0

The arguments are those of digits_torch.py, and so is the model. EVENKEEL_ENROLMENT_TOKEN is the token to enrol with.
"""

import os
import sys

import torch
from accelerate import Accelerator
from digits_torch import HELD_OUT, model, samples
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from evenkeel import Client
from evenkeel.accelerate import AccelerateRounds


def main(url: str, run: str, file: str, number: str, devices: str, folder: str) -> None:
    torch.manual_seed(int(number))
    pixels, digits = samples(file)
    mine = slice(int(number), len(digits) - HELD_OUT, int(devices))
    accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
    module = model()
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.99)
    loader = DataLoader(TensorDataset(pixels[mine], digits[mine]), batch_size=16, shuffle=True)
    module, optimizer, scheduler, loader = accelerator.prepare(module, optimizer, scheduler, loader)

    token = os.environ.get("EVENKEEL_ENROLMENT_TOKEN")
    with (
        Client(url, run=run, enrolment_token=token, state_dir=folder) as client,
        AccelerateRounds(client, accelerator, module, local_steps=5) as rounds,
    ):
        for inputs, targets in rounds.batches(loader):
            with accelerator.accumulate(module):
                loss = nn.functional.cross_entropy(module(inputs), targets)
                accelerator.backward(loss)
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
            rounds.step(loss, len(inputs))
    outcome = rounds.outcome
    print(f"{outcome.end.value} after {outcome.round} rounds, {outcome.accepted} messages accepted")
    with torch.no_grad():
        read = module(pixels[-HELD_OUT:]).argmax(1)
    print(f"accuracy {float((read == digits[-HELD_OUT:]).float().mean()):.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
