"""The batches of a loop, from where it stopped on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

__all__ = ["BatchPosition", "StepBatches"]


class StepBatches:
    """The batches of a function of their number, from that of the first one that the loop has not trained on.

    Args:
        function: from a batch's number, 0, 1, ..., to the batch. A device that is killed then gets the same batches again.
        first: returns the number of the first batch.
        goes_on: whether the loop goes on.
    """

    def __init__(self, function: Callable[[int], Any], first: Callable[[], int], goes_on: Callable[[], bool]) -> None:
        self._function = function
        self._first = first
        self._goes_on = goes_on

    def __iter__(self) -> Iterator[Any]:
        number = self._first()
        while self._goes_on():
            yield self._function(number)
            number += 1


class BatchPosition:
    """The numbers of the batches at which the epochs of a loop began, with something that restores each epoch's order."""

    def __init__(self) -> None:
        self._begun: list[tuple[int, Any]] = []

    def begin(self, number: int, order: Any) -> None:
        """Begins an epoch."""
        self._begun = [*self._begun[-1:], (number, order)]

    def at(self, number: int) -> tuple[int, Any] | None:
        """Returns the beginning of the epoch of a batch; None without one. A loader may already have begun the next epoch."""
        return next((epoch for epoch in reversed(self._begun) if epoch[0] <= number), None)


def is_function(source: Iterable[Any] | Callable[[int], Any]) -> bool:
    """Whether a loop's source of batches is a function of their number."""
    return callable(source) and not hasattr(source, "__iter__")
