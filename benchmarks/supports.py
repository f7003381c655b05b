"""Measures the bits per index of supports in training, compared with the minimum for random supports.

    apt-get install python3-numpy python3-torch dataset-fashion-mnist
    python3 benchmarks/supports.py

Networks on Fashion-MNIST, EF21 with Top-K, normalized steps, 4 clients of two or three classes each (6,000 images, minibatches of 64);
the messages of two clients in some rounds. The Python package in client-sdk/python counts the bits.
"""
import gzip
import math
import pathlib
import sys

import numpy
import torch
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "client-sdk" / "python" / "src"))
from evenkeel.wire._adaptive import AdaptiveGaps
from evenkeel.wire._golomb import GolombGaps, gaps_of

FOLDER = pathlib.Path("/usr/share/datasets/fashion-mnist")
IMAGES, CLIENTS, BATCH, GAMMA = 6000, 4, 64, 0.1


def idx(name, offset):
    return numpy.frombuffer(gzip.open(FOLDER / (name + ".gz")).read(), numpy.uint8, offset=offset)


images = torch.tensor(idx("train-images-idx3-ubyte", 16).reshape(-1, 1, 28, 28)[:IMAGES] / 255.0, dtype=torch.float32)
labels = torch.tensor(idx("train-labels-idx1-ubyte", 8)[:IMAGES].astype(numpy.int64))


class Residual(nn.Module):
    def __init__(self, before, channels, stride):
        super().__init__()
        self.one = nn.Sequential(nn.Conv2d(before, channels, 3, stride, 1, bias=False), nn.GroupNorm(4, channels), nn.ReLU(),
                                 nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.GroupNorm(4, channels))
        self.other = nn.Conv2d(before, channels, 1, stride, bias=False) if before != channels else nn.Identity()

    def forward(self, x):
        return torch.relu(self.one(x) + self.other(x))


def perceptron():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


def convolutional():
    return nn.Sequential(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(512, 128), nn.ReLU(), nn.Linear(128, 10))


def resnet20():
    layers, before = [nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.GroupNorm(4, 16), nn.ReLU()], 16
    for channels in (16, 16, 16, 32, 32, 32, 64, 64, 64):
        layers.append(Residual(before, channels, 1 if before == channels else 2))
        before = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def supports(model, share, rounds, kept):
    """Returns d, and the supports of the first two clients in the rounds to keep."""
    shards = torch.argsort(labels, stable=True).chunk(CLIENTS)
    parameters, random = list(model.parameters()), numpy.random.default_rng(1)
    d = sum(p.numel() for p in parameters)
    k, g, found = round(share * d), numpy.zeros((CLIENTS, d)), []
    for number in range(rounds):
        for client, shard in enumerate(shards):
            batch = shard[torch.tensor(random.choice(len(shard), BATCH, False))]
            model.zero_grad()
            nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
            missing = torch.cat([p.grad.reshape(-1) for p in parameters]).double().numpy() - g[client]
            top = numpy.sort(numpy.argpartition(-numpy.abs(missing), k - 1)[:k])
            top = top[missing[top] != 0]
            g[client][top] += missing[top].astype(numpy.float32)
            if number in kept and client < 2:
                found.append([int(j) for j in top])
        step = GAMMA * g.mean(0) / numpy.linalg.norm(g.mean(0))
        with torch.no_grad():
            for p in parameters:
                p -= torch.tensor(step[:p.numel()], dtype=torch.float32).reshape(p.shape)
                step = step[p.numel():]
    return d, found


def limit(d, k):
    return (math.lgamma(d + 1) - math.lgamma(k + 1) - math.lgamma(d - k + 1)) / math.log(2)


print("| network | d | K/d | limit | one divisor | adaptive | rounds, adaptive |")
print("|---|---|---|---|---|---|---|")
for network, share, rounds in ((perceptron, 0.1, 41), (perceptron, 0.01, 41), (perceptron, 0.001, 41), (convolutional, 0.1, 41),
                               (convolutional, 0.01, 41), (resnet20, 0.01, 21)):
    torch.manual_seed(1)
    torch.set_num_threads(1)
    kept = [0, 1, 5, 20, 40]
    d, found = supports(network(), share, rounds, kept)
    count = sum(map(len, found))
    least = sum(limit(d, len(support)) for support in found)
    gaps = [gaps_of(numpy.array(support, dtype=numpy.int64)) for support in found]
    one = sum(8 * GolombGaps.of(g).size for g in gaps)
    each = [8 * AdaptiveGaps.of(g).size / len(g) for g in gaps]
    follows = sum(bits * len(g) for bits, g in zip(each, gaps))
    course = ", ".join(f"{n}: {bits:.1f}" for n, bits in zip(kept, each[::2]))
    print(f"| {network.__name__} | {d:,} | {share} | {least / count:.2f} | {one / count:.2f} | {follows / count:.2f} | {course} |", flush=True)
