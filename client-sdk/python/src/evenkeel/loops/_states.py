"""The states of a local training after its rounds, stored with the device's state."""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..client import StateStore
from ..errors import StateError

__all__ = ["RoundStates", "packed_arrays", "unpacked_arrays"]

log = logging.getLogger("evenkeel")

_MAGIC = b"EVKL\x01"


class RoundStates:
    """The states of a run's local training after its newest rounds.

    Two states are kept: after the newest round, and before it. A round always starts from the newest state of an earlier round.
        So a device that is killed between saving the state and saving its message repeats the round from the same state, and one
        that is killed later continues from the new state.

    Args:
        store: the device's state.
        run: the run's name.
        kind: the kind of states, a part of their names.
    """

    def __init__(self, store: StateStore, run: str, kind: str) -> None:
        self.store = store
        self._run = run
        self._kind = kind

    def before(self, round: int) -> str | None:
        """Returns the name of the newest state before a round; None if there is none."""
        rounds = self._rounds()
        earlier = [saved for saved in rounds if saved < round]
        if not earlier and any(saved > round for saved in rounds):
            text = "run %s is at round %d, before the saved states of the %s (rounds %s): the %s starts over"
            log.warning(text, self._run, round, self._kind, ", ".join(map(str, rounds)), self._kind)
        return self._name(earlier[-1]) if earlier else None

    def write(self, round: int, content: Iterable[bytes | memoryview]) -> None:
        """Saves the state after a round, and deletes those that are no longer needed.

        Raises:
            StateError: if the disk refuses; the previous state remains.
        """
        self.store.write(self._name(round), content)
        keep = {round, *[saved for saved in self._rounds() if saved < round][-1:]}
        self.store.sweep([self._name(saved) for saved in self._rounds() if saved not in keep])

    def save(self, round: int, state: bytes) -> None:
        """Saves the state after a round with a checksum, like ``write``."""
        self.write(round, [_MAGIC, state, struct.pack(">I", zlib.crc32(state))])

    def load(self, round: int) -> bytes | None:
        """Returns the newest state before a round, as passed to ``save``; None if there is none.

        Raises:
            StateError: if the file is damaged.
        """
        name = self.before(round)
        data = None if name is None else self.store.read(name)
        if name is None or data is None:
            return None
        state, checksum = data[len(_MAGIC) : -4], data[-4:]
        if not data.startswith(_MAGIC) or struct.pack(">I", zlib.crc32(state)) != checksum:
            raise self.unreadable(name, "its checksum is wrong")
        return state

    def unreadable(self, name: str | None, reason: object) -> StateError:
        """Returns the error for a state that cannot be used."""
        where = "" if name is None else f" {self.store.describe(name)}"
        return StateError(
            f"the {self._kind}'s state{where} cannot be read: {reason}: delete the file, and the {self._kind} starts over; the device's "
            "messages are not affected"
        )

    def _name(self, round: int) -> str:
        return f"{self._run}.{self._kind}-{round:010d}"

    def _rounds(self) -> list[int]:
        prefix = f"{self._run}.{self._kind}-"
        return [int(name[len(prefix) :]) for name in self.store.names(prefix)]


def packed_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Returns arrays by name as bytes, without pickles."""
    file = io.BytesIO()
    # A prefix, since a keyword of savez must not have the name of one of its own arguments.
    named: dict[str, Any] = {f"={name}": np.asarray(values) for name, values in arrays.items()}
    np.savez(file, **named)
    return file.getvalue()


def unpacked_arrays(data: bytes, like: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Returns the arrays that were passed to ``packed_arrays``.

    Args:
        data: the bytes.
        like: the arrays that the state replaces.

    Raises:
        ValueError: if an array is missing, additional, or has another shape or type; the message names it.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        found = {name[1:]: file[name] for name in file.files}
    for name in sorted(found.keys() ^ like.keys()):
        raise ValueError(f"'{name}' is {'missing' if name in like else 'in it, but not in this training'}")
    for name, values in found.items():
        expected = np.asarray(like[name])
        if values.shape != expected.shape or values.dtype.itemsize != expected.dtype.itemsize:
            text = f"'{name}' is {values.dtype} of shape {values.shape}, expected {expected.dtype} of shape {expected.shape}"
            raise ValueError(text)
        # Types foreign to numpy, such as bfloat16, are read as plain bytes.
        found[name] = values.view(expected.dtype) if values.dtype.kind == "V" else values
    return found
