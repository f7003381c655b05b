"""The format of a piece of state. The Java SDK writes the same, so a device may change from one to the other.

All numbers are big-endian:

    0   magic "EVKS"
    4   version, 1
    5   kind: "S" snapshot, "M" message, "A" message with salt, "R" number of private messages, "V" round of the last reveal
    6   content
    -4  CRC-32C of everything before it

A text is its length (i32) and UTF-8. A snapshot holds client and method (texts), dimension (i32), sequence, head (i64), last
round and number of vectors (i32), and the vectors as f64. A message holds the client (text), the round, the number of bytes of
the message (i32), these bytes, the number of carried values (i32), and these as f64: whole vectors, one after the other.

A message of a run with secure aggregation is never sent. 16 bytes of salt for its digest and the 32 bytes of the digest
of its model and plan are between its round and its length. Its
carried values are followed by the number of the words with noise that are masked in its place (i32), 0 without privacy, and these
as i32.

The number of private messages is an i64. It is followed by the digest of the last message if that may be sent again, else by 0 (u64).
The round of the last reveal in secure aggregation is an i32.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._types import Bytes, Floats
from ..compress import CompressedVector
from ..errors import StateError, WireError
from ..feedback import METHODS, Staged
from ..wire import Limits, Message, crc32c, digest
from ._store import StateStore

_MAGIC = b"EVKS"
_VERSION = 1
_SNAPSHOT, _MESSAGE, _SALTED, _RELEASES, _REVEALED = b"S", b"M", b"A", b"R", b"V"
SALT_BYTES = 16
BASIS_BYTES = 32
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Snapshot:
    """A device's half of error feedback after a number of accepted messages.

    Attributes:
        client: whose it is.
        method: the kind of error feedback.
        dimension: d.
        sequence: the number of accepted messages it includes.
        head: the digest of the last of them, 0 if there is none.
        last_round: the round of the last of them, -1 if there is none.
        vectors: those of error feedback; none for a start from zero.
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
        head = _text(self.client) + _text(self.method)
        head += struct.pack(">iqQii", self.dimension, self.sequence, self.head, self.last_round, len(self.vectors))
        store.write(name, _sealed(_SNAPSHOT, [head], self.vectors))

    @classmethod
    def read(cls, store: StateStore, name: str) -> Snapshot | None:
        """Reads a snapshot, if there is one; raises StateError if it is damaged."""
        content = _content(store, name, _SNAPSHOT)
        if content is None:
            return None
        try:
            fields = _Fields(content)
            client, method = fields.text(), fields.text()
            dimension, sequence, head, last_round, count = fields.unpack(">iqQii")
            if method not in METHODS:
                raise ValueError(f"'{method}' is not an error feedback method")
            vectors = tuple(fields.floats(dimension) for _ in range(count))
            return cls(client, method, dimension, sequence, head, last_round, vectors)
        except (ValueError, struct.error) as e:
            raise damaged(store, name, f"its content does not add up: {e}") from e


@dataclass(frozen=True)
class Pending:
    """A saved message that the coordinator has not answered yet.

    Attributes:
        client: whose it is.
        round: the round of the model on which it was computed.
        sequence: its number.
        previous: the digest of the previous message.
        digest: its digest.
        message: its bytes.
        staged: the staged message of error feedback, for the commit.
        salt: the random bytes without which the digest would tell about the message, with secure aggregation.
        basis: the digest of the model and the plan that it was computed from, if there is a salt.
        words: what is masked in the message's place, with noise, the same in each attempt; None if the message itself is.
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
    words: npt.NDArray[np.int32] | None = None

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
        head = _text(self.client) + struct.pack(">i", self.round) + (self.salt or b"") + self.basis
        head += struct.pack(">i", len(self.message))
        parts = [head, self.message, struct.pack(">i", sum(vector.size for vector in carry))]
        words = b"" if self.salt is None else _words(self.words)
        store.write(name, _sealed(_MESSAGE if self.salt is None else _SALTED, parts, carry, words))

    @classmethod
    def read(cls, store: StateStore, name: str, dimension: int, salted: bool = False) -> Pending | None:
        """Reads a message, if there is one; raises StateError if it is damaged.

        Args:
            salted: whether it is of a run with secure aggregation.
        """
        content = _content(store, name, _SALTED if salted else _MESSAGE)
        if content is None:
            return None
        try:
            fields = _Fields(content)
            client = fields.text()
            (round,) = fields.unpack(">i")
            salt = bytes(fields.take(SALT_BYTES)) if salted else None
            basis = bytes(fields.take(BASIS_BYTES)) if salted else b""
            data = bytes(fields.take(fields.unpack(">i")[0]))
            (carried,) = fields.unpack(">i")
            if carried % dimension != 0:
                raise ValueError(f"{carried} carried values, expected a multiple of the model's {dimension}")
            carry = tuple(fields.floats(dimension) for _ in range(carried // dimension))
            words = fields.integers(fields.unpack(">i")[0]) if salted else None
            message = Message.decode(data, Limits(dimension))
        except (ValueError, struct.error, WireError) as e:
            raise damaged(store, name, f"its content does not add up: {e}") from e
        staged = Staged(message.delta, carry)
        own = digest((salt or b"") + data)
        return cls(
            client,
            round,
            message.sequence,
            message.previous,
            own,
            data,
            staged,
            salt,
            basis,
            words if words is not None and words.size else None,
        )


class ReleaseCounter:
    """The number of messages that a device has let out in a private run, in the piece ``{run}.released``.

    It is written before the message, so a crash counts one too many, never one too few. The digest of the last is with it if it may be
    sent again.

    Args:
        accepted: the number of messages that the coordinator has accepted: a device that lost its disk has sent at least these.

    Attributes:
        count: the number.
    """

    def __init__(self, store: StateStore, run: str, accepted: int) -> None:
        self._store = store
        self._name = f"{run}.released"
        content = _content(store, self._name, _RELEASES)
        try:
            saved, self._last = (0, 0) if content is None else _Fields(content).unpack(">qQ")
        except (ValueError, struct.error) as e:
            raise damaged(store, self._name, f"its content does not add up: {e}") from e
        self.count = max(accepted, saved)

    def increment(self, digest: int = 0) -> int:
        """Counts a message; raises StateError if that cannot be saved, and then the message must not be sent.

        Args:
            digest: the message's if it may be sent again, so that ``includes`` finds it.
        """
        self._store.write(self._name, _sealed(_RELEASES, [struct.pack(">qQ", self.count + 1, digest)], ()))
        self.count += 1
        self._last = digest
        return self.count

    def includes(self, digest: int) -> bool:
        """Returns whether a message that may be sent again is counted."""
        return self._last == digest


class RevealedRound:
    """The last round in which the device revealed shares of its neighbours' secrets, in the piece ``{run}.revealed``.

    A device that revealed shares for two sets of members in a round could give away both secrets of a neighbour's message.
    """

    def __init__(self, store: StateStore, run: str) -> None:
        self._store = store
        self._name = f"{run}.revealed"
        content = _content(store, self._name, _REVEALED)
        try:
            self._round = -1 if content is None else _Fields(content).unpack(">i")[0]
        except (ValueError, struct.error) as e:
            raise damaged(store, self._name, f"its content does not add up: {e}") from e

    def includes(self, round: int) -> bool:
        """Returns whether the device has revealed in this round or a later one."""
        return round <= self._round

    def advance(self, round: int) -> None:
        """Saves that the device reveals in a round; raises StateError if that cannot be saved, and then it must not reveal."""
        self._store.write(self._name, _sealed(_REVEALED, [struct.pack(">i", round)], ()))
        self._round = round


class _Fields:
    """Reads big-endian fields; raises ValueError or struct.error if bytes are missing."""

    def __init__(self, data: memoryview) -> None:
        self._data = data

    def take(self, count: int) -> memoryview:
        if not 0 <= count <= len(self._data):
            raise ValueError(f"{count} bytes announced, {len(self._data)} there")
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))

    def text(self) -> str:
        return str(self.take(self.unpack(">i")[0]), "utf-8")

    def integers(self, count: int) -> npt.NDArray[np.int32]:
        return np.frombuffer(self.take(4 * count), dtype=">i4").astype(np.int32)

    def floats(self, count: int) -> Floats:
        return np.frombuffer(self.take(8 * count), dtype=">f8").astype(np.float64)


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">i", len(data)) + data


def _words(words: npt.NDArray[np.int32] | None) -> bytes:
    return struct.pack(">i", 0) if words is None else struct.pack(">i", words.size) + words.astype(">i4").tobytes()


def _sealed(kind: bytes, parts: Iterable[Bytes], vectors: Iterable[Floats], end: bytes = b"") -> Iterator[bytes]:
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


def _content(store: StateStore, name: str, kind: bytes) -> memoryview | None:
    data = store.read(name)
    if data is None:
        return None
    if len(data) < 10 or data[:4] != _MAGIC:
        raise damaged(store, name, f"it has {len(data)} bytes and does not begin as state does")
    found, stored = crc32c(memoryview(data)[:-4]), struct.unpack(">I", data[-4:])[0]
    if found != stored:
        raise damaged(store, name, f"checksum {found:08x}, stored {stored:08x}")
    if data[4] != _VERSION:
        raise StateError(
            f"{store.describe(name)} has version {data[4]}, and this client reads version {_VERSION}: "
            "use the client that wrote it, or a newer one"
        )
    if data[5:6] != kind:
        raise damaged(store, name, f"kind {data[5:6]!r}, expected {kind!r}")
    return memoryview(data)[6:-4]


def damaged(store: StateStore, name: str, how: str) -> StateError:
    """Returns the error for a damaged piece, which says what to do."""
    return StateError(
        f"{store.describe(name)} is damaged ({how}): remove this run's files from the state and start again, then the device "
        "takes its state over from the coordinator"
    )
