"""The batches of a loop, from the position where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

__all__ = ["BatchPosition", "StepBatches"]


class StepBatches:
    """The batches of a function, starting with the first one that the loop has not trained on.

    Args:
        function: maps a batch's number, 0, 1, ..., to the batch. A device that is killed then gets the same batches again.
        first: returns the number of the first batch.
        goes_on: whether the loop continues.
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
    """The numbers of the first batches of a loop's epochs, with the data to restore each epoch's order."""

    def __init__(self) -> None:
        self._begun: list[tuple[int, Any]] = []

    def begin(self, number: int, order: Any) -> None:
        """Starts an epoch."""
        self._begun = [*self._begun[-1:], (number, order)]

    def at(self, number: int) -> tuple[int, Any] | None:
        """Returns the start of a batch's epoch; None if there is none. A loader may already have started the next epoch."""
        return next((epoch for epoch in reversed(self._begun) if epoch[0] <= number), None)


def is_function(source: Iterable[Any] | Callable[[int], Any]) -> bool:
    """Whether a loop's source of batches is a function of the batch's number."""
    return callable(source) and not hasattr(source, "__iter__")
