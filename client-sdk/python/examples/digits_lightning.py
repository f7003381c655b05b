"""A device that trains with Lightning.

    python3 -m evenkeel run digits_lightning.py:Digits --name digits --rounds 40 --compressor top-k:0.1
    python3 digits_lightning.py http://localhost:8080 digits digits.csv.gz 0 4 device-0

The arguments are those of digits_torch.py. EVENKEEL_ENROLMENT_TOKEN is the token to enrol with.
"""

import os
import sys

import lightning
import torch
from digits_torch import HELD_OUT, model, samples
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from evenkeel import Client
from evenkeel.lightning import RoundsCallback


class Digits(lightning.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        self.model = nn.Sequential(model(), nn.Dropout(0.1))

    def training_step(self, batch: list[torch.Tensor], number: int) -> torch.Tensor:
        pixels, digits = batch
        return nn.functional.cross_entropy(self.model(pixels), digits)

    def configure_optimizers(self) -> dict:
        optimizer = torch.optim.AdamW(self.parameters(), lr=0.01)
        return {"optimizer": optimizer, "lr_scheduler": torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.95)}


def main(url: str, run: str, file: str, number: str, devices: str, folder: str) -> None:
    torch.manual_seed(int(number))
    pixels, digits = samples(file)
    mine = slice(int(number), len(digits) - HELD_OUT, int(devices))
    loader = DataLoader(TensorDataset(pixels[mine], digits[mine]), batch_size=32, shuffle=True)
    module = Digits()
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}

    token = os.environ.get("EVENKEEL_ENROLMENT_TOKEN")
    with Client(url, run=run, enrolment_token=token, state_dir=folder) as client:
        rounds = RoundsCallback(client, local_steps=5)
        trainer = lightning.Trainer(max_epochs=-1, accelerator="cpu", devices=1, callbacks=[rounds], **quiet)
        trainer.fit(module, rounds.batches(loader))
    print(f"{rounds.outcome.end.value} after {rounds.outcome.round} rounds, {rounds.outcome.accepted} messages accepted")
    with torch.no_grad():
        read = module.eval().model(pixels[-HELD_OUT:]).argmax(1)
    print(f"accuracy {float((read == digits[-HELD_OUT:]).float().mean()):.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
