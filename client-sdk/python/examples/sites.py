"""Trains a module with batch normalization at 20 sites, by FedAvg and with compression, and compares accuracy and bytes.

    python3 sites.py digits.csv.gz

The argument is the file of the UCI digits (64 pixels of 0 to 16 and the digit on each line), whose digits are spread unevenly over the
sites (Dirichlet 0.5). Both runs average the buffers. A coordinator is started in a temporary folder.
"""

import argparse
import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import nn

import evenkeel
from evenkeel.torch import TorchDevice, trainable

HELD_OUT, BATCH, STEPS = 360, 16, 10
RATES = {"FedAvg": 0.4, "compressed": 0.2}
TIMES_ROUNDS = {"FedAvg": 1, "compressed": 2}
METHODS = {
    "FedAvg": {"algorithm": "gd", "compressor": "identity"},
    "compressed": {"algorithm": "ef14", "compressor": "top-k:0.03+log:4", "downlink": {"compressor": "top-k:0.04+log:4"}},
}


def model(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for inputs, outputs, stride in ((1, 16, 1), (16, 32, 2), (32, 64, 2)):
        layers += [nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(256, 10))


def samples(file: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Reads images, scaled to 0 to 1, of shape (n, 1, 8, 8), and digits, of shape (n,)."""
    with gzip.open(file, "rt") as lines:
        table = np.loadtxt(lines, delimiter=",", dtype=np.float32)
    return torch.from_numpy(table[:, :64] / 16).reshape(-1, 1, 8, 8), torch.from_numpy(table[:, 64]).long()


class Sites:
    """The sites' samples without the held-out ones, and each site's batches by round.

    The samples of each digit are spread over the sites by Dirichlet weights. Batch normalization needs two samples, so a site
    with fewer is left out.

    Args:
        images: shape (n, 1, 8, 8); the last ``HELD_OUT`` are held out.
        digits: shape (n,).
        sites: their number.
        seed: of the sites' shares, the batches and the initial model.
    """

    def __init__(self, images: torch.Tensor, digits: torch.Tensor, sites: int, seed: int) -> None:
        self.images, self.digits, self.seed = images, digits, seed
        drawn, training = np.random.default_rng(seed), digits[:-HELD_OUT].numpy()
        shares = [
            np.split(own, (np.cumsum(drawn.dirichlet([0.5] * sites))[:-1] * len(own)).astype(int))
            for own in (drawn.permutation(np.flatnonzero(training == digit)) for digit in range(10))
        ]
        self.parts = [part for part in map(np.concatenate, zip(*shares)) if len(part) > 1]

    def model(self) -> nn.Module:
        return model(self.seed)

    def loader(self, site: int) -> Callable[[int], list[tuple[torch.Tensor, torch.Tensor]]]:
        """Returns a function that maps a round to its batches; the same round always has the same batches."""

        def batches(round: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
            drawn, own = np.random.default_rng([self.seed, site, round]), self.parts[site]
            chosen = (drawn.choice(own, min(BATCH, len(own)), replace=False) for _ in range(STEPS))
            return [(self.images[numbers], self.digits[numbers]) for numbers in chosen]

        return batches

    def accuracy(self, module: nn.Module) -> float:
        """Returns a module's accuracy on the held-out samples."""
        with torch.no_grad():
            read = module.eval()(self.images[-HELD_OUT:]).argmax(1)
        return float((read == self.digits[-HELD_OUT:]).double().mean())


def train(c: evenkeel.Coordinator, method: str, rounds: int, sites: Sites) -> tuple[nn.Module, int, int]:
    """Trains a run with a device for each site, for ``rounds`` times the method's factor; returns the final module, and the bytes
    sent up and down."""
    module, sizes = sites.model(), [len(part) for part in sites.parts]
    name, initial = f"{method.lower()}-{sites.seed}", trainable(module, use_buffers=True)
    rounds *= TIMES_ROUNDS[method]
    run = c.runs.create(name, initial, rounds=rounds, devices=len(sizes), gamma="constant:1", **METHODS[method])
    devices = [
        TorchDevice(
            sites.model(),
            nn.functional.cross_entropy,
            sites.loader(site),
            local_steps=STEPS,
            optimizer=lambda p: torch.optim.SGD(p, lr=RATES[method]),
            use_buffers=True,
        )
        for site in range(len(sizes))
    ]
    with ThreadPoolExecutor(len(devices)) as threads:
        clients = [c.client(name, weight=size / max(sizes)) for size in sizes]
        trained = [threads.submit(client.train, device) for client, device in zip(clients, devices)]
        run.start(wait=300)
        for each in trained:
            each.result()
    module.load_state_dict({tensor: torch.tensor(values) for tensor, values in run.model().items()})
    records = run.rounds()
    return module, sum(record["uplinkBytes"] for record in records), sum(record["downlinkBytes"] for record in records)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data")
    arguments.add_argument("--sites", type=int, default=20)
    arguments.add_argument("--rounds", type=int, default=40, help="rounds of FedAvg; compressed training takes twice as many")
    arguments.add_argument("--seed", type=int, default=0, help="seed of the sites' shares, the batches and the initial model")
    given = arguments.parse_args()
    torch.set_num_threads(1)
    sites, dense = Sites(*samples(given.data), given.sites, given.seed), None
    with evenkeel.Coordinator() as c:
        for name in METHODS:
            module, up, down = train(c, name, given.rounds, sites)
            dense, sent = dense or up + down, up + down
            print(f"{name:10} accuracy {sites.accuracy(module):.3f}, {sent / 1e6:8.2f} MB, 1/{dense / sent:.0f}", flush=True)


if __name__ == "__main__":
    main()
