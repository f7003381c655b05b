"""A local optimizer's state, kept on disk between rounds.

0   magic "EVKO"
4   version, 1
5   length of the header in bytes (i32, big-endian)
9   header, JSON: the round, and for each value of the state the parameter, the key, and its type and shape, or the number itself
    the tensors' bytes as they are in memory, in the order of the header
-4  CRC-32 of everything before it (big-endian)
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

import torch
from torch import Tensor, nn

from ..client import StateStore
from ..errors import StateError
from ..loops import RoundStates

_MAGIC = b"EVKO\x01"
_CHUNK = 1 << 22


class OptimizerState:
    """Saves the state of a run's local optimizer after each round, and loads it before the next, from ``RoundStates``.

    Args:
        store: the store of the device's state.
        run: the run's name.
    """

    def __init__(self, store: StateStore, run: str) -> None:
        self._states = RoundStates(store, run, "optimizer")

    def load(self, optimizer: torch.optim.Optimizer, parameters: Mapping[str, nn.Parameter], round: int) -> None:
        """Loads the state saved after the newest round before ``round``, if any, into a new optimizer.

        Raises:
            StateError: if the file is damaged, or its state does not fit the parameters.
        """
        name = self._states.before(round)
        if name is not None:
            self._read(name, optimizer, parameters)

    def save(self, optimizer: torch.optim.Optimizer, parameters: Mapping[str, nn.Parameter], round: int) -> None:
        """Saves the state after a round.

        Raises:
            ValueError: if the optimizer keeps anything other than tensors and numbers for a parameter.
            StateError: if the file cannot be written; the previous state remains.
        """
        self._states.write(round, _encoded(optimizer, parameters, round))

    def _read(self, name: str, optimizer: torch.optim.Optimizer, parameters: Mapping[str, nn.Parameter]) -> None:
        store = self._states.store
        opened = store.open(name)
        if opened is None:
            raise StateError(f"the optimizer's state {store.describe(name)} was deleted while the device trains: train again")
        with opened as file:
            try:
                state = _decoded(_Checked(file), parameters)
            except (ValueError, KeyError, TypeError, struct.error) as e:
                raise self._states.unreadable(name, e) from e
        for parameter, values in state.items():
            optimizer.state[parameters[parameter]].update(values)


def _encoded(
    optimizer: torch.optim.Optimizer, parameters: Mapping[str, nn.Parameter], round: int
) -> Iterator[bytes | memoryview]:
    values: list[list[Any]] = []
    tensors: list[Tensor] = []
    for name, parameter in parameters.items():
        for key, value in optimizer.state.get(parameter, {}).items():
            if isinstance(value, Tensor):
                values.append([name, key, str(value.dtype), list(value.shape), value.device.type == "cpu"])
                tensors.append(value)
            elif value is None or isinstance(value, (bool, int, float)):
                values.append([name, key, value])
            else:
                raise ValueError(
                    f"the optimizer keeps a {type(value).__name__} as '{key}' of '{name}', but only tensors and numbers can be kept "
                    "over rounds: use another optimizer, or keep_optimizer=False"
                )
    header = json.dumps({"round": round, "byteOrder": sys.byteorder, "values": values}).encode()
    crc = 0
    head: list[bytes | memoryview] = [_MAGIC, struct.pack(">i", len(header)), header]
    # Copies one GPU tensor at a time to the CPU.
    for part in chain(head, map(_bytes, tensors)):
        crc = zlib.crc32(part, crc)
        yield part
    yield struct.pack(">I", crc)


def _bytes(tensor: Tensor) -> memoryview:
    return tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data


class _Checked:
    """Reads a file and its checksum."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._crc = 0

    def read(self, count: int) -> bytes:
        """Reads exactly the given number of bytes."""
        data = self._file.read(count)
        self._crc = zlib.crc32(data, self._crc)
        if len(data) != count:
            raise ValueError("it is cut off")
        return data

    def into(self, tensor: Tensor) -> Tensor:
        """Fills a tensor on the CPU."""
        to = tensor.reshape(-1).view(torch.uint8).numpy().data
        for start in range(0, len(to), _CHUNK):
            to[start : start + _CHUNK] = self.read(min(_CHUNK, len(to) - start))
        return tensor

    def end(self) -> None:
        """Checks the checksum at the end of the file."""
        crc = self._crc
        if struct.unpack(">I", self.read(4)) != (crc,):
            raise ValueError("its checksum is wrong")


def _decoded(file: _Checked, parameters: Mapping[str, nn.Parameter]) -> dict[str, dict[str, Any]]:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise ValueError("it is not an optimizer's state of version 1")
    header = json.loads(file.read(*struct.unpack(">i", file.read(4))))
    if header["byteOrder"] != sys.byteorder:
        raise ValueError("it was written on a machine with another byte order")
    state: dict[str, dict[str, Any]] = {}
    for name, key, *value in header["values"]:
        if name not in parameters:
            raise ValueError(f"it has a state of '{name}', which is not trained here")
        if len(value) == 1:
            state.setdefault(name, {})[key] = value[0]
            continue
        dtype, shape, on_cpu = value
        tensor = file.into(torch.empty(shape, dtype=_dtype(dtype)))
        state.setdefault(name, {})[key] = tensor if on_cpu else tensor.to(parameters[name].device)
    file.end()
    return state


def _dtype(text: str) -> torch.dtype:
    found = getattr(torch, text.removeprefix("torch."), None)
    if not isinstance(found, torch.dtype):
        raise ValueError(f"it has values of type {text!r}")
    return found
