"""The format of a piece of state. The Java SDK uses the same format, so a device may switch between them.

All numbers are big-endian:

    0   magic "EVKS"
    4   version, 1
    5   kind: "S" snapshot, "M" message, "A" message with salt; those of counters are in ``_counters``
    6   content
    -4  CRC-32C of everything before it

A text is its length (i32) and UTF-8. A snapshot holds client and method (texts), dimension (i32), sequence, head (i64), last
round and number of vectors (i32), and the vectors as f64. A message holds the client (text), the round, the number of bytes of
the message (i32), these bytes, the number of carried values (i32), and these as f64: whole vectors, one after the other.

A message of a run with secure aggregation is never sent. 16 bytes of salt for its digest and the 32 bytes of the digest
of its model and plan are between its round and its length. After its carried values comes a 0 (i32), where earlier versions wrote
the words with noise that they masked in each attempt. A message ends with the history of its round's model (text), which
earlier versions neither write nor read.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeVar

import numpy as np

from .._types import Bytes, Floats
from ..compress import CompressedVector
from ..errors import StateError, WireError
from ..feedback import METHODS, Staged
from ..wire import Limits, Message, crc32c, digest
from ._store import StateStore

_MAGIC = b"EVKS"
_VERSION = 1
_SNAPSHOT, _MESSAGE, _SALTED = b"S", b"M", b"A"
SALT_BYTES = 16
BASIS_BYTES = 32
_HEAD_BYTES = 6
_CHECKSUM_BYTES = 4
_CHUNK = 1 << 16

_R = TypeVar("_R")


@dataclass(frozen=True)
class Snapshot:
    """A device's half of error feedback after a number of accepted messages.

    Attributes:
        client: the client's id.
        method: the kind of error feedback.
        dimension: d.
        sequence: the number of accepted messages it includes.
        head: the digest of the last of them, 0 if there is none.
        last_round: the round of the last of them, -1 if there is none.
        vectors: the vectors of error feedback; empty for a start from zero.
    """

    client: str
    method: str
    dimension: int
    sequence: int
    head: int
    last_round: int
    vectors: tuple[Floats, ...]

    @property
    def size(self) -> int:
        """The bytes of the vectors."""
        return 8 * self.dimension * len(self.vectors)

    def write(self, store: StateStore, name: str) -> None:
        """Saves the snapshot."""
        head = text_bytes(self.client) + text_bytes(self.method)
        head += struct.pack(">iqQii", self.dimension, self.sequence, self.head, self.last_round, len(self.vectors))
        store.write(name, sealed(_SNAPSHOT, [head], self.vectors))

    @classmethod
    def read(cls, store: StateStore, name: str) -> Snapshot | None:
        """Reads a snapshot, if there is one; raises StateError if it is damaged."""
        return read_piece(store, name, _SNAPSHOT, cls._of)

    @classmethod
    def _of(cls, fields: PieceFields) -> Snapshot:
        client, method = fields.text(), fields.text()
        dimension, sequence, head, last_round, count = fields.unpack(">iqQii")
        if method not in METHODS:
            raise ValueError(f"'{method}' is not an error feedback method")
        vectors = tuple(fields.floats(dimension) for _ in range(count))
        return cls(client, method, dimension, sequence, head, last_round, vectors)


@dataclass(frozen=True)
class Pending:
    """A saved message that the coordinator has not answered yet.

    Attributes:
        client: the client's id.
        round: the round of the model from which it was computed.
        sequence: its number.
        previous: the digest of the previous message.
        digest: its digest.
        message: its bytes.
        staged: the staged message of error feedback, for the commit.
        salt: the random bytes without which the digest would reveal information about the message, with secure aggregation.
        basis: the digest of the model and the plan that it was computed from, if there is a salt.
        history: the history of the round's model; None if the coordinator gave none.
    """

    client: str
    round: int
    sequence: int
    previous: int
    digest: int
    message: bytes
    staged: Staged
    salt: bytes | None = None
    basis: bytes = b""
    history: str | None = None

    @property
    def size(self) -> int:
        """The bytes of message and carried values."""
        return len(self.message) + sum(vector.nbytes for vector in self.staged.carry)

    @property
    def delta(self) -> CompressedVector:
        """The vector to send."""
        return self.staged.delta

    def write(self, store: StateStore, name: str) -> None:
        """Saves the message."""
        carry = self.staged.carry
        head = text_bytes(self.client) + struct.pack(">i", self.round) + (self.salt or b"") + self.basis
        head += struct.pack(">i", len(self.message))
        parts = [head, self.message, struct.pack(">i", sum(vector.size for vector in carry))]
        end = (b"" if self.salt is None else struct.pack(">i", 0)) + (b"" if self.history is None else text_bytes(self.history))
        store.write(name, sealed(_MESSAGE if self.salt is None else _SALTED, parts, carry, end))

    @classmethod
    def read(cls, store: StateStore, name: str, dimension: int, salted: bool = False) -> Pending | None:
        """Reads a message, if there is one; raises StateError if it is damaged.

        Args:
            salted: whether it belongs to a run with secure aggregation.
        """
        return read_piece(store, name, _SALTED if salted else _MESSAGE, lambda fields: cls._of(fields, dimension, salted))

    @classmethod
    def _of(cls, fields: PieceFields, dimension: int, salted: bool) -> Pending:
        client = fields.text()
        (round,) = fields.unpack(">i")
        salt = fields.take(SALT_BYTES) if salted else None
        basis = fields.take(BASIS_BYTES) if salted else b""
        data = fields.take(fields.unpack(">i")[0])
        (carried,) = fields.unpack(">i")
        if carried % dimension != 0:
            raise ValueError(f"{carried} carried values, expected a multiple of the model's {dimension}")
        carry = tuple(fields.floats(dimension) for _ in range(carried // dimension))
        has_end = not salted or fields.unpack(">i") == (0,)
        history = fields.text() if has_end and fields.left else None
        message = Message.decode(data, Limits(dimension))
        staged = Staged(message.delta, carry)
        own = digest((salt or b"") + data)
        return cls(client, round, message.sequence, message.previous, own, data, staged, salt, basis, history)


class PieceFields:
    """Reads big-endian fields; raises ValueError or struct.error if bytes are missing.

    Args:
        file: at the first field.
        size: the number of bytes of all fields.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size

    def take(self, count: int) -> bytes:
        """Returns the next ``count`` bytes. Raises ValueError if there are fewer."""
        self._require(count)
        self._left -= count
        return self._file.read(count)

    @property
    def left(self) -> int:
        """The number of bytes not read yet."""
        return self._left

    def _require(self, count: int) -> None:
        if not 0 <= count <= self._left:
            raise ValueError(f"{count} bytes announced, but {self._left} left")

    def unpack(self, layout: str) -> tuple[int, ...]:
        """Returns the next integers in the layout of ``struct``."""
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def text(self) -> str:
        """Returns the next text: its length in bytes (int32), then UTF-8."""
        return str(self.take(self.unpack(">i")[0]), "utf-8")

    def floats(self, count: int) -> Floats:
        """Returns the next ``count`` float64 values, shape (count,). The bytes are never in memory together with the values."""
        self._require(8 * count)
        values = np.empty(count)
        for at in range(0, count, _CHUNK):
            part = values[at : at + _CHUNK]
            part[:] = np.frombuffer(self.take(part.nbytes), dtype=">f8")
        return values


def text_bytes(text: str) -> bytes:
    """Returns the bytes of a text."""
    data = text.encode()
    return struct.pack(">i", len(data)) + data


def sealed(kind: bytes, parts: Iterable[Bytes], vectors: Iterable[Floats], end: bytes = b"") -> Iterator[bytes]:
    """Yields a piece in parts, so that a large one is never in memory twice."""
    crc = 0
    for part in _parts(kind, parts, vectors, end):
        crc = crc32c(part, crc)
        yield part
    yield struct.pack(">I", crc)


def _parts(kind: bytes, parts: Iterable[Bytes], vectors: Iterable[Floats], end: bytes) -> Iterator[bytes]:
    yield _MAGIC + bytes([_VERSION]) + kind + b"".join(parts)
    for vector in vectors:
        for at in range(0, vector.size, _CHUNK):
            yield vector[at : at + _CHUNK].astype(">f8").tobytes()
    if end:
        yield end


def read_piece(store: StateStore, name: str, kind: bytes, content: Callable[[PieceFields], _R]) -> _R | None:
    """Reads a piece twice, for its checksum and for its content, so that a large piece is not in memory together with its values.

    Returns:
        the result of ``content`` for its fields, None if there is no such piece.

    Raises:
        StateError: if it is damaged or has another kind.
    """
    opened = store.open(name)
    if opened is None:
        return None
    with opened as file:
        size = _checked(store, name, kind, file)
        try:
            return content(PieceFields(file, size))
        except (ValueError, struct.error, WireError) as e:
            raise damaged(store, name, f"its content is inconsistent: {e}") from e


def _checked(store: StateStore, name: str, kind: bytes, file: BinaryIO) -> int:
    """Compares a piece's checksum and kind, leaves the file at the start of the content, and returns the content's length."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if size < _HEAD_BYTES + _CHECKSUM_BYTES or head[:4] != _MAGIC:
        raise damaged(store, name, f"it has {size} bytes and does not begin like a piece of state")
    found, content = crc32c(head), size - _HEAD_BYTES - _CHECKSUM_BYTES
    for at in range(0, content, 8 * _CHUNK):
        found = crc32c(file.read(min(8 * _CHUNK, content - at)), found)
    (stored,) = struct.unpack(">I", file.read(_CHECKSUM_BYTES))
    if found != stored:
        raise damaged(store, name, f"checksum {found:08x}, stored {stored:08x}")
    if head[4] != _VERSION:
        raise StateError(
            f"{store.describe(name)} has version {head[4]}, but this client reads version {_VERSION}: "
            "use the client that wrote it, or a newer one"
        )
    if head[5:] != kind:
        raise damaged(store, name, f"kind {head[5:]!r}, expected {kind!r}")
    file.seek(_HEAD_BYTES)
    return content


def damaged(store: StateStore, name: str, how: str) -> StateError:
    """Returns the error for a damaged piece, which says what to do."""
    return StateError(
        f"{store.describe(name)} is damaged ({how}): remove this run's files from the state and start again; the device then "
        "adopts the coordinator's state"
    )
