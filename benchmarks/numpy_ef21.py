#!/usr/bin/env python3
"""||EF21|| with Top-1 in plain numpy, the baseline for `evenkeel pilot compare`.

    python3 benchmarks/numpy_ef21.py DATA.libsvm.gz [--rounds 1000] [--out trajectory.csv] [--against RESULTS]

Logistic loss + lambda * sum x_j^2/(1+x_j^2), contiguous equal shards, x0 = 0, g_i starts at 0, gamma = 1/sqrt(rounds),
full gradients, loss and gradient norm recorded each round. Uses dense matrices, so that BLAS does the work: one forward product
with the whole matrix, and one backward product with each client's part. --against compares with the trajectory.csv of

    evenkeel pilot compare --data DATA.libsvm.gz --rounds 1000 --arm ef21-norm,compressor=top-k:1+float64 --out RESULTS
"""

import argparse
import csv
import gzip
import os
import time

import numpy as np


def read_libsvm(path):
    with open(path, "rb") as f:
        gzipped = f.read(2) == b"\x1f\x8b"
    labels, entries = [], []
    with (gzip.open if gzipped else open)(path, "rt") as lines:
        for line in lines:
            cells = line.split()
            if cells:
                labels.append(float(cells[0]))
                entries.append([cell.split(":") for cell in cells[1:]])
    width = max(int(index) for row in entries for index, _ in row)
    features = np.zeros((len(labels), width))
    for i, row in enumerate(entries):
        for index, value in row:
            features[i, int(index) - 1] = float(value)
    labels = np.array(labels)
    return features, np.where(labels == labels.max(), 1.0, -1.0)


def train(features, labels, clients, rounds, lam):
    samples, dimension = features.shape
    bounds = [i * (samples // clients) for i in range(clients)] + [samples]
    parts = [features[bounds[i] : bounds[i + 1]] for i in range(clients)]
    sizes = np.diff(bounds)
    share = np.repeat(1.0 / sizes, sizes)
    x = np.zeros(dimension)
    g = np.zeros((clients, dimension))
    gradients = np.empty((clients, dimension))
    gamma = 1 / np.sqrt(rounds)
    everyone = np.arange(clients)
    record = np.empty((rounds + 1, 2))
    for k in range(rounds + 1):
        margins = labels * (features @ x)
        e = np.exp(-np.abs(margins))
        loss = share @ (np.log1p(e) + np.maximum(-margins, 0)) / clients
        slope = -labels * share * np.where(margins > 0, e, 1) / (1 + e)
        for i, part in enumerate(parts):
            gradients[i] = slope[bounds[i] : bounds[i + 1]] @ part
        saturated = 1 / (1 + x * x)
        gradients += 2 * lam * x * saturated * saturated
        loss += lam * np.sum(x * x * saturated)
        record[k] = loss, np.linalg.norm(gradients.mean(0))
        difference = gradients - g
        largest = np.argmax(np.abs(difference), axis=1)
        g[everyone, largest] += difference[everyone, largest]
        direction = g.mean(0)
        x = x - gamma * direction / np.linalg.norm(direction)
    return record


def compare(record, results, rounds=100):
    with open(os.path.join(results, "trajectory.csv")) as f:
        rows = [r for r in csv.DictReader(f) if int(r["round"]) <= rounds]
    theirs = np.array([[float(r["loss"]), float(r["grad_norm"])] for r in rows])
    difference = np.abs(theirs / record[: len(theirs)] - 1)
    print(f"largest relative difference over rounds 0..{len(theirs) - 1}: loss {difference[:, 0].max():.2e},"
          f" grad norm {difference[:, 1].max():.2e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data")
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--lam", type=float, default=0.1)
    parser.add_argument("--out")
    parser.add_argument("--against")
    arguments = parser.parse_args()
    started = time.perf_counter()
    features, labels = read_libsvm(arguments.data)
    read = time.perf_counter()
    record = train(features, labels, arguments.clients, arguments.rounds, arguments.lam)
    done = time.perf_counter()
    print(f"reading {read - started:.2f} s, {arguments.rounds} rounds {done - read:.2f} s wall")
    if arguments.out:
        with open(arguments.out, "w") as out:
            out.write("round,loss,grad_norm\n")
            out.writelines(f"{k},{loss!r},{norm!r}\n" for k, (loss, norm) in enumerate(record.tolist()))
    if arguments.against:
        compare(record, arguments.against)


if __name__ == "__main__":
    main()
