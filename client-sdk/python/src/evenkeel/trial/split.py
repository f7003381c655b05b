"""Splits samples among clients: each function returns an array of sample numbers for each client."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .._types import Indices

__all__ = ["by_field", "contiguous", "dirichlet", "iid"]


def contiguous(samples: int, clients: int) -> list[Indices]:
    """Gives each client the same number of consecutive samples, and the last one also the remainder, like the Java trial."""
    _require_enough(samples, clients)
    return np.split(np.arange(samples, dtype=np.int64), [i * (samples // clients) for i in range(1, clients)])


def iid(samples: int, clients: int, seed: int) -> list[Indices]:
    """Shuffles the samples by the seed, then cuts them into equal parts."""
    _require_enough(samples, clients)
    order = np.random.default_rng(seed).permutation(samples)
    return [np.sort(part).astype(np.int64) for part in np.array_split(order, clients)]


def dirichlet(labels: npt.ArrayLike, clients: int, alpha: float, seed: int) -> list[Indices]:
    """Skews the labels: each label's samples are divided into shares drawn from a symmetric Dirichlet distribution.

    The smaller alpha is, the fewer labels a client sees (Hsu, Qi, Brown, arXiv 1909.06335). Every client has at least one sample:
    one that drew none takes one from the client with the most.

    Args:
        labels: one for each sample, of any ordered type.
        alpha: above 0.
    """
    array = np.asarray(labels)
    _require_enough(array.size, clients)
    if not alpha > 0:
        raise ValueError(f"alpha is {alpha}, expected more than 0")
    rng = np.random.default_rng(seed)
    parts: list[list[int]] = [[] for _ in range(clients)]
    for label in np.unique(array):
        members = rng.permutation(np.flatnonzero(array == label))
        shares = rng.dirichlet(np.full(clients, alpha))
        cuts = np.floor(np.cumsum(shares)[:-1] * members.size + 0.5).astype(int)
        for part, chosen in zip(parts, np.split(members, np.minimum(cuts, members.size))):
            part.extend(int(i) for i in chosen)
    for part in parts:
        if not part:
            part.append(max(parts, key=len).pop())
    return [np.array(sorted(part), dtype=np.int64) for part in parts]


def by_field(values: Sequence[object]) -> list[Indices]:
    """Gives each distinct value its own client, in the order of first occurrence."""
    places: dict[object, list[int]] = {}
    for i, value in enumerate(values):
        places.setdefault(value, []).append(i)
    if not places:
        raise ValueError("there are no samples to divide")
    return [np.array(part, dtype=np.int64) for part in places.values()]


def _require_enough(samples: int, clients: int) -> None:
    if not 1 <= clients <= samples:
        raise ValueError(
            f"{samples} samples cannot be divided among {clients} clients with at least one each: take 1 to {samples} clients"
        )
