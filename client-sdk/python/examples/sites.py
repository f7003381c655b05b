"""20 sites train a module with batch normalization, by FedAvg and with compression, and the accuracy and bytes of both are compared.

    python3 sites.py digits.csv.gz

The argument is the file of the UCI digits (64 pixels of 0 to 16 and the digit a line), whose digits are spread unevenly over the
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
METHODS = {
    "FedAvg": {"algorithm": "gd", "compressor": "identity"},
    "compressed": {"algorithm": "ef14", "compressor": "top-k:0.03+log:4", "downlink": {"compressor": "top-k:0.04+log:4"}},
}


def model() -> nn.Module:
    torch.manual_seed(1)
    hidden = [nn.Linear(64, 128, bias=False), nn.BatchNorm1d(128), nn.ReLU()]
    hidden += [nn.Linear(128, 128, bias=False), nn.BatchNorm1d(128), nn.ReLU()]
    return nn.Sequential(*hidden, nn.Linear(128, 10))


def samples(file: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Reads pixels, scaled to 0 to 1, of shape (n, 64), and digits, of shape (n,)."""
    with gzip.open(file, "rt") as lines:
        table = np.loadtxt(lines, delimiter=",", dtype=np.float32)
    return torch.from_numpy(table[:, :64] / 16), torch.from_numpy(table[:, 64]).long()


def parts(digits: torch.Tensor, sites: int, seed: int) -> list[np.ndarray]:
    """Spreads the samples of each digit over the sites by Dirichlet weights, and returns the samples' numbers by site."""
    drawn = np.random.default_rng(seed)
    shares = [
        np.split(own, (np.cumsum(drawn.dirichlet([0.5] * sites))[:-1] * len(own)).astype(int))
        for own in (drawn.permutation(np.flatnonzero(digits.numpy() == digit)) for digit in range(10))
    ]
    return [np.concatenate(own) for own in zip(*shares)]


def train(
    c: evenkeel.Coordinator, name: str, rounds: int, loaders: list[Callable], sizes: list[int], **method: object
) -> tuple[nn.Module, int]:
    """Trains a run with a device for each site; returns the final module, and the bytes sent up and down."""
    module = model()
    run = c.runs.create(
        name, trainable(module, use_buffers=True), rounds=rounds, devices=len(loaders), gamma="constant:1", **method
    )
    devices = [
        TorchDevice(
            model(),
            nn.functional.cross_entropy,
            loader,
            local_steps=STEPS,
            optimizer=lambda p: torch.optim.SGD(p, lr=0.05),
            use_buffers=True,
        )
        for loader in loaders
    ]
    with ThreadPoolExecutor(len(devices)) as threads:
        clients = [c.client(name, weight=size / max(sizes)) for size in sizes]
        trained = [threads.submit(client.train, device) for client, device in zip(clients, devices)]
        run.start(wait=300)
        for each in trained:
            each.result()
    module.load_state_dict({tensor: torch.tensor(values) for tensor, values in run.model().items()})
    return module.eval(), sum(record["uplinkBytes"] + record["downlinkBytes"] for record in run.rounds())


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data")
    arguments.add_argument("--sites", type=int, default=20)
    arguments.add_argument("--rounds", type=int, default=80, help="of FedAvg")
    arguments.add_argument("--more-rounds", type=float, default=1.375, help="how many times as many compressed training takes")
    arguments.add_argument("--seed", type=int, default=0, help="of the sites' shares and batches")
    given = arguments.parse_args()
    torch.set_num_threads(1)
    pixels, digits = samples(given.data)
    mine = [
        part for part in parts(digits[:-HELD_OUT], given.sites, given.seed) if len(part) > 1
    ]  # Batch normalization needs two.

    def loader(site: int) -> Callable:
        def batches(round: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
            drawn, own = np.random.default_rng([given.seed, site, round]), mine[site]
            chosen = (drawn.choice(own, min(BATCH, len(own)), replace=False) for _ in range(STEPS))
            return [(pixels[numbers], digits[numbers]) for numbers in chosen]

        return batches

    loaders, sizes = [loader(site) for site in range(len(mine))], [len(part) for part in mine]
    dense = None
    with evenkeel.Coordinator() as c:
        for name, method in METHODS.items():
            rounds = given.rounds if dense is None else round(given.more_rounds * given.rounds)
            module, sent = train(c, name.lower(), rounds, loaders, sizes, **method)
            with torch.no_grad():
                accuracy = (module(pixels[-HELD_OUT:]).argmax(1) == digits[-HELD_OUT:]).double().mean()
            dense = dense or sent
            print(f"{name:10} {rounds:4} rounds, accuracy {accuracy:.3f}, {sent / 1e6:8.2f} MB, 1/{dense / sent:.0f}", flush=True)


if __name__ == "__main__":
    main()
