"""Downlink bytes per device and round: the lossless update, the lossy downlink's delta, and the dense model.

    python3 benchmarks/downlink.py      # python3-numpy

Each client sends Top-K of 1% of d = 100,000 at random coordinates, which is the worst case: in training they overlap. The
differences x - w are normal. Prints a Markdown table.
"""

import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "client-sdk" / "python" / "src"))

from evenkeel import compress, wire

D = 100_000
K = D // 100
DENSE = 4 * D
DELTAS = ["top-k:0.1+natural", "top-k:0.05+natural", "top-k:0.01", "top-k:0.01+natural", "top-k:0.01+log:5", "top-k:0.001+natural"]


def update_bytes(clients: int, random: np.random.Generator) -> int:
    changed = np.zeros(D, dtype=bool)
    for _ in range(clients):
        changed[random.choice(D, K, replace=False)] = True
    indices = np.flatnonzero(changed)
    dense = indices.size > D - D // 8  # as the coordinator does
    support = compress.All(D) if dense else compress.Listed(D, indices)
    values = np.ones(D if dense else indices.size)
    changes = compress.CompressedVector(support, compress.ValueCoding.FLOAT64, values)
    return len(wire.RoundUpdate(1, True, 1.0, (1.0,), changes).encode())


def delta_bytes(text: str, random: np.random.Generator) -> int:
    vector = compress.parse(text).bind(D).compress(random.standard_normal(D))
    return len(wire.ModelDelta(1, vector).encode())


def main() -> None:
    random = np.random.default_rng(1)
    print(f"dense model: {DENSE:,} bytes\n")
    print("| clients a round | lossless update | of the dense model |\n|---|---|---|")
    for clients in (10, 30, 100, 300, 1000):
        size = update_bytes(clients, random)
        print(f"| {clients:,} | {size:,} | {size / DENSE:.2f} |")
    print("\n| lossy downlink, any number of clients | bytes | of the dense model |\n|---|---|---|")
    for text in DELTAS:
        size = delta_bytes(text, random)
        print(f"| `{text}` | {size:,} | {size / DENSE:.4f} |")


if __name__ == "__main__":
    main()
