"""Trials that the Java program ran: their folders under client-sdk/vectors/trials, and the same problems in PyTorch."""

from __future__ import annotations

import csv
import functools
import gzip
import json
from math import log, nan, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import TensorDataset

from evenkeel.trial import split
from evenkeel.trial._run import ArmRun, Point
from evenkeel.vector import SplitMix64, derive_seed

ROOT = Path(__file__).resolve().parents[4]
TRIALS = ROOT / "client-sdk" / "vectors" / "trials"
CLIENTS, HIDDEN = 5, 16
_START = 201


def summary(name: str) -> dict[str, Any]:
    return json.loads((TRIALS / name / "summary.json").read_text())


def runs(name: str) -> list[ArmRun]:
    """Reads a folder's trajectories with their outcomes."""
    found = {}
    for arm in summary(name)["arms"]:
        for run in arm["runs"]:
            found[arm["name"], run["seed"]] = ArmRun(arm["name"], run["seed"], run["outcome"], run["round"], run["reason"])
    with open(TRIALS / name / "trajectory.csv", newline="") as file:
        for row in csv.DictReader(file):
            arm, seed = row.pop("arm"), int(row.pop("seed"))
            whole = ("round", "uplink_bytes", "downlink_bytes")
            cells = {key: int(cell) if key in whole else float(cell or nan) for key, cell in row.items()}
            found[arm, seed].points.append(Point(**cells))
    return list(found.values())


@functools.cache
def digits() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Returns the digits as the Java trial divides them: training inputs and labels, held-out inputs and labels."""
    (file,) = ROOT.glob("*/src/main/resources/io/evenkeel/*/data/digits.csv.gz")
    with gzip.open(file, "rt") as lines:
        rows = np.array([[int(cell) for cell in line.split(",")] for line in lines])
    order = _permutation(len(rows), SplitMix64(1998))
    inputs, labels = torch.from_numpy(rows[order, :64] / 16.0), torch.from_numpy(rows[order, 64])
    return inputs[:-360], labels[:-360], inputs[-360:], labels[-360:]


def _permutation(size: int, random: SplitMix64) -> list[int]:
    order = list(range(size))
    for i in range(size - 1, 0, -1):
        j = int(random.below(np.array([i + 1]))[0])
        order[i], order[j] = order[j], order[i]
    return order


@functools.cache
def shares() -> list[TensorDataset]:
    """Returns the clients' samples, in the order in which the Java trial numbers them: by how many features are not 0."""
    inputs, labels, _, _ = digits()
    filled = (inputs != 0).sum(1).numpy()
    parts = [part[np.argsort(filled[part], kind="stable")] for part in split.contiguous(len(labels), CLIENTS)]
    return [TensorDataset(inputs[part], labels[part]) for part in parts]


class Layer(nn.Module):
    """x W + b, with W laid out as [inputs, outputs], as in the Java losses."""

    def __init__(self, weight: np.ndarray, bias: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.from_numpy(weight))
        self.bias = nn.Parameter(torch.zeros(weight.shape[1])) if bias else None

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        out = inputs @ self.weight
        return out if self.bias is None else out + self.bias


def softmax() -> nn.Module:
    return Layer(np.zeros((64, 10)), bias=False)


def perceptron() -> nn.Module:
    """Draws the weights as the Java trial does from the run's seed, which torch was seeded with."""
    normal = _normals(derive_seed(torch.initial_seed(), _START))
    first = sqrt(2 / 64) * np.array([next(normal) for _ in range(64 * HIDDEN)])
    second = sqrt(2 / HIDDEN) * np.array([next(normal) for _ in range(HIDDEN * 10)])
    return nn.Sequential(Layer(first.reshape(64, HIDDEN), True), nn.ReLU(), Layer(second.reshape(HIDDEN, 10), True))


def _normals(seed: int) -> Any:
    """Marsaglia's polar method on SplitMix64."""
    random = SplitMix64(seed)
    while True:
        u, v = 2 * random.doubles(2) - 1
        square = u * u + v * v
        if 0 < square < 1:
            factor = sqrt(-2 * log(square) / square)
            yield u * factor
            yield v * factor
