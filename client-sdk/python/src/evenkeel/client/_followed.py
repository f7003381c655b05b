"""Registered models that a device follows by an alias."""

from __future__ import annotations

import hashlib
import json
import logging
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import EvenkeelError, MissingError, ProtocolError, StateError
from ._arguments import require_functions, require_name
from ._coordinator import Coordinator, OfferedVersion
from ._listener import EventNotifier
from ._printable import printable
from ._rollout import RolloutReporter, VersionEvaluator
from ._stop import Stopped
from ._store import StateStore

_MAGIC = b"EKMV"
_TYPES = {"F32": "<f4", "F64": "<f8"}
MAX_BYTES = 802_000_000
_MAX_HEADER = 1 << 20


class FollowedModel:
    """A registered model that the device follows by an alias, created by ``Client.follow``.

    ``refresh`` downloads the version that the alias points to if it is new, verifies its SHA-256 and stores it in the device's state.
    The stored version stays until a new one is complete, so the device has a model without a network, after a crash and after a
    damaged download. ``refresh`` may be called from any thread, even while the client trains or works.

    During a roll-out of the alias the device may get the new version before other devices. It reports whether it could install
    the version, and with an evaluation function also how it compares with the version in use. It keeps the old version until the
    roll-out is over, and returns to it without a download if the roll-out stops.
    """

    def __init__(
        self,
        model: str,
        alias: str,
        evaluate: VersionEvaluator | None,
        coordinator: Coordinator,
        store: StateStore,
        notifier: EventNotifier,
        in_turn: Callable[[Callable[[], bool]], bool],
    ) -> None:
        require_name("model", model)
        require_name("alias", alias)
        require_functions(evaluate=evaluate)
        self._model = model
        self._alias = alias
        self._coordinator = coordinator
        self._store = store
        self._notifier = notifier
        self._in_turn = in_turn
        # Names have no dots, so models do not share pieces, and the pieces of runs do not begin with a dot.
        self._piece = f".model.{model}.{alias}"
        self._before = f".before.{model}.{alias}"
        self._reports = RolloutReporter(model, alias, evaluate, coordinator, store)
        self._version: int | None = None
        self._file: bytes | None = None
        stored = self._load(self._piece)
        if stored is not None:
            self._version, self._file = stored

    @property
    def version(self) -> int | None:
        """The number of the stored version; None before the first download."""
        return self._version

    @property
    def file(self) -> bytes:
        """The stored version's safetensors file.

        Raises:
            MissingError: before the first download.
        """
        if self._file is None:
            raise MissingError(
                f"no version of model '{self._model}' is stored yet: call refresh() while the coordinator can be reached"
            )
        return self._file

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Returns the stored version's tensors by name, float32 or float64, in the file's order. The arrays are read-only.

        Raises:
            MissingError: before the first download.
        """
        return tensors(self.file)

    def refresh(self) -> bool:
        """Downloads the version that the alias points to, unless it is stored; returns whether there is a new one.

        Raises:
            CoordinatorError: if the coordinator refuses, such as ModelAliasNotFoundError; the stored version stays.
            DeadlineError: if the coordinator cannot be reached; the stored version stays.
            ProtocolError: if the download is damaged; the stored version stays.
            ClientStateError: if the client is stopped or closed.
        """
        return self._in_turn(self._refreshed)

    def _refreshed(self) -> bool:
        self._reports.send(self._version)
        found = self._ask()
        if self._install(found):
            return True
        # After a failure the coordinator gives the device the alias's version.
        return found.file is not None and self._install(self._ask())

    def _ask(self) -> OfferedVersion:
        before = self._load(self._before)
        files = ([] if self._file is None else [self._file]) + ([] if before is None else [before[1]])
        known = dict.fromkeys(hashlib.sha256(file).hexdigest() for file in files)
        return self._coordinator.version(self._model, self._alias, list(known), MAX_BYTES)

    def _install(self, found: OfferedVersion) -> bool:
        """Returns whether there is a new version."""
        if found.file is None:
            return self._stay(found)
        if hashlib.sha256(found.file).hexdigest() != found.sha256:
            raise ProtocolError(
                f"version {found.number} of model '{self._model}' does not have the SHA-256 that the coordinator states: try "
                "again; if it happens again, check for proxies between the device and the coordinator"
            )
        if found.rollout:
            return self._try_out(found, found.file)
        tensors(found.file)
        self._use(found.number, found.file)
        self._store.delete([self._before])
        return True

    def _stay(self, found: OfferedVersion) -> bool:
        """Keeps the version in use, or returns to the previous one."""
        before = self._load(self._before)
        in_use = None if self._file is None else hashlib.sha256(self._file).hexdigest()
        returns = before is not None and found.sha256 != in_use and hashlib.sha256(before[1]).hexdigest() == found.sha256
        if returns and before is not None:
            self._use(*before)
        if not found.rollout:
            self._store.delete([self._before])
        return returns

    def _try_out(self, found: OfferedVersion, file: bytes) -> bool:
        """Installs the version of a roll-out if it works, and reports."""
        before = None if self._version is None or self._file is None else (self._version, self._file)
        try:
            fresh = tensors(file)
            # Before the switch, so that a crash loses no report. A report on a version that is not stored is not sent.
            self._reports.prepare(found, fresh, None if before is None else (before[0], tensors(before[1])))
        except (StateError, Stopped):
            raise
        except Exception as e:
            reason = self._reports.fail(found, e)
            text = "version %d of model %s does not work on this device: %s"
            self._notifier.notify(logging.WARNING, "model_failed", text, found.number, self._model, reason)
            self._reports.send(self._version)
            return False
        if before is not None:
            self._write(self._before, *before)
        self._use(found.number, file)
        try:
            self._reports.send(self._version)
        except EvenkeelError:
            # The version is installed; the next refresh sends the report again.
            pass
        return True

    def _use(self, version: int, file: bytes) -> None:
        self._write(self._piece, version, file)
        self._version, self._file = version, file
        self._notifier.notify(logging.INFO, "model_installed", "version %d of model %s is installed", version, self._model)

    def _write(self, piece: str, version: int, file: bytes) -> None:
        header = json.dumps({"version": version, "sha256": hashlib.sha256(file).hexdigest()}).encode()
        self._store.write(piece, [_MAGIC + struct.pack("<I", len(header)) + header, file])

    def _load(self, name: str) -> tuple[int, bytes] | None:
        """Reads a stored version; a damaged one counts as missing, because it can be downloaded again."""
        piece = self._store.read(name)
        if piece is None or piece[:4] != _MAGIC or len(piece) < 8:
            return None
        end = 8 + struct.unpack_from("<I", piece, 4)[0]
        try:
            header = json.loads(piece[8:end])
        except ValueError:
            return None
        file = piece[end:]
        if isinstance(header, dict) and header.get("sha256") == hashlib.sha256(file).hexdigest():
            return int(header["version"]), file
        return None


def tensors(file: bytes) -> dict[str, npt.NDArray[Any]]:
    """Returns the tensors of a safetensors file without copying their values.

    Raises:
        ProtocolError: if it is not such a file of float32 and float64 tensors.
    """
    try:
        (length,) = struct.unpack_from("<Q", file)
        if length > min(_MAX_HEADER, len(file) - 8):
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
    except (struct.error, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as e:
        raise ProtocolError(
            f"the model is not a safetensors file of float32 or float64 tensors: {printable(str(e))}: publish another version"
        ) from e
