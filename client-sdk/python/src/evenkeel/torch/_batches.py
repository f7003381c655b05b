"""The batches of a round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeAlias, TypeGuard, Union

Loader: TypeAlias = Union[Iterable[Any], Callable[[int], Iterable[Any]]]
"""An iterable of batches that can be repeated, such as a DataLoader, or a function that maps the round to its batches."""


class RoundBatches:
    """Reads the batches of each round from a loader.

    Raises:
        ValueError: if the loader is empty, or can be iterated only once.
    """

    def __init__(self, loader: Loader) -> None:
        if _length(loader) == 0:
            raise ValueError("the loader is empty, expected at least one batch: check the data set, and drop_last")
        if isinstance(loader, Iterator):
            raise ValueError("the loader can be iterated only once: give the DataLoader, not iter(DataLoader)")
        self._loader = loader
        self._rest: Iterator[Any] | None = None

    def of(self, round: int, wanted: int) -> Iterator[Any]:
        """Yields the batches of a round; raises ValueError after the last one if there are fewer than requested."""
        found = 0
        for batch in islice(self._loader(round) if _is_function(self._loader) else self._endless(), wanted):
            found += 1
            yield batch
        if found < wanted:
            raise ValueError(
                f"the loader gave {found} batches in round {round}, expected {wanted}, local_steps times accumulate: "
                "return None from the function to skip rounds"
            )

    def _endless(self) -> Iterator[Any]:
        """Continues from the end of the last round."""
        while True:
            yield self._next()

    def _next(self) -> Any:
        for _ in range(2):
            if self._rest is None:
                assert isinstance(self._loader, Iterable)
                self._rest = iter(self._loader)
            for batch in self._rest:
                return batch
            self._rest = None
        raise ValueError("the loader gave no batch, expected at least one: return None from the function to skip rounds")


def _is_function(loader: Loader) -> TypeGuard[Callable[[int], Iterable[Any]]]:
    return callable(loader) and not hasattr(loader, "__iter__")


def _length(loader: Any) -> int | None:
    try:
        return len(loader)
    except TypeError:
        # A DataLoader over an IterableDataset has no length.
        return None
