"""Registered models that a device follows by an alias."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ProtocolError
from ._coordinator import Coordinator
from ._listener import Announcer
from ._store import StateStore

_NAME = re.compile(r"[a-z0-9-]{1,64}")
_MAGIC = b"EKMV"
_TYPES = {"F32": "<f4", "F64": "<f8"}
_MOST_BYTES = 802_000_000
_MOST_HEADER = 1 << 20


class FollowedModel:
    """A registered model that the device follows by an alias, made by ``Client.follow``.

    ``refresh`` downloads the version that the alias names if it is a new one, verifies its SHA-256 and stores it in the device's
    state. The stored version stays until a new one is complete, so the device has a model without a network, after a crash and
    after a damaged download. Used by one thread at a time, as its client is.
    """

    def __init__(
        self,
        model: str,
        alias: str,
        coordinator: Coordinator,
        store: StateStore,
        announcer: Announcer,
        in_turn: Callable[[Callable[[], bool]], bool],
    ) -> None:
        for what, name in (("model", model), ("alias", alias)):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{what} is {name!r}, expected 1 to 64 of a to z, 0 to 9 and hyphen")
        self._model = model
        self._alias = alias
        self._coordinator = coordinator
        self._store = store
        self._announcer = announcer
        self._in_turn = in_turn
        # No name has a dot, so no two models share a piece, and the pieces of no run begin with one.
        self._piece = f".model.{model}.{alias}"
        self._version: int | None = None
        self._file: bytes | None = None
        self._load()

    @property
    def version(self) -> int | None:
        """The number of the stored version; None before the first download."""
        return self._version

    @property
    def file(self) -> bytes:
        """The stored version's safetensors file.

        Raises:
            LookupError: before the first download.
        """
        if self._file is None:
            raise LookupError(
                f"no version of model '{self._model}' is stored yet: call refresh() while the coordinator can be reached"
            )
        return self._file

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Returns the stored version's tensors by name, float32 or float64, in the file's order. The arrays are read-only.

        Raises:
            LookupError: before the first download.
        """
        return tensors(self.file)

    def refresh(self) -> bool:
        """Downloads the version that the alias names, unless it is stored; returns whether there is a new one.

        Raises:
            CoordinatorError: if the coordinator refuses, such as ModelAliasNotFoundError; the stored version stays.
            DeadlineError: if the coordinator cannot be reached; the stored version stays.
            ProtocolError: if the download is damaged; the stored version stays.
        """
        return self._in_turn(self._refreshed)

    def _refreshed(self) -> bool:
        known = None if self._file is None else hashlib.sha256(self._file).hexdigest()
        answer = self._coordinator.version(self._model, self._alias, known, _MOST_BYTES)
        if answer is None:
            return False
        version, digest, file = answer
        if hashlib.sha256(file).digest() != digest:
            raise ProtocolError(
                f"version {version} of model '{self._model}' does not have the SHA-256 that the coordinator states: try again; "
                "if this happens again, check what is between the device and the coordinator"
            )
        tensors(file)
        header = json.dumps({"version": version, "sha256": digest.hex()}).encode()
        self._store.write(self._piece, [_MAGIC + struct.pack("<I", len(header)) + header, file])
        self._version, self._file = version, file
        self._announcer.tell(logging.INFO, "model_installed", "version %d of model %s is installed", version, self._model)
        return True

    def _load(self) -> None:
        """Reads the stored version; one that is damaged counts as none, because it can be downloaded again."""
        piece = self._store.read(self._piece)
        if piece is None or piece[:4] != _MAGIC or len(piece) < 8:
            return
        end = 8 + struct.unpack_from("<I", piece, 4)[0]
        try:
            header = json.loads(piece[8:end])
        except ValueError:
            return
        file = piece[end:]
        if isinstance(header, dict) and header.get("sha256") == hashlib.sha256(file).hexdigest():
            self._version, self._file = int(header["version"]), file


def tensors(file: bytes) -> dict[str, npt.NDArray[Any]]:
    """Returns the tensors of a safetensors file without copying their values.

    Raises:
        ProtocolError: if it is not such a file of float32 and float64 tensors.
    """
    try:
        (length,) = struct.unpack_from("<Q", file)
        if length > min(_MOST_HEADER, len(file) - 8):
            raise ValueError(f"a header of {length} bytes")
        header = json.loads(file[8 : 8 + length])
        found = {}
        for name, entry in sorted(
            ((name, entry) for name, entry in header.items() if name != "__metadata__"),
            key=lambda tensor: tensor[1]["data_offsets"][0],
        ):
            begin, end = entry["data_offsets"]
            dtype = np.dtype(_TYPES[entry["dtype"]])
            count, rest = divmod(end - begin, dtype.itemsize)
            if begin < 0 or rest or 8 + length + end > len(file):
                raise ValueError(f"tensor '{name}' at {begin} to {end}")
            found[name] = np.frombuffer(file, dtype, count, 8 + length + begin).reshape(entry["shape"])
        return found
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as e:
        raise ProtocolError(
            f"the model is not a safetensors file of float32 or float64 tensors: {e}: publish another version"
        ) from e
